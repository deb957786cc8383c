//! `/tokens`: API tokens, with which programs act for a member.

use axum::{extract::State, http::StatusCode};
use protocol::{
    api::{ChangeToken, ErrorBody, FreshToken, NewToken, TokenInfo},
    id::TokenId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::extract::{Json, PathId},
    http::{authenticate::SignedIn, error::ApiError},
    state::AppState,
};

/// Returns the routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(change, remove))
}

/// Lists the caller's tokens.
#[utoipa::path(
    get, path = "/tokens", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Newest first, without their secrets", body = Vec<TokenInfo>),
        (status = 403, description = "`forbidden`: requires a token of scope `admin`", body = ErrorBody),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Vec<TokenInfo>>, ApiError> {
    Ok(Json(state.control.tokens.list(&actor).await?))
}

/// Creates a token.
#[utoipa::path(
    post, path = "/tokens", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    request_body = NewToken,
    responses(
        (status = 201, description = "The token with its secret, which is not shown again", body = FreshToken),
        (status = 403, description = "`forbidden`: requires a token of scope `admin`", body = ErrorBody),
        (status = 422, description = "`invalid_name`, `invalid_days`", body = ErrorBody),
        (status = 429, description = "`too_many_tokens`", body = ErrorBody),
    )
)]
pub async fn create(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Json(body): Json<NewToken>,
) -> Result<(StatusCode, Json<FreshToken>), ApiError> {
    Ok((StatusCode::CREATED, Json(state.control.tokens.create(&actor, body).await?)))
}

/// Renames a token. Superusers can rename every token.
#[utoipa::path(
    patch, path = "/tokens/{id}", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    params(("id" = TokenId, Path, description = "Id of the token")), request_body = ChangeToken,
    responses(
        (status = 200, description = "The changed token", body = TokenInfo),
        (status = 403, description = "`forbidden`: requires a token of scope `admin`", body = ErrorBody),
        (status = 404, description = "`not_found`, also for another member's token", body = ErrorBody),
        (status = 422, description = "`invalid_name`", body = ErrorBody),
    )
)]
pub async fn change(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<TokenId>,
    Json(change): Json<ChangeToken>,
) -> Result<Json<TokenInfo>, ApiError> {
    Ok(Json(state.control.tokens.change(&actor, id, change).await?))
}

/// Removes a token and closes its connections. Superusers can remove every token.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    params(("id" = TokenId, Path, description = "Id of the token")),
    responses(
        (status = 204, description = "Removed"),
        (status = 403, description = "`forbidden`: requires a token of scope `admin`", body = ErrorBody),
        (status = 404, description = "`not_found`, also for another member's token", body = ErrorBody),
    )
)]
pub async fn remove(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<TokenId>,
) -> Result<StatusCode, ApiError> {
    state.control.tokens.remove(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
