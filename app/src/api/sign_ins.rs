//! Where the signed-in member is signed in.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::api::SignInInfo;
use uuid::Uuid;

use crate::{api::json::Json, error::PageError};

/// Browsers and programs that are signed in.
///
/// # Errors
/// `signed_out`, `forbidden`, and what the server says.
#[server(name = ListSignIns, prefix = "/api/pages", endpoint = "sign-ins", input = Json, output = Json)]
pub async fn sign_ins() -> Result<Vec<SignInInfo>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sign_ins.list(&actor).await?)
}

/// Signs one of them out, and closes what is open by it.
///
/// # Errors
/// `signed_out`, `forbidden`, and what the server says.
#[server(name = EndSignIn, prefix = "/api/pages", endpoint = "end-sign-in", input = Json, output = Json)]
pub async fn end(id: Uuid) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sign_ins.end(&actor, id).await?)
}
