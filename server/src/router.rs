//! All routes, and the layers that every request passes: counted, given its headers, checked for
//! host and origin, bounded in size, and asked who it comes from.

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    http::header,
    middleware::{self, Next},
    response::Response,
    routing::{any, get},
};

use crate::{
    api::{error::ApiError, health, metrics, openapi},
    headers::{self, Policy},
    origin, pages,
    web::{self, Web},
};

/// Largest body of a request, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// Everything the server answers.
pub fn router(web: Web) -> Router {
    let policy = Policy { https: web.https };
    let guarded = Router::new()
        .merge(pages::router())
        .merge(openapi::router())
        .route("/api", any(nothing))
        .route("/api/{*rest}", any(nothing))
        .method_not_allowed_fallback(wrong_method)
        .route_layer(middleware::from_fn_with_state(web.clone(), web::identify))
        .fallback_service(pages::files(&web))
        .layer(DefaultBodyLimit::max(MAX_BODY))
        .layer(middleware::from_fn(bounded))
        .layer(middleware::from_fn_with_state(web.allowed.clone(), origin::guard));
    Router::new()
        // For what watches over the server, which reaches it by any name.
        .route("/healthz", get(health::healthz))
        .route("/readyz", get(health::readyz))
        .route("/metrics", get(metrics::metrics))
        .method_not_allowed_fallback(wrong_method)
        .merge(guarded)
        .layer(middleware::from_fn_with_state(policy, headers::secure))
        .layer(middleware::from_fn_with_state(web.tally.clone(), metrics::count))
        .with_state(web)
}

async fn nothing() -> ApiError {
    ApiError::not_found()
}

async fn wrong_method() -> ApiError {
    ApiError::method_not_allowed()
}

/// Refuses a body that says it is too large before a byte of it is read.
async fn bounded(request: Request, next: Next) -> Result<Response, ApiError> {
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY) {
        return Err(ApiError::too_large());
    }
    Ok(next.run(request).await)
}
