//! Changes of the workspace's idle timeout apply to running sessions. Their clock cannot be set, so a
//! proxy makes them appear older.

use std::{fs, path::PathBuf, time::Duration};

use prost::{Message, bytes::BytesMut};
use protocol::{
    framing::{self, Channel},
    wire::{SessionRequest, session_request::Body},
};
use serde_json::Value;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt, copy_bidirectional},
    net::{UnixListener, UnixStream},
    task::JoinHandle,
};

use crate::support::{TestServer, Viewer, change_settings, id, open, path, until};

/// A proxy between the web process and a session that shortens each timeout sent to the session, as if
/// the session had already been idle for that time.
struct Older(JoinHandle<()>);

impl Older {
    fn by(time: Duration, server: &TestServer, session: &Value) -> Self {
        let front = server.data.path().join("run").join(id(session)).join("socket");
        let behind = server.data.path().join("behind");
        fs::rename(&front, &behind).unwrap();
        let listener = UnixListener::bind(&front).unwrap();
        Self(tokio::spawn(async move {
            loop {
                let (web, _) = listener.accept().await.unwrap();
                tokio::spawn(pass(web, behind.clone(), time));
            }
        }))
    }
}

impl Drop for Older {
    fn drop(&mut self) {
        self.0.abort();
    }
}

/// Proxies one connection, whose first message states its purpose.
async fn pass(mut web: UnixStream, behind: PathBuf, time: Duration) {
    let mut buffer = BytesMut::new();
    let request = loop {
        if let Some((_, body)) = framing::next(&mut buffer).unwrap() {
            break body;
        }
        if web.read_buf(&mut buffer).await.unwrap() == 0 {
            return;
        }
    };
    let mut request = SessionRequest::decode(request).unwrap();
    if let Some(Body::Configure(rules)) = &mut request.body {
        rules.timeout -= u32::try_from(time.as_secs()).unwrap();
    }
    let request = request.encode_to_vec();
    let mut session = UnixStream::connect(behind).await.unwrap();
    let header = framing::header(Channel::Message, request.len());
    session.write_all(&[&header[..], &request, &buffer].concat()).await.unwrap();
    // Either side may close at any time.
    let _ = copy_bidirectional(&mut web, &mut session).await;
}

fn millis(session: &Value, key: &str) -> i64 {
    let time: chrono::DateTime<chrono::Utc> = session[key].as_str().unwrap().parse().unwrap();
    time.timestamp_millis()
}

#[tokio::test]
async fn a_lowered_timeout_leaves_five_minutes_and_warns() {
    let (server, mut ann) = TestServer::new(&[]).await;
    // Only input counts as activity, so an attached client alone does not keep the session open.
    change_settings(&mut ann, &[("keep_alive", "input")]).await;
    change_settings(&mut ann, &[("session_timeout_minutes", 1440)]).await;
    let session = open(&mut ann, "one").await;
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.echo("used").await;
    let _older = Older::by(Duration::from_secs(599), &server, &session);

    // Idle for one second less than ten minutes: the new timeout would end the session at once.
    change_settings(&mut ann, &[("session_timeout_minutes", 10)]).await;
    viewer.until_expiry_notices(1).await;
    let at = i64::try_from(viewer.expiries[0]).unwrap();
    let seen = until(async || {
        let seen = ann.get(&path(&session)).await.json();
        (millis(&seen, "expires_at").abs_diff(at) < 1000).then_some(seen)
    })
    .await;
    let left = millis(&seen, "expires_at") - millis(&seen, "last_seen");
    // Two clocks are truncated to milliseconds, and the last activity was before the change.
    assert!((299_990..400_000).contains(&left), "{left}");

    // The old timeout cancels the warning.
    change_settings(&mut ann, &[("session_timeout_minutes", 1440)]).await;
    viewer.until_expiry_notices(2).await;
    assert_eq!(viewer.expiries[1], 0);
    viewer.type_text("echo $((7*7))-on\r").await;
    viewer.until_shows("49-on").await;
    assert_eq!(ann.delete(&path(&session)).await.status, 204);
}
