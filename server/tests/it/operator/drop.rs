//! Dropping a session ends all of its jobs and frees the web process's resources, within a time limit.

use std::{
    collections::BTreeMap,
    fs,
    os::unix::fs::MetadataExt,
    path::{Path, PathBuf},
    time::Duration,
};

use serde_json::{Value, json};
use tokio::time::Instant;

use crate::support::{Client, TestServer, Viewer, children, id, open, path, postgres, runs, until};

/// Jobs that outlive a shell, each with the argument of a `sleep` that shows it runs. All end on HUP or TERM.
const TAME: [(&str, &str); 6] = [
    ("sleep 1001 &", "1001"),
    ("nohup sleep 1002 >/dev/null 2>&1 &", "1002"),
    ("setsid sleep 1003 &", "1003"),
    ("(setsid sh -c 'sleep 1004 & sleep 1005' &)", "1005"),
    ("sh -c 'kill -STOP $$; sleep 1006' & sleep 1007 &", "1007"),
    // Its name ends in the middle of a UTF-8 character.
    ("setsid sh -c 'printf \"\\346\" >/proc/$$/comm; sleep 1009; :' &", "1009"),
];

/// A job that ends on KILL only.
const DEAF: (&str, &str) =
    ("sh -c 'trap \"\" HUP TERM INT; while :; do sleep 1008; done' &", "1008");

/// Returns all processes of a session, which inherit a variable from its shell.
fn marked(session: &Value) -> Vec<u32> {
    let mark = format!("WEBSH_SESSION={}", id(session));
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let pids = entries.filter_map(|entry| entry.file_name().to_str()?.parse().ok());
    pids.filter(|pid| {
        let environment = fs::read(format!("/proc/{pid}/environ")).unwrap_or_default();
        environment.split(|byte| *byte == 0).any(|variable| variable == mark.as_bytes())
    })
    .filter(|pid| runs(*pid))
    .collect()
}

/// Counts a process's open sockets, pipes, terminals and files by kind or path. Leaves out the database,
/// whose pool keeps a varying number of connections; with PostgreSQL, these are sockets.
fn open_descriptors(process: u32) -> BTreeMap<String, usize> {
    let mut kinds = BTreeMap::new();
    for entry in fs::read_dir(format!("/proc/{process}/fd")).unwrap().flatten() {
        // The descriptor may be closed by now.
        let Ok(target) = fs::read_link(entry.path()) else { continue };
        let target = target.to_string_lossy().into_owned();
        let kind = target.split_once(":[").map_or(target.as_str(), |(kind, _)| kind);
        let pooled = target.contains("/websh.db") || kind == "socket" && postgres::in_use();
        if !pooled {
            *kinds.entry(kind.to_owned()).or_default() += 1;
        }
    }
    kinds
}

/// A terminal, identified by its creation time too, because its name is reused.
#[derive(Debug, PartialEq)]
struct Terminal {
    path: PathBuf,
    made: (i64, i64),
}

impl Terminal {
    fn of(shell: u32) -> Self {
        let path = fs::read_link(format!("/proc/{shell}/fd/0")).unwrap();
        assert!(path.starts_with("/dev/pts"), "{}", path.display());
        Self::at(&path).unwrap()
    }

    fn at(path: &Path) -> Option<Self> {
        let metadata = fs::metadata(path).ok()?;
        Some(Self { path: path.to_owned(), made: (metadata.ctime(), metadata.ctime_nsec()) })
    }

    fn exists(&self) -> bool {
        Self::at(&self.path).as_ref() == Some(self)
    }
}

/// Runs jobs in a session of Bob's, which Ann drops while he is attached. Returns the duration of the drop,
/// and a summary of the figures.
async fn dropped_with(jobs: &[(&str, &str)]) -> (Duration, String) {
    let server = TestServer::fresh(&[]).await;
    let before = open_descriptors(server.process());
    let mut ann = server.set_up().await;
    let mut bob = server.member("bob@example.org", "member").await;
    let session = open(&mut bob, "one").await;
    let mut viewer = Viewer::attach(&mut bob, &session).await;
    for (job, _) in jobs {
        viewer.type_text(&format!("{job}\r")).await;
    }
    viewer.echo("started").await;
    until(async || {
        let commands: Vec<String> = marked(&session)
            .iter()
            .map(|pid| fs::read_to_string(format!("/proc/{pid}/cmdline")).unwrap_or_default())
            .collect();
        let started = |sign: &str| commands.contains(&format!("sleep\0{sign}\0"));
        jobs.iter().all(|(_, sign)| started(sign)).then_some(())
    })
    .await;
    let process = server.session_process(id(&session)).unwrap();
    let terminal = Terminal::of(children(process)[0]);
    assert!(terminal.exists());
    let (processes, during) = (marked(&session).len(), open_descriptors(server.process()));

    let watching = tokio::spawn(viewer.until_closed());
    let admin = format!("/api/v1/admin{}", path(&session).trim_start_matches("/api/v1"));
    let started = Instant::now();
    let dropped = ann.send("DELETE", &admin, &[], br#"{"reason":"runs away"}"#).await;
    let took = started.elapsed();
    assert_eq!(dropped.status, 204, "{dropped:?}");
    assert_eq!(marked(&session), Vec::<u32>::new());
    assert_eq!(watching.await.unwrap(), 1000);
    check_notice(&mut ann, &mut bob, &session, &admin).await;

    // No zombie remains either.
    until(async || (!Path::new(&format!("/proc/{process}")).exists()).then_some(())).await;
    assert!(!terminal.exists(), "{terminal:?}");
    assert_eq!(server.run_dir(), Vec::<String>::new());
    // Connections close a moment after their last response.
    until(async || (open_descriptors(server.process()) == before).then_some(())).await;
    let figures = format!(
        "{processes} processes and the session's were gone after {took:?}, and {} with them; the web process \
         had {during:?} open during the session, and {before:?} before and after it",
        terminal.path.display()
    );
    (took, figures)
}

/// Checks that the owner sees who dropped the session and why, and that it cannot be dropped twice.
async fn check_notice(ann: &mut Client, bob: &mut Client, session: &Value, admin: &str) {
    let gone = bob.get(&path(session)).await;
    let error = gone.json()["error"].clone();
    assert_eq!((gone.status, &error["code"]), (410, &json!("dropped")));
    let ended = &error["session"];
    assert_eq!((&ended["ended_by"], &ended["end_note"]), (&json!("Ann"), &json!("runs away")));
    assert_eq!(ann.delete(admin).await.status, 410, "twice");
}

#[tokio::test]
async fn jobs_that_handle_signals_are_gone_within_two_seconds() {
    let (took, figures) = dropped_with(&TAME).await;
    println!("{figures}");
    assert!(took <= Duration::from_secs(2), "{took:?}");
}

#[tokio::test]
async fn a_job_that_ends_on_kill_alone_is_gone_within_ten_seconds() {
    let mut jobs = TAME.to_vec();
    jobs.push(DEAF);
    let (took, figures) = dropped_with(&jobs).await;
    println!("{figures}");
    assert!(took <= Duration::from_secs(10), "{took:?}");
}
