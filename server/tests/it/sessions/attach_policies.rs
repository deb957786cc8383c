//! Attach policies, seen by a second client of the owner, over the REST interface and sockets.

use serde_json::{Value, json};

use crate::support::{Client, TestServer, Viewer, create, path, until};

async fn with_policy(client: &mut Client, policy: &str) -> (Value, String) {
    let session = create(client, policy).await.json();
    let path = path(&session);
    let body = json!({ "attach_policy": policy }).to_string();
    let changed = client.send("PATCH", &path, &[], body.as_bytes()).await;
    assert_eq!((changed.status, &changed.json()["attach_policy"]), (200, &json!(policy)));
    (session, path)
}

async fn driven(client: &mut Client, path: &str) {
    until(async || {
        let seen = client.get(path).await.json();
        (!seen["active_client"].is_null()).then_some(())
    })
    .await;
}

#[tokio::test]
async fn of_two_concurrent_clients_exactly_one_attaches() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let (session, path) = with_policy(&mut ann, "single").await;
    for _ in 0..5 {
        let (mut one, mut other) = (ann.clone(), ann.clone());
        let drive = json!({ "mode": "drive" });
        // Both hold a ticket before either opens a socket, so the session itself decides.
        let both = tokio::join!(
            Viewer::attach_as(&mut one, &session, &drive),
            Viewer::attach_as(&mut other, &session, &drive),
        );
        let (mut one, mut other) =
            (tokio::spawn(both.0.until_closed()), tokio::spawn(both.1.until_closed()));
        let (code, winner) = tokio::select! {
            code = &mut one => (code.unwrap(), other),
            code = &mut other => (code.unwrap(), one),
        };
        assert_eq!(code, 4409);
        driven(&mut ann, &path).await;
        let refused = ann.post(&format!("{path}/attach"), &json!({})).await;
        assert_eq!(refused.error(), (409, "attached_elsewhere".into()));
        // The winner stays until another client takes over.
        winner.abort();
        until(async || ann.get(&path).await.json()["active_client"].is_null().then_some(())).await;
    }
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn a_silent_connection_does_not_block_others() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let (session, path) = with_policy(&mut ann, "single").await;
    let mut mute = Viewer::attach(&mut ann, &session).await;
    mute.echo("seen").await;
    driven(&mut ann, &path).await;
    // Any message counts as a sign of life, so this waits until none is in transit.
    mute.until_received().await;
    // From here on the socket is not read, as when a laptop sleeps.
    let begun = tokio::time::Instant::now();
    let mut next = Viewer::attach(&mut ann, &session).await;
    next.until_shows("42-seen").await;
    assert!(begun.elapsed().as_secs() < 10, "{:?}", begun.elapsed());
    drop(mute);
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn several_clients_attach_and_one_drives() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let (session, path) = with_policy(&mut ann, "multi").await;
    let mut first = Viewer::attach(&mut ann, &session).await;
    first.until_participants(|crew| crew.present.len() == 1).await;
    let mut second = Viewer::attach(&mut ann, &session).await;
    second.until_participants(|crew| crew.present.len() == 2).await;
    first.until_participants(|crew| crew.present.len() == 2).await;
    let driving: Vec<bool> = first.participants.present.iter().map(|one| one.driving).collect();
    assert_eq!(driving.iter().filter(|driving| **driving).count(), 1);
    first.echo("both").await;
    second.until_shows("42-both").await;
    assert_eq!(ann.delete(&path).await.status, 204);
}
