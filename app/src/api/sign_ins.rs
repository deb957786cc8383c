//! Sign-ins of the member.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::api::SignInInfo;
use uuid::Uuid;

use crate::{error::PageError, json::Json};

/// Signed-in browsers and programs.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = ListSignIns, prefix = "/api/pages", endpoint = "sign-ins", input = Json, output = Json)]
pub async fn sign_ins() -> Result<Vec<SignInInfo>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sign_ins.list(&actor).await?)
}

/// Ends a sign-in and its connections.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = EndSignIn, prefix = "/api/pages", endpoint = "end-sign-in", input = Json, output = Json)]
pub async fn end(id: Uuid) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sign_ins.end(&actor, id).await?)
}
