//! Security and caching headers of every response, including error pages.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::nonce::Nonce;

use crate::assets;

/// Header settings that hold for the whole server.
#[derive(Clone, Copy, Debug)]
pub struct Policy {
    /// Browsers reach the server over TLS, so responses require it from then on.
    pub https: bool,
}

const FIXED: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Caching of a response by browsers.
#[derive(Clone, Copy, Debug)]
enum Caching {
    /// Pages and API responses.
    Never,
    /// Built files; revalidated on each use.
    Revalidate,
    /// Files under a build's own prefix, which never change.
    Immutable,
}

impl Caching {
    fn of(path: &str) -> Self {
        match path {
            _ if path.starts_with("/pkg/") => Self::Revalidate,
            _ if path.starts_with(assets::PREFIX) => Self::Immutable,
            _ => Self::Never,
        }
    }

    fn directive(self) -> &'static str {
        match self {
            Self::Never => "no-store",
            Self::Revalidate => "no-cache",
            Self::Immutable => "private, max-age=31536000, immutable",
        }
    }
}

/// Adds the headers. Adds a fresh nonce to the request's extensions, for the scripts of pages.
pub async fn add_headers(
    State(policy): State<Policy>,
    mut request: Request,
    next: Next,
) -> Response {
    let nonce = Nonce::new();
    let caching = Caching::of(request.uri().path());
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
    let caching = if failed { Caching::Never } else { caching };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching.directive()));
    response
}

fn content_security_policy(nonce: &Nonce) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         connect-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}
