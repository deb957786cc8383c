//! `/servers/{id}/accounts` and `/servers/{id}/grants`: the accounts that members may create sessions as.

use axum::http::StatusCode;
use protocol::{
    api::{AccountGrant, AccountInfo, ErrorBody, NewGrant},
    id::GrantId,
};

use crate::{
    api::extract::{Json, Path},
    api::responses::*,
    http::{authenticate::SignedIn, error::Result},
};

/// Lists the accounts of a server that can be granted.
#[utoipa::path(
    get, path = "/servers/{id}/accounts", tag = "accounts", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Id of the server")),
    responses((status = 200, description = "Accounts that have a login shell", body = Vec<AccountInfo>), RequiresSuperuser, NotFound, AccountsUnavailable)
)]
pub async fn accounts(
    caller: SignedIn,
    Path(server): Path<String>,
) -> Result<Json<Vec<AccountInfo>>> {
    Ok(Json(caller.control.grants.accounts(&caller.actor, server).await?))
}

/// Lists the grants on a server.
#[utoipa::path(
    get, path = "/servers/{id}/grants", tag = "accounts", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Id of the server")),
    responses((status = 200, description = "Grants, sorted by account", body = Vec<AccountGrant>), RequiresSuperuser, NotFound)
)]
pub async fn list(caller: SignedIn, Path(server): Path<String>) -> Result<Json<Vec<AccountGrant>>> {
    Ok(Json(caller.control.grants.list(&caller.actor, server).await?))
}

/// Grants an account to a member or a role.
#[utoipa::path(
    post, path = "/servers/{id}/grants", tag = "accounts", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Id of the server")), request_body = NewGrant,
    responses(
        (status = 201, description = "The grant", body = AccountGrant),
        (status = 404, description = "`not_found`: no such server or member", body = ErrorBody),
        (status = 409, description = "`grant_exists`", body = ErrorBody),
        (status = 422, description = "`unknown_account`; `invalid_to`: root can only be granted to a member", body = ErrorBody),
        RequiresSuperuser, AccountsUnavailable,
    )
)]
pub async fn add(
    caller: SignedIn,
    Path(server): Path<String>,
    Json(body): Json<NewGrant>,
) -> Result<Created<AccountGrant>> {
    Ok(created(caller.control.grants.create(&caller.actor, server, body).await?))
}

/// Revokes a grant. Running sessions keep running.
#[utoipa::path(
    delete, path = "/servers/{id}/grants/{grant}", tag = "accounts",
    security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Id of the server"), ("grant" = GrantId, Path, description = "Id of the grant")),
    responses((status = 204, description = "Revoked"), RequiresSuperuser, NotFound)
)]
pub async fn remove(
    caller: SignedIn,
    Path((server, grant)): Path<(String, GrantId)>,
) -> Result<StatusCode> {
    caller.control.grants.revoke(&caller.actor, server, grant).await?;
    Ok(StatusCode::NO_CONTENT)
}
