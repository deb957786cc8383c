//! Servers, their accounts, and the grants to use them.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Role;
use crate::id::{GrantId, MemberId};

/// Server with the accounts that the caller may use.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Server {
    /// Stable id: `local` for the machine of the web process.
    pub id: String,
    /// Host name, for display.
    pub name: String,
    /// Sessions can be created on it now.
    pub online: bool,
    /// Accounts that the caller may use, the default first.
    pub accounts: Vec<String>,
    /// Granted accounts that are unavailable, each with the reason.
    #[serde(default)]
    pub unusable: Vec<UnusableAccount>,
    /// Grants determine the accounts of members. They do not if websh does not run as root, because
    /// all sessions then run as its own account.
    #[serde(default)]
    pub by_grant: bool,
}

/// Granted account that is unavailable.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct UnusableAccount {
    pub account: String,
    /// Reason, as one sentence.
    pub reason: String,
}

/// Recipient of a grant: one member, or all members of a role and above.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum Grantee {
    /// One member, by id.
    Member(MemberId),
    /// All members with this role or a higher one.
    Role(Role),
}

/// Grant to open sessions as an account.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountGrant {
    pub id: GrantId,
    /// Server id.
    pub server: String,
    /// Account on the server.
    pub account: String,
    /// Recipient.
    pub to: Grantee,
    /// Name of the member or of the role.
    pub to_name: String,
    /// Name of the person who granted it.
    pub by: String,
    /// Time of the grant.
    pub created_at: DateTime<Utc>,
}

/// `POST /servers/{id}/grants`. The account must exist on the server; `root` can be granted to one member
/// only.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct NewGrant {
    /// Account on the server.
    pub account: String,
    /// Recipient.
    pub to: Grantee,
}

/// `GET /servers/{id}/accounts`: accounts that can be granted.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AccountInfo {
    /// Account name.
    pub account: String,
    /// Path of the login shell.
    pub shell: String,
    /// Path of the home directory.
    pub home: String,
}
