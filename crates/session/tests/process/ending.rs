//! How sessions end, and that nothing of them stays.

use std::path::Path;

use crate::harness::{LONG_NAME, World, lives};
use protocol::wire::{EndCause, EndRequest, ended::Cause};

#[tokio::test]
async fn exit_shows_the_status_after_all_output() {
    let world = World::new().await;
    let (id, report) = world.start("read -r _; seq 1 20000; echo last words; exit 7").await;
    let mut client = world.attach(id).await;
    client.key("Enter", 0).await;
    client.until_over().await;
    assert!(client.screen().contains("20000\nlast words"), "{}", client.screen());
    let Some(Cause::Session(end)) = client.ended.unwrap().cause else {
        panic!("the session ended")
    };
    assert_eq!((end.cause(), end.code, end.signal), (EndCause::Exited, Some(7), None));
    world.until(id, |report| report.is_some_and(|report| report.end.is_some())).await;
    assert!(!lives(report.shell));
}

#[tokio::test]
async fn a_shell_that_is_killed_shows_the_signal() {
    let world = World::new().await;
    let (id, _) = world.start("kill -9 $$").await;
    world
        .until(id, |report| report.and_then(|report| report.end.as_ref()?.signal) == Some(9))
        .await;
}

#[tokio::test]
async fn an_exit_that_nobody_saw_is_not_lost() {
    let world = World::new().await;
    let (id, _) = world.start("exit 3").await;
    world.until(id, |report| report.is_some_and(|report| report.end.is_some())).await;
    let world = world.restarted().await;
    let end = world.host.report(id).unwrap().end.unwrap();
    assert_eq!(end.code, Some(3));
    world.host.acknowledge(id).await;
    assert!(world.restarted().await.host.report(id).is_none());
}

/// Its main thread ends, another lives on and says so: the kernel shows the process as a zombie.
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
async fn ending_leaves_no_process_of_any_kind() {
    let jobs = [
        "sleep 1000 &",
        "nohup sleep 1000 >/dev/null 2>&1 &",
        "setsid sleep 1000 &",
        "(trap '' HUP TERM; while :; do sleep 1000; done) &",
        "( ( setsid sleep 1000 & ) & )",
        "bash -c 'kill -STOP $$; sleep 1000' &",
        HEADLESS,
    ];
    let world = World::new().await;
    let started = world.directory.path().join("pids");
    let script = format!(
        "{}\nfor i in 1 2 3; do :; done\ntrap '' HUP\necho ready\nread -r _",
        jobs.join("\n")
    );
    let (id, report) = world.start(&script).await;
    let mut client = world.attach(id).await;
    client.until_shows("ready").await;
    client.until_shows("headless").await;
    let before = below(report.process);
    assert!(before.len() >= 7, "all jobs run: {before:?} {started:?}");
    let ended = world
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
    let left: Vec<_> = before.into_iter().filter(|pid| lives(*pid)).collect();
    assert!(left.is_empty(), "{left:?} live on");
    client.until_over().await;
}

#[tokio::test]
async fn the_host_role_finds_its_sessions_again() {
    let world = World::new().await;
    let (id, before) = world.start("echo here; exec cat").await;
    let world = world.restarted().await;
    let after = world.host.report(id).unwrap();
    assert_eq!((before.shell, before.process), (after.shell, after.process));
    world.attach(id).await.until_shows("here").await;
}

#[tokio::test]
async fn a_session_process_that_is_killed_is_lost_and_so_are_its_jobs() {
    let world = World::new().await;
    let (id, report) =
        world.start("setsid nohup sleep 1000 >/dev/null 2>&1 & echo ready; exec cat").await;
    world.attach(id).await.until_shows("ready").await;
    let jobs = below(report.process);
    rustix::process::kill_process(pid(report.process), rustix::process::Signal::KILL).unwrap();
    world.until(id, |report| report.is_none()).await;
    assert!(jobs.into_iter().all(|job| !lives(job)));
}

#[tokio::test]
async fn a_missing_shell_leaves_nothing_behind() {
    let world = World::new().await;
    for (shell, sentence) in [
        ("/no/such/shell", "does not exist"),
        ("/etc/passwd", "may not be executed"),
        ("/tmp", "is not a file"),
    ] {
        let mut plan = world.plan("");
        plan.shell = Some(shell.into());
        let error = world.host.start(plan).await.unwrap_err();
        assert!(matches!(&error, host::Error::Spawn(text) if text.contains(sentence)), "{error}");
    }
    assert_eq!(std::fs::read_dir(world.directory.path().join(LONG_NAME)).unwrap().count(), 0);
    assert!(world.host.reports().is_empty());
}

fn pid(number: u32) -> rustix::process::Pid {
    rustix::process::Pid::from_raw(i32::try_from(number).unwrap()).unwrap()
}

/// Everything below a process.
pub fn below(root: u32) -> Vec<u32> {
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
