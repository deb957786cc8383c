//! Ends of sessions, which leave no process behind.

use std::path::Path;

use crate::harness::{Harness, LONG_NAME, is_alive};
use protocol::wire::{EndCause, EndRequest, ended::Cause};

#[tokio::test]
async fn the_exit_status_follows_all_output() {
    let harness = Harness::new().await;
    let (id, report) = harness.start("read -r _; seq 1 20000; echo last words; exit 7").await;
    let mut client = harness.attach(id).await;
    client.key("Enter", 0).await;
    client.until_closed().await;
    assert!(client.screen().contains("20000\nlast words"), "{}", client.screen());
    let Some(Cause::Session(end)) = client.ended.unwrap().cause else {
        panic!("the session ended")
    };
    assert_eq!((end.cause(), end.code, end.signal), (EndCause::Exited, Some(7), None));
    harness.until(id, |report| report.is_some_and(|report| report.end.is_some())).await;
    assert!(!is_alive(report.shell));
}

#[tokio::test]
async fn the_end_of_a_killed_shell_has_the_signal() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("kill -9 $$").await;
    harness
        .until(id, |report| report.and_then(|report| report.end.as_ref()?.signal) == Some(9))
        .await;
}

#[tokio::test]
async fn an_exit_without_a_host_role_is_not_lost() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("exit 3").await;
    harness.until(id, |report| report.is_some_and(|report| report.end.is_some())).await;
    let harness = harness.restarted().await;
    let end = harness.host.report(id).unwrap().end.unwrap();
    assert_eq!(end.code, Some(3));
    harness.host.acknowledge(id).await;
    assert!(harness.restarted().await.host.report(id).is_none());
}

/// Exits its main thread while another one runs on, so that the kernel shows the process as a zombie.
const HEADLESS: &str = r#"setsid python3 -c '
import ctypes, os, threading
def outlive():
    while open(f"/proc/self/task/{os.getpid()}/stat").read().rpartition(") ")[2][0] != "Z":
        os.sched_yield()
    print("headless", flush=True)
    threading.Event().wait()
threading.Thread(target=outlive).start()
ctypes.CDLL(None).pthread_exit(None)' &"#;

#[tokio::test]
async fn an_ended_session_leaves_no_process() {
    let jobs = [
        "sleep 1000 &",
        "nohup sleep 1000 >/dev/null 2>&1 &",
        "setsid sleep 1000 &",
        "(trap '' HUP TERM; while :; do sleep 1000; done) &",
        "( ( setsid sleep 1000 & ) & )",
        "bash -c 'kill -STOP $$; sleep 1000' &",
        HEADLESS,
    ];
    let harness = Harness::new().await;
    let started = harness.directory.path().join("pids");
    let script = format!(
        "{}\nfor i in 1 2 3; do :; done\ntrap '' HUP\necho ready\nread -r _",
        jobs.join("\n")
    );
    let (id, report) = harness.start(&script).await;
    let mut client = harness.attach(id).await;
    client.until_shows("ready").await;
    client.until_shows("headless").await;
    let before = descendants(report.process);
    assert!(before.len() >= 7, "all jobs run: {before:?} {started:?}");
    let ended = harness
        .host
        .end(
            id,
            EndRequest {
                cause: EndCause::Closed.into(),
                by: "Ada".into(),
                ..EndRequest::default()
            },
        )
        .await
        .unwrap()
        .unwrap();
    assert_eq!(
        ended.end.as_ref().map(|end| (end.cause(), end.by.as_str())),
        Some((EndCause::Closed, "Ada"))
    );
    let left: Vec<_> = before.into_iter().filter(|pid| is_alive(*pid)).collect();
    assert!(left.is_empty(), "{left:?} are still alive");
    client.until_closed().await;
}

#[tokio::test]
async fn a_restarted_host_role_finds_its_sessions() {
    let harness = Harness::new().await;
    let (id, before) = harness.start("echo here; exec cat").await;
    let harness = harness.restarted().await;
    let after = harness.host.report(id).unwrap();
    assert_eq!((before.shell, before.process), (after.shell, after.process));
    harness.attach(id).await.until_shows("here").await;
}

#[tokio::test]
async fn a_killed_session_process_takes_its_jobs_with_it() {
    let harness = Harness::new().await;
    let (id, report) =
        harness.start("setsid nohup sleep 1000 >/dev/null 2>&1 & echo ready; exec cat").await;
    harness.attach(id).await.until_shows("ready").await;
    let jobs = descendants(report.process);
    rustix::process::kill_process(pid(report.process), rustix::process::Signal::KILL).unwrap();
    harness.until(id, |report| report.is_none()).await;
    assert!(jobs.into_iter().all(|job| !is_alive(job)));
}

#[tokio::test]
async fn a_missing_shell_leaves_nothing_behind() {
    let harness = Harness::new().await;
    for (shell, sentence) in [
        ("/no/such/shell", "does not exist"),
        ("/etc/passwd", "is not executable"),
        ("/tmp", "is not a file"),
    ] {
        let mut plan = harness.plan("");
        plan.shell = Some(shell.into());
        let error = harness.host.start(plan).await.unwrap_err();
        assert!(matches!(&error, host::Error::Spawn(text) if text.contains(sentence)), "{error}");
    }
    assert_eq!(std::fs::read_dir(harness.directory.path().join(LONG_NAME)).unwrap().count(), 0);
    assert!(harness.host.reports().is_empty());
}

fn pid(number: u32) -> rustix::process::Pid {
    rustix::process::Pid::from_raw(i32::try_from(number).unwrap()).unwrap()
}

/// All descendants of a process.
pub fn descendants(root: u32) -> Vec<u32> {
    let parent = |pid: u32| -> Option<u32> {
        let stat =
            std::fs::read_to_string(Path::new("/proc").join(pid.to_string()).join("stat")).ok()?;
        stat.rsplit_once(") ")?.1.split(' ').nth(1)?.parse().ok()
    };
    let all: Vec<u32> = std::fs::read_dir("/proc")
        .unwrap()
        .flatten()
        .filter_map(|entry| entry.file_name().to_str()?.parse().ok())
        .collect();
    let mut found = vec![root];
    let mut at = 0;
    while at < found.len() {
        let next = found[at];
        found.extend(all.iter().filter(|pid| parent(**pid) == Some(next)));
        at += 1;
    }
    found.split_off(1)
}
