//! Shutdown of the processes, the remaining output, the report on disk and the connections.

use std::{io, pin::pin, rc::Rc};

use prost::Message;
use protocol::wire::{End, EndCause, EndRequest};
use rustix::process::WaitStatus;
use tokio::time::{Duration, Instant, timeout};

use super::output::Output;
use crate::{clock::unix_millis, io::directory::Directory, process::tree, session::Shared};

/// Time without output after which the PTY counts as drained.
const QUIET: Duration = Duration::from_millis(100);

/// Longest time to drain the PTY while a process outside the session holds it open.
const DRAIN: Duration = Duration::from_secs(1);

/// Ends the session for the reason in the request. `status` is that of the shell if it has exited.
pub async fn end(
    shared: &Shared,
    request: EndRequest,
    mut status: Option<WaitStatus>,
    directory: &Directory,
) -> io::Result<()> {
    let pty = Rc::clone(&shared.borrow().terminal.pty);
    let shell = pty.shell();
    let mut output = Output::new(pty);
    {
        let refused = |processes| shared.borrow_mut().report_unkillable(processes);
        let mut tree = pin!(tree::end(shell, &mut status, refused));
        loop {
            tokio::select! {
                () = &mut tree => break,
                () = output.turn(shared) => {}
            }
        }
    }
    let started = Instant::now();
    while !output.closed && started.elapsed() < DRAIN {
        if timeout(QUIET, output.turn(shared)).await.is_err() {
            break;
        }
    }
    let exited = request.cause() == EndCause::Exited;
    let end = End {
        cause: request.cause,
        code: status.filter(|_| exited).and_then(WaitStatus::exit_status),
        signal: status.filter(|_| exited).and_then(WaitStatus::terminating_signal),
        by: request.by,
        note: request.note,
        at: unix_millis(),
    };
    let mut report = shared.borrow().report();
    (report.end, report.viewers, report.driver) = (Some(end.clone()), 0, None);
    (report.guests, report.guest_driver) = (0, None);
    report.present.clear();
    for guest in report.seen.iter_mut().filter(|guest| guest.left_at == 0) {
        guest.left_at = end.at;
    }
    let written = directory.write_report(&report.encode_to_vec());
    shared.borrow_mut().finish(end);
    directory.remove_socket();
    written
}
