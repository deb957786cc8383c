//! Members: who they are, how one becomes one, and where one is signed in.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use uuid::Uuid;

use crate::id::{InviteId, MemberId};

/// What a member may do, in rising order of power.
#[derive(
    Clone,
    Copy,
    Debug,
    PartialEq,
    Eq,
    PartialOrd,
    Ord,
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
pub enum Role {
    /// Own sessions only.
    Member,
    /// Also sees every session's metadata and may drop one.
    Staff,
    /// Also changes settings and roles, and may watch.
    Superuser,
}

/// The signed-in member, as `GET /me` shows it.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Me {
    /// The member's id.
    pub id: MemberId,
    /// Sign-in name: an e-mail address, lower case.
    pub email: String,
    /// Name shown to others.
    pub name: String,
    /// What this member may do.
    pub role: Role,
}

/// A member, as a superuser sees them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Member {
    /// Id.
    pub id: MemberId,
    /// Sign-in name: an e-mail address, lower case.
    pub email: String,
    /// Name shown to others.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// False once deactivated: they can't sign in, and nothing of theirs is open.
    pub active: bool,
    /// Member since.
    pub created_at: DateTime<Utc>,
    /// When they last signed in, if ever.
    pub signed_in_at: Option<DateTime<Utc>>,
    /// How many sessions of theirs run.
    pub sessions: u32,
}

/// `PATCH /members/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeMember {
    /// New name, 1–64 characters.
    #[serde(default)]
    pub name: Option<String>,
    /// New role.
    #[serde(default)]
    pub role: Option<Role>,
    /// False deactivates, true lets in again.
    #[serde(default)]
    pub active: Option<bool>,
}

/// What a link that was handed to somebody is for.
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
pub enum InviteKind {
    /// Becoming a member.
    Join,
    /// Choosing a new password.
    Reset,
}

/// `POST /invites`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewInvite {
    /// Whom it is for. The address becomes their sign-in name.
    pub email: String,
    /// The role they will have.
    pub role: Role,
    /// Send it by mail; else the link is copied by hand.
    #[serde(default)]
    pub by_mail: bool,
}

/// An invitation that waits, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Invite {
    /// Id.
    pub id: InviteId,
    /// What it is for.
    pub kind: InviteKind,
    /// Whom it is for.
    pub email: String,
    /// The role they will have.
    pub role: Role,
    /// Name of who made it.
    pub by: String,
    /// Made at.
    pub created_at: DateTime<Utc>,
    /// Works until; for 7 days from the start.
    pub expires_at: DateTime<Utc>,
}

/// A fresh invitation: the only time its link is shown.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct InviteLink {
    /// The invitation.
    pub invite: Invite,
    /// The link, with the secret behind its `#`.
    pub url: String,
}

/// `POST /invites/accept`: by whoever holds the link.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct AcceptInvite {
    /// The secret of the link.
    pub token: String,
    /// Name shown to others; ignored when only the password changes.
    #[serde(default)]
    pub name: Option<String>,
    /// The password they choose, 12–128 characters.
    pub password: String,
}

/// `POST /me/password`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangePassword {
    /// The password until now.
    pub current: String,
    /// The new one, 12–128 characters.
    pub new: String,
}

/// A browser or program that a member is signed in with.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct SignInInfo {
    /// Id.
    pub id: Uuid,
    /// What signed in, such as `Firefox on Linux`.
    pub device: String,
    /// The address it came from.
    pub source: String,
    /// Since when.
    pub created_at: DateTime<Utc>,
    /// When it ends by itself.
    pub expires_at: DateTime<Utc>,
    /// Whether it is the one that asks.
    pub current: bool,
}
