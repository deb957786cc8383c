//! What staff and superusers see and do.

use serde::{Deserialize, Serialize};

use super::Session;
use crate::id::{MemberId, SessionId};

/// A session in the list of all.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminSession {
    /// What its owner sees of it, the title and the foreground program left out.
    #[serde(flatten)]
    pub session: Session,
    /// The owner's id.
    pub owner_id: MemberId,
    /// The owner's address.
    pub owner_email: String,
    /// Processor time its processes took lately, in thousandths of one core; none when not known yet.
    pub cpu_permille: Option<u32>,
    /// Memory of its processes, in bytes.
    pub memory_bytes: Option<u64>,
    /// How many processes it has.
    pub processes: Option<u32>,
    /// Its process does not answer: the figures are old.
    pub stale: bool,
}

/// `GET /admin/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AdminSessionPage {
    /// In the order asked for.
    pub items: Vec<AdminSession>,
    /// The cursor of the next page, none on the last one.
    pub next: Option<String>,
    /// How many match in all.
    pub total: u32,
}

/// What the list of all sessions is sorted by.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(rename_all = "snake_case")]
pub enum AdminSort {
    /// Newest first.
    #[default]
    CreatedAt,
    /// Unused for longest first.
    LastSeen,
    /// Most bytes first.
    BytesBuffered,
    /// Most memory first.
    Memory,
    /// Most processor time first.
    Cpu,
    /// By owner's name.
    Owner,
    /// By name.
    Name,
}

/// Which of all sessions: what is absent does not restrict. Also the query of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AdminFilter {
    /// Part of its name, owner, address, account or id.
    pub q: Option<String>,
    /// The owner's address.
    pub owner: Option<String>,
    /// Server id.
    pub server: Option<String>,
    /// Account.
    pub account: Option<String>,
    /// Unused for at least so many minutes.
    pub idle_minutes: Option<u32>,
    /// Whether anybody is attached.
    pub attached: Option<bool>,
}

/// `DELETE /admin/sessions/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct Drop {
    /// Why, for the owner and the audit log; at most 200 characters.
    pub reason: Option<String>,
}

/// `POST /admin/sessions/drop-all`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields)]
pub struct DropAll {
    /// The workspace's name.
    pub confirm: String,
    /// The superuser's password, again.
    pub password: String,
    /// Which ones; all when absent.
    #[serde(default)]
    pub filter: Option<AdminFilter>,
    /// Whether the superuser's own are left alone.
    #[serde(default)]
    pub keep_own: bool,
    /// Why, for the owners and the audit log; at most 200 characters.
    #[serde(default)]
    pub reason: Option<String>,
}

/// What became of one session of a drop.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct Dropped {
    /// The session.
    pub id: SessionId,
    /// Its name.
    pub name: String,
    /// None when nothing of it is left; else the code of what went wrong.
    pub error: Option<String>,
    /// The same as one sentence for people.
    #[serde(default)]
    pub message: Option<String>,
}

/// What a drop of many came to.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct DropResults {
    /// One for each session.
    pub results: Vec<Dropped>,
}
