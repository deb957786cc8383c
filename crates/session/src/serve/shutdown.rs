//! How a session dies, in order: its processes, the rest of its output, the report on disk, the last
//! word to everybody.

use std::io;

use prost::Message;
use protocol::wire::{End, EndCause, EndRequest};
use rustix::process::WaitStatus;
use tokio::{
    pin,
    time::{Duration, Instant, timeout},
};

use crate::{
    clock::unix_millis,
    io::directory::Directory,
    process::tree,
    serve::{Output, Shared},
};

/// Output that was written comes through the kernel within this time.
const QUIET: Duration = Duration::from_millis(100);

/// A process outside the session that holds its terminal open may write on for this long.
const ENOUGH: Duration = Duration::from_secs(1);

/// Why a session is to end.
pub struct Outcome {
    request: EndRequest,
    status: Option<WaitStatus>,
}

impl Outcome {
    /// The shell ended by itself.
    pub fn shell(status: Option<WaitStatus>) -> Self {
        Self {
            request: EndRequest { cause: EndCause::Exited.into(), ..EndRequest::default() },
            status,
        }
    }

    /// Somebody asked for it.
    pub fn request(request: EndRequest) -> Self {
        Self { request, status: None }
    }

    /// Nobody used it for too long.
    pub fn idle() -> Self {
        Self::request(EndRequest { cause: EndCause::Expired.into(), ..EndRequest::default() })
    }

    /// The machine stops its processes.
    pub fn machine() -> Self {
        let note = "The machine stopped the session.".to_owned();
        Self::request(EndRequest { cause: EndCause::Dropped.into(), note, ..EndRequest::default() })
    }
}

/// Ends everything.
///
/// # Errors
/// The report could not be written: whoever reads the directory will call the session lost.
pub async fn end(
    shared: &Shared,
    outcome: Outcome,
    output: &mut Output,
    directory: &Directory,
) -> io::Result<()> {
    let shell = shared.borrow().pty.shell();
    let mut status = outcome.status;
    {
        let reaped = |pid, how| {
            if pid == shell {
                status = Some(how);
            }
        };
        let tree = tree::end(reaped, |processes| shared.borrow_mut().cannot_end(processes));
        pin!(tree);
        loop {
            tokio::select! {
                () = &mut tree => break,
                () = output.turn(shared) => {}
            }
        }
    }
    let started = Instant::now();
    while !output.closed && started.elapsed() < ENOUGH {
        if timeout(QUIET, output.turn(shared)).await.is_err() {
            break;
        }
    }
    let exited = outcome.request.cause() == EndCause::Exited;
    let end = End {
        cause: outcome.request.cause,
        code: status.filter(|_| exited).and_then(WaitStatus::exit_status),
        signal: status.filter(|_| exited).and_then(WaitStatus::terminating_signal),
        by: outcome.request.by,
        note: outcome.request.note,
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
    shared.borrow_mut().say_goodbye(end);
    directory.remove_socket();
    written
}
