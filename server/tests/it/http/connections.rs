//! Bounds on connections and sockets that do nothing.

use std::fs;

use futures_util::{SinkExt, StreamExt};
use serde_json::json;
use tokio::{io::AsyncReadExt, net::TcpStream, time::timeout};
use tokio_tungstenite::tungstenite::Message;

use crate::support::{
    LONG, TestServer, Viewer, close, close_code, create, hello, join, open_at, path, share, until,
};

#[tokio::test]
async fn silent_connections_do_not_keep_others_out() {
    let prefix = &["/bin/sh", "-c", "ulimit -n 200 && exec \"$0\" \"$@\""];
    let (server, mut ann) = TestServer::within(prefix).await;
    let session = create(&mut ann, "k").await.json();
    let mut silent = Vec::new();
    for _ in 0..400 {
        silent.push(TcpStream::connect(&server.address).await.unwrap());
    }
    // Each of these takes the place of a silent connection.
    for _ in 0..20 {
        assert_eq!(server.stranger().get("/healthz").await.status, 200);
        assert_eq!(ann.get("/api/v1/sessions").await.status, 200);
    }
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.type_text("echo $((6*7))\r").await;
    viewer.until_shows("42").await;
    for _ in 0..400 {
        silent.push(TcpStream::connect(&server.address).await.unwrap());
    }
    viewer.type_text("echo $((6*8))\r").await;
    viewer.until_shows("48").await;
    let descriptors = format!("/proc/{}/fd", server.process());
    until(async || (fs::read_dir(&descriptors).unwrap().count() < 150).then_some(())).await;
    // All are closed by their deadline.
    for connection in &mut silent {
        let read = timeout(LONG, connection.read_u8()).await.unwrap();
        assert!(read.is_err());
    }
    close(&mut ann, &session).await;
}

#[tokio::test]
async fn sockets_without_a_first_message_count() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let made = share(&mut ann, &path(&session), &json!({ "minutes": 30 })).await;
    let (mut bob, _) = join(&server, &made, "Bob").await;
    let socket = "/api/v1/join/socket";
    let mut silent = Vec::new();
    for _ in 0..8 {
        silent.push(open_at(&bob, socket, &[]).await.unwrap());
    }
    let mut one_more = open_at(&bob, socket, &[]).await.unwrap();
    assert_eq!(close_code(&mut one_more).await, 4429);
    // The owner is not affected, and neither is the guest once some are closed.
    let mut owner = Viewer::attach(&mut ann, &session).await;
    owner.type_text("echo $((6*7))\r").await;
    owner.until_shows("42").await;
    silent.pop();
    until(async || {
        let ticket = bob.post("/api/v1/join/attach", &json!({})).await.json();
        let mut socket = open_at(&bob, socket, &[]).await.ok()?;
        socket.send(hello(ticket["ticket"].as_str().unwrap())).await.ok()?;
        matches!(socket.next().await, Some(Ok(Message::Binary(_)))).then_some(())
    })
    .await;
    close(&mut ann, &session).await;
}
