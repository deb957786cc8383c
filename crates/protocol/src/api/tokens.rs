//! API tokens, with which programs act for a member.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};
use utoipa::ToSchema;

use crate::id::TokenId;

/// Scope of a token, always within the permissions of its member.
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
    ToSchema,
)]
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
