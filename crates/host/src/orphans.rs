//! What a session process that died without a word left running: found by the `WEBSH_SESSION` in its
//! environment, and ended.

use std::{fs, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use protocol::id::SessionId;
use tokio::time::{Instant, sleep};

/// Time to end by itself after HUP before KILL.
const GRACE: Duration = Duration::from_millis(300);

/// After this long what still lives is in the kernel's hands.
const GIVE_UP: Duration = Duration::from_secs(5);

/// How often it is looked whether anything lives.
const LOOK: Duration = Duration::from_millis(20);

/// Ends every process of the session that is left; returns once nothing is.
pub async fn end(id: SessionId) {
    let marker = format!("WEBSH_SESSION={id}");
    let started = Instant::now();
    let mut left = signal(&marker, Signal::SIGHUP);
    while left > 0 && started.elapsed() < GIVE_UP {
        sleep(LOOK).await;
        let step = (started.elapsed() > GRACE).then_some(Signal::SIGKILL);
        left = signal(&marker, step);
    }
}

/// Signals, or only counts, what is left.
fn signal(marker: &str, signal: impl Into<Option<Signal>>) -> usize {
    let signal = signal.into();
    let own = std::process::id();
    let pids = fs::read_dir("/proc")
        .into_iter()
        .flatten()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid: &i32| u32::try_from(*pid) != Ok(own) && carries(*pid, marker))
        .filter(|pid| kill(Pid::from_raw(*pid), signal).is_ok())
        .count()
}

fn carries(pid: i32, marker: &str) -> bool {
    let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
    environment.split(|byte| *byte == 0).any(|variable| variable == marker.as_bytes())
}
