//! The address of a websh, as a person writes it. Pure.

use std::{error, net::IpAddr};

use hyper::Uri;

use super::Error;

/// Where a websh is: scheme, host and port.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// Over TLS.
    pub https: bool,
    /// Host name or address, IPv6 without its brackets.
    pub host: String,
    /// Port.
    pub port: u16,
    authority: String,
}

impl Place {
    /// Reads `https://websh.example`, with a port or without. What would send secrets over a network
    /// unencrypted is refused, and so is a path.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |why: &str| Error::Address(format!("{text:?} {why}."));
        let uri = text.trim().trim_end_matches('/').parse::<Uri>();
        let uri = uri.map_err(|_| refuse("is no address such as https://websh.example"))?;
        let https = match uri.scheme_str() {
            Some("https") => true,
            Some("http") => false,
            _ => return Err(refuse("must begin with https:// or http://")),
        };
        let Some(authority) = uri.authority().filter(|it| !it.as_str().contains('@')) else {
            return Err(refuse("names no host"));
        };
        if !matches!(uri.path(), "" | "/") || uri.query().is_some() {
            return Err(refuse("must end behind its host and port"));
        }
        let host = authority.host().trim_matches(['[', ']']).to_ascii_lowercase();
        if !https && !is_here(&host) {
            return Err(refuse("is not encrypted and leads off this machine: use https://"));
        }
        let usual = if https { 443 } else { 80 };
        let port = authority.port_u16().unwrap_or(usual);
        let shown = if host.contains(':') { format!("[{host}]") } else { host.clone() };
        let authority = if port == usual { shown } else { format!("{shown}:{port}") };
        Ok(Self { https, host, port, authority })
    }

    /// Scheme, host and port, as browsers write an origin.
    pub fn origin(&self) -> String {
        format!("{}://{}", if self.https { "https" } else { "http" }, self.authority)
    }

    /// Whether it is on this machine.
    pub fn is_here(&self) -> bool {
        is_here(&self.host)
    }

    /// Host and, where it is not the usual one, port.
    pub fn authority(&self) -> &str {
        &self.authority
    }

    /// That it could not be reached: the innermost reason of an error.
    pub(super) fn unreachable(&self, error: &(dyn error::Error + 'static)) -> Error {
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        Error::Unreachable { place: self.origin(), why: innermost.to_string() }
    }

    /// That it said nothing in time.
    pub(super) fn silent(&self) -> Error {
        Error::Unreachable { place: self.origin(), why: "it does not answer".into() }
    }

    /// That no request can be made for it.
    pub(super) fn odd(&self) -> String {
        format!("{} can't be asked that.", self.origin())
    }
}

fn is_here(host: &str) -> bool {
    host == "localhost" || host.parse::<IpAddr>().is_ok_and(|address| address.is_loopback())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses() {
        for (text, origin) in [
            ("https://websh.example", Some("https://websh.example")),
            ("https://WEBSH.example:443/", Some("https://websh.example")),
            ("https://websh.example:8443", Some("https://websh.example:8443")),
            ("http://127.0.0.1:3000", Some("http://127.0.0.1:3000")),
            ("http://[::1]:3000", Some("http://[::1]:3000")),
            ("http://localhost", Some("http://localhost")),
            ("http://websh.example", None),
            ("http://192.0.2.1:3000", None),
            ("websh.example", None),
            ("ftp://websh.example", None),
            ("https://ann:secret@websh.example", None),
            ("https://websh.example/sessions", None),
            ("https://websh.example?x=1", None),
            ("", None),
        ] {
            let place = Place::parse(text).ok().map(|place| place.origin());
            assert_eq!(place.as_deref(), origin, "{text}");
        }
    }
}
