//! Error responses: a status and the JSON body that all errors share.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use control::Kind;
use protocol::api::{ErrorBody, ErrorInfo};

/// Result of a handler.
pub type Result<T, E = ApiError> = std::result::Result<T, E>;

/// An error response.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    body: Box<ErrorBody>,
    retry_after: Option<u64>,
}

impl ApiError {
    fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let error =
            ErrorInfo { code: code.to_owned(), message: message.into(), ..ErrorInfo::default() };
        Self { status, body: Box::new(ErrorBody { error }), retry_after: None }
    }

    /// The request is malformed; `message` is one sentence.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "Not found.")
    }

    pub fn method_not_allowed() -> Self {
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Method not allowed.")
    }

    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "The request is too large.")
    }

    /// The body did not arrive within the time limit.
    pub fn too_slow() -> Self {
        let message = "The request took too long to arrive.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", message)
    }

    /// The server lacks a resource for the moment, such as file descriptors.
    pub fn unavailable() -> Self {
        let message = "The server is unavailable. Try again in a moment.";
        Self {
            retry_after: Some(1),
            ..Self::new(StatusCode::SERVICE_UNAVAILABLE, "unavailable", message)
        }
    }

    pub fn wrong_host() -> Self {
        let message = "This server does not serve this host name.";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "wrong_host", message)
    }

    pub fn wrong_origin() -> Self {
        let message = "Requests from other origins are not allowed.";
        Self::new(StatusCode::FORBIDDEN, "wrong_origin", message)
    }

    /// The route requires a WebSocket upgrade, and the request is not a valid one.
    pub fn upgrade(status: StatusCode) -> Self {
        Self::new(status, "websocket_expected", "WebSocket upgrade required.")
    }
}

impl From<control::Error> for ApiError {
    fn from(error: control::Error) -> Self {
        let status = match error.kind() {
            Kind::Unauthenticated => StatusCode::UNAUTHORIZED,
            Kind::Forbidden => StatusCode::FORBIDDEN,
            Kind::NotFound => StatusCode::NOT_FOUND,
            Kind::Conflict => StatusCode::CONFLICT,
            Kind::Gone => StatusCode::GONE,
            Kind::Unprocessable => StatusCode::UNPROCESSABLE_ENTITY,
            Kind::TooMany => StatusCode::TOO_MANY_REQUESTS,
            Kind::Unavailable => StatusCode::SERVICE_UNAVAILABLE,
        };
        Self { status, retry_after: error.retry_after(), body: Box::new(error.into()) }
    }
}

impl IntoResponse for ApiError {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(self.body)).into_response();
        if let Some(seconds) = self.retry_after {
            response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
        }
        if self.status == StatusCode::UPGRADE_REQUIRED {
            let version = HeaderValue::from_static("13");
            response.headers_mut().insert(header::SEC_WEBSOCKET_VERSION, version);
        }
        response
    }
}
