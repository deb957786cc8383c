//! Members and everything that authenticates or authorizes them.

mod account;
mod grants;
mod invites;
mod members;
mod sign_in;
mod tokens;

use utoipa_axum::{router::OpenApiRouter, routes};

use crate::state::AppState;

pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::login))
        .routes(routes!(sign_in::logout))
        .routes(routes!(sign_in::me))
        .routes(routes!(sign_in::set_up))
        .routes(routes!(account::password))
        .routes(routes!(account::sign_ins))
        .routes(routes!(account::end))
        .routes(routes!(members::list, members::create))
        .routes(routes!(members::change, members::deactivate))
        .routes(routes!(members::reset))
        .routes(routes!(members::tokens))
        .routes(routes!(invites::list, invites::invite))
        .routes(routes!(invites::revoke))
        .routes(routes!(invites::preview))
        .routes(routes!(invites::accept))
        .routes(routes!(tokens::list, tokens::create))
        .routes(routes!(tokens::change, tokens::remove))
        .routes(routes!(grants::accounts))
        .routes(routes!(grants::list, grants::add))
        .routes(routes!(grants::remove))
}
