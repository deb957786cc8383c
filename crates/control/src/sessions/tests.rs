//! Creating where something is in the way.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta};
use host::Host;
use protocol::{api::Role, id::MemberId};
use store::Store;

use super::*;
use crate::{Manual, Settings};

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
        let error = not_started(error);
        assert_eq!((error.code(), error.message().as_str()), ("spawn_failed", said));
    }
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
    let actor = Actor {
        member: MemberId(Uuid::from_u128(1)),
        email: String::new(),
        name: "Ann".into(),
        role: Role::Member,
        sign_in: Uuid::from_u128(2),
        until: DateTime::UNIX_EPOCH + TimeDelta::days(1),
        scope: None,
        source: std::net::Ipv4Addr::LOCALHOST.into(),
    };
    let new = NewSession {
        server: LOCAL.into(),
        account: control.accounts().remove(0),
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
