//! The audit log: who did what, when, from where.

use chrono::{DateTime, Utc};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::id::MemberId;

/// One thing that was done.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditEntry {
    /// Id; entries sort by it.
    pub id: Uuid,
    /// When.
    pub at: DateTime<Utc>,
    /// The member who did it; none for the machine's own command line and for websh itself.
    pub actor_id: Option<MemberId>,
    /// Their name then.
    pub actor: String,
    /// By which way: `page`, `token`, `share`, `command_line` or `websh`.
    pub via: String,
    /// The address it came from, if it came from one.
    pub source: Option<String>,
    /// What was done: a stable word such as `session.drop`.
    pub action: String,
    /// Kind of what it was done to: `session`, `member`, `settings`, …
    pub target_kind: String,
    /// Its id, if it has one.
    pub target_id: Option<String>,
    /// Its name then.
    pub target: String,
    /// What else matters, such as old and new values; never a secret.
    pub detail: Option<String>,
}

/// `GET /audit` and `GET /audit/export`: what is absent does not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
#[serde(deny_unknown_fields, default)]
pub struct AuditFilter {
    /// Part of actor, target or detail.
    pub q: Option<String>,
    /// The action, or the part of it before the dot.
    pub action: Option<String>,
    /// Not before.
    pub from: Option<DateTime<Utc>>,
    /// Before.
    pub to: Option<DateTime<Utc>>,
}

/// `GET /audit`.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[cfg_attr(feature = "openapi", derive(utoipa::ToSchema))]
pub struct AuditPage {
    /// Newest first.
    pub items: Vec<AuditEntry>,
    /// The cursor of the next page, none on the last one.
    pub next: Option<String>,
}
