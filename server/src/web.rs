//! What every route shares: the way to `control`, who is asking, and the cookie that says so.

use std::{
    net::{IpAddr, SocketAddr},
    path::Path,
    sync::Arc,
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts, Request, State},
    http::{HeaderMap, HeaderValue, header, request::Parts},
    middleware::Next,
    response::Response,
};
use control::{Actor, Caller, Control, Visitor};
use leptos::config::LeptosOptions;
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use protocol::api::limits;

use crate::{
    api::{error::ApiError, metrics::Tally},
    config::Config,
    origin::Allowed,
    pages::address_of_build,
};

/// Shared by all routes; cheap to clone.
#[derive(Clone, Debug, FromRef)]
pub struct Web {
    /// Who may do what.
    pub control: Control,
    /// Where the built pages are.
    pub leptos: LeptosOptions,
    /// Address of the program of the pages, of this build.
    #[from_ref(skip)]
    pub build: Arc<str>,
    /// Whose pages may ask.
    pub allowed: Allowed,
    /// Whether people come over TLS.
    #[from_ref(skip)]
    pub https: bool,
    /// Peers whose `X-Forwarded-For` is believed.
    #[from_ref(skip)]
    pub proxies: Arc<[IpAddr]>,
    /// Ends sockets and streams when the server stops.
    #[from_ref(skip)]
    pub stop: CancellationToken,
    /// Open sockets.
    #[from_ref(skip)]
    pub sockets: TaskTracker,
    /// Counts for operators.
    pub tally: Arc<Tally>,
}

impl Web {
    /// Puts the shared parts together.
    pub fn new(
        control: Control,
        config: &Config,
        stop: CancellationToken,
        sockets: TaskTracker,
    ) -> Self {
        Self {
            control,
            leptos: config.leptos.clone(),
            build: address_of_build(Path::new(&*config.leptos.site_root)).into(),
            allowed: Allowed::new(&config.allowed_origins),
            https: config.is_https(),
            proxies: config.trusted_proxies.clone().into(),
            stop,
            sockets,
            tally: Arc::default(),
        }
    }

    /// A cookie's name. Over TLS its prefix keeps other hosts from setting it (RFC 6265bis, 4.1.3).
    fn cookie_name(&self, of: Cookie) -> &'static str {
        match (of, self.https) {
            (Cookie::SignIn, true) => "__Host-websh",
            (Cookie::SignIn, false) => "websh",
            (Cookie::Guest, true) => "__Host-websh_guest",
            (Cookie::Guest, false) => "websh_guest",
        }
    }

    /// A `Set-Cookie` for a token that works for so many seconds; 0 removes it.
    pub fn cookie(&self, of: Cookie, token: &str, seconds: i64) -> Option<HeaderValue> {
        let secure = if self.https { "; Secure" } else { "" };
        let name = self.cookie_name(of);
        let cookie =
            format!("{name}={token}; Path=/; HttpOnly; SameSite=Lax; Max-Age={seconds}{secure}");
        HeaderValue::from_str(&cookie).ok()
    }

    /// The token that a request carries in one of the cookies.
    pub fn token<'a>(&self, of: Cookie, headers: &'a HeaderMap) -> Option<&'a str> {
        headers
            .get_all(header::COOKIE)
            .iter()
            .filter_map(|cookies| cookies.to_str().ok())
            .flat_map(|cookies| cookies.split(';'))
            .filter_map(|cookie| cookie.trim().split_once('='))
            .find(|(name, _)| *name == self.cookie_name(of))
            .map(|(_, token)| token)
    }
}

/// What a cookie of ours stands for. Neither is ever taken for the other.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Cookie {
    /// A member's sign-in.
    SignIn,
    /// A guest's place in a session.
    Guest,
}

/// Finds out who asks and gives it to the routes as an extension, an [`Actor`]; nobody is no error
/// here, a database that does not answer is.
pub async fn identify(
    State(web): State<Web>,
    request: Request,
    next: Next,
) -> Result<Response, ApiError> {
    let (mut parts, body) = request.into_parts();
    let Source(source) = Source::from_request_parts(&mut parts, &web).await?;
    let who = if parts.headers.contains_key(header::AUTHORIZATION) {
        // Who shows a token means the token, whatever cookie comes along.
        let secret = bearer(&parts.headers).unwrap_or_default();
        web.control.bearer(secret, source).await
    } else {
        match web.token(Cookie::SignIn, &parts.headers) {
            Some(token) => web.control.who(token, source).await,
            None => Err(control::Error::Unauthenticated),
        }
    };
    match who {
        Ok(actor) => drop(parts.extensions.insert(actor)),
        Err(control::Error::Unauthenticated) => {}
        Err(error) => return Err(error.into()),
    }
    Ok(next.run(Request::from_parts(parts, body)).await)
}

/// The API token that a request carries (RFC 6750, 2.1).
pub fn bearer(headers: &HeaderMap) -> Option<&str> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let (value, None) = (values.next()?, values.next()) else { return None };
    let (scheme, secret) = value.to_str().ok()?.split_once(' ')?;
    scheme.eq_ignore_ascii_case("bearer").then(|| secret.trim())
}

/// The member who asks; 401 when it is nobody.
#[derive(Debug)]
pub struct SignedIn(pub Actor);

impl<S: Sync> FromRequestParts<S> for SignedIn {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, ApiError> {
        let actor = parts.extensions.get::<Actor>().cloned();
        actor.map(Self).ok_or_else(|| control::Error::Unauthenticated.into())
    }
}

/// The guest who asks; 401 when it is none. Routes that do not ask for this do not know guests.
#[derive(Debug)]
pub struct Visiting(pub Visitor);

impl FromRequestParts<Web> for Visiting {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        let token = web.token(Cookie::Guest, &parts.headers).ok_or(control::Error::NotJoined)?;
        Ok(Self(web.control.visitor(token).await?))
    }
}

/// The address a request comes from: the peer's, or what a trusted proxy says of it.
#[derive(Clone, Copy, Debug)]
pub struct Source(pub IpAddr);

impl FromRequestParts<Web> for Source {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        let peer = parts.extensions.get::<ConnectInfo<SocketAddr>>();
        let peer = peer.ok_or_else(ApiError::wrong_host)?.0.ip().to_canonical();
        let forwarded: Vec<&str> = parts
            .headers
            .get_all("x-forwarded-for")
            .iter()
            .filter_map(|value| value.to_str().ok())
            .flat_map(|value| value.split(','))
            .map(str::trim)
            .collect();
        Ok(Self(source(peer, &forwarded, &web.proxies)))
    }
}

/// Where a request comes from, for a sign-in.
pub struct Calling(pub Caller);

impl FromRequestParts<Web> for Calling {
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, web: &Web) -> Result<Self, ApiError> {
        let Source(source) = Source::from_request_parts(parts, web).await?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        Ok(Self(Caller { source, device: agent.map(device).unwrap_or_default() }))
    }
}

/// What asks, in words. Whatever is no browser has a name of its own.
fn device(agent: &str) -> String {
    if agent.starts_with("Mozilla/") {
        return app::format::device(agent);
    }
    agent.chars().filter(|c| !c.is_control()).take(limits::MAX_SHOWN).collect()
}

/// The nearest address that is no trusted proxy. Only what a trusted proxy wrote is believed: it
/// appends the address it was asked by, so everything left of that is hearsay.
fn source(peer: IpAddr, forwarded: &[&str], proxies: &[IpAddr]) -> IpAddr {
    let mut nearest = peer;
    let mut hops = forwarded.iter().rev();
    while proxies.contains(&nearest) {
        match hops.next().and_then(|hop| hop.parse::<IpAddr>().ok()) {
            Some(hop) => nearest = hop.to_canonical(),
            None => break,
        }
    }
    nearest
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_are_believed() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = [ip("10.0.0.1"), ip("10.0.0.2")];
        for (peer, forwarded, expected) in [
            ("192.0.2.7", vec![], "192.0.2.7"),
            ("192.0.2.7", vec!["127.0.0.1"], "192.0.2.7"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", vec!["127.0.0.1", "192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", vec!["192.0.2.9", "10.0.0.2"], "192.0.2.9"),
            ("10.0.0.1", vec!["192.0.2.9", "garbage"], "10.0.0.1"),
        ] {
            assert_eq!(
                source(ip(peer), &forwarded, &proxies),
                ip(expected),
                "{peer} {forwarded:?}"
            );
        }
    }
}
