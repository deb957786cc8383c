//! Shutdown of the session, in order: its processes, its remaining output, the report on disk, its
//! connections.

use std::io;

use prost::Message;
use protocol::wire::{End, EndCause, EndRequest};
use rustix::process::WaitStatus;
use tokio::{
    pin,
    time::{Duration, Instant, timeout},
};

use super::output::Output;
use crate::{clock::unix_millis, io::directory::Directory, process::tree, session::Shared};

/// Time without output after which the PTY counts as drained.
const QUIET: Duration = Duration::from_millis(100);

/// Longest time to drain the PTY while a process outside the session holds it open.
const DRAIN: Duration = Duration::from_secs(1);

/// Reason for the end of the session.
pub struct Outcome {
    request: EndRequest,
    status: Option<WaitStatus>,
}

impl Outcome {
    pub fn exited(status: Option<WaitStatus>) -> Self {
        Self {
            request: EndRequest { cause: EndCause::Exited.into(), ..EndRequest::default() },
            status,
        }
    }

    pub fn requested(request: EndRequest) -> Self {
        Self { request, status: None }
    }

    pub fn expired() -> Self {
        Self::requested(EndRequest { cause: EndCause::Expired.into(), ..EndRequest::default() })
    }

    pub fn terminated() -> Self {
        let note = "The machine stopped the session.".to_owned();
        Self::requested(EndRequest {
            cause: EndCause::Dropped.into(),
            note,
            ..EndRequest::default()
        })
    }
}

pub async fn end(
    shared: &Shared,
    outcome: Outcome,
    output: &mut Output,
    directory: &Directory,
) -> io::Result<()> {
    let shell = shared.borrow().pty().shell();
    let mut status = outcome.status;
    {
        let reaped = |pid, exit| {
            if pid == shell {
                status = Some(exit);
            }
        };
        let tree = tree::end(reaped, |processes| shared.borrow_mut().report_unkillable(processes));
        pin!(tree);
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
    shared.borrow_mut().finish(end);
    directory.remove_socket();
    written
}
