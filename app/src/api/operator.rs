//! The sessions of all members, for staff and superusers.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::api::{AdminFilter, AdminSessionPage, AdminSort};

use crate::{error::PageError, json::Json};

/// Running sessions of all members: the page after a cursor, by default 50 and at most 500 of them.
///
/// # Errors
/// `signed_out`, `forbidden` for a member, and those of the server.
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
