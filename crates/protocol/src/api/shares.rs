//! Sharing: links with a password, copied or sent by email, their guests, and the requests of guests.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use utoipa::ToSchema;

use super::whole::{Minutes, present};
use crate::id::{GuestId, SessionId, ShareId};

/// `POST /sessions/{id}/shares`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewShare {
    /// Duration in minutes.
    #[serde(default)]
    pub minutes: Minutes,
    /// Guests only watch. If absent, the caller's last choice or the workspace's default.
    pub read_only: Option<bool>,
    /// Concurrent guests; 20 if absent, or the workspace's limit if that is lower.
    pub max_guests: Option<u32>,
    /// Guests may type while no client of the owner is attached; false if absent.
    pub guests_alone: Option<bool>,
}

/// New share, with its URL and password, which are never shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FreshShare {
    pub id: ShareId,
    /// Link, with the token behind its `#`, which browsers do not send.
    pub url: String,
    /// Password: groups of letters and digits. Case and dashes are ignored.
    pub password: String,
    pub expires_at: DateTime<Utc>,
    /// Guests only watch.
    pub read_only: bool,
    /// Concurrent guests.
    pub max_guests: u32,
    /// Guests may type while no client of the owner is attached.
    pub guests_alone: bool,
}

/// Way in which a share is sent.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ShareKind {
    /// Link and password, passed on by the owner.
    Link,
    /// Link and password in an email to one address.
    Mail,
}

/// State of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum ShareState {
    /// Guests can join.
    Active,
    Expired,
    Revoked,
    /// Its session ended.
    SessionEnded,
    /// Its email was not sent, so no one has the password.
    Void,
}

/// State of the email of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum MailState {
    /// Waiting to be sent or retried.
    Queued,
    /// Accepted by a mail server.
    Sent,
    /// All attempts to send it failed.
    Failed,
}

/// Share without its secrets, active or ended, as the owner sees it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Share {
    pub id: ShareId,
    /// Way in which it was sent.
    pub kind: ShareKind,
    /// Address that it was sent to.
    pub email: Option<String>,
    /// State of that email.
    pub mail: Option<MailState>,
    /// Reason why the email was not sent, as one sentence.
    pub mail_error: Option<String>,
    pub state: ShareState,
    /// Guests only watch.
    pub read_only: bool,
    /// Concurrent guests.
    pub max_guests: u32,
    /// Guests may type while no client of the owner is attached.
    pub guests_alone: bool,
    /// Name of the creator.
    pub by: String,
    pub created_at: DateTime<Utc>,
    /// Time of expiry, also of a share that ended earlier.
    pub expires_at: DateTime<Utc>,
    /// Time at which it ended, if it did.
    pub ended_at: Option<DateTime<Utc>>,
    /// Name of the person who revoked it.
    pub ended_by: Option<String>,
    /// Number of wrong passwords tried.
    pub wrong_passwords: u32,
    /// All guests who joined, present or gone, in order of arrival.
    pub guests: Vec<Guest>,
}

/// Reason why a guest is gone.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum GuestEnd {
    Left,
    /// The owner removed the guest.
    Removed,
    /// The share expired.
    Expired,
    /// The share was revoked.
    Revoked,
    /// The session ended.
    SessionEnded,
}

/// Guest of a share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Guest {
    pub id: GuestId,
    /// Name that the guest chose, or the name of the member.
    pub name: String,
    /// The guest is a member of the workspace.
    pub member: bool,
    /// IP address of the guest.
    pub source: String,
    /// Device, such as `Firefox on Linux`.
    pub device: String,
    /// The guest is attached now.
    pub here: bool,
    pub joined_at: DateTime<Utc>,
    /// Time of leaving; none while the guest holds a slot, which lasts for 10 s without a connection.
    pub left_at: Option<DateTime<Utc>>,
    /// Reason for leaving; none if the guest disconnected and may return when a slot is free.
    pub end: Option<GuestEnd>,
    /// Keys typed, according to the latest report of the session.
    pub keys: u64,
}

/// `PATCH /sessions/{id}/shares/{sid}`: absent fields are unchanged.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeShare {
    /// Duration from now, in minutes.
    #[serde(default, deserialize_with = "present", skip_serializing_if = "Option::is_none")]
    pub minutes: Option<Minutes>,
    /// Guests only watch from now on.
    pub read_only: Option<bool>,
    /// Guests may type while no client of the owner is attached.
    pub guests_alone: Option<bool>,
}

/// `GET /sessions/{id}/sharing`: options for a new share.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharingOptions {
    /// Sharing is enabled.
    pub enabled: bool,
    /// Longest duration of a share, in minutes.
    pub max_minutes: u32,
    /// Most concurrent guests.
    pub max_guests: u32,
    /// Initial value of read-only: the workspace's default, or this member's last choice.
    pub read_only: bool,
    /// Only read-only shares are allowed.
    pub read_only_forced: bool,
    /// Email is configured.
    pub mail: bool,
}

/// `POST /sessions/{id}/invites`: one share per address.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvites {
    /// Recipients, 1–20 addresses.
    pub emails: Vec<String>,
    /// Duration in minutes.
    #[serde(default)]
    pub minutes: Minutes,
    /// As in [`NewShare`].
    pub read_only: Option<bool>,
    /// As in [`NewShare`].
    pub guests_alone: Option<bool>,
}

/// Result for one address of an invitation.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum InviteStatus {
    /// The email is queued; the list of shares has its state.
    Queued,
    /// Not a valid email address; no email is sent.
    InvalidEmail,
    /// Too many emails are queued; no email is sent.
    TooMany,
}

/// Address of an invitation, with its result.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteResult {
    /// Address as given.
    pub email: String,
    pub status: InviteStatus,
    /// Share of the email, with `queued`.
    pub share_id: Option<ShareId>,
}

/// Response to an invitation, with status 207.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteResults {
    /// One result per distinct address.
    pub results: Vec<InviteResult>,
}

/// `POST /join`: by a person with a link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Join {
    /// Token behind the `#` of the link.
    pub token: String,
    /// Password of the share.
    pub password: String,
    /// Name shown to others, 1–64 characters. Ignored for a signed-in member.
    #[serde(default)]
    pub name: String,
}

/// Session as its guests see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SharedSession {
    pub id: SessionId,
    pub name: String,
    /// Name of the owner.
    pub owner: String,
}

/// `POST /join` and `GET /join/session`: session and permissions of a guest.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Joined {
    pub session: SharedSession,
    pub guest: GuestId,
    /// Name shown to others.
    pub name: String,
    /// The guest only watches.
    pub read_only: bool,
    /// End of the share, unless it is extended.
    pub expires_at: DateTime<Utc>,
}
