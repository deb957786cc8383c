//! API tokens, with which programs act for a member.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use crate::id::TokenId;

/// Scope of a token, always within the permissions of its member.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[derive(Serialize, Deserialize, Display, EnumString, VariantArray)]
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
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// Name, 1–64 characters.
    pub name: String,
    /// Scope.
    pub scope: TokenScope,
    /// Lifetime in days, 1–365.
    pub days: u32,
}

/// `PATCH /tokens/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeToken {
    /// Name, 1–64 characters.
    pub name: String,
}

/// Token without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenInfo {
    /// Id.
    pub id: TokenId,
    /// Name.
    pub name: String,
    /// Scope.
    pub scope: TokenScope,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Time of expiry.
    pub expires_at: DateTime<Utc>,
    /// Time of the last use, to the minute.
    pub used_at: Option<DateTime<Utc>>,
}

/// New token, with its secret, which is never shown again.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreshToken {
    /// The token.
    pub token: TokenInfo,
    /// Secret for `Authorization: Bearer`; starts with `websh_`.
    pub secret: String,
}
