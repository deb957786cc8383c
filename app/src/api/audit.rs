//! The audit log.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::api::{AuditFilter, AuditPage};

use crate::{error::PageError, json::Json};

/// Entries, newest first: the page after a cursor.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = ReadAudit, prefix = "/api/pages", endpoint = "audit", input = Json, output = Json)]
pub async fn audit(filter: AuditFilter, cursor: Option<String>) -> Result<AuditPage, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.audit.list(&actor, filter, None, cursor.as_deref()).await?)
}
