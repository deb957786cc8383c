//! Operation of the workspace: all sessions, settings, the audit log, health checks and metrics.

mod audit;
mod sessions;
mod settings;

pub mod monitoring;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::AppState;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sessions::list))
        .routes(routes!(sessions::drop_session))
        .routes(routes!(sessions::drop_all))
        .routes(routes!(sessions::usage))
        .routes(routes!(settings::get, settings::put))
        .routes(routes!(audit::list))
        .routes(routes!(audit::export))
}
