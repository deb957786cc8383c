//! `/servers/{id}/accounts` and `/servers/{id}/grants`: who may open sessions as which account.

use axum::{
    extract::{Path, State},
    http::StatusCode,
};
use protocol::{
    api::{AccountGrant, AccountInfo, ErrorBody, NewGrant},
    id::GrantId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::extract::Json,
    http::{authenticate::SignedIn, error::ApiError},
    state::AppState,
};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(accounts))
        .routes(routes!(list, add))
        .routes(routes!(remove))
}

/// Lists the accounts of a server that can be granted.
#[utoipa::path(
    get, path = "/servers/{id}/accounts", tag = "accounts", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "The server")),
    responses(
        (status = 200, description = "Accounts that people can log in to", body = Vec<AccountInfo>),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn accounts(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(server): Path<String>,
) -> Result<Json<Vec<AccountInfo>>, ApiError> {
    Ok(Json(state.control.accounts_of(&actor, server).await?))
}

/// Lists the grants on a server.
#[utoipa::path(
    get, path = "/servers/{id}/grants", tag = "accounts", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "The server")),
    responses(
        (status = 200, description = "By account", body = Vec<AccountGrant>),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(server): Path<String>,
) -> Result<Json<Vec<AccountGrant>>, ApiError> {
    Ok(Json(state.control.grants(&actor, server).await?))
}

/// Grants an account to a member or a role.
#[utoipa::path(
    post, path = "/servers/{id}/grants", tag = "accounts", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "The server")), request_body = NewGrant,
    responses(
        (status = 201, description = "The grant", body = AccountGrant),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 404, description = "`not_found`: server or member", body = ErrorBody),
        (status = 409, description = "`grant_exists`", body = ErrorBody),
        (status = 422, description = "`unknown_account`, `invalid_to`: root to a role", body = ErrorBody),
    )
)]
pub async fn add(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path(server): Path<String>,
    Json(given): Json<NewGrant>,
) -> Result<(StatusCode, Json<AccountGrant>), ApiError> {
    Ok((StatusCode::CREATED, Json(state.control.grant(&actor, server, given).await?)))
}

/// Takes a grant back. Sessions that run go on.
#[utoipa::path(
    delete, path = "/servers/{id}/grants/{grant}", tag = "accounts",
    security(("cookie" = []), ("bearer" = [])),
    params(
        ("id" = String, Path, description = "The server"),
        ("grant" = GrantId, Path, description = "The grant"),
    ),
    responses(
        (status = 204, description = "Taken back"),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn remove(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Path((server, grant)): Path<(String, String)>,
) -> Result<StatusCode, ApiError> {
    let grant = grant.parse().map_err(|_| ApiError::not_found())?;
    state.control.revoke_grant(&actor, server, grant).await?;
    Ok(StatusCode::NO_CONTENT)
}
