//! Checks of Host, Origin and Sec-Fetch-Site: pure decisions, and one middleware that applies them.

use std::sync::Arc;

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::Response,
};

use super::error::{ApiError, Result};

/// Origins whose pages may change state and open sockets, from [`crate::config::Config::allowed_origins`].
#[derive(Clone, Debug)]
pub struct Allowed(pub Arc<[String]>);

/// Source of a request, according to its headers.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RequestOrigin {
    OwnPage,
    /// A program: the request names no origin.
    Program,
    OtherPage,
}

impl Allowed {
    /// Returns whether the request is for one of this server's hosts, which prevents DNS rebinding.
    pub fn is_own_host(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let named = uri.authority().map(|authority| authority.as_str());
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = named.or_else(|| hosts.next().and_then(|host| host.to_str().ok()));
        hosts.next().is_none()
            && host.is_some_and(|host| {
                let mut own = self.0.iter().filter_map(|origin| origin.split_once("://"));
                own.any(|(_, own)| own.eq_ignore_ascii_case(host))
            })
    }

    /// Returns an error if a request has a cookie and does not come from an own page. For GET requests
    /// with an effect; `check` covers the other methods.
    pub fn require_own_page(&self, headers: &HeaderMap) -> Result<()> {
        if headers.contains_key(header::COOKIE) && self.origin(headers) != RequestOrigin::OwnPage {
            return Err(ApiError::wrong_origin());
        }
        Ok(())
    }

    /// Returns the source of a request. Ambiguous headers count as another page.
    pub fn origin(&self, headers: &HeaderMap) -> RequestOrigin {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
        match (origins.next(), origins.next(), site) {
            (Some(origin), None, _) if self.0.iter().any(|own| origin == own) => {
                RequestOrigin::OwnPage
            }
            (None, None, Some(b"same-origin")) => RequestOrigin::OwnPage,
            (None, None, None) => RequestOrigin::Program,
            _ => RequestOrigin::OtherPage,
        }
    }
}

/// Rejects requests for other hosts, and state-changing requests from other pages. A request without
/// an origin passes only without a cookie, because browsers send both.
pub async fn check(
    State(allowed): State<Allowed>,
    request: Request,
    next: Next,
) -> Result<Response> {
    let headers = request.headers();
    if !allowed.is_own_host(headers, request.uri()) {
        return Err(ApiError::wrong_host());
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let refused = match allowed.origin(headers) {
        RequestOrigin::OwnPage => false,
        RequestOrigin::Program => headers.contains_key(header::COOKIE),
        RequestOrigin::OtherPage => true,
    };
    if changes && refused {
        return Err(ApiError::wrong_origin());
    }
    Ok(next.run(request).await)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn headers(pairs: &[(&'static str, &str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(*name, value.parse().unwrap());
        }
        headers
    }

    fn allowed() -> Allowed {
        Allowed(["https://websh.example".into(), "http://127.0.0.1:3000".into()].into())
    }

    #[test]
    fn only_own_pages_are_trusted() {
        for (pairs, from) in [
            (vec![("origin", "https://websh.example")], RequestOrigin::OwnPage),
            (vec![("sec-fetch-site", "same-origin")], RequestOrigin::OwnPage),
            (vec![], RequestOrigin::Program),
            (vec![("origin", "https://evil.example")], RequestOrigin::OtherPage),
            (vec![("origin", "null")], RequestOrigin::OtherPage),
            (vec![("origin", "https://websh.example.evil.example")], RequestOrigin::OtherPage),
            (vec![("origin", "http://websh.example")], RequestOrigin::OtherPage),
            (vec![("origin", "https://websh.example:8443")], RequestOrigin::OtherPage),
            (vec![("sec-fetch-site", "same-site")], RequestOrigin::OtherPage),
            (vec![("sec-fetch-site", "none")], RequestOrigin::OtherPage),
            (
                vec![("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
                RequestOrigin::OtherPage,
            ),
            (
                vec![("origin", "https://websh.example"), ("origin", "https://evil.example")],
                RequestOrigin::OtherPage,
            ),
        ] {
            assert_eq!(allowed().origin(&headers(&pairs)), from, "{pairs:?}");
        }
    }

    #[test]
    fn other_hosts_are_rejected() {
        let uri = Uri::from_static("/");
        for (host, ours) in [
            ("127.0.0.1:3000", true),
            ("WEBSH.example", true),
            ("attacker.test", false),
            ("127.0.0.1", false),
            ("websh.example:80", false),
        ] {
            assert_eq!(allowed().is_own_host(&headers(&[("host", host)]), &uri), ours, "{host}");
        }
        assert!(!allowed().is_own_host(&HeaderMap::new(), &uri));
        assert!(
            !allowed().is_own_host(
                &headers(&[("host", "127.0.0.1:3000"), ("host", "attacker.test")]),
                &uri
            )
        );
    }
}
