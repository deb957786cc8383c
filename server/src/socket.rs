//! A viewer's WebSocket from its upgrade to its attachment: size limits, the first message, the
//! ticket. What passes afterwards is `relay`'s.

use std::time::Duration;

use axum::{
    extract::ws::{Message, WebSocket, WebSocketUpgrade},
    response::Response,
};
use chrono::Utc;
use control::{Actor, Control, Error, Grant, Visitor, Withdrawn};
use prost::Message as _;
use protocol::{
    MAX_CLIENT_MESSAGE, SUBPROTOCOL, close,
    wire::{ClientMessage, Hello, client_message::Body},
};
use tokio_util::{sync::CancellationToken, task::TaskTracker};

use crate::{
    door::Door,
    relay::{self, Farewell},
};

/// How long a viewer may take to say hello.
const HELLO: Duration = Duration::from_secs(10);

/// Who opens a socket, as the request that did says.
pub enum Comer {
    /// A member.
    Member(Actor),
    /// Who came by a share.
    Guest(Box<Visitor>),
}

/// Answers the upgrade and serves the socket until it ends or `stop` asks it to. Whoever calls has
/// checked host, origin and sign-in.
pub fn upgrade(
    upgrade: WebSocketUpgrade,
    control: Control,
    (comer, door): (Comer, Door),
    stop: CancellationToken,
    sockets: &TaskTracker,
) -> Response {
    let token = sockets.token();
    upgrade
        .protocols([SUBPROTOCOL])
        .max_message_size(MAX_CLIENT_MESSAGE)
        .max_frame_size(MAX_CLIENT_MESSAGE)
        .on_upgrade(move |socket| async move {
            serve(socket, control, comer, door, stop).await;
            drop(token);
        })
}

async fn serve(
    mut socket: WebSocket,
    control: Control,
    comer: Comer,
    door: Door,
    stop: CancellationToken,
) {
    let hello = tokio::select! {
        hello = tokio::time::timeout(HELLO, hello(&mut socket)) => hello,
        () = stop.cancelled() => return relay::refuse(socket, restarting()).await,
    };
    let hello = match hello {
        Ok(Ok(hello)) => hello,
        Ok(Err(Some(farewell))) => return relay::refuse(socket, farewell).await,
        Ok(Err(None)) => return,
        Err(_) => {
            let silent = Farewell::new(close::BAD_MESSAGE, "No hello came within 10 seconds.");
            return relay::refuse(socket, silent).await;
        }
    };
    let redeemed = match &comer {
        Comer::Member(actor) => control.redeem(actor, &hello.ticket),
        Comer::Guest(visitor) => control.redeem_visitor(visitor, &hello.ticket),
    };
    let grant = match redeemed {
        Ok(grant) => grant,
        Err(error) => return relay::refuse(socket, refused(&error)).await,
    };
    match control.connect(&grant, hello).await {
        Ok(session) => relay::relay(socket, session, end_of(grant, stop), &door).await,
        Err(error) => relay::refuse(socket, refused(&error)).await,
    }
}

/// The first message. An error without a farewell: the viewer is gone.
async fn hello(socket: &mut WebSocket) -> Result<Hello, Option<Farewell>> {
    let bad = |reason| Some(Farewell::new(close::BAD_MESSAGE, reason));
    loop {
        match socket.recv().await {
            Some(Ok(Message::Binary(body))) => {
                return match ClientMessage::decode(body).ok().and_then(|message| message.body) {
                    Some(Body::Hello(hello)) => Ok(hello),
                    _ => Err(bad("The first message must be a hello.")),
                };
            }
            Some(Ok(Message::Text(_))) => return Err(bad("Messages are binary.")),
            Some(Ok(Message::Ping(_) | Message::Pong(_))) => {}
            Some(Ok(Message::Close(_))) | None => return Err(None),
            Some(Err(error)) => return Err(relay::broken(&error)),
        }
    }
}

fn refused(error: &Error) -> Farewell {
    let code = match error {
        Error::TooManySockets => close::TOO_MANY,
        Error::NotFound(_) => close::GONE,
        // It may have been issued before this process began. Attaching again tells a page whether it
        // may come, which it can't learn here.
        Error::BadTicket | Error::Unreachable => close::RESTART,
        _ => close::FORBIDDEN,
    };
    Farewell::new(code, error.message())
}

fn restarting() -> Farewell {
    Farewell::new(close::RESTART, "websh restarts; the session goes on.")
}

/// Waits for what ends an attachment from this side.
#[expect(clippy::disallowed_methods, reason = "the end of a sign-in is turned into a timer here")]
async fn end_of(mut grant: Grant, stop: CancellationToken) -> Farewell {
    let left = grant.until.map(|until| (until - Utc::now()).to_std().unwrap_or_default());
    // A guest's session cuts them at the end of their time: only it knows of what is extended.
    let ended = async {
        match left {
            Some(left) => tokio::time::sleep(left).await,
            None => std::future::pending().await,
        }
    };
    tokio::select! {
        withdrawn = grant.withdrawn() => match withdrawn {
            Withdrawn::SignedOut => {}
            Withdrawn::Dismissed => {
                return Farewell::new(close::FORBIDDEN, "You may not use this session any more.");
            }
            // Attaching again asks what they may do by now.
            Withdrawn::Demoted => {
                return Farewell::new(close::RESTART, "Your role was changed; the session goes on.");
            }
        },
        () = ended => {}
        () = stop.cancelled() => return restarting(),
    }
    match grant.guest {
        Some(_) => Farewell::new(close::GONE, "Your part in this session is over."),
        None => Farewell::new(close::SIGNED_OUT, "You were signed out."),
    }
}
