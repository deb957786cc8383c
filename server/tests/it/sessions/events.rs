//! Server-sent events of changes.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Client, LONG, TestServer, close, create, member_path};

#[tokio::test]
async fn changes_and_the_end_of_a_sign_in_are_sent() {
    let (server, mut ann) = TestServer::new(&[]).await;
    for elsewhere in [
        vec![("origin", "")],
        vec![("origin", ""), ("sec-fetch-site", "same-site")],
        vec![("origin", "https://evil.example")],
    ] {
        let refused = ann.send("GET", "/api/v1/events", &elsewhere, b"").await;
        assert_eq!(refused.error(), (403, "wrong_origin".into()));
    }
    let mut stream = listen(&ann).await;
    let mut received = Vec::new();
    let session = create(&mut ann, "k").await.json();
    read_until(&mut stream, &mut received, "event: changed\ndata: {}\n\n").await;
    received.clear();
    close(&mut ann, &session).await;
    read_until(&mut stream, &mut received, "event: changed\n").await;
    // The stream ends with its sign-in, with an event.
    let mut bob = server.member("bob@example.org", "member").await;
    let mut bobs = listen(&bob).await;
    let path = member_path(&mut ann, "bob@example.org").await;
    assert_eq!(ann.delete(&path).await.status, 204);
    assert_eq!(rest_of(&mut bobs).await.matches("event: signed_out\n").count(), 1);
    assert_eq!(bob.get("/api/v1/sessions").await.status, 401);
    let mut stream = listen(&ann).await;
    assert_eq!(ann.post("/api/v1/logout", &json!({})).await.status, 204);
    assert!(rest_of(&mut stream).await.contains("event: signed_out\n"));
}

#[tokio::test]
async fn events_are_sent_only_for_visible_sessions() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let mut sue = server.member("sue@example.org", "member").await;
    let (mut bobs, mut sues) = (listen(&bob).await, listen(&sue).await);
    let mut anns = listen(&ann).await;
    let session = create(&mut bob, "k").await.json();
    let mut received = Vec::new();
    read_until(&mut bobs, &mut received, "event: changed\n").await;
    // Superusers see all sessions.
    received.clear();
    read_until(&mut anns, &mut received, "event: changed\n").await;
    close(&mut bob, &session).await;
    // All of Sue's events come before the end of her stream.
    for client in [&mut sue, &mut bob, &mut ann] {
        assert_eq!(client.post("/api/v1/logout", &json!({})).await.status, 204);
    }
    let received = rest_of(&mut sues).await;
    assert!(received.contains("signed_out") && !received.contains("changed"), "{received}");
}

#[tokio::test]
async fn a_changed_role_ends_the_stream() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "staff").await;
    let member = member_path(&mut ann, "bob@example.org").await;
    let mut stream = listen(&bob).await;
    let mut received = Vec::new();
    // A changed name does not end it.
    let name = br#"{"name":"Robert"}"#;
    assert_eq!(ann.send("PATCH", &member, &[], name).await.status, 200);
    read_until(&mut stream, &mut received, "event: changed\n").await;
    received.clear();
    let session = create(&mut ann, "one").await.json();
    read_until(&mut stream, &mut received, "event: changed\n").await;
    let role = br#"{"role":"member"}"#;
    assert_eq!(ann.send("PATCH", &member, &[], role).await.status, 200);
    assert!(rest_of(&mut stream).await.contains("event: changed\n"));

    // All of a member's events come before the end of the stream: none of staff's are among them.
    let mut stream = listen(&bob).await;
    close(&mut ann, &session).await;
    assert_eq!(bob.post("/api/v1/logout", &json!({})).await.status, 204);
    let received = rest_of(&mut stream).await;
    assert!(received.contains("signed_out") && !received.contains("changed"), "{received}");
}

/// Opens the event stream and reads its headers.
async fn listen(client: &Client) -> TcpStream {
    let mut stream = TcpStream::connect(&client.address).await.unwrap();
    let request = format!(
        "GET /api/v1/events HTTP/1.1\r\nhost: {}\r\ncookie: {}\r\n\
         sec-fetch-site: same-origin\r\n\r\n",
        client.address,
        client.cookie.as_deref().unwrap()
    );
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut head = Vec::new();
    while !head.ends_with(b"\r\n\r\n") {
        head.push(timeout(LONG, stream.read_u8()).await.unwrap().unwrap());
    }
    let head = String::from_utf8(head).unwrap();
    assert!(head.contains("text/event-stream"), "{head}");
    // A proxy would keep an event until its buffer is full.
    assert!(head.contains("x-accel-buffering: no"), "{head}");
    stream
}

/// Returns the rest of a stream.
async fn rest_of(stream: &mut TcpStream) -> String {
    let mut received = Vec::new();
    read_until(stream, &mut received, "\r\n0\r\n\r\n").await;
    String::from_utf8(received).unwrap()
}

async fn read_until(stream: &mut TcpStream, received: &mut Vec<u8>, text: &str) {
    while !String::from_utf8_lossy(received).contains(text) {
        let read = timeout(LONG, stream.read_buf(received)).await.unwrap().unwrap();
        assert_ne!(read, 0, "the stream ended before {text:?}");
    }
}
