//! Fifty clients of one session, one of which never reads: it is disconnected, delays no other client and
//! uses no memory.

use std::{fs, time::Duration};

use protocol::close;
use serde_json::json;
use tokio::time::{Instant, interval};

use crate::support::{LONG, TestServer, Viewer, close, close_code, create, id, path, until};

/// All clients, including the owner and the one that never reads.
const CROWD: usize = 50;

/// Time after which a client that acknowledges nothing is disconnected.
const STALLED: Duration = Duration::from_secs(30);

/// Interval between two lines of the owner.
const KEY: Duration = Duration::from_millis(50);

/// Maximum growth of each process's memory, in KiB.
const FLAT: u64 = 4 * 1024;

/// Returns the anonymous proportional set size of a process in KiB. Shared program pages would vary with
/// the servers of other tests.
fn memory(process: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss_Anon:")).unwrap();
    line.trim_end_matches("kB").trim().parse().unwrap()
}

#[tokio::test]
async fn a_client_that_never_reads_is_disconnected_without_cost_to_others() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "crowd").await.json();
    let path = path(&session);
    let mut owner = Viewer::attach(&mut ann, &session).await;
    let watch = json!({ "mode": "watch" });
    let mut readers = Vec::new();
    for _ in 2..CROWD {
        let reader = Viewer::attach_as(&mut ann, &session, &watch).await;
        readers.push(tokio::spawn(reader.until_closed()));
    }
    let mut stuck = Viewer::attach_as(&mut ann, &session, &watch).await;
    let started = Instant::now();
    owner.type_text("stty -echo; exec cat\r").await;
    owner.until_participants(|crew| crew.present.len() == CROWD).await;

    let processes = [server.session_process(id(&session)).unwrap(), server.process()];
    let (mut before, mut typed) = (None, 0);
    let mut keys = interval(KEY);
    until(async || (ann.get(&path).await.json()["clients"] == CROWD).then_some(())).await;
    // Every line changes the screen, so there are frames for all clients.
    while ann.get(&path).await.json()["clients"] == CROWD {
        assert!(
            started.elapsed() < STALLED + LONG,
            "the client that never reads is still attached"
        );
        for _ in 0..20 {
            keys.tick().await;
            typed += 1;
            owner.type_text(&format!("{typed}-typed\r")).await;
            owner.until_shows(&format!("{typed}-typed")).await;
        }
        before.get_or_insert_with(|| processes.map(memory));
    }
    assert!(started.elapsed() >= STALLED, "disconnected after {:?}", started.elapsed());
    assert_eq!(close_code(&mut stuck.socket).await, close::TOO_SLOW);
    let before = before.unwrap();
    let after = processes.map(memory);
    println!(
        "disconnected after {:?}; {typed} lines; anonymous memory of session and web process: {before:?} KiB, at the end {after:?} KiB",
        started.elapsed()
    );
    for (before, after) in before.into_iter().zip(after) {
        assert!(after <= before + FLAT, "{before} KiB became {after} KiB");
    }
    // All others are still attached.
    owner.until_participants(|crew| crew.present.len() == CROWD - 1).await;
    close(&mut ann, &session).await;
    for reader in readers {
        assert_eq!(reader.await.unwrap(), close::ENDED);
    }
}
