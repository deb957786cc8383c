//! `/workspace/settings`: readable by all members, changed by superusers.

use protocol::api::{ErrorBody, WorkspaceSettings};

use crate::{
    api::extract::Json,
    http::{authenticate::SignedIn, error::Result},
};

/// Returns the settings.
#[utoipa::path(
    get, path = "/workspace/settings", tag = "workspace", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "The settings", body = WorkspaceSettings))
)]
pub async fn get(SignedIn { control, actor }: SignedIn) -> Result<Json<WorkspaceSettings>> {
    Ok(Json(control.settings.get(&actor).await?))
}

/// Replaces all settings. Running sessions follow them at once.
#[utoipa::path(
    put, path = "/workspace/settings", tag = "workspace", security(("cookie" = []), ("bearer" = [])),
    request_body = WorkspaceSettings,
    responses(
        (status = 200, description = "The changed settings", body = WorkspaceSettings),
        (status = 403, description = "`forbidden`: requires a superuser", body = ErrorBody),
        (status = 422, description = "`invalid_timeout`, `invalid_…` with the field", body = ErrorBody),
    )
)]
pub async fn put(
    SignedIn { control, actor }: SignedIn,
    Json(body): Json<WorkspaceSettings>,
) -> Result<Json<WorkspaceSettings>> {
    Ok(Json(control.settings.change(&actor, body).await?))
}
