//! All routes, and the middleware that every request passes.

use axum::{
    Router, middleware,
    routing::{any, get},
};

use crate::{
    api::{openapi, operator::monitoring},
    http::{authenticate::authenticate, body, error::ApiError, headers, origin},
    metrics::record,
    pages,
    state::AppState,
};

pub fn router(state: AppState) -> Router {
    let not_found = async || ApiError::not_found();
    let method_not_allowed = async || ApiError::method_not_allowed();
    let guarded = Router::new()
        .merge(pages::router())
        .merge(openapi::router())
        .route("/api", any(not_found))
        .route("/api/{*rest}", any(not_found))
        .method_not_allowed_fallback(method_not_allowed)
        .route_layer(middleware::from_fn_with_state(state.clone(), authenticate))
        .nest_service(&state.build, pages::files(&state))
        .fallback_service(pages::files(&state))
        .layer(middleware::from_fn(body::buffer))
        .layer(middleware::from_fn_with_state(state.allowed.clone(), origin::check));
    Router::new()
        // Monitoring reaches these under any host name.
        .route("/healthz", get(monitoring::healthz))
        .route("/readyz", get(monitoring::readyz))
        .route("/metrics", get(monitoring::metrics))
        .method_not_allowed_fallback(method_not_allowed)
        .merge(guarded)
        .layer(middleware::from_fn_with_state(state.cookies.https, headers::add_headers))
        .layer(middleware::from_fn_with_state(state.metrics.clone(), record))
        .with_state(state)
}

#[cfg(test)]
mod tests;
