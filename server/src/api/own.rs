//! `/me/…`: the own password, and where one is signed in.

use axum::{Json as Answer, extract::State, http::StatusCode};
use protocol::api::{ChangePassword, ErrorBody, SignInInfo};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use super::{
    error::ApiError,
    extract::{Json, Named},
};
use crate::web::{SignedIn, Web};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(password)).routes(routes!(sign_ins)).routes(routes!(end))
}

/// Changes the own password and ends all other sign-ins. Sessions and tokens go on.
#[utoipa::path(
    post, path = "/me/password", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    request_body = ChangePassword,
    responses(
        (status = 204, description = "Changed"),
        (status = 403, description = "`forbidden`: by a token of a narrower scope than `admin`", body = ErrorBody),
        (status = 422, description = "`wrong_password`, `invalid_password`", body = ErrorBody),
        (status = 429, description = "`too_many_attempts`, with Retry-After", body = ErrorBody),
    )
)]
pub async fn password(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Json(given): Json<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    web.control.change_own_password(&actor, given).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Lists where one is signed in.
#[utoipa::path(
    get, path = "/me/sign-ins", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Newest first", body = Vec<SignInInfo>),
        (status = 403, description = "`forbidden`: by a token of a narrower scope than `admin`", body = ErrorBody),
    )
)]
pub async fn sign_ins(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
) -> Result<Answer<Vec<SignInInfo>>, ApiError> {
    Ok(Answer(web.control.sign_ins(&actor).await?))
}

/// Ends one sign-in and closes what is open by it.
#[utoipa::path(
    delete, path = "/me/sign-ins/{id}", tag = "sign-in", security(("cookie" = []), ("bearer" = [])),
    params(("id" = Uuid, Path, description = "The sign-in")),
    responses(
        (status = 204, description = "Signed out there"),
        (status = 403, description = "`forbidden`: by a token of a narrower scope than `admin`", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
    )
)]
pub async fn end(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Named(id): Named<Uuid>,
) -> Result<StatusCode, ApiError> {
    web.control.end_sign_in(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
