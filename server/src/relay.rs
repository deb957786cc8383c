//! One viewer's WebSocket tied to its session: messages pass unread, both ways, until either side ends.

mod pace;

use std::time::Duration;

use axum::{
    body::Bytes,
    extract::ws::{CloseFrame, Message, Utf8Bytes, WebSocket},
};
use futures_util::{
    SinkExt, StreamExt,
    stream::{SplitSink, SplitStream},
};
use host::{Reader, Relayed, Writer};
use pace::Pace;
use protocol::close;
use tokio::time::{Instant, interval_at, timeout};

/// A viewer that takes nothing for this long is cut off; its session does not notice.
const STUCK: Duration = Duration::from_secs(30);

/// How often a quiet browser is asked whether it is still there: less than the minute after which
/// proxies forget a connection.
const PING: Duration = Duration::from_secs(25);

/// How long a browser may take to answer a close.
const GOODBYE: Duration = Duration::from_secs(2);

/// Why an attachment is to end from this side.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Farewell {
    /// WebSocket close code.
    pub code: u16,
    /// One sentence.
    pub reason: String,
}

impl Farewell {
    /// A close code with its sentence.
    pub fn new(code: u16, reason: impl Into<String>) -> Self {
        Self { code, reason: reason.into() }
    }
}

/// Relays until the session, the viewer or `stop` ends it. `stop` says why it is to end.
pub async fn relay(
    socket: WebSocket,
    mut session: (Reader, Writer),
    stop: impl Future<Output = Farewell>,
) {
    let (mut to_viewer, mut from_viewer) = socket.split();
    let (reader, writer) = (&mut session.0, &mut session.1);
    let talk = async {
        tokio::select! {
            farewell = down(reader, &mut to_viewer) => farewell,
            farewell = up(&mut from_viewer, writer) => farewell,
        }
    };
    let farewell = tokio::select! {
        // Looked at first: of what comes after the end, nothing is passed on.
        biased;
        farewell = stop => Some(farewell),
        farewell = talk => farewell,
    };
    // What the session is told by this is the end of the connection, nothing more.
    drop(session);
    if let Some(farewell) = farewell {
        let _ = timeout(GOODBYE, say_goodbye(to_viewer, from_viewer, farewell)).await;
    }
}

/// Closes a socket that never came to be attached.
pub async fn refuse(socket: WebSocket, farewell: Farewell) {
    let (to_viewer, from_viewer) = socket.split();
    let _ = timeout(GOODBYE, say_goodbye(to_viewer, from_viewer, farewell)).await;
}

/// Session to viewer. None: the viewer is gone, there is nobody to say goodbye to.
async fn down(
    session: &mut Reader,
    viewer: &mut SplitSink<WebSocket, Message>,
) -> Option<Farewell> {
    let mut pings = interval_at(Instant::now() + PING, PING);
    loop {
        let message = tokio::select! {
            relayed = session.next() => match relayed {
                Ok(Some(Relayed::Message(body))) => Message::Binary(body),
                Ok(Some(Relayed::Close { code, reason })) => return Some(Farewell { code, reason }),
                // The session's process is gone; the page asks what became of it.
                Ok(None) | Err(_) => return Some(Farewell::new(close::RESTART, "The session's connection broke.")),
            },
            _ = pings.tick() => Message::Ping(Bytes::new()),
        };
        match timeout(STUCK, viewer.send(message)).await {
            Ok(Ok(())) => {}
            Ok(Err(_)) => return None,
            Err(_) => {
                return Some(Farewell::new(close::TOO_SLOW, "Nothing was taken for 30 seconds."));
            }
        }
    }
}

/// Viewer to session. None: the viewer is gone.
async fn up(viewer: &mut SplitStream<WebSocket>, session: &mut Writer) -> Option<Farewell> {
    let mut pace = Pace::new(Instant::now());
    loop {
        let message = viewer.next().await;
        if !pace.admits(Instant::now()) {
            return Some(Farewell::new(close::TOO_MANY, "Too many messages came at once."));
        }
        match message {
            Some(Ok(Message::Binary(body))) => {
                if session.send(&body).await.is_err() {
                    // The session closes with its own reason; `down` brings it.
                    return std::future::pending().await;
                }
            }
            Some(Ok(Message::Text(_))) => {
                return Some(Farewell::new(close::BAD_MESSAGE, "Messages are binary."));
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return None,
            Some(Err(error)) => return broken(&error),
        }
    }
}

/// What a broken message is answered. Size has its code; other violations end the connection.
pub fn broken(error: &axum::Error) -> Option<Farewell> {
    let too_big = error.to_string().to_ascii_lowercase().contains("too long");
    too_big.then(|| Farewell::new(close::TOO_BIG, "A message may have 64 KiB."))
}

async fn say_goodbye(
    mut to_viewer: SplitSink<WebSocket, Message>,
    mut from_viewer: SplitStream<WebSocket>,
    farewell: Farewell,
) {
    let reason = Utf8Bytes::from(shortened(&farewell.reason));
    if to_viewer
        .send(Message::Close(Some(CloseFrame { code: farewell.code, reason })))
        .await
        .is_err()
    {
        return;
    }
    // The browser answers; closing before would turn the code into 1006.
    while let Some(Ok(_)) = from_viewer.next().await {}
}

/// A close reason has at most 123 bytes (RFC 6455, 5.5.1).
fn shortened(reason: &str) -> &str {
    let end =
        (0..=reason.len().min(123)).rev().find(|at| reason.is_char_boundary(*at)).unwrap_or(0);
    reason.get(..end).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reasons_fit_a_close_frame() {
        assert_eq!(shortened("short"), "short");
        assert_eq!(shortened(&"é".repeat(100)).len(), 122);
    }
}
