//! The routes of `/api/v1` and their OpenAPI document, both made from the same annotations.

use axum::{Json, Router, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Components, OpenApi as Description,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::router::OpenApiRouter;

use super::{identity, operator, sessions, sharing};
use crate::state::AppState;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "websh",
        description = "REST interface of websh, a browser terminal. Every error has the body `ErrorBody`: a stable code for \
            programs and a message for people. Requests with a cookie that change state must come from an allowed origin. A request \
            that names a member in the header `Websh-Member` (or, below `/api`, in the parameter `member`) is refused with 409 \
            `identity_changed` if another member is signed in."
    ),
    modifiers(&Credentials)
)]
struct Interface;

/// Security schemes of the interface.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, description: &mut Description) {
        let cookie = |name| SecurityScheme::ApiKey(ApiKey::Cookie(ApiKeyValue::new(name)));
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        let components = description.components.get_or_insert_with(Components::new);
        components.add_security_scheme("cookie", cookie("__Host-websh"));
        components.add_security_scheme("guest", cookie("__Host-websh_guest_{guest}"));
        components.add_security_scheme("bearer", bearer);
    }
}

/// Returns the routes of `/api/v1`, including their own description.
pub fn router() -> Router<AppState> {
    let (router, description) = interface();
    router.route("/api/v1/openapi.json", get(move || async move { Json(description) }))
}

fn interface() -> (Router<AppState>, Description) {
    let routes = identity::routes()
        .merge(sessions::routes())
        .merge(sharing::routes())
        .merge(operator::routes());
    OpenApiRouter::with_openapi(Interface::openapi()).nest("/api/v1", routes).split_for_parts()
}

#[cfg(test)]
mod tests;
