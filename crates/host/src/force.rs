//! Ending a session whose own process does not: everything below it is killed first, as nothing would
//! be found again once that process is gone.

use std::{fs, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use protocol::id::SessionId;
use tokio::time::{Instant, sleep};

use crate::{Error, orphans, processes};

/// After this long what still lives is in the kernel's hands (uninterruptible sleep).
const GIVE_UP: Duration = Duration::from_secs(1);

/// How often it is looked whether anything lives.
const LOOK: Duration = Duration::from_millis(10);

/// Whether the process of a session is stopped and so can't end anything.
pub fn is_stopped(process: u32) -> bool {
    processes::of(process).is_some_and(|stat| stat.is_stopped())
}

/// Kills a session's tree, then its process. `process` is what it last said its own was.
pub async fn end(id: SessionId, process: Option<u32>) -> Result<(), Error> {
    // The number may be another's by now; only the session's own process has its id as argument.
    let process = process.filter(|process| is_of(*process, id)).ok_or(Error::Stuck)?;
    tracing::warn!(session = %id, process, "the session does not end; killing it");
    let started = Instant::now();
    loop {
        let below = processes::below(process);
        if below.is_empty() || started.elapsed() > GIVE_UP {
            break;
        }
        below.into_iter().for_each(end_process);
        sleep(LOOK).await;
    }
    end_process(process);
    while is_of(process, id) {
        if started.elapsed() > GIVE_UP * 2 {
            return Err(Error::Stuck);
        }
        sleep(LOOK).await;
    }
    orphans::end(id).await;
    Ok(())
}

fn end_process(process: u32) {
    if let Ok(pid) = i32::try_from(process) {
        // It may be gone by itself.
        let _ = kill(Pid::from_raw(pid), Signal::SIGKILL);
    }
}

/// A process that ended has no arguments any more.
fn is_of(process: u32, id: SessionId) -> bool {
    let arguments = fs::read(format!("/proc/{process}/cmdline")).unwrap_or_default();
    arguments.split(|byte| *byte == 0).any(|argument| argument == id.to_string().as_bytes())
}
