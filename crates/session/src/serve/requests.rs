//! Accepts connections on the session's socket and handles the request of each.

use std::rc::Rc;

use bytes::BytesMut;
use prost::Message;
use protocol::{
    close,
    framing::Channel,
    wire::{self, SessionRequest, session_request::Body},
};
use tokio::{
    net::UnixStream,
    sync::Notify,
    task::JoinSet,
    time::{Duration, timeout},
};

use crate::{
    io::{
        connection::Connection,
        listener::{Listener, Pending},
    },
    reports::send_report,
    session::Shared,
};

/// Longest time that a new connection may take to send its request.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(5);

/// Longest time that a driver may take to respond to a probe.
const PROBE_TIMEOUT: Duration = Duration::from_secs(4);

/// Accepts connections until `stop` is notified, then waits for the open ones to end.
pub async fn accept(listener: Rc<Listener>, shared: Shared, stop: Rc<Notify>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, pending)) => {
                    connections.spawn_local(handle(stream, pending, Rc::clone(&shared)));
                }
                // Out of descriptors: waits until a connection ends and releases one.
                Err(_) => { connections.join_next().await; }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = stop.notified() => break,
        }
    }
    drop(listener);
    while connections.join_next().await.is_some() {}
}

async fn handle(stream: UnixStream, pending: Pending, shared: Shared) {
    let Ok(connection) = Connection::new(stream).map(Rc::new) else { return };
    let mut received = BytesMut::new();
    let first = timeout(REQUEST_TIMEOUT, connection.next(&mut received)).await;
    let Ok(Some(first)) = first else { return };
    let request = SessionRequest::decode(first).unwrap_or_default();
    if !(protocol::OLDEST_VERSION..=protocol::VERSION).contains(&request.version) {
        connection.close(close::BAD_MESSAGE, "Unsupported protocol version.");
        connection.next(&mut received).await;
        return;
    }
    let attachment = perform(request.body, &connection, &shared).await;
    drop(pending);
    while let Some(message) = connection.next(&mut received).await {
        if let Some(number) = attachment {
            shared.borrow_mut().on_message(number, &message);
        }
    }
    let mut session = shared.borrow_mut();
    session.reports.remove(&connection);
    if let Some(number) = attachment {
        session.leave(number);
    }
}

/// Performs a request. Returns the number of the attachment that it made.
async fn perform(
    request: Option<Body>,
    connection: &Rc<Connection>,
    shared: &Shared,
) -> Option<u64> {
    match request {
        Some(Body::Attach(attach)) if attach.guest.is_none() => {
            return shared.borrow_mut().attach(connection, attach);
        }
        Some(Body::Join(join)) if join.guest.is_some() => {
            return shared.borrow_mut().attach(connection, join);
        }
        Some(Body::Subscribe(wire::Subscribe {})) => {
            let mut session = shared.borrow_mut();
            let report = session.report();
            session.reports.subscribe(Rc::clone(connection), &report);
        }
        Some(Body::End(end)) => {
            let mut session = shared.borrow_mut();
            session.reports.await_end(Rc::clone(connection));
            session.end_request.get_or_insert(end);
            session.wake.notify_one();
        }
        Some(Body::Configure(rules)) => {
            shared.borrow_mut().configure(&rules);
            report(connection, shared);
        }
        Some(Body::Keep(wire::Keep {})) => {
            shared.borrow_mut().keep();
            report(connection, shared);
        }
        Some(Body::Probe(wire::Probe {})) => {
            let probed = shared.borrow_mut().probe();
            if let Some((number, response)) = probed
                && timeout(PROBE_TIMEOUT, response).await.is_err()
            {
                shared.borrow_mut().close_unresponsive(number);
            }
            report(connection, shared);
        }
        Some(Body::Peek(peek)) => {
            let frame = shared.borrow_mut().preview(peek.position.as_ref()).unwrap_or_default();
            connection.send(Channel::Message, &frame.encode_to_vec());
            connection.finish();
        }
        Some(Body::Share(change)) if shared.borrow_mut().change_share(&change) => {
            report(connection, shared);
        }
        Some(Body::Kick(kick)) if shared.borrow_mut().remove_guest(&kick.guest) => {
            report(connection, shared);
        }
        _ => connection.close(close::BAD_MESSAGE, "Invalid request."),
    }
    None
}

/// Sends the current report and closes the connection.
fn report(connection: &Connection, shared: &Shared) {
    send_report(connection, &shared.borrow().report());
    connection.finish();
}
