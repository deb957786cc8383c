//! Types of the requests of staff and superusers.

use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::Session;
use crate::id::{MemberId, SessionId};

/// Session in the list of all sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdminSession {
    /// Fields that the owner sees, without the title and the foreground program.
    #[serde(flatten)]
    pub session: Session,
    pub owner_id: MemberId,
    pub owner_email: String,
    /// Recent CPU time of its processes, in thousandths of one core; none if not known yet.
    pub cpu_permille: Option<u32>,
    /// Memory of its processes, in bytes.
    pub memory_bytes: Option<u64>,
    /// Number of its processes.
    pub processes: Option<u32>,
    /// The session process does not respond, so the figures are outdated.
    pub stale: bool,
}

/// `GET /admin/sessions`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct AdminSessionPage {
    /// Sessions in the requested order.
    pub items: Vec<AdminSession>,
    /// Cursor of the next page; none on the last one.
    pub next: Option<String>,
    /// Number of all matching sessions.
    pub total: u32,
}

/// Order of the list of all sessions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum AdminSort {
    /// Newest first.
    #[default]
    CreatedAt,
    /// Longest idle first.
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

/// Filter of all sessions; absent fields do not restrict it. Also the query of the list.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct AdminFilter {
    /// Part of the name, owner, address, account or id.
    pub q: Option<String>,
    /// Email address of the owner.
    pub owner: Option<String>,
    /// Server id.
    pub server: Option<String>,
    /// Account of the shell.
    pub account: Option<String>,
    /// Minimum idle time in minutes.
    pub idle_minutes: Option<u32>,
    /// True for sessions with attached clients, false for those without.
    pub attached: Option<bool>,
}

/// `DELETE /admin/sessions/{id}`.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields, default)]
pub struct Drop {
    /// Reason for the owner and the audit log, at most 200 characters.
    pub reason: Option<String>,
}

/// `POST /admin/sessions/drop-all`.
#[derive(Clone, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DropAll {
    /// Name of the workspace, as a confirmation.
    pub confirm: String,
    /// Password of the superuser.
    pub password: String,
    /// Sessions to drop; all if absent.
    pub filter: Option<AdminFilter>,
    /// Keep the superuser's own sessions.
    #[serde(default)]
    pub keep_own: bool,
    /// Reason for the owners and the audit log, at most 200 characters.
    pub reason: Option<String>,
}

/// Result of dropping one session.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct Dropped {
    pub id: SessionId,
    pub name: String,
    /// Error code; none if the session has ended.
    pub error: Option<String>,
    /// Error as one sentence.
    pub message: Option<String>,
}

/// Results of dropping several sessions.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize, ToSchema)]
pub struct DropResults {
    /// One result per session.
    pub results: Vec<Dropped>,
}
