//! `/me/…`: the caller's password and sign-ins.

use axum::http::StatusCode;
use protocol::api::{ChangePassword, ErrorBody, SignInInfo};
use uuid::Uuid;

use crate::{
    api::extract::{Json, Path},
    api::responses::*,
    http::{authenticate::SignedIn, error::Result},
};

/// Changes the caller's password and ends their other sign-ins. Sessions keep running, tokens stay valid.
#[utoipa::path(
    post, path = "/me/password", tag = "sign-in", security(("cookie" = []), ("bearer" = [])), request_body = ChangePassword,
    responses(
        (status = 204, description = "Changed"),
        (status = 422, description = "`wrong_password`, `invalid_password`", body = ErrorBody),
        RequiresAdminToken, TooManyAttempts, PasswordUnchecked,
    )
)]
pub async fn password(caller: SignedIn, Json(body): Json<ChangePassword>) -> Result<StatusCode> {
    caller.control.sign_ins.change_password(&caller.actor, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists the caller's sign-ins.
#[utoipa::path(
    get, path = "/me/sign-ins", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "Newest first", body = Vec<SignInInfo>), RequiresAdminToken)
)]
pub async fn sign_ins(caller: SignedIn) -> Result<Json<Vec<SignInInfo>>> {
    Ok(Json(caller.control.sign_ins.list(&caller.actor).await?))
}

/// Ends a sign-in and closes its open connections.
#[utoipa::path(
    delete, path = "/me/sign-ins/{id}", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "Id of the sign-in")),
    responses(
        (status = 204, description = "Ended"),
        (status = 404, description = "`not_found`, also for another member's sign-in", body = ErrorBody),
        RequiresAdminToken,
    )
)]
pub async fn end(caller: SignedIn, Path(id): Path<Uuid>) -> Result<StatusCode> {
    caller.control.sign_ins.end(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
