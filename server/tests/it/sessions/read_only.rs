//! Read-only viewers of every kind: nothing they send through the server reaches a shell.

use std::{fs, process::Command};

use futures_util::SinkExt;
use protocol::wire::{
    Ack, Baton, Grant, Keep, Key, KeyKind, Mouse, MouseKind, Paste, Pong, Presence, Refresh, Size,
    Theme, baton::Wish, client_message::Body, input::Event,
};
use serde_json::json;

use crate::support::{
    Client, TestServer, Viewer, children, close, close_code, create, hello, id, join, message,
    open_socket, share, until,
};

/// Messages from each of the three viewers, a hundred thousand in total.
const ATTEMPTS: u32 = 34_000;

/// Messages between two checks that the session has read them.
const ROUND: u32 = 1_700;

/// Returns one of all messages that could affect a shell, its size or its output, in rotation.
fn attempt(turn: u32) -> Result<Event, Body> {
    let key = |key: &str, kind: KeyKind, modifiers| {
        let (key, code) = (key.to_owned(), String::new());
        Event::Key(Key { key, modifiers, kind: kind.into(), code })
    };
    let mouse = |kind: MouseKind, button| {
        let (column, row) = (turn % 80, turn % 24);
        Event::Mouse(Mouse { kind: kind.into(), button, column, row, modifiers: 0 })
    };
    let paste = |more| Event::Paste(Paste { text: "evil\n".to_owned(), more });
    let baton = |wish| Body::Baton(Baton { wish: Some(wish), seconds: turn % 3 });
    Ok(match turn % 20 {
        0 => Event::Text("evil\x03\x13\x1a".to_owned()),
        1 => key("Enter", KeyKind::Press, 0),
        2 => key("c", KeyKind::Press, 4),
        3 => key("s", KeyKind::Press, 4),
        4 => key("ArrowUp", KeyKind::Repeat, 0),
        5 => key("a", KeyKind::Release, 0),
        6 => paste(true),
        7 => paste(false),
        8 => mouse(MouseKind::Down, 0),
        9 => mouse(MouseKind::Up, 0),
        10 => mouse(MouseKind::Move, 3),
        11 => mouse(MouseKind::Wheel, 64),
        12 => Event::Focus(turn % 40 < 20),
        13 => Event::Resize(Size { columns: 2 + turn % 200, rows: 2 + turn % 100 }),
        14 => {
            let theme = Some(Theme { foreground: 1, background: 2, cursor: 3 });
            return Err(Body::Presence(Presence { visible: turn % 40 < 20, theme }));
        }
        15 => return Err(baton(Wish::Ask(true))),
        16 => return Err(baton(Wish::Take(true))),
        17 => return Err(baton(Wish::Grant(u64::from(turn % 8)))),
        18 => return Err(baton(Wish::Release(true))),
        _ => {
            return Err(match turn / 20 % 4 {
                0 => Body::Pong(Pong { nonce: turn }),
                1 => Body::Ack(Ack { frames: 0 }),
                2 => Body::Keep(Keep {}),
                _ => Body::Refresh(Refresh {}),
            });
        }
    })
}

/// Sends all messages from one viewer.
async fn attempts(viewer: &mut Viewer) {
    for turn in 0..ATTEMPTS {
        match attempt(turn) {
            Ok(event) => viewer.input(event).await,
            Err(body) => viewer.socket.send(message(body)).await.unwrap(),
        }
        if turn % ROUND == ROUND - 1 {
            viewer.until_received().await;
        }
    }
}

/// Requests more permissions as a guest, in every way the REST interface offers.
async fn request_more(guest: &mut Client, path: &str, share: &str) {
    let own = format!("{path}/shares/{share}");
    for (method, path, body) in [
        ("POST", format!("{path}/attach"), json!({ "mode": "drive", "take_over": true })),
        ("POST", format!("{path}/keep"), json!({})),
        ("PATCH", path.to_owned(), json!({ "name": "evil", "attach_policy": "multi" })),
        ("PATCH", own.clone(), json!({ "read_only": false })),
        ("POST", format!("{own}/renew"), json!({})),
        ("POST", format!("{path}/shares"), json!({ "minutes": 30, "read_only": false })),
        ("DELETE", path.to_owned(), json!({})),
    ] {
        let response = guest.send(method, &path, &[], body.to_string().as_bytes()).await;
        assert_eq!(response.status, 401, "{method} {path}: {response:?}");
    }
    assert_eq!(open_socket(guest, &[]).await.err(), Some(401), "the members' socket");
}

#[tokio::test]
async fn a_hundred_thousand_messages_from_viewers_reach_no_shell() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let made = create(&mut bob, "watched").await.json();
    let (id, file) = (id(&made), server.data.path().join("got"));
    let path = format!("/api/v1/sessions/{id}");
    let shell = children(server.session_process(id).unwrap())[0];
    let size = || {
        let terminal = format!("/proc/{shell}/fd/0");
        let output = Command::new("stty").args(["-F", &terminal, "size"]).output().unwrap();
        String::from_utf8(output.stdout).unwrap()
    };
    let mut owner = Viewer::attach(&mut bob, &made).await;
    owner.input(Event::Resize(Size { columns: 91, rows: 27 })).await;
    // Every mode that makes a terminal send something is on, and the first byte received is written to a file.
    owner
        .type_text(&format!(
            "stty raw -echo; printf '\\033[?1003h\\033[?1006h\\033[?1004h\\033[?2004h\\033[>15u'; \
             echo re''ady; dd bs=1 count=1 of={} 2>/dev/null; stty sane; echo d''one\r",
            file.display()
        ))
        .await;
    owner.until_shows("ready").await;
    assert_eq!(size(), "27 91\n");

    let new = json!({ "minutes": 30, "read_only": true, "guests_alone": true });
    let link = share(&mut bob, &path, &new).await;
    let (mut zoe, _) = join(&server, &link, "Zoe").await;
    let mut guest = Viewer::attach_guest(&mut zoe).await;
    let read_only = |grant: Grant| grant.read_only;
    guest.until_participants(|crew| crew.grant.is_some_and(read_only)).await;
    let watch = json!({ "mode": "watch" });
    let mut watcher = Viewer::attach_as(&mut bob, &made, &watch).await;
    let mut overseer = Viewer::attach_as(&mut ann, &made, &watch).await;
    tokio::join!(
        attempts(&mut guest),
        attempts(&mut watcher),
        attempts(&mut overseer),
        request_more(&mut zoe, &path, link["id"].as_str().unwrap()),
    );
    // A ticket is valid for its own kind of socket only.
    let attach = json!({ "mode": "drive", "take_over": true });
    let ticket = zoe.post("/api/v1/join/attach", &attach).await.json();
    let mut socket = open_socket(&bob, &[]).await.unwrap();
    socket.send(hello(ticket["ticket"].as_str().unwrap())).await.unwrap();
    assert_eq!(close_code(&mut socket).await, 1012);

    assert_eq!(fs::metadata(&file).unwrap().len(), 0, "a byte arrived");
    assert_eq!(size(), "27 91\n");
    let session = until(async || {
        let session = bob.get(&path).await.json();
        (session["clients"] == 3).then_some(session)
    })
    .await;
    assert_eq!(
        (&session["name"], &session["attach_policy"]),
        (&made["name"], &made["attach_policy"])
    );
    owner.type_text("x").await;
    owner.until_shows("done").await;
    assert_eq!(fs::read(&file).unwrap(), b"x", "the owner's byte is the first");
    for viewer in [&mut guest, &mut watcher, &mut overseer] {
        viewer.until_shows("done").await;
    }
    close(&mut bob, &made).await;
}
