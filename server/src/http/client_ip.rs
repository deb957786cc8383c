//! Client addresses: the peer of the connection, or the address reported by a trusted proxy.

use std::{
    net::{IpAddr, SocketAddr},
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    extract::{ConnectInfo, FromRef, FromRequestParts},
    http::{header, request::Parts},
};
use control::{Caller, DeviceSecret};
use protocol::api::limits;

use super::{
    cookies::Cookies,
    error::{ApiError, Result},
};

/// Peers whose `X-Forwarded-For` header is trusted.
#[derive(Clone, Debug)]
pub struct TrustedProxies {
    trusted: Arc<[IpAddr]>,
    /// A peer that is not trusted has sent the header.
    reported: Arc<AtomicBool>,
}

impl TrustedProxies {
    pub fn new(trusted: &[IpAddr]) -> Self {
        Self { trusted: trusted.into(), reported: Arc::default() }
    }

    /// Returns the nearest address that is not a trusted proxy. A proxy appends its peer's address, so
    /// everything left of an untrusted address may be forged.
    fn client(&self, peer: IpAddr, forwarded: &[&str]) -> IpAddr {
        let mut nearest = peer;
        let mut hops = forwarded.iter().rev();
        while self.trusted.contains(&nearest) {
            match hops.next().and_then(|hop| hop.parse::<IpAddr>().ok()) {
                Some(hop) => nearest = hop.to_canonical(),
                None => break,
            }
        }
        nearest
    }

    /// Returns true for the first request that another peer than a trusted proxy forwarded, which may show
    /// that a proxy is missing from the configuration: all of its clients count as one address then.
    fn is_first_unlisted(&self, peer: IpAddr, forwarded: &[&str]) -> bool {
        !forwarded.is_empty()
            && !self.trusted.contains(&peer)
            && !self.reported.swap(true, Ordering::Relaxed)
    }
}

/// Extracts the address a request comes from.
#[derive(Clone, Copy, Debug)]
pub struct ClientIp(pub IpAddr);

impl<S: Sync> FromRequestParts<S> for ClientIp
where
    TrustedProxies: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
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
        let proxies = TrustedProxies::from_ref(state);
        if proxies.is_first_unlisted(peer, &forwarded) {
            tracing::warn!(
                %peer,
                "X-Forwarded-For from a peer that is not in trusted_proxies is ignored. If it is your proxy, \
                 add it: until then, all of its clients count as one address"
            );
        }
        Ok(Self(proxies.client(peer, &forwarded)))
    }
}

/// Extracts the address and device of a client that signs in or joins.
pub struct CallerInfo(pub Caller);

impl<S: Sync> FromRequestParts<S> for CallerInfo
where
    TrustedProxies: FromRef<S>,
    Cookies: FromRef<S>,
{
    type Rejection = ApiError;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self> {
        let ClientIp(source) = ClientIp::from_request_parts(parts, state).await?;
        let agent = parts.headers.get(header::USER_AGENT).and_then(|agent| agent.to_str().ok());
        let device_secret = Cookies::from_ref(state).device(&parts.headers);
        let device_secret = device_secret.map(|secret| DeviceSecret(secret.to_owned()));
        let device = agent.map(device).unwrap_or_default();
        Ok(Self(Caller { source, device, device_secret }))
    }
}

/// Names the client program: a browser in words, any other program by its own `User-Agent`.
fn device(agent: &str) -> String {
    if agent.starts_with("Mozilla/") {
        return app::format::device(agent);
    }
    agent.chars().filter(|c| !c.is_control()).take(limits::MAX_SHOWN).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_trusted_proxies_set_the_client_address() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = TrustedProxies::new(&[ip("10.0.0.1"), ip("10.0.0.2")]);
        for (peer, forwarded, expected) in [
            ("192.0.2.7", vec![], "192.0.2.7"),
            ("192.0.2.7", vec!["127.0.0.1"], "192.0.2.7"),
            ("10.0.0.1", vec![], "10.0.0.1"),
            ("10.0.0.1", vec!["192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", vec!["127.0.0.1", "192.0.2.9"], "192.0.2.9"),
            ("10.0.0.1", vec!["192.0.2.9", "10.0.0.2"], "192.0.2.9"),
            ("10.0.0.1", vec!["192.0.2.9", "garbage"], "10.0.0.1"),
        ] {
            let client = proxies.client(ip(peer), &forwarded);
            assert_eq!(client, ip(expected), "{peer} {forwarded:?}");
        }
    }

    #[test]
    fn a_proxy_that_is_not_configured_is_reported_once() {
        let ip = |text: &str| text.parse::<IpAddr>().unwrap();
        let proxies = TrustedProxies::new(&[ip("10.0.0.1")]);
        for (peer, forwarded, reported) in [
            ("192.0.2.7", vec![], false),
            ("10.0.0.1", vec!["192.0.2.9"], false),
            ("192.0.2.7", vec!["192.0.2.9"], true),
            ("192.0.2.7", vec!["192.0.2.9"], false),
            ("192.0.2.8", vec!["192.0.2.9"], false),
        ] {
            let first = proxies.is_first_unlisted(ip(peer), &forwarded);
            assert_eq!(first, reported, "{peer} {forwarded:?}");
        }
    }
}
