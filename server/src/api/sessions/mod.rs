//! A member's sessions: managing, attaching to and previewing them, and events of changes.

mod events;
mod manage;
mod preview;
mod socket;

use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

pub use socket::{check_origin, open};

/// Returns the routes of all resources in this folder.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(manage::routes())
        .merge(socket::routes())
        .merge(events::routes())
        .merge(preview::routes())
}
