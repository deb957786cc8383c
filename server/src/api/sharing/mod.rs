//! Shares of sessions, and the interface for guests.

mod join;
mod shares;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::AppState;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(shares::options))
        .routes(routes!(shares::list, shares::share))
        .routes(routes!(shares::change, shares::revoke))
        .routes(routes!(shares::renew))
        .routes(routes!(shares::remove))
        .routes(routes!(shares::invite))
        .routes(routes!(join::join))
        .routes(routes!(join::session))
        .routes(routes!(join::attach))
        .routes(routes!(join::leave))
        .routes(routes!(join::open_socket))
}
