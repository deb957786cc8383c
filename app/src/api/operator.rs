//! Everybody's sessions, for staff and superusers.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::api::{AdminFilter, AdminSessionPage, AdminSort};

use crate::{api::json::Json, error::PageError};

/// Everybody's living sessions: the page after a cursor, 50 of them when no limit is given, at most 500.
///
/// # Errors
/// `signed_out`, `forbidden` for a member, what the server says.
#[server(name = ListAll, prefix = "/api/pages", endpoint = "all", input = Json, output = Json)]
pub async fn all(
    filter: AdminFilter,
    sort: AdminSort,
    cursor: Option<String>,
    limit: Option<u64>,
) -> Result<AdminSessionPage, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.all_sessions.list(&actor, &filter, sort, limit, cursor.as_deref()).await?)
}
