//! The routes of `/api/v1` and their description, made together from the same annotations, so that
//! neither can have what the other lacks.

use axum::{Json, Router, routing::get};
use utoipa::{
    Modify, OpenApi,
    openapi::{
        Components, OpenApi as Description,
        security::{ApiKey, ApiKeyValue, Http, HttpAuthScheme, SecurityScheme},
    },
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    audit, events, glance, grants, invites, join, members, operator, own, sessions, settings,
    shares, sign_in, tokens,
};
use crate::web::Web;

#[derive(OpenApi)]
#[openapi(
    info(
        title = "websh",
        description = "Sessions of a browser terminal. Errors have one body, `ErrorBody`: a stable word for \
            programs and one sentence for people. Requests that change anything come from an allowed origin."
    ),
    modifiers(&Credentials)
)]
struct Interface;

/// How a request says who makes it.
struct Credentials;

impl Modify for Credentials {
    fn modify(&self, description: &mut Description) {
        let cookie = ApiKey::Cookie(ApiKeyValue::new("__Host-websh"));
        let components = description.components.get_or_insert_with(Components::new);
        components.add_security_scheme("cookie", SecurityScheme::ApiKey(cookie));
        let guest = ApiKey::Cookie(ApiKeyValue::new("__Host-websh_guest"));
        components.add_security_scheme("guest", SecurityScheme::ApiKey(guest));
        let bearer = SecurityScheme::Http(Http::new(HttpAuthScheme::Bearer));
        components.add_security_scheme("bearer", bearer);
    }
}

/// Every route of `/api/v1`, its own description included.
pub fn router() -> Router<Web> {
    let (router, description) = OpenApiRouter::with_openapi(Interface::openapi())
        .nest("/api/v1", described())
        .split_for_parts();
    router.route("/api/v1/openapi.json", get(move || async move { Json(description) }))
}

fn described() -> OpenApiRouter<Web> {
    OpenApiRouter::new()
        .routes(routes!(sign_in::login))
        .routes(routes!(sign_in::logout))
        .routes(routes!(sign_in::me))
        .routes(routes!(sign_in::set_up))
        .routes(routes!(sessions::servers))
        .routes(routes!(sessions::list, sessions::create))
        .routes(routes!(sessions::get, sessions::change, sessions::close))
        .routes(routes!(sessions::attach))
        .routes(routes!(sessions::open_socket))
        .routes(routes!(events::events))
        .merge(glance::routes())
        .merge(shares::routes())
        .merge(join::routes())
        .merge(operator::routes())
        .merge(own::routes())
        .merge(members::routes())
        .merge(invites::routes())
        .merge(tokens::routes())
        .merge(grants::routes())
        .merge(settings::routes())
        .merge(audit::routes())
}
