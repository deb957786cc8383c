//! `/workspace/settings`: seen by everybody, changed by superusers.

use axum::{Json as Answer, extract::State};
use protocol::api::{ErrorBody, WorkspaceSettings};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{error::ApiError, extract::Json};
use crate::web::{SignedIn, Web};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(get, put))
}

/// The settings in force.
#[utoipa::path(
    get, path = "/workspace/settings", tag = "workspace", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "The settings in force", body = WorkspaceSettings))
)]
pub async fn get(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
) -> Result<Answer<WorkspaceSettings>, ApiError> {
    Ok(Answer(web.control.settings(&actor).await?))
}

/// Puts all settings in force at once, for sessions that run too.
#[utoipa::path(
    put, path = "/workspace/settings", tag = "workspace", security(("cookie" = []), ("bearer" = [])),
    request_body = WorkspaceSettings,
    responses(
        (status = 200, description = "The settings in force now", body = WorkspaceSettings),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 422, description = "`invalid_timeout`, `invalid_…` with the field", body = ErrorBody),
    )
)]
pub async fn put(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Json(given): Json<WorkspaceSettings>,
) -> Result<Answer<WorkspaceSettings>, ApiError> {
    Ok(Answer(web.control.change_settings(&actor, given).await?))
}
