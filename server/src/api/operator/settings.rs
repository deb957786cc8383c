//! `/workspace/settings`: readable by all members, changed by superusers.

use protocol::api::{ErrorBody, WorkspaceSettings};

use crate::{
    api::extract::Json,
    api::responses::RequiresSuperuser,
    http::{authenticate::SignedIn, error::Result},
};

/// Returns the settings.
#[utoipa::path(
    get, path = "/workspace/settings", tag = "workspace", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "The settings", body = WorkspaceSettings))
)]
pub async fn get(caller: SignedIn) -> Result<Json<WorkspaceSettings>> {
    Ok(Json(caller.control.settings.get(&caller.actor).await?))
}

/// Replaces all settings. Running sessions follow them at once.
#[utoipa::path(
    put, path = "/workspace/settings", tag = "workspace", security(("cookie" = []), ("bearer" = [])), request_body = WorkspaceSettings,
    responses(
        (status = 200, description = "The changed settings", body = WorkspaceSettings),
        (status = 422, description = "`invalid_timeout`, `invalid_…` with the field", body = ErrorBody),
        RequiresSuperuser,
    )
)]
pub async fn put(
    caller: SignedIn,
    Json(body): Json<WorkspaceSettings>,
) -> Result<Json<WorkspaceSettings>> {
    Ok(Json(caller.control.settings.change(&caller.actor, body).await?))
}
