//! The headers that every answer carries, error pages included.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::nonce::Nonce;

use crate::pages::BUILD;

/// What is the same for every answer of this server.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Answers go over TLS, so browsers may be told to insist on it.
    pub https: bool,
}

const FIXED: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// How long browsers keep an answer.
#[derive(Clone, Copy, Debug)]
enum Kept {
    /// Pages, and what programs ask for.
    Never,
    /// Built files: asked for again, but the answer may be 304.
    UntilChanged,
    /// The parts of the pages' program: another build has another address.
    Forever,
}

impl Kept {
    fn of(path: &str) -> Self {
        match path {
            _ if path.starts_with("/pkg/") => Self::UntilChanged,
            _ if path.starts_with(BUILD) => Self::Forever,
            _ => Self::Never,
        }
    }

    fn control(self) -> &'static str {
        match self {
            Self::Never => "no-store",
            Self::UntilChanged => "no-cache",
            Self::Forever => "private, max-age=31536000, immutable",
        }
    }
}

/// Adds the headers. The request gets a fresh nonce as an extension; the pages' scripts carry it.
pub async fn secure(State(policy): State<Policy>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    let kept = Kept::of(request.uri().path());
    request.extensions_mut().insert(nonce.clone());
    let mut response = next.run(request).await;
    let status = response.status();
    let headers = response.headers_mut();
    for (name, value) in FIXED {
        headers.insert(name, HeaderValue::from_static(value));
    }
    if let Ok(value) = HeaderValue::from_str(&content_security_policy(&nonce)) {
        headers.insert(header::CONTENT_SECURITY_POLICY, value);
    }
    if policy.https {
        headers.insert(
            header::STRICT_TRANSPORT_SECURITY,
            HeaderValue::from_static("max-age=31536000"),
        );
    }
    let failed = status.is_client_error() || status.is_server_error();
    let kept = if failed { Kept::Never } else { kept };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(kept.control()));
    response
}

fn content_security_policy(nonce: &Nonce) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         connect-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}
