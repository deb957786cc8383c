//! Input of a member who is deactivated while typing: the time after which none reaches the shell.

use std::{cell::Cell, fs, time::Duration};

use serde_json::json;
use tokio::time::{Instant, interval};

use crate::support::{PASSWORD, TestServer, Viewer, close, create, member_path, until};

/// Interval between two keys.
const KEY: Duration = Duration::from_millis(100);

/// Time after which a deactivated member's input reaches no shell.
const CUT: Duration = Duration::from_secs(2);

const BOB: &str = "bob@example.org";

#[tokio::test]
async fn keys_pressed_two_seconds_after_deactivation_do_not_reach_the_shell() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member(BOB, "member").await;
    let session = create(&mut bob, "k").await.json();
    let mut viewer = Viewer::attach(&mut bob, &session).await;
    let typed = server.data.path().join("typed");
    let arrived = || fs::read_to_string(&typed).unwrap_or_default();
    // Reads the terminal byte by byte.
    let reader = format!("stty raw -echo; echo $((6*7))-ready; cat > {}\r", typed.display());
    viewer.type_text(&reader).await;
    viewer.until_shows("42-ready").await;

    let path = member_path(&mut ann, BOB).await;
    let out = Cell::new(None::<Instant>);
    let mut pressed = Vec::new();
    let typing = async {
        let mut keys = interval(KEY);
        while out.get().is_none_or(|out| out.elapsed() < CUT + KEY * 10) {
            keys.tick().await;
            let key = char::from(b'a' + u8::try_from(pressed.len() % 26).unwrap());
            pressed.push((key, Instant::now()));
            viewer.try_to_type(&key.to_string()).await;
        }
    };
    let deactivating = async {
        until(async || (arrived().len() >= 10).then_some(())).await;
        let response = ann.patch(&path, json!({ "active": false })).await;
        assert_eq!(response.status, 200, "{response:?}");
        out.set(Some(Instant::now()));
    };
    tokio::join!(typing, deactivating);
    assert_eq!(viewer.until_closed().await, 4401);

    // Input after reactivation arrives after all input in transit.
    assert_eq!(ann.patch(&path, json!({ "active": true })).await.status, 200);
    assert_eq!(bob.sign_in(BOB, PASSWORD).await.status, 200);
    let mut viewer = Viewer::attach(&mut bob, &session).await;
    viewer.type_text("END").await;
    until(async || arrived().contains("END").then_some(())).await;
    let arrived = arrived().replace("END", "");
    let (there, late) = pressed.split_at(arrived.len());
    assert_eq!(arrived, there.iter().map(|(key, _)| key).collect::<String>());
    let (last, out) = (there.last().unwrap().1, out.get().unwrap());
    assert!(last <= out + CUT, "a key pressed {:?} later reached the shell", last - out);
    assert!(!late.is_empty());
    close(&mut bob, &session).await;
}
