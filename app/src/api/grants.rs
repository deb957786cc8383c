//! Account grants.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::{
    api::{AccountGrant, AccountInfo, NewGrant},
    id::GrantId,
};

use crate::{error::PageError, json::Json};

/// The grants on a server.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = ListGrants, prefix = "/api/pages", endpoint = "grants", input = Json, output = Json)]
pub async fn grants(server: String) -> Result<Vec<AccountGrant>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.grants.list(&actor, server).await?)
}

/// The accounts of a server that can be granted.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = ListAccounts, prefix = "/api/pages", endpoint = "accounts", input = Json, output = Json)]
pub async fn accounts(server: String) -> Result<Vec<AccountInfo>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.grants.accounts(&actor, server).await?)
}

/// Grants an account.
///
/// # Errors
/// `unknown_account`, an invalid field, and those of the server.
#[server(name = AddGrant, prefix = "/api/pages", endpoint = "grant", input = Json, output = Json)]
pub async fn grant(server: String, new: NewGrant) -> Result<AccountGrant, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.grants.create(&actor, server, new).await?)
}

/// Revokes a grant. Running sessions continue.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = RemoveGrant, prefix = "/api/pages", endpoint = "revoke-grant", input = Json, output = Json)]
pub async fn revoke(server: String, id: GrantId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.grants.revoke(&actor, server, id).await?)
}
