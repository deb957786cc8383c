//! Opens a WebSocket over an HTTP upgrade, so that it uses the same proxy and certificates as requests.

use reqwest::{
    Method, StatusCode, Upgraded,
    header::{
        CONNECTION, SEC_WEBSOCKET_ACCEPT, SEC_WEBSOCKET_KEY, SEC_WEBSOCKET_PROTOCOL,
        SEC_WEBSOCKET_VERSION, UPGRADE,
    },
};
use tokio_tungstenite::{
    WebSocketStream,
    tungstenite::{
        handshake::{client::generate_key, derive_accept_key},
        protocol::{Role, WebSocketConfig},
    },
};

use super::{Client, Error, Result};

/// Largest message of a session, in bytes. A frame of the largest screen fits.
const MAX_MESSAGE: usize = 16 * 1024 * 1024;

pub type Socket = WebSocketStream<Upgraded>;

/// Opens a WebSocket (RFC 6455, 4.1).
pub async fn open(client: &Client, path: &str, subprotocol: &str) -> Result<Socket> {
    let broken = |error: reqwest::Error| client.address.unreachable(&error);
    let key = generate_key();
    let request = client
        .request(Method::GET, path)
        .header(CONNECTION, "Upgrade")
        .header(UPGRADE, "websocket")
        .header(SEC_WEBSOCKET_VERSION, "13")
        .header(SEC_WEBSOCKET_KEY, &key)
        .header(SEC_WEBSOCKET_PROTOCOL, subprotocol);
    let response = request.send().await.map_err(broken)?;
    if response.status() != StatusCode::SWITCHING_PROTOCOLS {
        // The caller requests a new ticket; a refusal of that has the reason.
        return Err(Error::Unreachable {
            server: client.address.origin(),
            reason: format!("it answered with status {}", response.status().as_u16()),
        });
    }
    let accepted = response.headers().get(SEC_WEBSOCKET_ACCEPT);
    if accepted.is_none_or(|it| it.as_bytes() != derive_accept_key(key.as_bytes()).as_bytes()) {
        return Err(client.not_websh());
    }
    let stream = response.upgrade().await.map_err(broken)?;
    let config = WebSocketConfig::default()
        .max_message_size(Some(MAX_MESSAGE))
        .max_frame_size(Some(MAX_MESSAGE));
    Ok(WebSocketStream::from_raw_socket(stream, Role::Client, Some(config)).await)
}
