//! Request bodies, read whole before routing, so that one size and one time limit hold for every route.

use std::{error::Error, time::Duration};

use axum::{
    body::{Body, Bytes, HttpBody, to_bytes},
    extract::Request,
    http::header,
    middleware::Next,
    response::Response,
};
use http_body_util::LengthLimitError;
use tokio::time::timeout;

use super::error::{ApiError, Result};

/// Maximum size of a request's body, in bytes.
pub const MAX_BODY: usize = 64 * 1024;

const BODY_TIMEOUT: Duration = Duration::from_secs(15);

/// Reads a request's body before passing the request on.
pub async fn buffer(request: Request, next: Next) -> Result<Response> {
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

async fn read(body: Body) -> Result<Bytes> {
    to_bytes(body, MAX_BODY).await.map_err(|error| {
        if error.source().is_some_and(|source| source.is::<LengthLimitError>()) {
            ApiError::too_large()
        } else {
            ApiError::bad_request("Could not read the request body.")
        }
    })
}
