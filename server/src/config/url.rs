//! URLs of the configuration: origins as browsers write them, and databases' without their passwords.

use std::net::{IpAddr, SocketAddr};

/// The origin of a URL that has nothing else, as browsers write it: lower case, without the port
/// that its scheme stands for (RFC 6454, 6.2).
pub(super) fn origin(url: &str) -> Option<String> {
    let uri: axum::http::Uri = url.parse().ok()?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let usual = matches!((scheme, authority.port_u16()), ("http", Some(80)) | ("https", Some(443)));
    let place = if usual { authority.host() } else { authority.as_str() };
    (uri.path() == "/" && uri.query().is_none())
        .then(|| format!("{scheme}://{place}").to_ascii_lowercase())
}

/// The origin of this server at a host and port without TLS.
pub(super) fn plain(host: &str, port: u16) -> String {
    if port == 80 { format!("http://{host}") } else { format!("http://{host}:{port}") }
}

/// The origin of this server at an address without TLS.
pub(super) fn plain_at(address: SocketAddr) -> String {
    match address.ip() {
        IpAddr::V4(ip) => plain(&ip.to_string(), address.port()),
        IpAddr::V6(ip) => plain(&format!("[{ip}]"), address.port()),
    }
}

/// A database's URL with its password masked, in the authority and in the query.
pub(super) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let Some((place, query)) = rest.split_once('?') else { return format!("{scheme}://{rest}") };
    let query: Vec<String> = query.split('&').map(masked).collect();
    format!("{scheme}://{place}?{}", query.join("&"))
}

/// One pair of a query; a name that is written with percent signs may be anything.
fn masked(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("password") || name.contains('%') => {
            format!("{name}=***")
        }
        _ => pair.to_owned(),
    }
}

/// Whether mail by this URL would go unencrypted to another machine.
pub(super) fn is_open_mail(url: &str) -> bool {
    let Ok(uri) = url.parse::<axum::http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let here = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let required = uri.query().is_some_and(|query| query.split('&').any(|it| it == "tls=required"));
    uri.scheme_str() == Some("smtp") && !here && !required
}
