//! One viewer's WebSocket tied to its session: messages pass unread, both ways, until either side ends.

mod pace;

use std::{collections::VecDeque, pin::pin, time::Duration};

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
use tokio::time::{Instant, error::Elapsed, interval_at, timeout, timeout_at};

use crate::door::Door;

/// A viewer that takes nothing for this long is cut off; its session does not notice.
const STUCK: Duration = Duration::from_secs(30);

/// How often a quiet browser is asked whether it is still there: less than the minute after which
/// proxies forget a connection.
const PING: Duration = Duration::from_secs(25);

/// How long a browser may take to answer a close.
const GOODBYE: Duration = Duration::from_secs(2);

/// How long one who is put out may take to take their last messages, and then to answer the close: both
/// are less than the 2 s after which nobody is in any more.
const CUT: Duration = Duration::from_millis(900);

/// Bytes read from a session while its viewer takes nothing. Frames are windowed, so only history
/// that is asked for and not taken gets here.
const AHEAD: usize = 1024 * 1024;

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

    /// Whether the viewer may not be there any more.
    fn is_cut(&self) -> bool {
        matches!(self.code, close::GONE | close::FORBIDDEN | close::SIGNED_OUT)
    }

    fn patience(&self) -> Duration {
        if self.is_cut() { CUT } else { GOODBYE }
    }
}

/// How an attachment ended.
enum Over {
    /// The viewer went.
    Left,
    /// It is to be told why.
    Told(Farewell),
    /// It is put out and takes nothing.
    Deaf,
}

/// Relays until the session, the viewer or `stop` ends it. `stop` says why it is to end. The door falls
/// shut on a viewer who is put out and does not go.
pub async fn relay(
    socket: WebSocket,
    mut session: (Reader, Writer),
    stop: impl Future<Output = Farewell>,
    door: &Door,
) {
    let (mut to_viewer, mut from_viewer) = socket.split();
    let (reader, writer) = (&mut session.0, &mut session.1);
    let talk = async {
        tokio::select! {
            over = down(reader, &mut to_viewer) => over,
            over = up(&mut from_viewer, writer) => over.map_or(Over::Left, Over::Told),
        }
    };
    let over = tokio::select! {
        // Looked at first: of what comes after the end, nothing is passed on.
        biased;
        farewell = stop => Over::Told(farewell),
        over = talk => over,
    };
    // What the session is told by this is the end of the connection, nothing more.
    drop(session);
    match over {
        Over::Left => {}
        Over::Told(farewell) => {
            let (cut, patience) = (farewell.is_cut(), farewell.patience());
            let saying = say_goodbye(&mut to_viewer, &mut from_viewer, farewell);
            if timeout(patience, saying).await.is_err() && cut {
                door.slam();
            }
        }
        Over::Deaf => door.slam(),
    }
}

/// Closes a socket that never came to be attached.
pub async fn refuse(socket: WebSocket, farewell: Farewell) {
    let (mut to_viewer, mut from_viewer) = socket.split();
    let _ = timeout(GOODBYE, say_goodbye(&mut to_viewer, &mut from_viewer, farewell)).await;
}

/// Messages of a session that its viewer has not taken yet.
#[derive(Default)]
struct Ahead {
    messages: VecDeque<Bytes>,
    bytes: usize,
}

impl Ahead {
    fn push(&mut self, message: Bytes) {
        self.bytes += message.len();
        self.messages.push_back(message);
    }

    fn pop(&mut self) -> Option<Bytes> {
        let message = self.messages.pop_front()?;
        self.bytes -= message.len();
        Some(message)
    }
}

/// Session to viewer.
async fn down(session: &mut Reader, viewer: &mut SplitSink<WebSocket, Message>) -> Over {
    let mut pings = interval_at(Instant::now() + PING, PING);
    let mut ahead = Ahead::default();
    loop {
        let message = match ahead.pop() {
            Some(message) => Message::Binary(message),
            None => tokio::select! {
                heard = next(session) => match heard {
                    Ok(message) => Message::Binary(message),
                    Err(farewell) => return Over::Told(farewell),
                },
                _ = pings.tick() => Message::Ping(Bytes::new()),
            },
        };
        let (farewell, until) = match deliver(message, viewer, session, &mut ahead).await {
            Ok(None) => continue,
            Ok(Some(last)) => last,
            Err(over) => return over,
        };
        let rest = async {
            for message in ahead.messages {
                viewer.feed(Message::Binary(message)).await?;
            }
            viewer.flush().await
        };
        return match timeout_at(until, rest).await {
            Ok(Ok(())) => Over::Told(farewell),
            Ok(Err(_)) => Over::Left,
            Err(_) => unheard(farewell),
        };
    }
}

/// Sends a message. The session is heard meanwhile, however long it takes: it may say that this is the
/// end, and until when the viewer may take what came before.
async fn deliver(
    message: Message,
    viewer: &mut SplitSink<WebSocket, Message>,
    session: &mut Reader,
    ahead: &mut Ahead,
) -> Result<Option<(Farewell, Instant)>, Over> {
    let mut sending = pin!(timeout(STUCK, viewer.send(message)));
    let farewell = loop {
        tokio::select! {
            biased;
            sent = &mut sending => return taken(sent).map(|()| None),
            heard = next(session) => match heard {
                Ok(_) if ahead.bytes > AHEAD => return Err(Over::Told(too_slow())),
                Ok(message) => ahead.push(message),
                Err(farewell) => break farewell,
            },
        }
    };
    let until = Instant::now() + farewell.patience();
    match timeout_at(until, sending).await {
        Ok(sent) => taken(sent).map(|()| Some((farewell, until))),
        Err(_) => Err(unheard(farewell)),
    }
}

fn taken(sent: Result<Result<(), axum::Error>, Elapsed>) -> Result<(), Over> {
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Over::Left),
        Err(_) => Err(Over::Told(too_slow())),
    }
}

/// What becomes of a viewer that did not take its last messages.
fn unheard(farewell: Farewell) -> Over {
    if farewell.is_cut() { Over::Deaf } else { Over::Told(farewell) }
}

/// What a session sends, or how it ends the attachment.
async fn next(session: &mut Reader) -> Result<Bytes, Farewell> {
    match session.next().await {
        Ok(Some(Relayed::Message(body))) => Ok(body),
        Ok(Some(Relayed::Close { code, reason })) => Err(Farewell { code, reason }),
        // The session's process is gone; the page asks what became of it.
        Ok(None) | Err(_) => Err(Farewell::new(close::RESTART, "The session's connection broke.")),
    }
}

fn too_slow() -> Farewell {
    Farewell::new(close::TOO_SLOW, "Nothing was taken for 30 seconds.")
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
    to_viewer: &mut SplitSink<WebSocket, Message>,
    from_viewer: &mut SplitStream<WebSocket>,
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
