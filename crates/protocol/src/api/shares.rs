//! Sharing: links with a password, by hand or by mail, the guests that came by them, and what a guest
//! says and is told.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use super::minutes::{Minutes, given};
use crate::id::{GuestId, SessionId, ShareId};

/// `POST /sessions/{id}/shares`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    /// How long it lasts, 5–180.
    #[serde(default)]
    pub minutes: Minutes,
    /// Guests only look. As the caller last chose, or as the workspace has it, when absent.
    #[serde(default)]
    pub read_only: Option<bool>,
    /// Guests at a time; 20 when absent, or fewer where the workspace allows no more.
    #[serde(default)]
    pub max_guests: Option<u32>,
    /// Guests may go on typing while no client of the owner is attached; no when absent.
    #[serde(default)]
    pub guests_alone: Option<bool>,
}

/// A fresh share: the only time its URL and password are shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreshShare {
    /// Id.
    pub id: ShareId,
    /// The link; the token stands behind its `#`, which browsers send to nobody.
    pub url: String,
    /// The password that goes with it: groups of letters and digits. Case and dashes do not matter.
    pub password: String,
    /// Works until.
    pub expires_at: DateTime<Utc>,
    /// Guests only look.
    pub read_only: bool,
    /// Guests at a time.
    pub max_guests: u32,
    /// Guests may go on typing while no client of the owner is attached.
    pub guests_alone: bool,
}

/// How a share is handed out.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ShareKind {
    /// Link and password, passed on by its owner.
    Link,
    /// Both in a mail to one address.
    Mail,
}

/// Where a share is in its life.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ShareState {
    /// Guests can come in.
    Active,
    /// Its time is over.
    Expired,
    /// Somebody took it back.
    Revoked,
    /// Its session is over.
    SessionEnded,
    /// The mail it was to go by was not sent: nobody has its password.
    Void,
}

/// What has become of the mail of a share.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MailState {
    /// It waits to be sent, or to be sent again.
    Queued,
    /// A mail server has taken it.
    Sent,
    /// It was not sent and will not be.
    Failed,
}

/// A share without its secrets, as its owner sees it, and the receipt of one that is over.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Share {
    /// Id.
    pub id: ShareId,
    /// How it is handed out.
    pub kind: ShareKind,
    /// The address it was sent to.
    pub email: Option<String>,
    /// What became of that mail.
    pub mail: Option<MailState>,
    /// Why the mail was not sent, one sentence.
    pub mail_error: Option<String>,
    /// Where it is in its life.
    pub state: ShareState,
    /// Guests only look.
    pub read_only: bool,
    /// Guests at a time.
    pub max_guests: u32,
    /// Guests may go on typing while no client of the owner is attached.
    pub guests_alone: bool,
    /// Made by.
    pub by: String,
    /// Made at.
    pub created_at: DateTime<Utc>,
    /// Works until, or would have.
    pub expires_at: DateTime<Utc>,
    /// When it ended, if it did.
    pub ended_at: Option<DateTime<Utc>>,
    /// Who took it back.
    pub ended_by: Option<String>,
    /// How often a wrong password was tried.
    pub wrong_passwords: u32,
    /// Everybody who came by it, present or gone, in the order they came.
    pub guests: Vec<Guest>,
}

/// Why a guest is not there any more.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    Hash,
    Serialize,
    Deserialize,
    Display,
    EnumString,
    VariantArray,
)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GuestEnd {
    /// They left.
    Left,
    /// They were removed.
    Removed,
    /// The share's time was over.
    Expired,
    /// The share was taken back.
    Revoked,
    /// The session ended.
    SessionEnded,
}

/// Somebody who came by a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Guest {
    /// Id.
    pub id: GuestId,
    /// The name they gave, or a member's own.
    pub name: String,
    /// Whether they are a member of the workspace.
    pub member: bool,
    /// The address they came from.
    pub source: String,
    /// What they use, such as `Firefox on Linux`.
    pub device: String,
    /// Attached right now, as the session says.
    pub here: bool,
    /// Came in at.
    pub joined_at: DateTime<Utc>,
    /// Gone since; none while they hold a place, which they do for 10 s without a connection.
    pub left_at: Option<DateTime<Utc>>,
    /// Why they are gone; none for who was not seen again and comes back if there is a place.
    pub end: Option<GuestEnd>,
    /// Keys they typed, as far as the session has told.
    pub keys: u64,
}

/// `PATCH /sessions/{id}/shares/{sid}`: what is absent stays.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeShare {
    /// Lasts so long from now, 5–180.
    #[serde(default, deserialize_with = "given", skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Minutes>,
    /// Guests only look, from this moment on.
    #[serde(default)]
    pub read_only: Option<bool>,
    /// Guests may go on typing while no client of the owner is attached.
    #[serde(default)]
    pub guests_alone: Option<bool>,
}

/// `GET /sessions/{id}/sharing`: what a new share may be, before one is made.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SharingOptions {
    /// The workspace allows sharing.
    pub enabled: bool,
    /// Longest time of a share, in minutes, 5–180.
    pub max_minutes: u32,
    /// Most guests at a time.
    pub max_guests: u32,
    /// What read-only starts as: what the workspace has set, or this member last chose.
    pub read_only: bool,
    /// The workspace allows read-only shares alone.
    pub read_only_forced: bool,
    /// Mail can be sent.
    pub mail: bool,
}

/// `POST /sessions/{id}/invites`: a share of its own for each address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvites {
    /// Whom to send it to, 1–20 addresses.
    pub emails: Vec<String>,
    /// How long it lasts, 5–180.
    #[serde(default)]
    pub minutes: Minutes,
    /// As of [`NewShare`].
    #[serde(default)]
    pub read_only: Option<bool>,
    /// As of [`NewShare`].
    #[serde(default)]
    pub guests_alone: Option<bool>,
}

/// What became of one address of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum InviteStatus {
    /// Its mail waits to be sent; the list of shares says what becomes of it.
    Queued,
    /// It is no e-mail address; nothing is sent.
    InvalidEmail,
    /// Too many mails wait already; nothing is sent to it.
    TooMany,
}

/// One address of an invitation.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteResult {
    /// The address, as it was given.
    pub email: String,
    /// What became of it.
    pub status: InviteStatus,
    /// The share that its mail has, with `queued`.
    pub share_id: Option<ShareId>,
}

/// What is answered to an invitation: 207.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteResults {
    /// One for each address, those said twice once.
    pub results: Vec<InviteResult>,
}

/// `POST /join`: by whoever has a link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// What stands behind the link's `#`.
    pub token: String,
    /// The password that goes with it.
    pub password: String,
    /// Name shown to the others, 1–64 characters. A signed-in member joins by their own.
    #[serde(default)]
    pub name: String,
}

/// The session that a guest is in, as far as they may know it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SharedSession {
    /// Id.
    pub id: SessionId,
    /// Its name.
    pub name: String,
    /// Whose it is.
    pub owner: String,
}

/// `POST /join` and `GET /join/session`: where a guest is.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Joined {
    /// The session.
    pub session: SharedSession,
    /// The guest's own entry.
    pub guest: GuestId,
    /// The name others see them by.
    pub name: String,
    /// They only look.
    pub read_only: bool,
    /// The end of their time, if nobody extends it.
    pub expires_at: DateTime<Utc>,
}
