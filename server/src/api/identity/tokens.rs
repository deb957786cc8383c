//! `/tokens`: API tokens, with which programs act for a member.

use axum::http::StatusCode;
use protocol::{
    api::{ChangeToken, ErrorBody, FreshToken, NewToken, TokenInfo},
    id::TokenId,
};

use crate::{
    api::extract::{Json, Path},
    http::{authenticate::SignedIn, error::Result},
};

/// Lists the caller's tokens.
#[utoipa::path(
    get, path = "/tokens", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Newest first, without their secrets", body = Vec<TokenInfo>),
        (status = 403, description = "`forbidden`: requires a token of scope `admin`", body = ErrorBody),
    )
)]
pub async fn list(SignedIn { control, actor }: SignedIn) -> Result<Json<Vec<TokenInfo>>> {
    Ok(Json(control.tokens.list(&actor).await?))
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
    SignedIn { control, actor }: SignedIn,
    Json(body): Json<NewToken>,
) -> Result<(StatusCode, Json<FreshToken>)> {
    Ok((StatusCode::CREATED, Json(control.tokens.create(&actor, body).await?)))
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
    SignedIn { control, actor }: SignedIn,
    Path(id): Path<TokenId>,
    Json(change): Json<ChangeToken>,
) -> Result<Json<TokenInfo>> {
    Ok(Json(control.tokens.change(&actor, id, change).await?))
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
    SignedIn { control, actor }: SignedIn,
    Path(id): Path<TokenId>,
) -> Result<StatusCode> {
    control.tokens.remove(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
