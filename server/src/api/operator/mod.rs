//! Operation of the workspace: all sessions, settings, the audit log, health checks and metrics.

mod audit;
mod sessions;
mod settings;

pub mod health;
pub mod metrics;

use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Returns the described routes of all resources in this folder.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(sessions::routes()).merge(settings::routes()).merge(audit::routes())
}
