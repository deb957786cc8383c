//! Creating where something is in the way.

use std::sync::Arc;

use chrono::DateTime;
use host::Host;
use store::Store;

use super::*;
use crate::{Caller, Manual, NewMember, Settings};

#[test]
fn a_full_disk_is_said_and_no_path_is() {
    let full = "There is no room on the disk for a new session.";
    let other = "The session could not be started.";
    let path = || io::Error::other("/var/lib/websh/run is gone");
    for (error, said) in [
        (host::Error::Directory(io::ErrorKind::StorageFull.into()), full),
        (host::Error::Directory(io::ErrorKind::QuotaExceeded.into()), full),
        (host::Error::Io(io::ErrorKind::StorageFull.into()), full),
        (host::Error::Directory(path()), other),
        (host::Error::Io(path()), other),
        (host::Error::Gone, other),
        (host::Error::Spawn("There is no shell.".into()), "There is no shell."),
    ] {
        let error = not_started(error, "deep");
        assert_eq!((&*error.code(), error.message().as_str()), ("spawn_failed", said));
    }
    let offline =
        not_started(host::Error::Offline("/usr/lib/websh-session is not there.".into()), "deep");
    let said = "deep is offline: no session can be opened on it just now.";
    assert_eq!((&*offline.code(), offline.message().as_str()), ("server_offline", said));
}

#[tokio::test]
async fn nobody_waits_for_good_behind_others() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open_file(&data.path().join("websh.db")).await.unwrap();
    let config =
        host::Config { run_dir: data.path().join("run"), program: data.path().join("none") };
    let host = Host::open(config).await.unwrap();
    let clock = Arc::new(Manual::new(DateTime::UNIX_EPOCH));
    let control = Control::new(store, host, clock, Settings::default()).await.unwrap();
    let token = control.offer_set_up().await.unwrap().unwrap();
    let caller = Caller { source: std::net::Ipv4Addr::LOCALHOST.into(), device: String::new() };
    let (email, password) = ("ann@example.org", "correct horse battery");
    let ann = NewMember { email: email.into(), name: "Ann".into(), password: password.into() };
    control.set_up(&token, ann, &caller).await.unwrap();
    let signed_in = control.sign_in(email, password, &caller).await.unwrap();
    let actor = control.who(&signed_in.token, caller.source).await.unwrap();
    let new = NewSession {
        server: LOCAL.into(),
        account: control.offered(&actor).await.unwrap().usable.remove(0),
        name: None,
        cols: None,
        rows: None,
        idempotency_key: None,
        attach_policy: None,
    };
    let slow = control.inner.counting.lock().await;
    let waited = timeout(TURN * 2, control.create(&actor, new)).await.unwrap();
    assert!(matches!(waited, Err(Error::Unavailable)), "{waited:?}");
    drop(slow);
}
