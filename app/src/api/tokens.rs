//! API tokens of the signed-in member.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::{
    api::{FreshToken, NewToken, TokenInfo},
    id::TokenId,
};

use crate::{error::PageError, json::Json};

/// Valid tokens.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = ListTokens, prefix = "/api/pages", endpoint = "tokens", input = Json, output = Json)]
pub async fn tokens() -> Result<Vec<TokenInfo>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.tokens.list(&actor).await?)
}

/// Creates a token; only this answer has its secret.
///
/// # Errors
/// An invalid field, and those of the server.
#[server(name = CreateToken, prefix = "/api/pages", endpoint = "create-token", input = Json, output = Json)]
pub async fn create(new: NewToken) -> Result<FreshToken, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.tokens.create(&actor, new).await?)
}

/// Revokes a token and ends its connections.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = RemoveToken, prefix = "/api/pages", endpoint = "remove-token", input = Json, output = Json)]
pub async fn remove(id: TokenId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.tokens.remove(&actor, id).await?)
}
