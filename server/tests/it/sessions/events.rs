//! Server-sent events of changes.

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::timeout,
};

use crate::support::{Client, LONG, TestServer, close, create, member_path};

#[tokio::test]
async fn lists_hear_of_changes() {
    let (server, mut ann) = TestServer::new(&[]).await;
    for elsewhere in [
        vec![("origin", "")],
        vec![("origin", ""), ("sec-fetch-site", "same-site")],
        vec![("origin", "https://evil.example")],
    ] {
        let refused = ann.send("GET", "/api/v1/events", &elsewhere, b"").await;
        assert_eq!((refused.status, refused.code()), (403, "wrong_origin".into()));
    }
    let mut stream = listen(&ann).await;
    let mut heard = Vec::new();
    let session = create(&mut ann, "k").await.json();
    hear(&mut stream, &mut heard, "event: changed\ndata: {}\n\n").await;
    heard.clear();
    close(&mut ann, &session).await;
    hear(&mut stream, &mut heard, "event: changed\n").await;
    // It ends with the sign-in that it came by, whoever ended that, and says so: the page asks again.
    let mut bob = server.member("bob@example.org", "member").await;
    let mut bobs = listen(&bob).await;
    let path = member_path(&mut ann, "bob@example.org").await;
    assert_eq!(ann.delete(&path).await.status, 204);
    assert_eq!(ending(&mut bobs).await.matches("event: signed_out\n").count(), 1);
    assert_eq!(bob.get("/api/v1/sessions").await.status, 401);
    let mut stream = listen(&ann).await;
    assert_eq!(ann.post("/api/v1/logout", &json!({})).await.status, 204);
    assert!(ending(&mut stream).await.contains("event: signed_out\n"));
}

#[tokio::test]
async fn lists_hear_of_what_they_show_and_of_nothing_else() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let mut sue = server.member("sue@example.org", "member").await;
    let (mut bobs, mut sues) = (listen(&bob).await, listen(&sue).await);
    let mut anns = listen(&ann).await;
    let session = create(&mut bob, "k").await.json();
    let mut heard = Vec::new();
    hear(&mut bobs, &mut heard, "event: changed\n").await;
    // A superuser may see everybody's.
    heard.clear();
    hear(&mut anns, &mut heard, "event: changed\n").await;
    close(&mut bob, &session).await;
    // Whatever was said to Sue came before the end of her stream.
    for client in [&mut sue, &mut bob, &mut ann] {
        assert_eq!(client.post("/api/v1/logout", &json!({})).await.status, 204);
    }
    let heard = ending(&mut sues).await;
    assert!(heard.contains("signed_out") && !heard.contains("changed"), "{heard}");
}

#[tokio::test]
async fn who_has_another_role_listens_anew() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "staff").await;
    let member = member_path(&mut ann, "bob@example.org").await;
    let mut stream = listen(&bob).await;
    let mut heard = Vec::new();
    // Another name is no reason to.
    let name = br#"{"name":"Robert"}"#;
    assert_eq!(ann.send("PATCH", &member, &[], name).await.status, 200);
    hear(&mut stream, &mut heard, "event: changed\n").await;
    heard.clear();
    let session = create(&mut ann, "one").await.json();
    hear(&mut stream, &mut heard, "event: changed\n").await;
    let role = br#"{"role":"member"}"#;
    assert_eq!(ann.send("PATCH", &member, &[], role).await.status, 200);
    assert!(ending(&mut stream).await.contains("event: changed\n"));

    // Whatever is said to a member came before the end of their stream: nothing of what staff hear.
    let mut stream = listen(&bob).await;
    close(&mut ann, &session).await;
    assert_eq!(bob.post("/api/v1/logout", &json!({})).await.status, 204);
    let heard = ending(&mut stream).await;
    assert!(heard.contains("signed_out") && !heard.contains("changed"), "{heard}");
}

/// Opens the stream of changes and reads its headers.
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
    stream
}

/// What is left of a stream, to its end.
async fn ending(stream: &mut TcpStream) -> String {
    let mut heard = Vec::new();
    hear(stream, &mut heard, "\r\n0\r\n\r\n").await;
    String::from_utf8(heard).unwrap()
}

async fn hear(stream: &mut TcpStream, heard: &mut Vec<u8>, what: &str) {
    while !String::from_utf8_lossy(heard).contains(what) {
        let read = timeout(LONG, stream.read_buf(heard)).await.unwrap().unwrap();
        assert_ne!(read, 0, "the stream ended before {what:?}");
    }
}
