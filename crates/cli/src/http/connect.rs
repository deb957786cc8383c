//! Connections: TCP, TLS where the address asks for it, and WebSockets over either.

use std::{sync::Arc, time::Duration};

use hyper::header::{
    AUTHORIZATION, COOKIE, HOST, HeaderName, ORIGIN, SEC_WEBSOCKET_PROTOCOL, USER_AGENT,
};
use tokio::{
    io::{AsyncRead, AsyncWrite},
    net::TcpStream,
    time::timeout,
};
use tokio_rustls::{
    TlsConnector,
    rustls::{ClientConfig, RootCertStore, crypto::ring, pki_types::ServerName},
};
use tokio_tungstenite::{
    WebSocketStream, client_async_with_config,
    tungstenite::{self, client::IntoClientRequest, protocol::WebSocketConfig},
};

use super::{Error, Identity, Place};

/// A connection is made in this time or not at all.
const CONNECT: Duration = Duration::from_secs(15);

/// Largest message a session may send, in bytes: a whole screen of its largest size fits.
const MESSAGE: usize = 16 * 1024 * 1024;

/// Both ways, in bytes.
pub trait Io: AsyncRead + AsyncWrite + Send + Unpin {}

impl<T: AsyncRead + AsyncWrite + Send + Unpin> Io for T {}

/// A connection.
pub type Stream = Box<dyn Io>;

/// An open WebSocket.
pub type Socket = WebSocketStream<Stream>;

/// Headers that go with every request.
pub fn headers(place: &Place, identity: &Identity) -> Vec<(HeaderName, String)> {
    let mut headers = vec![
        (HOST, place.authority().to_owned()),
        (ORIGIN, place.origin()),
        (USER_AGENT, format!("websh/{} (Linux)", env!("CARGO_PKG_VERSION"))),
    ];
    match identity {
        Identity::Nobody => {}
        Identity::Cookie(cookie) => headers.push((COOKIE, cookie.clone())),
        Identity::Token(token) => headers.push((AUTHORIZATION, format!("Bearer {token}"))),
    }
    headers
}

/// Connects, with TLS where the address says so.
pub async fn stream(place: &Place) -> Result<Stream, Error> {
    timeout(CONNECT, open(place)).await.map_err(|_| place.silent())?
}

async fn open(place: &Place) -> Result<Stream, Error> {
    let tcp = TcpStream::connect((place.host.as_str(), place.port)).await;
    let tcp = tcp.map_err(|error| place.unreachable(&error))?;
    tcp.set_nodelay(true).map_err(|error| place.unreachable(&error))?;
    if !place.https {
        return Ok(Box::new(tcp));
    }
    let name = ServerName::try_from(place.host.clone());
    let name = name.map_err(|error| place.unreachable(&error))?;
    let connector = TlsConnector::from(Arc::new(trust(place)?));
    let tls = connector.connect(name, tcp).await.map_err(|error| place.unreachable(&error))?;
    Ok(Box::new(tls))
}

/// The authorities that this machine trusts.
fn trust(place: &Place) -> Result<ClientConfig, Error> {
    let mut roots = RootCertStore::empty();
    roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
    let config = ClientConfig::builder_with_provider(Arc::new(ring::default_provider()))
        .with_safe_default_protocol_versions()
        .map_err(|error| place.unreachable(&error))?;
    Ok(config.with_root_certificates(roots).with_no_client_auth())
}

/// Opens a WebSocket.
pub async fn socket(
    place: &Place,
    identity: &Identity,
    path: &str,
    subprotocol: &str,
) -> Result<Socket, Error> {
    let odd = |_| Error::Address(place.odd());
    let scheme = if place.https { "wss" } else { "ws" };
    let url = format!("{scheme}://{}{path}", place.authority());
    let mut request = url.into_client_request().map_err(|_| Error::Address(place.odd()))?;
    let mut wanted = headers(place, identity);
    wanted.push((SEC_WEBSOCKET_PROTOCOL, subprotocol.to_owned()));
    for (name, value) in wanted {
        request.headers_mut().insert(name, value.parse().map_err(odd)?);
    }
    let config =
        WebSocketConfig::default().max_message_size(Some(MESSAGE)).max_frame_size(Some(MESSAGE));
    let opening = async {
        let stream = open(place).await?;
        let opened = client_async_with_config(request, stream, Some(config)).await;
        opened.map(|(socket, _)| socket).map_err(|error| match error {
            // The refusal's words are those that asking for a ticket again is answered with.
            tungstenite::Error::Http(answer) => Error::Unreachable {
                place: place.origin(),
                why: format!("it answered with status {}", answer.status().as_u16()),
            },
            other => place.unreachable(&other),
        })
    };
    timeout(CONNECT, opening).await.map_err(|_| place.silent())?
}
