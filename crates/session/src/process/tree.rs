//! The processes below this one: finding, reaping and ending them. As a subreaper this process is the
//! parent of everything a session orphans, so `nohup`, `setsid` and double forks stay findable.

use std::{collections::HashMap, fs, time::Duration};

use rustix::{
    io::Errno,
    process::{self, Pid, Signal, WaitOptions, WaitStatus},
};
use tokio::time::{Instant, sleep};

/// How long the tree has after HUP, and again after TERM, before the next signal. Shells save their
/// history on HUP; most programs need milliseconds.
const GRACE: Duration = Duration::from_millis(600);

/// How often the tree is looked at while it ends.
const LOOK: Duration = Duration::from_millis(10);

/// How often it is looked at when that takes longer than [`GIVE_UP`].
const LOOK_AGAIN: Duration = Duration::from_secs(1);

/// After this long what still lives is in the kernel's hands (uninterruptible sleep).
const GIVE_UP: Duration = Duration::from_secs(8);

/// Makes this process the parent of all orphans below it.
///
/// # Errors
/// The kernel's refusal; without it a session could leave processes behind.
pub fn become_subreaper() -> std::io::Result<()> {
    process::set_child_subreaper(Some(process::getpid()))?;
    Ok(())
}

/// Reaps every child that ended; tells of each. True once there is no child left: as orphans become
/// children of this process, there is then nothing at all below it.
pub fn reap(mut ended: impl FnMut(Pid, WaitStatus)) -> bool {
    loop {
        match process::wait(WaitOptions::NOHANG) {
            Ok(Some((pid, status))) => ended(pid, status),
            Ok(None) => return false,
            Err(_) => return true,
        }
    }
}

/// Everything below this process, children before grandchildren. Zombies too: one whose main thread
/// ended may have others that live.
#[must_use]
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

/// The parent of a process.
fn parent(pid: i32) -> Option<i32> {
    let stat = fs::read(format!("/proc/{pid}/stat")).ok()?;
    // The name stands in parentheses and may hold any bytes: parentheses, or half a character.
    String::from_utf8_lossy(&stat).rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
}

/// Ends everything below this process: HUP (and CONT, so that stopped jobs see it), then TERM, then
/// KILL until nothing is left. `reaped` is told of each child that ended; `refused` how many processes this
/// one may not signal, when that changes, and says whether somebody else will.
pub async fn end(mut reaped: impl FnMut(Pid, WaitStatus), mut refused: impl FnMut(u32) -> bool) {
    let started = Instant::now();
    let mut sent = Vec::new();
    let (mut strangers, mut helped) = (0, false);
    loop {
        let none_left = reap(&mut reaped);
        let elapsed = started.elapsed();
        if none_left || (elapsed > GIVE_UP && !helped) {
            return;
        }
        let living = descendants();
        let step = [Signal::HUP, Signal::TERM, Signal::KILL]
            [elapsed.div_duration_f32(GRACE).min(2.0) as usize];
        let mut denied = 0;
        for pid in living {
            // KILL again and again: a fork that was under way leaves a child that never saw it.
            if step == Signal::KILL || !sent.contains(&(pid, step)) {
                sent.push((pid, step));
                let _ = process::kill_process(pid, step);
                let _ = process::kill_process(pid, Signal::CONT);
            }
            denied += u32::from(process::test_kill_process(pid) == Err(Errno::PERM));
        }
        if std::mem::replace(&mut strangers, denied) != denied {
            helped = refused(denied) && denied > 0;
        }
        sleep(if elapsed > GIVE_UP { LOOK_AGAIN } else { LOOK }).await;
    }
}
