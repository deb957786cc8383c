//! Shares of sessions, and the interface for guests.

mod join;
mod shares;

use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Returns the routes of all resources in this folder.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().merge(shares::routes()).merge(join::routes())
}
