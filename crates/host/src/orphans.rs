//! Processes that a session can't end itself: what one that died without a word left running, found by
//! the `WEBSH_SESSION` in its environment, and what runs below one as another user than its own.

use std::{
    collections::{HashMap, HashSet},
    fs,
    time::Duration,
};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use protocol::id::SessionId;
use tokio::time::{Instant, sleep};

use crate::processes::read;

/// Time to end by itself after HUP before KILL.
const GRACE: Duration = Duration::from_millis(300);

/// After this long what still lives is in the kernel's hands.
const GIVE_UP: Duration = Duration::from_secs(5);

/// How often it is looked whether anything lives.
const LOOK: Duration = Duration::from_millis(20);

/// Ends every process of the session that is left; returns once nothing is.
pub async fn end(id: SessionId) {
    let marker = format!("WEBSH_SESSION={id}");
    let own = Pid::this();
    end_all(|| {
        let all = processes().filter(|pid| *pid != own);
        all.filter(|pid| carries(*pid, &marker)).collect()
    })
    .await;
}

/// Ends every process below this session process that it may not signal itself; returns once none is left.
/// The others are left to it.
pub async fn end_strangers(session: i32) {
    let session = Pid::from_raw(session);
    let Some([own, ..]) = users(session) else { return };
    end_all(|| {
        let strange = |pid: &Pid| users(*pid).is_some_and(|users| !users.contains(&own));
        below(session).into_iter().filter(strange).collect()
    })
    .await;
}

/// HUP, and KILL after [`GRACE`], to all that `find` finds, until it finds none.
async fn end_all(find: impl Fn() -> Vec<Pid>) {
    let started = Instant::now();
    let mut left = signal(find(), Signal::SIGHUP);
    while left > 0 && started.elapsed() < GIVE_UP {
        sleep(LOOK).await;
        let step = (started.elapsed() > GRACE).then_some(Signal::SIGKILL);
        left = signal(find(), step);
    }
}

/// Signals, or only counts, processes.
fn signal(processes: Vec<Pid>, signal: impl Into<Option<Signal>>) -> usize {
    let signal = signal.into();
    processes.into_iter().filter(|pid| kill(*pid, signal).is_ok()).count()
}

/// Everything that runs.
fn processes() -> impl Iterator<Item = Pid> {
    let entries = fs::read_dir("/proc").into_iter().flatten().flatten();
    entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok().map(Pid::from_raw))
}

/// Everything below a process.
fn below(root: Pid) -> HashSet<Pid> {
    let mut children: HashMap<Pid, Vec<Pid>> = HashMap::new();
    for pid in processes() {
        if let Some(parent) = parent(pid) {
            children.entry(parent).or_default().push(pid);
        }
    }
    let (mut found, mut next) = (HashSet::new(), children.remove(&root).unwrap_or_default());
    while let Some(pid) = next.pop() {
        found.insert(pid);
        next.extend(children.remove(&pid).unwrap_or_default());
    }
    found
}

fn parent(pid: Pid) -> Option<Pid> {
    let status = read(pid, "status")?;
    let parent = status.lines().find_map(|line| line.strip_prefix("PPid:"))?;
    parent.trim().parse().ok().map(Pid::from_raw)
}

/// The real and the saved user of a process: who of the same may signal it. See kill(2).
fn users(pid: Pid) -> Option<[u32; 2]> {
    let status = read(pid, "status")?;
    let users = status.lines().find_map(|line| line.strip_prefix("Uid:"))?;
    let mut users = users.split_whitespace().map_while(|user| user.parse().ok());
    let (real, _effective, saved) = (users.next()?, users.next()?, users.next()?);
    Some([real, saved])
}

fn carries(pid: Pid, marker: &str) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|variable| variable == marker.as_bytes())
}
