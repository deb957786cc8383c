//! Process 1 of a container: runs the server as its child, forwards signals to it and reaps the orphans that
//! the kernel gives to process 1. It knows nothing of the server.

use std::{
    io,
    process::{Command, ExitCode},
};

use rustix::{
    io::Errno,
    process::{Pid, Signal, WaitOptions, WaitStatus, getpid, kill_process, wait},
};
use tokio::{
    runtime::Builder,
    signal::unix::{SignalKind, signal},
    sync::mpsc,
};

/// Signals that an operator or a container engine sends to process 1.
const FORWARDED: [Signal; 4] = [Signal::TERM, Signal::INT, Signal::HUP, Signal::QUIT];

/// Returns true in a container without an init of its own.
pub fn is_first_process() -> bool {
    getpid() == Pid::INIT
}

/// Runs this program again as a child with the same arguments, until it ends. Returns its status.
///
/// # Errors
/// If the child cannot be started.
pub fn run() -> io::Result<ExitCode> {
    Builder::new_current_thread().enable_all().build()?.block_on(async {
        // Before the child exists, so that no signal is missed.
        let mut ended = signal(SignalKind::child())?;
        let (sender, mut forwarded) = mpsc::unbounded_channel();
        for number in FORWARDED {
            let (mut received, sender) =
                (signal(SignalKind::from_raw(number.as_raw()))?, sender.clone());
            tokio::spawn(async move {
                while received.recv().await.is_some() && sender.send(number).is_ok() {}
            });
        }
        let arguments = std::env::args_os().skip(1);
        let child = Pid::from_child(&Command::new("/proc/self/exe").args(arguments).spawn()?);
        loop {
            tokio::select! {
                _ = ended.recv() => {
                    if let Some(status) = reap(child)? {
                        return Ok(exit_code(status));
                    }
                }
                Some(signal) = forwarded.recv() => {
                    // Fails only for a child that has just ended, which is reaped next.
                    let _ = kill_process(child, signal);
                }
            }
        }
    })
}

/// Reaps all children that have ended. Returns the status of `child` if it is one of them.
fn reap(child: Pid) -> io::Result<Option<WaitStatus>> {
    let mut found = None;
    loop {
        match wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) if pid == child => found = Some(status),
            Ok(Some(_)) => {}
            Ok(None) | Err(Errno::CHILD) => return Ok(found),
            Err(error) => return Err(error.into()),
        }
    }
}

/// Returns the status as shells do: 128 and the number of a signal.
fn exit_code(status: WaitStatus) -> ExitCode {
    let code =
        status.exit_status().or_else(|| status.terminating_signal().map(|signal| 128 + signal));
    ExitCode::from(code.and_then(|code| u8::try_from(code).ok()).unwrap_or(1))
}
