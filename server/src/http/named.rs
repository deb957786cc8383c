//! Names in requests of pages: the member that the page was rendered for, or the guest it belongs to. A browser
//! has one set of cookies for all of its tabs, so the cookies alone do not identify the page.

use std::str::FromStr;

use axum::{
    extract::Request,
    http::{Uri, uri::PathAndQuery},
};
use protocol::{
    api::MEMBER_HEADER,
    id::{GuestId, MemberId},
};

use super::error::{ApiError, Result};

/// Query parameter with the member, where a page cannot set headers.
const MEMBER: &str = "member";

/// Query parameter with the guest.
const GUEST: &str = "guest";

/// Returns the member that a request names, and removes the name from the query: routes reject parameters that
/// they do not know. A program need not name a member.
pub fn take_member(request: &mut Request) -> Result<Option<MemberId>> {
    if let Some(value) = request.headers().get(MEMBER_HEADER) {
        return id(MEMBER, value.to_str().unwrap_or_default()).map(Some);
    }
    if !request.uri().path().starts_with("/api/") {
        return Ok(None);
    }
    let Some(named) = parameter(request.uri(), MEMBER) else { return Ok(None) };
    let named = id(MEMBER, named)?;
    *request.uri_mut() = without(request.uri(), MEMBER);
    Ok(Some(named))
}

/// Returns the guest that a request names.
pub fn named_guest(uri: &Uri) -> Result<Option<GuestId>> {
    parameter(uri, GUEST).map(|named| id(GUEST, named)).transpose()
}

fn parameter<'a>(uri: &'a Uri, name: &str) -> Option<&'a str> {
    let mut pairs = uri.query()?.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value)
}

fn id<T: FromStr>(name: &str, value: &str) -> Result<T> {
    value.parse().map_err(|_| ApiError::bad_request(format!("The {name} is not a valid id.")))
}

/// Returns the address without a parameter.
fn without(uri: &Uri, name: &str) -> Uri {
    let kept = |pair: &&str| pair.split_once('=').is_none_or(|(key, _)| key != name);
    let rest: Vec<&str> = uri.query().unwrap_or_default().split('&').filter(kept).collect();
    let path = match rest.as_slice() {
        [] => uri.path().to_owned(),
        rest => format!("{}?{}", uri.path(), rest.join("&")),
    };
    let mut parts = uri.clone().into_parts();
    parts.path_and_query = PathAndQuery::from_maybe_shared(path).ok();
    Uri::from_parts(parts).unwrap_or_else(|_| uri.clone())
}

#[cfg(test)]
mod tests {
    use axum::body::Body;

    use super::*;

    const ID: &str = "01900000-0000-7000-8000-000000000001";

    #[test]
    fn a_request_names_its_member_in_a_header_or_in_the_query() {
        let (query, both) =
            (format!("/api/v1/events?member={ID}"), format!("/api/x?a=1&member={ID}&b="));
        let page = format!("/audit?member={ID}");
        // address, header, named (none: refused), address that the route gets
        for (address, header, named, left) in [
            ("/api/v1/me", None, Some(false), "/api/v1/me"),
            ("/api/v1/me", Some(ID), Some(true), "/api/v1/me"),
            ("/api/v1/me", Some("x"), None, "/api/v1/me"),
            (query.as_str(), None, Some(true), "/api/v1/events"),
            (both.as_str(), None, Some(true), "/api/x?a=1&b="),
            ("/api/x?member=", None, None, "/api/x?member="),
            ("/api/x?members=1", None, Some(false), "/api/x?members=1"),
            (page.as_str(), None, Some(false), page.as_str()),
        ] {
            let mut request = Request::builder().uri(address);
            if let Some(header) = header {
                request = request.header(MEMBER_HEADER, header);
            }
            let mut request = request.body(Body::empty()).unwrap();
            let found = take_member(&mut request).ok().map(|member| member.is_some());
            assert_eq!((found, request.uri().to_string().as_str()), (named, left), "{address}");
        }
    }

    #[test]
    fn a_request_names_its_guest_in_the_query() {
        let named = format!("/api/v1/join/session?guest={ID}");
        for (address, expected) in [
            (named.as_str(), Some(true)),
            ("/api/v1/join/session", Some(false)),
            ("/api/v1/join/session?guest=x", None),
        ] {
            let found = named_guest(&address.parse().unwrap()).ok().map(|guest| guest.is_some());
            assert_eq!(found, expected, "{address}");
        }
    }
}
