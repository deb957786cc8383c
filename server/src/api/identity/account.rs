//! `/me/…`: the caller's password and sign-ins.

use axum::http::StatusCode;
use protocol::api::{ChangePassword, ErrorBody, SignInInfo};
use uuid::Uuid;

use crate::{
    api::extract::{Json, Path},
    http::{authenticate::SignedIn, error::Result},
};

/// Changes the caller's password and ends their other sign-ins. Sessions keep running, tokens stay valid.
#[utoipa::path(
    post, path = "/me/password", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    request_body = ChangePassword,
    responses(
        (status = 204, description = "Changed"),
        (status = 403, description = "`forbidden`: requires a token of scope `admin`", body = ErrorBody),
        (status = 422, description = "`wrong_password`, `invalid_password`", body = ErrorBody),
        (status = 429, description = "`too_many_attempts`, with `Retry-After`", body = ErrorBody),
    )
)]
pub async fn password(
    SignedIn { control, actor }: SignedIn,
    Json(body): Json<ChangePassword>,
) -> Result<StatusCode> {
    control.sign_ins.change_password(&actor, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the caller's sign-ins.
#[utoipa::path(
    get, path = "/me/sign-ins", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Newest first", body = Vec<SignInInfo>),
        (status = 403, description = "`forbidden`: requires a token of scope `admin`", body = ErrorBody),
    )
)]
pub async fn sign_ins(SignedIn { control, actor }: SignedIn) -> Result<Json<Vec<SignInInfo>>> {
    Ok(Json(control.sign_ins.list(&actor).await?))
}

/// Ends a sign-in and closes its open connections.
#[utoipa::path(
    delete, path = "/me/sign-ins/{id}", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the sign-in")),
    responses(
        (status = 204, description = "Ended"),
        (status = 403, description = "`forbidden`: requires a token of scope `admin`", body = ErrorBody),
        (status = 404, description = "`not_found`, also for another member's sign-in", body = ErrorBody),
    )
)]
pub async fn end(
    SignedIn { control, actor }: SignedIn,
    Path(id): Path<Uuid>,
) -> Result<StatusCode> {
    control.sign_ins.end(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
