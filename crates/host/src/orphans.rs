//! What a session process that died without a word left running: found by the `WEBSH_SESSION` in its
//! environment, and ended.

use std::{fs, time::Duration};

use nix::{
    sys::signal::{Signal, kill},
    unistd::Pid,
};
use protocol::id::SessionId;

/// Time to end by itself after HUP before KILL.
const GRACE: Duration = Duration::from_millis(300);

/// Ends every process of the session that is left.
pub async fn end(id: SessionId) {
    let marker = format!("WEBSH_SESSION={id}");
    if signal(&marker, Signal::SIGHUP) > 0 {
        tokio::time::sleep(GRACE).await;
        signal(&marker, Signal::SIGKILL);
    }
}

fn signal(marker: &str, signal: Signal) -> usize {
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
