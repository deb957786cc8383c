//! Tasks of the session: its main loop, the reader of the PTY, the listening socket and one task per
//! connection. They share one thread, so the session is borrowed for one event at a time and never
//! across an await.

mod output;
mod requests;
mod shutdown;

use std::{cell::RefCell, pin::pin, rc::Rc};

use protocol::wire::{EndCause, EndRequest};
use tokio::{
    signal::unix::{SignalKind, signal},
    sync::Notify,
    task::spawn_local,
    time::{Duration, Instant, sleep_until, timeout},
};

use crate::{
    error::Error,
    io::{directory::Directory, listener::Listener},
    process::tree,
    serve::output::Output,
    session::{Session, Shared},
};

/// Grace period for peers to read their last messages.
const LINGER: Duration = Duration::from_secs(3);

/// Serves until the session has ended and all connections were notified.
pub async fn serve(
    session: Session,
    listener: Listener,
    directory: Directory,
) -> Result<(), Error> {
    let mut children = signal(SignalKind::child())?;
    let mut terminate = signal(SignalKind::terminate())?;
    let (wake, expiry) = (Rc::clone(&session.wake), Rc::clone(&session.timer));
    let pty = Rc::clone(&session.terminal.pty);
    let shared: Shared = Rc::new(RefCell::new(session));
    let listener = Rc::new(listener);
    let stop = Rc::new(Notify::new());
    let accepting =
        spawn_local(requests::accept(Rc::clone(&listener), Rc::clone(&shared), Rc::clone(&stop)));
    let reading = spawn_local(Output::new(Rc::clone(&pty)).read(Rc::clone(&shared)));
    let mut tick = pin!(sleep_until(Instant::now()));
    // The shell may have exited before the signal handler was installed.
    let mut child_exited = true;
    let mut status = None;
    let request = loop {
        if std::mem::take(&mut child_exited) {
            tree::reap(pty.shell(), &mut status);
            if status.is_some() {
                break end_request(EndCause::Exited, "");
            }
        }
        let (deadline, write) = {
            let mut session = shared.borrow_mut();
            (session.arm(), session.terminal.has_queued_input())
        };
        if let Some(at) = deadline.filter(|at| *at != tick.deadline()) {
            tick.as_mut().reset(at);
        }
        tokio::select! {
            () = pty.writable(), if write => shared.borrow_mut().write(),
            () = &mut tick, if deadline.is_some() => shared.borrow_mut().tick(),
            () = wake.notified() => {}
            () = expiry.fired() => {
                if shared.borrow_mut().check_expiry() {
                    // A client that is connecting attaches first, which postpones the expiry.
                    listener.settled().await;
                    if shared.borrow_mut().check_expiry() {
                        break end_request(EndCause::Expired, "");
                    }
                }
            }
            _ = children.recv() => child_exited = true,
            _ = terminate.recv() => {
                break end_request(EndCause::Dropped, "The machine stopped the session.");
            }
        }
        if let Some(request) = shared.borrow_mut().end_request.take() {
            break request;
        }
    };
    drop(listener);
    reading.abort();
    let _ = reading.await;
    let ended = shutdown::end(&shared, request, status, &directory).await;
    stop.notify_one();
    // Does not wait longer for peers that do not read their last messages.
    let _ = timeout(LINGER, accepting).await;
    Ok(ended?)
}

fn end_request(cause: EndCause, note: &str) -> EndRequest {
    EndRequest { cause: cause.into(), note: note.to_owned(), ..EndRequest::default() }
}
