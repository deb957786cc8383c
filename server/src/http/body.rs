//! Request bodies, read whole before routing, so that one size and one time limit hold for every route.

use std::time::Duration;

use axum::{
    body::{Body, HttpBody},
    extract::Request,
    http::header,
    middleware::Next,
    response::Response,
};
use futures_util::StreamExt;
use tokio::time::timeout;

use super::error::ApiError;

/// Maximum size of a request's body, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

/// Time limit for receiving a request's body.
const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// Reads a request's body before passing the request on.
pub async fn buffer(request: Request, next: Next) -> Result<Response, ApiError> {
    if request.body().is_end_stream() {
        return Ok(next.run(request).await);
    }
    let length = request.headers().get(header::CONTENT_LENGTH);
    let length = length.and_then(|length| length.to_str().ok()?.parse::<usize>().ok());
    if length.is_some_and(|length| length > MAX_BODY) {
        return Err(ApiError::too_large());
    }
    let (head, body) = request.into_parts();
    let body = timeout(BODY_TIMEOUT, read(body)).await.map_err(|_| ApiError::too_slow())??;
    Ok(next.run(Request::from_parts(head, body.into())).await)
}

async fn read(body: Body) -> Result<Vec<u8>, ApiError> {
    let mut chunks = body.into_data_stream();
    let mut whole = Vec::new();
    while let Some(chunk) = chunks.next().await {
        let chunk = chunk.map_err(|_| ApiError::bad_request("Failed to read the request body."))?;
        if whole.len() + chunk.len() > MAX_BODY {
            return Err(ApiError::too_large());
        }
        whole.extend_from_slice(&chunk);
    }
    Ok(whole)
}
