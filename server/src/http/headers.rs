//! Security and caching headers of every response, including error pages.

use axum::{
    extract::{Request, State},
    http::{HeaderName, HeaderValue, header},
    middleware::Next,
    response::Response,
};
use leptos::nonce::Nonce;

use crate::assets;

const NEVER: &str = "no-store";

const FIXED: [(HeaderName, &str); 4] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::REFERRER_POLICY, "no-referrer"),
    (HeaderName::from_static("cross-origin-opener-policy"), "same-origin"),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// Returns the caching of a path by browsers: built files are revalidated on each use, those under a
/// build's own prefix never change, and pages and API responses are not kept.
fn caching(path: &str) -> &'static str {
    match path {
        _ if path.starts_with("/pkg/") => "no-cache",
        _ if path.starts_with(assets::PREFIX) => "private, max-age=31536000, immutable",
        _ => NEVER,
    }
}

/// Adds the headers. With TLS, responses require it from then on. Adds a fresh nonce to the request's
/// extensions, for the scripts of pages.
pub async fn add_headers(State(https): State<bool>, mut request: Request, next: Next) -> Response {
    let nonce = Nonce::new();
    let caching = caching(request.uri().path());
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
    if https {
        let year = HeaderValue::from_static("max-age=31536000");
        headers.insert(header::STRICT_TRANSPORT_SECURITY, year);
    }
    let failed = status.is_client_error() || status.is_server_error();
    let caching = if failed { NEVER } else { caching };
    headers.insert(header::CACHE_CONTROL, HeaderValue::from_static(caching));
    response
}

fn content_security_policy(nonce: &Nonce) -> String {
    format!(
        "default-src 'none'; script-src 'self' 'nonce-{nonce}' 'wasm-unsafe-eval'; style-src 'self' 'nonce-{nonce}'; \
         connect-src 'self'; img-src 'self' data:; font-src 'self'; manifest-src 'self'; base-uri 'none'; \
         form-action 'self'; frame-ancestors 'none'"
    )
}
