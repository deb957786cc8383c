//! URLs in the configuration: normalized origins, masked passwords, and encryption of mail.

use std::net::IpAddr;

/// Returns the origin of a URL without path and query, as browsers serialize it: in lower case,
/// without the scheme's default port (RFC 6454, 6.2).
pub(super) fn origin(url: &str) -> Option<String> {
    let uri: axum::http::Uri = url.parse().ok()?;
    let scheme = uri.scheme_str().filter(|scheme| matches!(*scheme, "http" | "https"))?;
    let authority = uri.authority().filter(|authority| !authority.as_str().contains('@'))?;
    let default_port =
        matches!((scheme, authority.port_u16()), ("http", Some(80)) | ("https", Some(443)));
    let authority = if default_port { authority.host() } else { authority.as_str() };
    (uri.path() == "/" && uri.query().is_none())
        .then(|| format!("{scheme}://{authority}").to_ascii_lowercase())
}

/// Returns this server's origin for a host with its port, without TLS.
pub(super) fn plain(host: &str) -> String {
    format!("http://{}", host.strip_suffix(":80").unwrap_or(host))
}

/// Masks the password of a URL, in the authority and in the query.
pub(super) fn without_password(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let rest = match rest.rsplit_once('@') {
        Some((user, host)) => match user.split_once(':') {
            Some((name, _)) => format!("{name}:***@{host}"),
            None => rest.to_owned(),
        },
        None => rest.to_owned(),
    };
    let Some((base, query)) = rest.split_once('?') else { return format!("{scheme}://{rest}") };
    let query: Vec<String> = query.split('&').map(masked).collect();
    format!("{scheme}://{base}?{}", query.join("&"))
}

/// Masks a query parameter that is a password, or may be one because its name is percent-encoded.
fn masked(pair: &str) -> String {
    match pair.split_once('=') {
        Some((name, _)) if name.to_ascii_lowercase().contains("password") || name.contains('%') => {
            format!("{name}=***")
        }
        _ => pair.to_owned(),
    }
}

/// Returns whether mail for this URL would reach another machine unencrypted.
pub(super) fn is_unencrypted_mail(url: &str) -> bool {
    let Ok(uri) = url.parse::<axum::http::Uri>() else { return false };
    let host = uri.host().unwrap_or_default().trim_matches(['[', ']']);
    let local = host == "localhost" || host.parse().is_ok_and(|ip: IpAddr| ip.is_loopback());
    let required = uri.query().is_some_and(|query| query.split('&').any(|it| it == "tls=required"));
    uri.scheme_str() == Some("smtp") && !local && !required
}
