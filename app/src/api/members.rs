//! The signed-in member.

use leptos::{prelude::server, server_fn::codec::Json};
use protocol::api::Me;

use crate::error::PageError;

/// Who is signed in.
///
/// # Errors
/// `signed_out`, and what the server says.
#[server(name = GetMe, prefix = "/api/pages", endpoint = "me", input = Json)]
pub async fn me() -> Result<Me, PageError> {
    let (_, actor) = crate::context::signed_in()?;
    Ok(actor.me())
}
