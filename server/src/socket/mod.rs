//! A viewer's WebSocket from its upgrade to its attachment: size limits, the first message, the ticket.
//! Messages after that are relayed by `relay`.

mod close_reason;
mod rate_limit;
mod relay;

use std::time::Duration;

use axum::{
    extract::ws::{Message, WebSocket, WebSocketUpgrade},
    response::Response,
};
use chrono::Utc;
use close_reason::CloseReason;
use control::{Actor, Control, Error, JoinedGuest, LivePermissions, RedeemedTicket, RevokeReason};
use prost::Message as _;
use protocol::{
    MAX_CLIENT_MESSAGE, SUBPROTOCOL, close,
    wire::{ClientMessage, Hello, client_message::Body},
};
use tokio::{
    sync::Semaphore,
    time::{Instant, timeout},
};
use tokio_util::sync::CancellationToken;

use crate::{net::abort::AbortHandle, state::AppState};

/// Time limit for a viewer's first message.
const HELLO_TIMEOUT: Duration = Duration::from_secs(10);

/// Authenticated caller that opens a socket.
pub enum Principal {
    Member(Actor),
    /// A person who joined through a share.
    Guest(Box<JoinedGuest>),
}

impl Principal {
    /// Opens a connection, which counts until the permissions are dropped.
    fn open(&self, control: &Control) -> Result<LivePermissions, Error> {
        match self {
            Self::Member(actor) => control.connections.open(actor),
            Self::Guest(guest) => control.guests.open(guest),
        }
    }
}

/// Sockets beyond the limit of their holder that are closed at one time. A page can read their close code,
/// but not the status of an upgrade that is refused, which any further one gets.
static REFUSALS: Semaphore = Semaphore::const_new(64);

/// Answers the upgrade and serves the socket until it ends or the server stops. The caller has checked
/// host, origin and sign-in. The socket counts from here on: one that never sends its first message holds a
/// descriptor too.
///
/// # Errors
/// [`Error::TooManySockets`].
pub fn upgrade(
    upgrade: WebSocketUpgrade,
    state: AppState,
    principal: Principal,
    abort: AbortHandle,
) -> Result<Response, Error> {
    let token = state.sockets.token();
    let admitted = match principal.open(&state.control) {
        Ok(permissions) => Ok(permissions),
        Err(error) => match REFUSALS.try_acquire() {
            Ok(permit) => Err((refusal(&error), permit)),
            Err(_) => return Err(error),
        },
    };
    Ok(upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(MAX_CLIENT_MESSAGE)
        .max_frame_size(MAX_CLIENT_MESSAGE)
        .on_upgrade(move |socket| async move {
            match admitted {
                Ok(permissions) => serve(socket, state, principal, permissions, abort).await,
                Err((reason, _permit)) => relay::refuse(socket, reason).await,
            }
            drop(token);
        }))
}

async fn serve(
    mut socket: WebSocket,
    state: AppState,
    principal: Principal,
    permissions: LivePermissions,
    abort: AbortHandle,
) {
    let AppState { control, stop, metrics, .. } = state;
    let hello = tokio::select! {
        hello = timeout(HELLO_TIMEOUT, receive_hello(&mut socket)) => hello,
        () = stop.cancelled() => return relay::refuse(socket, restarting()).await,
    };
    let hello = match hello {
        Ok(Ok(hello)) => hello,
        Ok(Err(Some(reason))) => return relay::refuse(socket, reason).await,
        Ok(Err(None)) => return,
        Err(_) => {
            let reason = "The first message did not arrive within 10 seconds.";
            let reason = CloseReason::new(close::BAD_MESSAGE, reason);
            return relay::refuse(socket, reason).await;
        }
    };
    let started = Instant::now();
    let redeemed = match &principal {
        Principal::Member(actor) => control.attachments.redeem(actor, &hello.ticket, permissions),
        Principal::Guest(visitor) => control.guests.redeem(visitor, &hello.ticket, permissions),
    };
    let grant = match redeemed {
        Ok(grant) => grant,
        Err(error) => return relay::refuse(socket, refusal(&error)).await,
    };
    match control.attachments.connect(&grant, hello).await {
        Ok(session) => {
            metrics.attached(started);
            relay::relay(socket, session, end_of_access(grant, stop), &abort).await;
        }
        Err(error) => relay::refuse(socket, refusal(&error)).await,
    }
}

/// Receives the first message. Returns an error without a reason when the viewer disconnected.
async fn receive_hello(socket: &mut WebSocket) -> Result<Hello, Option<CloseReason>> {
    let bad = |reason| Some(CloseReason::new(close::BAD_MESSAGE, reason));
    loop {
        match socket.recv().await {
            Some(Ok(Message::Binary(body))) => {
                return match ClientMessage::decode(body).ok().and_then(|message| message.body) {
                    Some(Body::Hello(hello)) => Ok(hello),
                    _ => Err(bad("The first message must be a hello.")),
                };
            }
            Some(Ok(Message::Text(_))) => return Err(bad("Messages must be binary.")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return Err(None),
            Some(Err(error)) => return Err(relay::invalid(&error)),
        }
    }
}

fn refusal(error: &Error) -> CloseReason {
    let code = match error {
        Error::TooManySockets => close::TOO_MANY,
        Error::NotFound(_) => close::GONE,
        // An earlier process may have issued the ticket. The page attaches again and gets its
        // current access from the REST interface.
        Error::BadTicket | Error::Unreachable => close::RESTART,
        _ => close::FORBIDDEN,
    };
    CloseReason::new(code, error.to_string())
}

fn restarting() -> CloseReason {
    CloseReason::new(close::RESTART, "websh is restarting. The session is still running.")
}

/// Waits until the server has to end an attachment.
#[expect(clippy::disallowed_methods, reason = "the end of a sign-in becomes a timer here")]
async fn end_of_access(mut grant: RedeemedTicket, stop: CancellationToken) -> CloseReason {
    let left = grant.until.map(|until| (until - Utc::now()).to_std().unwrap_or_default());
    // A guest has no end here: only the session has the extended expiry, and disconnects the guest.
    let expired = async {
        match left {
            Some(left) => tokio::time::sleep(left).await,
            None => std::future::pending().await,
        }
    };
    let over = match grant.guest {
        Some(_) => (close::GONE, "Your access to this session has ended."),
        None => (close::SIGNED_OUT, "You were signed out."),
    };
    let (code, reason) = tokio::select! {
        withdrawn = grant.revoked() => match withdrawn {
            RevokeReason::SignedOut => over,
            RevokeReason::Forbidden => {
                (close::FORBIDDEN, "You no longer have access to this session.")
            }
            // The page attaches again, with the permissions of the new role.
            RevokeReason::Demoted => {
                (close::RESTART, "Your role changed. The session is still running.")
            }
        },
        () = expired => over,
        () = stop.cancelled() => return restarting(),
    };
    CloseReason::new(code, reason)
}
