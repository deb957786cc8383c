//! Ending a session whose process does not respond. Its descendants are killed first, because nothing
//! identifies them once the process is gone.

use std::time::Duration;

use protocol::id::SessionId;
use rustix::process::{Pid, Signal, kill_process};
use tokio::time::{Instant, sleep};

use crate::{Error, orphans, processes};

/// Time after which remaining processes are in uninterruptible sleep.
const GIVE_UP: Duration = Duration::from_secs(1);

/// Interval between checks for living processes.
const POLL: Duration = Duration::from_millis(10);

/// Returns whether the process of a session is stopped and thus can't end anything.
pub fn is_stopped(process: u32) -> bool {
    processes::stat(process).is_some_and(|stat| stat.is_stopped())
}

/// Kills a session's descendants, then `process`, the session process named by its last report.
pub async fn end(id: SessionId, process: Option<u32>) -> Result<(), Error> {
    // The pid may be reused. Only the session process has the session id as an argument.
    let process = process.filter(|process| is_of(*process, id)).ok_or(Error::Stuck)?;
    tracing::warn!(session = %id, process, "the session does not end; killing it");
    let started = Instant::now();
    loop {
        let descendants = processes::descendants(process);
        if descendants.is_empty() || started.elapsed() > GIVE_UP {
            break;
        }
        descendants.into_iter().for_each(kill);
        sleep(POLL).await;
    }
    kill(process);
    while is_of(process, id) {
        if started.elapsed() > GIVE_UP * 2 {
            return Err(Error::Stuck);
        }
        sleep(POLL).await;
    }
    orphans::end(id).await;
    Ok(())
}

fn kill(process: u32) {
    if let Some(pid) = i32::try_from(process).ok().and_then(Pid::from_raw) {
        // An error means that it has ended already.
        let _ = kill_process(pid, Signal::KILL);
    }
}

/// Returns whether this is the process of the session. A process that has ended has no arguments.
fn is_of(process: u32, id: SessionId) -> bool {
    processes::contains(process, "cmdline", &id.to_string())
}
