//! Finds, reaps and ends the descendants of this process. As subreaper it becomes the parent of all
//! orphans of the session, so `nohup`, `setsid` and double forks cannot escape.

use std::{collections::HashMap, fs, time::Duration};

use rustix::{
    io::Errno,
    process::{self, Pid, Signal, WaitOptions, WaitStatus},
};
use tokio::time::{Instant, sleep};

/// Time between HUP and TERM, and between TERM and KILL. Shells save their history on HUP.
const GRACE: Duration = Duration::from_millis(600);

const POLL: Duration = Duration::from_millis(10);

/// Polling interval after [`GIVE_UP`].
const SLOW_POLL: Duration = Duration::from_secs(1);

/// Time after which the remaining processes are assumed to be in uninterruptible sleep.
const GIVE_UP: Duration = Duration::from_secs(8);

/// Reaps all exited children and sets the status of the shell if it is one of them. Returns true when no
/// child is left. There are then no descendants either, because orphans become children of this process.
pub fn reap(shell: Pid, status: &mut Option<WaitStatus>) -> bool {
    loop {
        match process::wait(WaitOptions::NOHANG) {
            Ok(Some((pid, ended))) if pid == shell => *status = Some(ended),
            Ok(Some(_)) => {}
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}

/// Returns all descendants. Includes zombies, whose other threads may still run.
pub fn descendants() -> Vec<Pid> {
    let mut children: HashMap<i32, Vec<i32>> = HashMap::new();
    for entry in fs::read_dir("/proc").into_iter().flatten().flatten() {
        let Some(pid) = entry.file_name().to_str().and_then(|name| name.parse().ok()) else {
            continue;
        };
        if let Some(above) = parent(pid) {
            children.entry(above).or_default().push(pid);
        }
    }
    let mut found = vec![process::getpid().as_raw_nonzero().get()];
    let mut at = 0;
    while let Some(below) = found.get(at).map(|parent| children.remove(parent).unwrap_or_default())
    {
        found.extend(below);
        at += 1;
    }
    found.drain(1..).filter_map(Pid::from_raw).collect()
}

fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    // The name in parentheses can hold any bytes, including parentheses and invalid UTF-8.
    String::from_utf8_lossy(&stat).rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// Ends all descendants: HUP, then TERM, then KILL until none is left. Each signal is followed by CONT,
/// which wakes stopped jobs. Sets the status of the shell as [`reap`]. Calls `refused` with the number of
/// processes that this one may not signal, when it changes; `refused` returns whether another process
/// will end them.
pub async fn end(
    shell: Pid,
    status: &mut Option<WaitStatus>,
    mut refused: impl FnMut(u32) -> bool,
) {
    let started = Instant::now();
    let mut sent = Vec::new();
    let (mut unkillable, mut helped) = (0, false);
    loop {
        let none_left = reap(shell, status);
        let elapsed = started.elapsed();
        if none_left || (elapsed > GIVE_UP && !helped) {
            return;
        }
        let alive = descendants();
        let step = [Signal::HUP, Signal::TERM, Signal::KILL]
            [elapsed.div_duration_f32(GRACE).min(2.0) as usize];
        let mut denied = 0;
        for pid in alive {
            // KILL is repeated: a fork in progress can leave a child that never received it.
            if step == Signal::KILL || !sent.contains(&(pid, step)) {
                sent.push((pid, step));
                let _ = process::kill_process(pid, step);
                let _ = process::kill_process(pid, Signal::CONT);
            }
            denied += u32::from(process::test_kill_process(pid) == Err(Errno::PERM));
        }
        if std::mem::replace(&mut unkillable, denied) != denied {
            helped = refused(denied) && denied > 0;
        }
        sleep(if elapsed > GIVE_UP { SLOW_POLL } else { POLL }).await;
    }
}
