//! A member's sessions: managing, attaching to and previewing them, and events of changes.

mod events;
mod manage;
mod preview;
mod socket;

pub use socket::{check_origin, open};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::AppState;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(manage::servers))
        .routes(routes!(manage::list, manage::create))
        .routes(routes!(manage::get, manage::change, manage::close))
        .routes(routes!(manage::attach))
        .routes(routes!(socket::open_socket))
        .routes(routes!(events::events))
        .routes(routes!(preview::screen))
        .routes(routes!(preview::keep))
}
