//! `/tokens`: API tokens, with which programs act for a member.

use axum::http::StatusCode;
use protocol::{
    api::{ChangeToken, ErrorBody, FreshToken, NewToken, TokenInfo},
    id::TokenId,
};

use crate::{
    api::extract::{Json, Path},
    api::responses::*,
    http::{authenticate::SignedIn, error::Result},
};

/// Lists the caller's tokens.
#[utoipa::path(
    get, path = "/tokens", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "Newest first, without their secrets", body = Vec<TokenInfo>), RequiresAdminToken)
)]
pub async fn list(caller: SignedIn) -> Result<Json<Vec<TokenInfo>>> {
    Ok(Json(caller.control.tokens.list(&caller.actor).await?))
}

/// Creates a token.
#[utoipa::path(
    post, path = "/tokens", tag = "tokens", security(("cookie" = []), ("bearer" = [])), request_body = NewToken,
    responses(
        (status = 201, description = "The token with its secret, which is not shown again", body = FreshToken),
        (status = 422, description = "`invalid_name`, `invalid_days`", body = ErrorBody),
        (status = 429, description = "`too_many_tokens`", body = ErrorBody),
        RequiresAdminToken,
    )
)]
pub async fn create(caller: SignedIn, Json(body): Json<NewToken>) -> Result<Created<FreshToken>> {
    Ok(created(caller.control.tokens.create(&caller.actor, body).await?))
}

/// Renames a token. Superusers can rename every token.
#[utoipa::path(
    patch, path = "/tokens/{id}", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    params(("id" = TokenId, Path, description = "Id of the token")), request_body = ChangeToken,
    responses((status = 200, description = "The changed token", body = TokenInfo), RequiresAdminToken, NoSuchToken, InvalidName)
)]
pub async fn change(
    caller: SignedIn,
    Path(id): Path<TokenId>,
    Json(change): Json<ChangeToken>,
) -> Result<Json<TokenInfo>> {
    Ok(Json(caller.control.tokens.change(&caller.actor, id, change).await?))
}

/// Removes a token and closes its connections. Superusers can remove every token.
#[utoipa::path(
    delete, path = "/tokens/{id}", tag = "tokens", security(("cookie" = []), ("bearer" = [])),
    params(("id" = TokenId, Path, description = "Id of the token")),
    responses((status = 204, description = "Removed"), RequiresAdminToken, NoSuchToken)
)]
pub async fn remove(caller: SignedIn, Path(id): Path<TokenId>) -> Result<StatusCode> {
    caller.control.tokens.remove(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
