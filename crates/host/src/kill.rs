//! Killing what a session process cannot end: its tree when it does not respond, processes left by a crashed
//! one, found by `WEBSH_SESSION` in their environment, and descendants that run as another user.

use std::time::Duration;

use protocol::id::SessionId;
use rustix::process::{Pid, Signal, kill_process, test_kill_process};
use tokio::time::{Instant, sleep};

use crate::{Error, processes};

/// Time between HUP and KILL.
const GRACE: Duration = Duration::from_millis(300);

/// Time after which remaining processes are in uninterruptible sleep.
const GIVE_UP: Duration = Duration::from_secs(5);

/// The same for each step of ending a session that does not respond, for which a caller waits.
const GIVE_UP_STUCK: Duration = Duration::from_secs(1);

const POLL: Duration = Duration::from_millis(10);

/// Returns whether the process of a session is stopped and thus can't end anything.
pub fn is_stopped(process: u32) -> bool {
    processes::stat(process).is_some_and(|stat| stat.is_stopped())
}

/// Kills the descendants of a session that does not respond, then `process`, the session process named by
/// its last report. In this order, because nothing identifies them once the process is gone.
pub async fn end_stuck(id: SessionId, process: Option<u32>) -> Result<(), Error> {
    // The pid may be reused. Only the session process has the session id as an argument; a process that
    // has ended has none.
    let is_session = |process: u32| processes::contains(process, "cmdline", &id.to_string());
    let process = process.filter(|process| is_session(*process)).ok_or(Error::Stuck)?;
    tracing::warn!(session = %id, process, "the session does not end; killing it");
    let started = Instant::now();
    loop {
        let descendants = processes::descendants(process);
        if descendants.is_empty() || started.elapsed() > GIVE_UP_STUCK {
            break;
        }
        signal(descendants, Some(Signal::KILL));
        sleep(POLL).await;
    }
    signal(vec![process], Some(Signal::KILL));
    while is_session(process) {
        if started.elapsed() > GIVE_UP_STUCK * 2 {
            return Err(Error::Stuck);
        }
        sleep(POLL).await;
    }
    end_orphans(id).await;
    Ok(())
}

/// Ends every process left by a session. Returns once none is left.
pub async fn end_orphans(id: SessionId) {
    let marker = format!("WEBSH_SESSION={id}");
    end_all(|| {
        let others = processes::pids().filter(|pid| *pid != std::process::id());
        others.filter(|pid| processes::contains(*pid, "environ", &marker)).collect()
    })
    .await;
}

/// Ends every descendant of a session process that it must not signal itself. Returns once none is left.
pub async fn end_foreign(session: u32) {
    let Some([own, ..]) = processes::users(session) else { return };
    end_all(|| {
        let foreign = |pid: &u32| processes::users(*pid).is_some_and(|users| !users.contains(&own));
        processes::descendants(session).into_iter().filter(foreign).collect()
    })
    .await;
}

/// Sends HUP, and KILL after [`GRACE`], to the processes that `find` returns, until it returns none.
async fn end_all(find: impl Fn() -> Vec<u32>) {
    let started = Instant::now();
    let mut left = signal(find(), Some(Signal::HUP));
    while left > 0 && started.elapsed() < GIVE_UP {
        sleep(POLL).await;
        let next = (started.elapsed() > GRACE).then_some(Signal::KILL);
        left = signal(find(), next);
    }
}

/// Signals processes and returns the number of those that exist.
fn signal(processes: Vec<u32>, signal: Option<Signal>) -> usize {
    let pids = processes.into_iter().filter_map(|pid| Pid::from_raw(i32::try_from(pid).ok()?));
    let send = |pid: &Pid| match signal {
        Some(signal) => kill_process(*pid, signal),
        None => test_kill_process(*pid),
    };
    pids.filter(|pid| send(pid).is_ok()).count()
}
