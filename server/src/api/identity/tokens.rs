//! `/tokens`: what programs may do in a member's name.

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

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list, create)).routes(routes!(change, remove))
}

/// Lists the own tokens.
#[utoipa::path(
    get, path = "/tokens", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Newest first, without their secrets", body = Vec<TokenInfo>),
        (status = 403, description = "`forbidden`: by a token of a narrower scope than `admin`", body = ErrorBody),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Vec<TokenInfo>>, ApiError> {
    Ok(Json(state.control.tokens(&actor).await?))
}

/// Makes a token.
#[utoipa::path(
    post, path = "/tokens", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    request_body = NewToken,
    responses(
        (status = 201, description = "The token: the only time its secret is shown", body = FreshToken),
        (status = 403, description = "`forbidden`: by a token of a narrower scope than `admin`", body = ErrorBody),
        (status = 422, description = "`invalid_name`, `invalid_days`", body = ErrorBody),
        (status = 429, description = "`too_many_tokens`", body = ErrorBody),
    )
)]
pub async fn create(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Json(given): Json<NewToken>,
) -> Result<(StatusCode, Json<FreshToken>), ApiError> {
    Ok((StatusCode::CREATED, Json(state.control.new_token(&actor, given).await?)))
}

/// Gives a token another name. Superusers rename anybody's.
#[utoipa::path(
    patch, path = "/tokens/{id}", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    params(("id" = TokenId, Path, description = "The token")), request_body = ChangeToken,
    responses(
        (status = 200, description = "The token as it is now", body = TokenInfo),
        (status = 403, description = "`forbidden`: by a token of a narrower scope than `admin`", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 422, description = "`invalid_name`", body = ErrorBody),
    )
)]
pub async fn change(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<TokenId>,
    Json(change): Json<ChangeToken>,
) -> Result<Json<TokenInfo>, ApiError> {
    Ok(Json(state.control.change_token(&actor, id, change).await?))
}

/// Removes a token and closes what is open by it. Superusers remove anybody's.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    params(("id" = TokenId, Path, description = "The token")),
    responses(
        (status = 204, description = "It does not work any more"),
        (status = 403, description = "`forbidden`: by a token of a narrower scope than `admin`", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
    )
)]
pub async fn remove(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<TokenId>,
) -> Result<StatusCode, ApiError> {
    state.control.remove_token(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
