//! The address of a server, as people write it. Pure.

use std::{error, io, net::IpAddr};

use reqwest::Url;

use super::Error;

/// Scheme, host and port of a server.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ServerAddress(Url);

impl ServerAddress {
    /// Parses `https://websh.example`, with an optional port. Refuses a path, and plain HTTP to another
    /// machine, which would send secrets unencrypted.
    pub fn parse(text: &str) -> Result<Self, Error> {
        let refuse = |problem: &str| Err(Error::Address(format!("{text:?} {problem}.")));
        let Ok(url) = Url::parse(text.trim()) else {
            return refuse("is not a valid address. Use one like https://websh.example");
        };
        if !matches!(url.scheme(), "https" | "http") {
            return refuse("must begin with https:// or http://");
        }
        if !url.username().is_empty() || url.password().is_some() {
            return refuse("must not contain a user name or password");
        }
        if url.path() != "/" || url.query().is_some() || url.fragment().is_some() {
            return refuse("must not contain anything after the host and port");
        }
        let address = Self(url);
        if !address.is_https() && !address.is_loopback() {
            return refuse("is not encrypted and not on this machine. Use https://");
        }
        Ok(address)
    }

    /// Scheme, host and port, as browsers write an origin.
    pub fn origin(&self) -> String {
        self.0.origin().ascii_serialization()
    }

    /// Returns true for TLS.
    pub fn is_https(&self) -> bool {
        self.0.scheme() == "https"
    }

    /// Returns true if the host is the loopback interface of this machine.
    pub fn is_loopback(&self) -> bool {
        let host = self.0.host_str().unwrap_or_default().trim_matches(['[', ']']);
        host == "localhost" || host.parse::<IpAddr>().is_ok_and(|ip| ip.is_loopback())
    }

    /// The error for a failed connection, with its innermost cause.
    pub(super) fn unreachable(&self, error: &(dyn error::Error + 'static)) -> Error {
        let mut innermost = error;
        while let Some(source) = innermost.source() {
            innermost = source;
        }
        let mut reason = innermost.to_string();
        if is_certificate_error(innermost) {
            reason.push_str(". Install its certificate authority or set SSL_CERT_FILE");
        } else if let Some(detail) = reason.strip_prefix("tunnel error: ") {
            reason = format!(
                "the proxy refused the connection ({detail}). Check HTTPS_PROXY and NO_PROXY"
            );
        }
        Error::Unreachable { server: self.origin(), reason }
    }

    /// The error for an answer that did not come in time.
    pub(super) fn silent(&self) -> Error {
        Error::Unreachable { server: self.origin(), reason: "it does not answer".into() }
    }
}

fn is_certificate_error(error: &(dyn error::Error + 'static)) -> bool {
    let inner = error.downcast_ref::<io::Error>().and_then(io::Error::get_ref);
    let inner = inner.and_then(|error| error.downcast_ref::<rustls::Error>());
    matches!(inner, Some(rustls::Error::InvalidCertificate(_)))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_become_origins() {
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
            let address = ServerAddress::parse(text).ok().map(|address| address.origin());
            assert_eq!(address.as_deref(), origin, "{text}");
        }
    }
}
