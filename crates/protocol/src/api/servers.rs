//! Machines to open sessions on, their accounts, and who may use which.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};

use super::Role;
use crate::id::{GrantId, MemberId};

/// A machine to open sessions on, with the accounts the caller may use there.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Server {
    /// Stable id: `local` for the machine the web process runs on.
    pub id: String,
    /// Name for people: the host name.
    pub name: String,
    /// Whether sessions can be opened on it now.
    pub online: bool,
    /// Registered accounts the caller may use, the default one first.
    pub accounts: Vec<String>,
    /// Registered accounts that are shown greyed, each with the reason.
    #[serde(default)]
    pub unusable: Vec<UnusableAccount>,
    /// Whether grants decide who may use which account. They do not where all sessions are websh's own
    /// account's, because it is not root.
    #[serde(default)]
    pub by_grant: bool,
}

/// An account that the caller was granted and that can't be used now.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct UnusableAccount {
    /// Its name.
    pub account: String,
    /// Why, one sentence.
    pub reason: String,
}

/// Whom an account is granted to: one member, or everybody of a role and above.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// This member.
    Member(MemberId),
    /// All members with this role or a higher one.
    Role(Role),
}

/// That somebody may open sessions as an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountGrant {
    /// Id.
    pub id: GrantId,
    /// Server id.
    pub server: String,
    /// Account on it.
    pub account: String,
    /// To whom.
    pub to: Grantee,
    /// Name of the member or of the role.
    pub to_name: String,
    /// Name of who granted it.
    pub by: String,
    /// When.
    pub created_at: DateTime<Utc>,
}

/// `POST /servers/{id}/grants`. The account must exist on the server; `root` only to a member by name.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    /// Account on the server.
    pub account: String,
    /// To whom.
    pub to: Grantee,
}

/// `GET /servers/{id}/accounts`: what can be granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AccountInfo {
    /// Its name.
    pub account: String,
    /// Its login shell.
    pub shell: String,
    /// Its home directory.
    pub home: String,
}
