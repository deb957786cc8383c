//! API tokens: what a program may do in a member's name.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use strum::{Display, EnumString, VariantArray};

use crate::id::TokenId;

/// What a token allows, never more than its member may do.
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
pub enum TokenScope {
    /// See sessions and watch the own ones.
    Read,
    /// Also open, drive, change and close the own sessions.
    Sessions,
    /// Also everything the member's role allows: settings, members, dropping.
    Admin,
}

/// `POST /tokens`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewToken {
    /// What it is for, 1–64 characters.
    pub name: String,
    /// What it allows.
    pub scope: TokenScope,
    /// Days it works, 1–365.
    pub days: u32,
}

/// `PATCH /tokens/{id}`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct ChangeToken {
    /// What it is for, 1–64 characters.
    pub name: String,
}

/// A token, without its secret.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct TokenInfo {
    /// Id.
    pub id: TokenId,
    /// What it is for.
    pub name: String,
    /// What it allows.
    pub scope: TokenScope,
    /// Made at.
    pub created_at: DateTime<Utc>,
    /// Works until.
    pub expires_at: DateTime<Utc>,
    /// Last used, to the minute.
    pub used_at: Option<DateTime<Utc>>,
}

/// A fresh token: the only time its secret is shown.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct FreshToken {
    /// The token.
    pub token: TokenInfo,
    /// What goes behind `Authorization: Bearer`; begins with `websh_`.
    pub secret: String,
}
