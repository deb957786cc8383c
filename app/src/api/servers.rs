//! Machines to open sessions on.

use leptos::prelude::server;
use protocol::api::Server;

use crate::{api::json::Json, error::PageError};

/// The servers and accounts this member may use.
///
/// # Errors
/// `signed_out`, and what the server says.
#[server(name = ListServers, prefix = "/api/pages", endpoint = "servers", input = Json, output = Json)]
pub async fn servers() -> Result<Vec<Server>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.creator.servers(&actor).await?)
}
