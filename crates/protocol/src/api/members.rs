//! Members, invitations, sign-ins, and API tokens, with which programs act for a member.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use utoipa::ToSchema;
use uuid::Uuid;

use crate::id::{InviteId, MemberId, TokenId};

/// Request header in which a page names the member it was rendered for. If another member is signed in, the request
/// is refused with 409 `identity_changed`.
pub const MEMBER_HEADER: &str = "websh-member";

/// Role of a member, in ascending order of permissions.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum Role {
    /// Uses own sessions only.
    Member,
    /// Uses own sessions, lists all sessions and may drop them.
    Staff,
    /// Has the permissions of `staff`, changes settings and roles, and may watch sessions.
    Superuser,
}

/// Signed-in member, as in `GET /me`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Me {
    pub id: MemberId,
    /// Sign-in name: an email address in lower case.
    pub email: String,
    /// Name shown to others.
    pub name: String,
    pub role: Role,
}

/// Member as superusers see it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Member {
    pub id: MemberId,
    /// Sign-in name: an email address in lower case.
    pub email: String,
    /// Name shown to others.
    pub name: String,
    pub role: Role,
    /// False once deactivated: the member cannot sign in, and all connections are closed.
    pub active: bool,
    pub created_at: DateTime<Utc>,
    /// Time of the last sign-in, if any.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// Number of running sessions.
    pub sessions: u32,
}

/// `PATCH /members/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeMember {
    /// New name, 1–64 characters.
    pub name: Option<String>,
    pub role: Option<Role>,
    /// False deactivates the member, true reactivates.
    pub active: Option<bool>,
}

/// Purpose of an invitation link.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum InviteKind {
    /// Become a member.
    Join,
    /// Choose a new password.
    Reset,
}

/// `POST /invites`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewInvite {
    /// Email address of the invitee, which becomes the sign-in name.
    pub email: String,
    /// Role of the invitee.
    pub role: Role,
    /// Send it by email.
    #[serde(default)]
    pub by_mail: bool,
}

/// Pending invitation without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Invite {
    pub id: InviteId,
    pub kind: InviteKind,
    /// Email address of the invitee.
    pub email: String,
    /// Role of the invitee.
    pub role: Role,
    /// Name of the creator.
    pub by: String,
    pub created_at: DateTime<Utc>,
    /// Time of expiry, 7 days after creation.
    pub expires_at: DateTime<Utc>,
}

/// New invitation, with its link, which is never shown again.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct InviteLink {
    pub invite: Invite,
    /// Link, with the secret behind its `#`.
    pub url: String,
}

/// `POST /invites/accept`: by a person with the link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct AcceptInvite {
    /// Secret of the link.
    pub token: String,
    /// Name shown to others; ignored for a new password.
    pub name: Option<String>,
    /// New password, 12–128 characters.
    pub password: String,
}

/// `POST /me/password`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// Current password.
    pub current: String,
    /// New password, 12–128 characters.
    pub new: String,
}

/// Sign-in of a member, by a browser or a program.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct SignInInfo {
    pub id: Uuid,
    /// Device, such as `Firefox on Linux`.
    pub device: String,
    /// IP address of the sign-in.
    pub source: String,
    /// Time of the sign-in.
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// True for the sign-in of this request.
    pub current: bool,
}

/// Scope of a token, always within the permissions of its member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray, ToSchema)]
#[serde(rename_all = "snake_case")]
#[strum(serialize_all = "snake_case")]
pub enum TokenScope {
    /// List sessions and watch the member's own.
    Read,
    /// Also create, drive, change and close the member's own sessions.
    Sessions,
    /// Also everything that the member's role allows: settings, members, dropping.
    Admin,
}

/// `POST /tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Name, 1–64 characters.
    pub name: String,
    pub scope: TokenScope,
    /// Lifetime in days, 1–365.
    pub days: u32,
}

/// `PATCH /tokens/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangeToken {
    /// Name, 1–64 characters.
    pub name: String,
}

/// Token without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct TokenInfo {
    pub id: TokenId,
    pub name: String,
    pub scope: TokenScope,
    pub created_at: DateTime<Utc>,
    pub expires_at: DateTime<Utc>,
    /// Time of the last use, to the minute.
    pub used_at: Option<DateTime<Utc>>,
}

/// New token, with its secret, which is never shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct FreshToken {
    pub token: TokenInfo,
    /// Secret for `Authorization: Bearer`; starts with `websh_`.
    pub secret: String,
}
