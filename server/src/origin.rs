//! Which requests come from our own pages: Host, Origin and Sec-Fetch-Site, checked before anything is
//! done. Pure decisions and one layer that applies them.

use std::{collections::HashSet, sync::Arc};

use axum::{
    extract::{Request, State},
    http::{HeaderMap, Method, Uri, header},
    middleware::Next,
    response::Response,
};

use crate::api::error::ApiError;

/// Origins whose pages may change things and open sockets, and the hosts that go with them.
#[derive(Clone, Debug)]
pub struct Allowed {
    origins: Arc<HashSet<String>>,
    hosts: Arc<HashSet<String>>,
}

/// What the headers of a request say of where it comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum From {
    /// One of our own pages.
    OurPage,
    /// No browser: it named no origin at all.
    NoBrowser,
    /// Somebody else's page.
    Elsewhere,
}

impl Allowed {
    /// `origins` as [`crate::config::Config::allowed_origins`].
    pub fn new(origins: &[String]) -> Self {
        let hosts = origins
            .iter()
            .filter_map(|origin| origin.split_once("://"))
            .map(|(_, host)| host.to_owned());
        Self {
            hosts: Arc::new(hosts.collect()),
            origins: Arc::new(origins.iter().cloned().collect()),
        }
    }

    /// Whether the request is for a host we are reached at: DNS rebinding ends here.
    pub fn host(&self, headers: &HeaderMap, uri: &Uri) -> bool {
        let named = uri.authority().map(|authority| authority.as_str());
        let mut hosts = headers.get_all(header::HOST).iter();
        let host = named.or_else(|| hosts.next().and_then(|host| host.to_str().ok()));
        hosts.next().is_none()
            && host.is_some_and(|host| self.hosts.contains(&host.to_ascii_lowercase()))
    }

    /// Where the request comes from. Fails closed: anything odd is elsewhere.
    pub fn origin(&self, headers: &HeaderMap) -> From {
        let mut origins = headers.get_all(header::ORIGIN).iter();
        let site = headers.get("sec-fetch-site").map(|site| site.as_bytes());
        match (origins.next(), origins.next(), site) {
            (Some(origin), None, _)
                if origin.to_str().is_ok_and(|origin| self.origins.contains(origin)) =>
            {
                From::OurPage
            }
            (None, None, Some(b"same-origin")) => From::OurPage,
            (None, None, None) => From::NoBrowser,
            _ => From::Elsewhere,
        }
    }
}

/// Turns away requests for other hosts, and changes asked for by somebody else's page. A request
/// without any origin passes only without a cookie: a program with a token, not a browser.
pub async fn guard(
    State(allowed): State<Allowed>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let headers = request.headers();
    if !allowed.host(headers, request.uri()) {
        return Err(ApiError::wrong_host());
    }
    let changes = !matches!(*request.method(), Method::GET | Method::HEAD);
    let refused = match allowed.origin(headers) {
        From::OurPage => false,
        From::NoBrowser => headers.contains_key(header::COOKIE),
        From::Elsewhere => true,
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
        Allowed::new(&["https://websh.example".into(), "http://127.0.0.1:3000".into()])
    }

    #[test]
    fn only_our_own_pages_count() {
        for (pairs, from) in [
            (vec![("origin", "https://websh.example")], From::OurPage),
            (vec![("sec-fetch-site", "same-origin")], From::OurPage),
            (vec![], From::NoBrowser),
            (vec![("origin", "https://evil.example")], From::Elsewhere),
            (vec![("origin", "null")], From::Elsewhere),
            (vec![("origin", "https://websh.example.evil.example")], From::Elsewhere),
            (vec![("origin", "http://websh.example")], From::Elsewhere),
            (vec![("origin", "https://websh.example:8443")], From::Elsewhere),
            (vec![("sec-fetch-site", "same-site")], From::Elsewhere),
            (vec![("sec-fetch-site", "none")], From::Elsewhere),
            (
                vec![("origin", "https://evil.example"), ("sec-fetch-site", "same-origin")],
                From::Elsewhere,
            ),
            (
                vec![("origin", "https://websh.example"), ("origin", "https://evil.example")],
                From::Elsewhere,
            ),
        ] {
            assert_eq!(allowed().origin(&headers(&pairs)), from, "{pairs:?}");
        }
    }

    #[test]
    fn other_hosts_are_not_ours() {
        let uri = Uri::from_static("/");
        for (host, ours) in [
            ("127.0.0.1:3000", true),
            ("WEBSH.example", true),
            ("attacker.test", false),
            ("127.0.0.1", false),
            ("websh.example:80", false),
        ] {
            assert_eq!(allowed().host(&headers(&[("host", host)]), &uri), ours, "{host}");
        }
        assert!(!allowed().host(&HeaderMap::new(), &uri));
        assert!(
            !allowed()
                .host(&headers(&[("host", "127.0.0.1:3000"), ("host", "attacker.test")]), &uri)
        );
    }
}
