//! Errors as HTTP says them: a status, and the one JSON body that all of them have.

use axum::{
    Json,
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use control::Kind;
use protocol::api::{ErrorBody, ErrorInfo};

/// An error answer.
#[derive(Clone, Debug)]
pub struct ApiError {
    status: StatusCode,
    body: Box<ErrorBody>,
    retry_after: Option<u64>,
}

impl ApiError {
    fn new(status: StatusCode, code: &str, message: impl Into<String>) -> Self {
        let error = ErrorInfo {
            code: code.to_owned(),
            message: message.into(),
            field: None,
            sessions: None,
            active_client: None,
            session: None,
        };
        Self { status, body: Box::new(ErrorBody { error }), retry_after: None }
    }

    /// The request makes no sense; one sentence.
    pub fn bad_request(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "bad_request", message)
    }

    /// There is no such route or thing.
    pub fn not_found() -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", "There is nothing at this address.")
    }

    /// The route is there, the method is not.
    pub fn method_not_allowed() -> Self {
        let message = "This address does not take this method.";
        Self::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message)
    }

    /// The body is larger than any that makes sense.
    pub fn too_large() -> Self {
        let message = "This request is too large.";
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", message)
    }

    /// The body did not come in time.
    pub fn too_slow() -> Self {
        let message = "This request took too long to arrive.";
        Self::new(StatusCode::REQUEST_TIMEOUT, "request_timeout", message)
    }

    /// The request is for a host that this server is not reached at.
    pub fn wrong_host() -> Self {
        let message = "This server is not reached by this host name.";
        Self::new(StatusCode::MISDIRECTED_REQUEST, "wrong_host", message)
    }

    /// The request comes from somebody else's page.
    pub fn wrong_origin() -> Self {
        let message = "Requests from other pages are refused.";
        Self::new(StatusCode::FORBIDDEN, "wrong_origin", message)
    }

    /// The route is for WebSockets, and what came is none that is understood.
    pub fn upgrade(status: StatusCode) -> Self {
        Self::new(status, "websocket_expected", "This address takes WebSockets only.")
    }
}

impl From<control::Error> for ApiError {
    fn from(error: control::Error) -> Self {
        let status = match error.kind() {
            Kind::Invalid => StatusCode::UNPROCESSABLE_ENTITY,
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
