//! All routes, and the layers that every request passes: counted, given its headers, checked for
//! host and origin, bounded in size, and asked who it comes from.

use std::time::Duration;

use axum::{
    Router,
    body::{Body, HttpBody},
    extract::Request,
    http::header,
    middleware::{self, Next},
    response::Response,
    routing::{any, get},
};
use futures_util::StreamExt;
use tokio::time::timeout;

use crate::{
    api::{error::ApiError, health, metrics, openapi},
    headers::{self, Policy},
    origin, pages,
    web::{self, Web},
};

/// Largest body of a request, in bytes.
const MAX_BODY: usize = 64 * 1024;

/// A client has this long to send its request's body.
const BODY: Duration = Duration::from_secs(15);

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
        .nest_service(&web.build, pages::files(&web))
        .fallback_service(pages::files(&web))
        .layer(middleware::from_fn(whole))
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

/// Reads a request's body before anything else is done with it, so that its size, its time and who
/// asks are settled once for all routes.
async fn whole(request: Request, next: Next) -> Result<Response, ApiError> {
    if request.body().is_end_stream() {
        return Ok(next.run(request).await);
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY) {
        return Err(ApiError::too_large());
    }
    let (head, body) = request.into_parts();
    let body = timeout(BODY, read(body)).await.map_err(|_| ApiError::too_slow())??;
    Ok(next.run(Request::from_parts(head, body.into())).await)
}

async fn read(body: Body) -> Result<Vec<u8>, ApiError> {
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ApiError::bad_request("The body could not be read."))?;
        if whole.len() + chunk.len() > MAX_BODY {
            return Err(ApiError::too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole)
}

#[cfg(test)]
mod tests;
