//! `/me/…`: the own password, and where one is signed in.

use axum::{extract::State, http::StatusCode};
use protocol::api::{ChangePassword, ErrorBody, SignInInfo};
use utoipa_axum::{router::OpenApiRouter, routes};
use uuid::Uuid;

use crate::{
    api::extract::{Json, PathId},
    http::{authenticate::SignedIn, error::ApiError},
    state::AppState,
};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
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
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Json(given): Json<ChangePassword>,
) -> Result<StatusCode, ApiError> {
    state.control.change_own_password(&actor, given).await?;
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
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Vec<SignInInfo>>, ApiError> {
    Ok(Json(state.control.sign_ins(&actor).await?))
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
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<Uuid>,
) -> Result<StatusCode, ApiError> {
    state.control.end_sign_in(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
