//! Servers.

use leptos::prelude::server;
use protocol::api::Server;

use crate::{error::PageError, json::Json};

/// Servers and accounts that the member may use.
///
/// # Errors
/// `signed_out`, and those of the server.
#[server(name = ListServers, prefix = "/api/pages", endpoint = "servers", input = Json, output = Json)]
pub async fn servers() -> Result<Vec<Server>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.creator.servers(&actor).await?)
}
