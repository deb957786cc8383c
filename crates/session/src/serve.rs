//! The tasks around the session: its main loop, the listening socket, one task a connection. All on
//! one thread, so the session is borrowed for one event at a time and never across an await.

mod shutdown;

use std::{cell::RefCell, future::poll_fn, io, pin::pin, rc::Rc};

use bytes::BytesMut;
use prost::Message;
use protocol::{
    close,
    framing::Channel,
    wire::{self, SessionRequest, session_request},
};
use tokio::{
    net::UnixStream,
    signal::unix::{SignalKind, signal},
    sync::Notify,
    task::{JoinSet, spawn_local, yield_now},
    time::{Duration, Instant, sleep_until, timeout},
};

use crate::{
    error::Error,
    io::connection::Connection,
    io::directory::Directory,
    io::listener::{Arrival, Arrivals},
    process::pty::{FULL, Pty},
    process::tree,
    session::{Session, send_report},
};

/// Most output taken in one turn: input and attaches wait no longer than it takes to parse.
const TURN: usize = 64 * 1024;

/// What the first read of a turn takes at most.
const LITTLE: usize = 4096;

/// How long a new connection may take to say what it wants.
const HELLO: Duration = Duration::from_secs(5);

/// How long a driver may take to answer before it counts as gone.
const PROBE: Duration = Duration::from_secs(4);

/// How long peers may take to read their last messages.
const GOODBYE: Duration = Duration::from_secs(3);

/// The session, for the tasks of its thread.
pub type Shared = Rc<RefCell<Session>>;

/// Serves until the session is over and everybody was told.
///
/// # Errors
/// Only what keeps it from starting: signals that can't be watched.
pub async fn serve(
    session: Session,
    arrivals: Arrivals,
    directory: Directory,
) -> Result<(), Error> {
    let mut children = signal(SignalKind::child())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (wake, pty) = (Rc::clone(&session.wake), Rc::clone(&session.pty));
    let alarm = Rc::clone(&session.alarm);
    let shared: Shared = Rc::new(RefCell::new(session));
    let stop = Rc::new(Notify::new());
    let arrivals = Rc::new(arrivals);
    let accepting = spawn_local(accept(Rc::clone(&arrivals), Rc::clone(&shared), Rc::clone(&stop)));
    let halt = Rc::new(Notify::new());
    let output = Output::new(Rc::clone(&pty));
    let reading = spawn_local(output.read(Rc::clone(&shared), Rc::clone(&halt)));
    let mut look = pin!(sleep_until(Instant::now()));
    // The shell may have ended before its signal could be seen.
    let mut child_ended = true;
    let outcome = loop {
        if std::mem::take(&mut child_ended) {
            let mut status = None;
            tree::reap(|pid, how| {
                if pid == pty.shell() {
                    status = Some(how);
                }
            });
            if status.is_some() {
                break shutdown::Outcome::shell(status);
            }
        }
        let (deadline, write) = {
            let mut session = shared.borrow_mut();
            (session.arm(), session.wants_to_write())
        };
        if let Some(at) = deadline.filter(|at| *at != look.deadline()) {
            look.as_mut().reset(at);
        }
        tokio::select! {
            () = pty.writable(), if write => shared.borrow_mut().write(),
            () = &mut look, if deadline.is_some() => shared.borrow_mut().tick(),
            () = wake.notified() => {}
            () = alarm.rings() => {
                if shared.borrow_mut().look_at_the_clock() {
                    // Who is at the door already is let in first.
                    arrivals.heard().await;
                    if shared.borrow_mut().look_at_the_clock() {
                        break shutdown::Outcome::idle();
                    }
                }
            }
            _ = children.recv() => child_ended = true,
            _ = terminate.recv() => break shutdown::Outcome::machine(),
        }
        if let Some(request) = shared.borrow_mut().ending.take() {
            break shutdown::Outcome::request(request);
        }
    };
    drop(arrivals);
    halt.notify_one();
    let mut output = reading.await.map_err(io::Error::from)?;
    let ended = shutdown::end(&shared, outcome, &mut output, &directory).await;
    stop.notify_one();
    // A peer that does not read its last messages is not waited for.
    let _ = timeout(GOODBYE, accepting).await;
    Ok(ended?)
}

/// Reads the PTY into the session.
pub struct Output {
    pty: Rc<Pty>,
    buffer: Vec<u8>,
    /// The last process closed the slave side: reading would say so again and again.
    pub closed: bool,
}

impl Output {
    fn new(pty: Rc<Pty>) -> Self {
        Self { pty, buffer: Vec::new(), closed: false }
    }

    /// Takes turns until `halt` is rung, and gives itself back. A task of its own, so that an echo
    /// wakes nothing else.
    async fn read(mut self, shared: Shared, halt: Rc<Notify>) -> Self {
        let mut halted = pin!(halt.notified());
        loop {
            tokio::select! {
                () = self.turn(&shared) => {}
                () = &mut halted => return self,
            }
        }
    }

    /// Waits for output and takes one turn's worth. Pending for ever once there is no more.
    pub async fn turn(&mut self, shared: &Shared) {
        if self.closed {
            return std::future::pending().await;
        }
        let mut filled = poll_fn(|context| {
            // An echo needs no more than this.
            let mut little = [0; LITTLE];
            self.pty.poll_read(context, &mut little).map(|read| match read {
                Ok(filled @ 1..FULL) => {
                    shared.borrow_mut().output(&little[..filled]);
                    0
                }
                Ok(filled @ 1..) => {
                    // Allocated per burst, so that an idle session holds no buffer.
                    self.buffer.resize(TURN, 0);
                    self.buffer[..filled].copy_from_slice(&little[..filled]);
                    filled
                }
                Ok(0) | Err(_) => {
                    self.closed = true;
                    0
                }
            })
        })
        .await;
        if filled == 0 {
            return;
        }
        while let Some(free) = self.buffer.get_mut(filled..).filter(|free| !free.is_empty()) {
            match self.pty.read(free) {
                Ok(0) => {
                    self.closed = true;
                    break;
                }
                Ok(n) => filled += n,
                Err(_) => break,
            }
        }
        if let Some(bytes) = self.buffer.get(..filled).filter(|bytes| !bytes.is_empty()) {
            shared.borrow_mut().output(bytes);
        }
        if filled == TURN {
            yield_now().await;
        } else {
            self.buffer = Vec::new();
        }
    }
}

/// Accepts connections until `stop` is rung, then sees the open ones to their end.
async fn accept(arrivals: Rc<Arrivals>, shared: Shared, stop: Rc<Notify>) {
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = arrivals.next() => match accepted {
                Ok((stream, arrival)) => {
                    connections.spawn_local(connect(stream, arrival, Rc::clone(&shared)));
                }
                // Out of descriptors: those of ended connections come back.
                Err(_) => { connections.join_next().await; }
            },
            Some(_) = connections.join_next(), if !connections.is_empty() => {}
            () = stop.notified() => break,
        }
    }
    drop(arrivals);
    while connections.join_next().await.is_some() {}
}

/// One connection, from its request to its end.
async fn connect(stream: UnixStream, arrival: Arrival, shared: Shared) {
    let Ok(connection) = Connection::new(stream).map(Rc::new) else { return };
    let mut received = BytesMut::new();
    let Ok(Some(first)) = timeout(HELLO, connection.next(&mut received)).await else { return };
    let request = SessionRequest::decode(first).unwrap_or_default();
    if !(protocol::OLDEST_VERSION..=protocol::VERSION).contains(&request.version) {
        connection
            .close(close::BAD_MESSAGE, "This session speaks another version of the protocol.");
        connection.next(&mut received).await;
        return;
    }
    let mut viewer = None;
    match request.body {
        Some(session_request::Body::Attach(attach)) if attach.guest.is_none() => {
            viewer = shared.borrow_mut().attach(&connection, attach);
        }
        Some(session_request::Body::Subscribe(wire::Subscribe {})) => {
            let mut session = shared.borrow_mut();
            let report = session.report();
            session.reports.subscribe(Rc::clone(&connection), &report);
        }
        Some(session_request::Body::End(end)) => {
            let mut session = shared.borrow_mut();
            session.reports.await_end(Rc::clone(&connection));
            session.ending.get_or_insert(end);
            session.wake.notify_one();
        }
        Some(session_request::Body::Configure(rules)) => {
            shared.borrow_mut().configure(&rules);
            report(&connection, &shared);
        }
        Some(session_request::Body::Keep(wire::Keep {})) => {
            shared.borrow_mut().keep();
            report(&connection, &shared);
        }
        Some(session_request::Body::Probe(wire::Probe {})) => {
            probe(&shared).await;
            report(&connection, &shared);
        }
        Some(session_request::Body::Peek(peek)) => {
            let frame = shared.borrow_mut().peek(peek.position.as_ref()).unwrap_or_default();
            connection.send(Channel::Message, &frame.encode_to_vec());
            connection.finish();
        }
        Some(session_request::Body::Join(join)) if join.guest.is_some() => {
            viewer = shared.borrow_mut().attach(&connection, join);
        }
        Some(session_request::Body::Share(change)) if shared.borrow_mut().change_share(&change) => {
            report(&connection, &shared);
        }
        Some(session_request::Body::Kick(kick)) if shared.borrow_mut().kick(&kick.guest) => {
            report(&connection, &shared);
        }
        _ => connection.close(close::BAD_MESSAGE, "The request could not be understood."),
    }
    drop(arrival);
    while let Some(message) = connection.next(&mut received).await {
        if let Some(viewer) = viewer {
            shared.borrow_mut().message(viewer, &message);
        }
    }
    let mut session = shared.borrow_mut();
    session.reports.forget(&connection);
    if let Some(viewer) = viewer {
        session.leave(viewer);
    }
}

/// Answers a request with what the session says of itself.
fn report(connection: &Connection, shared: &Shared) {
    send_report(connection, &shared.borrow().report());
    connection.finish();
}

/// Finds out whether the driver is there; one that does not answer has left then.
async fn probe(shared: &Shared) {
    let asked = shared.borrow_mut().probe();
    if let Some((driver, answer)) = asked
        && timeout(PROBE, answer).await.is_err()
    {
        shared.borrow_mut().unanswered(driver);
    }
}
