//! Audit log: actions with their actor, time and source.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::MemberId;

/// Recorded action.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Id; entries sort by it.
    pub id: Uuid,
    /// Time.
    pub at: DateTime<Utc>,
    /// Member who acted; none for the local command line and for websh itself.
    pub actor_id: Option<MemberId>,
    /// Name of the actor at that time.
    pub actor: String,
    /// Channel: `page`, `token`, `share`, `command_line` or `websh`.
    pub via: String,
    /// Source address, if there is one.
    pub source: Option<String>,
    /// Action, a stable code such as `session.drop`.
    pub action: String,
    /// Kind of the target: `session`, `member`, `settings`, …
    pub target_kind: String,
    /// Id of the target, if it has one.
    pub target_id: Option<String>,
    /// Name of the target at that time.
    pub target: String,
    /// Details such as old and new values; never a secret.
    pub detail: Option<String>,
}

/// `GET /audit` and `GET /audit/export`: absent fields do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AuditFilter {
    /// Part of actor, target or detail.
    pub q: Option<String>,
    /// Action, or its part before the dot.
    pub action: Option<String>,
    /// Start of the time range, inclusive.
    pub from: Option<DateTime<Utc>>,
    /// End of the time range, exclusive.
    pub to: Option<DateTime<Utc>>,
}

/// `GET /audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// Newest first.
    pub items: Vec<AuditEntry>,
    /// Cursor of the next page; none on the last one.
    pub next: Option<String>,
}
