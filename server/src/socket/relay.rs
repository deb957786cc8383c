//! Relay between one viewer's WebSocket and its session. Messages pass unread in both directions until
//! either side ends.

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
use protocol::close;
use tokio::time::{Instant, error::Elapsed, interval_at, timeout, timeout_at};

use super::{
    close_reason::{CLOSE_TIMEOUT, CloseReason},
    rate_limit::RateLimit,
};
use crate::net::abort::AbortHandle;

/// Time after which a viewer that receives nothing is disconnected. The session is not affected.
const STALL_TIMEOUT: Duration = Duration::from_secs(30);

/// Interval of pings to an idle viewer; shorter than the minute after which proxies drop a connection.
const PING_INTERVAL: Duration = Duration::from_secs(25);

/// Bytes read from a session ahead of its viewer. Frames are windowed, so only requested history that
/// the viewer does not receive reaches this limit.
const MAX_BACKLOG: usize = 1024 * 1024;

/// End of an attachment.
enum Outcome {
    Disconnected,
    /// The viewer is to receive this close frame.
    Closed(CloseReason),
    /// An evicted viewer did not receive its last messages.
    Stalled,
}

/// Relays until the session, the viewer or `stop` ends the attachment. Resets the TCP connection of an
/// evicted viewer that does not close.
pub async fn relay(
    socket: WebSocket,
    mut session: (Reader, Writer),
    stop: impl Future<Output = CloseReason>,
    abort: &AbortHandle,
) {
    let (mut to_viewer, mut from_viewer) = socket.split();
    let (reader, writer) = (&mut session.0, &mut session.1);
    let relaying = async {
        tokio::select! {
            outcome = to_client(reader, &mut to_viewer) => outcome,
            outcome = to_session(&mut from_viewer, writer) => {
                outcome.map_or(Outcome::Disconnected, Outcome::Closed)
            }
        }
    };
    let outcome = tokio::select! {
        // Polled first, so that no message passes after the end.
        biased;
        reason = stop => Outcome::Closed(reason),
        outcome = relaying => outcome,
    };
    // Closes the session's side of the connection.
    drop(session);
    match outcome {
        Outcome::Disconnected => {}
        Outcome::Closed(reason) => {
            let closing = send_close(&mut to_viewer, &mut from_viewer, &reason);
            if timeout(reason.grace(), closing).await.is_err() && reason.is_eviction() {
                abort.abort();
            }
        }
        Outcome::Stalled => abort.abort(),
    }
}

/// Closes a socket that was never attached.
pub async fn refuse(socket: WebSocket, reason: CloseReason) {
    let (mut to_viewer, mut from_viewer) = socket.split();
    let closing = send_close(&mut to_viewer, &mut from_viewer, &reason);
    let _ = timeout(CLOSE_TIMEOUT, closing).await;
}

/// Messages of a session that its viewer has not received yet.
#[derive(Default)]
struct Backlog {
    messages: VecDeque<Bytes>,
    bytes: usize,
}

impl Backlog {
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

async fn to_client(session: &mut Reader, viewer: &mut SplitSink<WebSocket, Message>) -> Outcome {
    let mut pings = interval_at(Instant::now() + PING_INTERVAL, PING_INTERVAL);
    let mut backlog = Backlog::default();
    loop {
        let message = match backlog.pop() {
            Some(message) => Message::Binary(message),
            None => tokio::select! {
                received = receive(session) => match received {
                    Ok(message) => Message::Binary(message),
                    Err(reason) => return Outcome::Closed(reason),
                },
                _ = pings.tick() => Message::Ping(Bytes::new()),
            },
        };
        let (reason, deadline) = match send(message, viewer, session, &mut backlog).await {
            Ok(None) => continue,
            Ok(Some(end)) => end,
            Err(outcome) => return outcome,
        };
        let rest = async {
            for message in backlog.messages {
                viewer.feed(Message::Binary(message)).await?;
            }
            viewer.flush().await
        };
        return match timeout_at(deadline, rest).await {
            Ok(Ok(())) => Outcome::Closed(reason),
            Ok(Err(_)) => Outcome::Disconnected,
            Err(_) => undelivered(reason),
        };
    }
}

/// Sends one message while reading from the session, however long that takes. Returns the session's
/// reason to close, if one arrived, and the deadline for delivering what came before it.
async fn send(
    message: Message,
    viewer: &mut SplitSink<WebSocket, Message>,
    session: &mut Reader,
    backlog: &mut Backlog,
) -> Result<Option<(CloseReason, Instant)>, Outcome> {
    let mut sending = pin!(timeout(STALL_TIMEOUT, viewer.send(message)));
    let reason = loop {
        tokio::select! {
            biased;
            sent = &mut sending => return delivered(sent).map(|()| None),
            received = receive(session) => match received {
                Ok(_) if backlog.bytes > MAX_BACKLOG => return Err(Outcome::Closed(too_far_behind())),
                Ok(message) => backlog.push(message),
                Err(reason) => break reason,
            },
        }
    };
    let deadline = Instant::now() + reason.grace();
    match timeout_at(deadline, sending).await {
        Ok(sent) => delivered(sent).map(|()| Some((reason, deadline))),
        Err(_) => Err(undelivered(reason)),
    }
}

fn delivered(sent: Result<Result<(), axum::Error>, Elapsed>) -> Result<(), Outcome> {
    match sent {
        Ok(Ok(())) => Ok(()),
        Ok(Err(_)) => Err(Outcome::Disconnected),
        Err(_) => Err(Outcome::Closed(stalled())),
    }
}

/// Returns the outcome for a viewer that did not receive its last messages in time.
fn undelivered(reason: CloseReason) -> Outcome {
    if reason.is_eviction() { Outcome::Stalled } else { Outcome::Closed(reason) }
}

/// Receives the session's next message, or its reason to close.
async fn receive(session: &mut Reader) -> Result<Bytes, CloseReason> {
    match session.next().await {
        Ok(Some(Relayed::Message(body))) => Ok(body),
        Ok(Some(Relayed::Close { code, reason })) => Err(CloseReason { code, reason }),
        // The session process is gone. The page queries the session's state when it attaches again.
        Ok(None) | Err(_) => {
            Err(CloseReason::new(close::RESTART, "The connection to the session broke."))
        }
    }
}

fn stalled() -> CloseReason {
    CloseReason::new(close::TOO_SLOW, "The client received nothing for 30 seconds.")
}

fn too_far_behind() -> CloseReason {
    CloseReason::new(close::TOO_SLOW, "The client left more than 1 MiB unread.")
}

/// Relays from the viewer to the session. Returns `None` when the viewer disconnected.
async fn to_session(
    viewer: &mut SplitStream<WebSocket>,
    session: &mut Writer,
) -> Option<CloseReason> {
    let mut limit = RateLimit::new(Instant::now());
    loop {
        let message = viewer.next().await;
        if !limit.admits(Instant::now()) {
            return Some(CloseReason::new(close::TOO_MANY, "Too many messages at once."));
        }
        match message {
            Some(Ok(Message::Binary(body))) => {
                if session.send(&body).await.is_err() {
                    // The session closes with its own reason, which `to_client` receives.
                    return std::future::pending().await;
                }
            }
            Some(Ok(Message::Text(_))) => {
                return Some(CloseReason::new(close::BAD_MESSAGE, "Messages must be binary."));
            }
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return None,
            Some(Err(error)) => return invalid(&error),
        }
    }
}

/// Returns the reason to close after an invalid message: a code for excess size, and `None` for other
/// violations, which end the connection.
pub fn invalid(error: &axum::Error) -> Option<CloseReason> {
    let too_big = error.to_string().to_ascii_lowercase().contains("too long");
    too_big.then(|| CloseReason::new(close::TOO_BIG, "Messages are limited to 64 KiB."))
}

async fn send_close(
    to_viewer: &mut SplitSink<WebSocket, Message>,
    from_viewer: &mut SplitStream<WebSocket>,
    reason: &CloseReason,
) {
    let frame = CloseFrame { code: reason.code, reason: Utf8Bytes::from(reason.shortened()) };
    if to_viewer.send(Message::Close(Some(frame))).await.is_err() {
        return;
    }
    // Waits for the browser's answer: dropping the connection first would replace the code by 1006.
    while let Some(Ok(_)) = from_viewer.next().await {}
}
