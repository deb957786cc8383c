//! The WebSocket: requirements for opening it, close codes, and its messages.

use futures_util::{SinkExt, StreamExt};
use protocol::wire::{Ack, Input, client_message::Body, input::Event};
use serde_json::json;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::{
    Message,
    protocol::frame::{
        Frame,
        coding::{Data, OpCode},
    },
};

use crate::support::{
    EMAIL, LONG, PASSWORD, SOCKET, TestServer, Viewer, close, close_code, create, hello, message,
    open_socket, path, run, ticket, until,
};

#[tokio::test]
async fn opening_requires_an_own_page_and_a_sign_in() {
    let (server, ann) = TestServer::new(&[]).await;
    let own = ann.origin();
    for (extra, status) in [
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", "null")], 403),
        (vec![("origin", "")], 403),
        (vec![("origin", ""), ("sec-fetch-site", "same-origin")], 403),
        (vec![("origin", "http://127.0.0.1:1")], 403),
        (vec![("host", "attacker.test")], 421),
        (vec![("cookie", "websh=0000")], 401),
        (vec![("cookie", "")], 401),
        (vec![("sec-websocket-protocol", "other")], 400),
        (vec![("sec-websocket-version", "12")], 426),
    ] {
        assert_eq!(open_socket(&ann, &extra).await.err(), Some(status), "{extra:?}");
    }
    let mut stranger = server.stranger();
    assert_eq!(stranger.get(&format!("{SOCKET}?ticket=x")).await.status, 401);
    assert_eq!(stranger.post(SOCKET, &json!({})).await.status, 405);
    let offer = [("sec-websocket-extensions", "permessage-deflate"), ("origin", own.as_str())];
    assert!(open_socket(&ann, &offer).await.is_ok());
}

#[tokio::test]
async fn an_invalid_first_message_closes_with_its_code() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let used = ticket(&mut ann, &session).await;
    let mut first = open_socket(&ann, &[]).await.unwrap();
    first.send(hello(&used)).await.unwrap();
    assert!(matches!(first.next().await, Some(Ok(Message::Binary(_)))));
    let mut bob = server.member("bob@example.org", "member").await;
    let bobs = create(&mut bob, "k").await.json();
    let others = ticket(&mut bob, &bobs).await;
    let big = Message::Binary(vec![0; 64 * 1024 + 1].into());
    let early = message(Body::Input(Input { number: 1, event: Some(Event::Text("x".into())) }));
    for (sent, code) in [
        (Message::Text("hello".into()), 4400),
        (Message::Binary(vec![0xff; 4].into()), 4400),
        (Message::Binary(vec![].into()), 4400),
        (early, 4400),
        (big, 1009),
        (hello(""), 1012),
        (hello(&"0".repeat(64)), 1012),
        (hello(&used), 1012),
        (hello(&others), 1012),
    ] {
        let mut socket = open_socket(&ann, &[]).await.unwrap();
        let printed = format!("{sent:?}").chars().take(80).collect::<String>();
        socket.send(sent).await.unwrap();
        assert_eq!(close_code(&mut socket).await, code, "{printed}");
    }
    drop(first);
    close(&mut ann, &session).await;
    close(&mut bob, &bobs).await;
}

/// Returns a fragment of a message, other than the last.
fn fragment(first: bool, length: usize) -> Message {
    let kind = if first { Data::Binary } else { Data::Continue };
    Message::Frame(Frame::message(vec![0; length], OpCode::Data(kind), false))
}

/// Returns a process's anonymous memory in KiB.
fn memory(process: u32) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{process}/status")).unwrap();
    let line = status.lines().find_map(|line| line.strip_prefix("RssAnon:")).unwrap();
    line.trim().trim_end_matches(" kB").parse().unwrap()
}

#[tokio::test]
async fn fragments_share_the_size_limit_of_a_message() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.echo("done").await;
    for socket in [&mut open_socket(&ann, &[]).await.unwrap(), &mut viewer.socket] {
        for at in 0..4 {
            socket.send(fragment(at == 0, 16 * 1024)).await.unwrap();
        }
        // The last allowed byte, and one more.
        socket.send(fragment(false, 0)).await.unwrap();
        socket.send(fragment(false, 1)).await.unwrap();
        assert_eq!(close_code(socket).await, 1009);
    }
    Viewer::attach(&mut ann, &session).await.until_shows("42-done").await;
    close(&mut ann, &session).await;
}

#[tokio::test]
async fn endless_fragments_are_not_buffered() {
    let (server, ann) = TestServer::new(&[]).await;
    let mut waiting = Vec::new();
    for _ in 0..8 {
        waiting.push(open_socket(&ann, &[]).await.unwrap());
    }
    let before = memory(server.process());
    for socket in &mut waiting {
        // Up to 60 MiB, until the server closes.
        let mut sent = 0;
        while sent < 960 && socket.send(fragment(sent == 0, 64 * 1024)).await.is_ok() {
            sent += 1;
        }
        assert!((1..960).contains(&sent), "{sent} pieces of 64 KiB were taken");
    }
    let more = memory(server.process()).saturating_sub(before);
    assert!(more < 16 * 1024, "{more} KiB more for {} sockets", waiting.len());
}

#[tokio::test]
async fn silence_is_closed_as_a_bad_message() {
    let (_server, ann) = TestServer::new(&[]).await;
    let mut socket = open_socket(&ann, &[]).await.unwrap();
    assert_eq!(close_code(&mut socket).await, 4400);
}

#[tokio::test]
async fn a_terminal_session_runs_over_the_socket() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.echo("done").await;
    let path = path(&session);
    let active = until(async || {
        let seen = ann.get(&path).await.json();
        (seen["clients"] == 1).then(|| seen["active_client"].clone())
    })
    .await;
    assert_eq!((&active["who"], &active["device"]), (&json!("Ann"), &json!("a test")));
    // An oversized message ends the attachment, not the session.
    viewer.socket.send(Message::Binary(vec![0; 64 * 1024 + 1].into())).await.unwrap();
    assert_eq!(close_code(&mut viewer.socket).await, 1009);
    let mut again = Viewer::attach(&mut ann, &session).await;
    again.until_shows("42-done").await;
    again.type_text("exit 7\r").await;
    assert_eq!(close_code(&mut again.socket).await, 1000);
}

#[tokio::test]
async fn a_flood_of_messages_is_disconnected_without_effect_on_others() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let other = create(&mut ann, "l").await.json();
    let mut typing = Viewer::attach(&mut ann, &other).await;
    let flooding = Viewer::attach(&mut ann, &session).await;
    let (mut sink, mut stream) = flooding.socket.split();
    // Sends until the socket closes.
    let flood = tokio::spawn(async move {
        while sink.feed(message(Body::Ack(Ack { frames: 0 }))).await.is_ok() {}
    });
    let closed = async {
        loop {
            match stream.next().await {
                Some(Ok(Message::Close(Some(frame)))) => {
                    flood.abort();
                    return u16::from(frame.code);
                }
                Some(Ok(_)) => {}
                other => panic!("closed without a code: {other:?}"),
            }
        }
    };
    let closed = timeout(LONG, closed);
    typing.type_text("echo $((6*7))-done\r").await;
    let (code, ()) = tokio::join!(closed, typing.until_shows("42-done"));
    assert_eq!(code.unwrap(), 4429);
}

#[tokio::test]
async fn a_second_client_takes_over() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut first = Viewer::attach(&mut ann, &session).await;
    first.echo("first").await;
    let mut second = Viewer::attach(&mut ann, &session).await;
    second.until_shows("42-first").await;
    assert_eq!(close_code(&mut first.socket).await, 4409);
    let second = tokio::spawn(second.until_closed());
    // Under the `single` policy the server refuses a second client.
    let path = path(&session);
    let single = ann.send("PATCH", &path, &[], b"{\"attach_policy\":\"single\"}").await;
    assert_eq!(single.status, 200);
    let refused = until(async || {
        // The driver is known once the session has reported it.
        let response = ann.post(&format!("{path}/attach"), &json!({})).await;
        (response.status != 200).then_some(response)
    })
    .await;
    assert_eq!(refused.error(), (409, "attached_elsewhere".into()));
    assert_eq!(refused.json()["error"]["active_client"]["device"], "a test");
    let taken = ann.post(&format!("{path}/attach"), &json!({ "take_over": true })).await;
    assert_eq!(taken.status, 200);
    close(&mut ann, &session).await;
    assert_eq!(second.await.unwrap(), 1000);
}

#[tokio::test]
async fn signing_out_closes_sockets() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.echo("seen").await;
    let left = ticket(&mut ann, &session).await;
    let mut waiting = open_socket(&ann, &[]).await.unwrap();
    assert_eq!(ann.post("/api/v1/logout", &json!({})).await.status, 204);
    assert_eq!(close_code(&mut viewer.socket).await, 4401);
    waiting.send(hello(&left)).await.unwrap();
    assert_eq!(close_code(&mut waiting).await, 1012);
    let mut again = server.stranger();
    again.sign_in(EMAIL, PASSWORD).await;
    Viewer::attach(&mut again, &session).await.until_shows("42-seen").await;
    close(&mut again, &session).await;
}

#[tokio::test]
async fn a_changed_password_closes_sockets() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.echo("seen").await;
    let passwd = ["user", "passwd", EMAIL];
    let (success, printed) = run(server.data.path(), &passwd, "another password").await;
    assert!(success, "{printed}");
    assert_eq!(close_code(&mut viewer.socket).await, 4401);
    assert_eq!(ann.sign_in(EMAIL, "another password").await.status, 200);
    Viewer::attach(&mut ann, &session).await.until_shows("42-seen").await;
    close(&mut ann, &session).await;
}

#[tokio::test]
async fn a_stopping_server_closes_with_restart() {
    let (mut server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.echo("seen").await;
    let before = ticket(&mut ann, &session).await;
    let mut silent = open_socket(&ann, &[]).await.unwrap();
    let (stopped, code, silent) =
        tokio::join!(server.stop(), close_code(&mut viewer.socket), close_code(&mut silent));
    assert_eq!((stopped, code, silent), (true, 1012, 1012));
    server.start().await;
    // A ticket of the previous process closes with a code to retry.
    let mut late = open_socket(&ann, &[]).await.unwrap();
    late.send(hello(&before)).await.unwrap();
    assert_eq!(close_code(&mut late).await, 1012);
    Viewer::attach(&mut ann, &session).await.until_shows("42-seen").await;
    close(&mut ann, &session).await;
}

#[tokio::test]
async fn the_longest_messages_arrive_complete() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    // The expected text is not in the command, so that its echo does not match.
    viewer.type_text("stty -echo; echo rea''dy; wc -c\r").await;
    viewer.until_shows("ready").await;
    let lines = format!("{}\n", "x".repeat(99)).repeat(600);
    viewer.type_text(&lines).await;
    viewer.type_text("\u{4}").await;
    viewer.until_shows("60000").await;
    close(&mut ann, &session).await;
}
