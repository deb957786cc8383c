//! Fifty at one session, one of whom never reads: nobody waits for them, nothing piles up, and they are cut.

use std::{fs, time::Duration};

use protocol::close;
use serde_json::json;
use tokio::time::{Instant, interval};

use crate::support::{LONG, TestServer, Viewer, close, close_code, create, until};

/// All at the session, its owner and the one that never reads included.
const CROWD: usize = 50;

/// Whoever acknowledges nothing for this long is cut.
const STALLED: Duration = Duration::from_secs(30);

/// Between two keys of the owner.
const KEY: Duration = Duration::from_millis(50);

/// What may be more in memory at the end than at the beginning, of each process. KiB.
const FLAT: u64 = 4 * 1024;

/// Proportional set size of what a process has written itself: of its program it has a greater part when the
/// servers of other tests end. KiB.
fn memory(process: u32) -> u64 {
    let rollup = fs::read_to_string(format!("/proc/{process}/smaps_rollup")).unwrap();
    let line = rollup.lines().find_map(|line| line.strip_prefix("Pss_Anon:")).unwrap();
    line.trim_end_matches("kB").trim().parse().unwrap()
}

#[tokio::test]
async fn who_never_reads_is_cut_and_costs_the_others_nothing() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "crowd").await.json();
    let path = format!("/api/v1/sessions/{}", session["id"].as_str().unwrap());
    let mut owner = Viewer::attach(&mut ann, &session).await;
    let watch = json!({ "mode": "watch" });
    let mut readers = Vec::new();
    for _ in 2..CROWD {
        let reader = Viewer::attach_as(&mut ann, &session, &watch).await;
        readers.push(tokio::spawn(reader.until_closed()));
    }
    let mut stuck = Viewer::attach_as(&mut ann, &session, &watch).await;
    let begun = Instant::now();
    owner.type_text("stty -echo; exec cat\r").await;
    owner.until_participants(|crew| crew.present.len() == CROWD).await;

    let processes =
        [server.session_process(session["id"].as_str().unwrap()).unwrap(), server.process()];
    let (mut before, mut typed) = (None, 0);
    let mut keys = interval(KEY);
    until(async || (ann.get(&path).await.json()["clients"] == CROWD).then_some(())).await;
    // Every screen is another one: it has frames for all of them.
    while ann.get(&path).await.json()["clients"] == CROWD {
        assert!(begun.elapsed() < STALLED + LONG, "who never reads is still there");
        for _ in 0..20 {
            keys.tick().await;
            typed += 1;
            owner.type_text(&format!("{typed}-typed\r")).await;
            owner.until_shows(&format!("{typed}-typed")).await;
        }
        before.get_or_insert_with(|| processes.map(memory));
    }
    assert!(begun.elapsed() >= STALLED, "cut after {:?}", begun.elapsed());
    assert_eq!(close_code(&mut stuck.socket).await, close::TOO_SLOW);
    let before = before.unwrap();
    let after = processes.map(memory);
    println!(
        "cut after {:?}; {typed} lines; own memory of session and web process: {before:?} KiB, at the end {after:?} KiB",
        begun.elapsed()
    );
    for (before, after) in before.into_iter().zip(after) {
        assert!(after <= before + FLAT, "{before} KiB became {after} KiB");
    }
    // Of the others nobody was cut.
    owner.until_participants(|crew| crew.present.len() == CROWD - 1).await;
    close(&mut ann, &session).await;
    for reader in readers {
        assert_eq!(reader.await.unwrap(), close::ENDED);
    }
}
