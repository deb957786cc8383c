//! Members and everything that authenticates or authorizes them.

mod account;
mod grants;
mod invites;
mod members;
mod sign_in;
mod tokens;

use utoipa_axum::router::OpenApiRouter;

use crate::state::AppState;

/// Returns the routes of all resources in this folder.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .merge(sign_in::routes())
        .merge(account::routes())
        .merge(members::routes())
        .merge(invites::routes())
        .merge(tokens::routes())
        .merge(grants::routes())
}
