//! Creation under failure: a full disk, and a lock that is never released.

use chrono::DateTime;
use host::Host;
use store::Store;

use super::*;
use crate::{Caller, Config, Control, Manual, NewMember};

#[test]
fn start_errors_name_a_full_disk_and_no_path() {
    let full = "The disk is full. Free space and try again.";
    let other = "The session failed to start. Details are in the log.";
    let path = || io::Error::other("/var/lib/websh/run is gone");
    for (error, message) in [
        (host::Error::Directory(io::ErrorKind::StorageFull.into()), full),
        (host::Error::Directory(io::ErrorKind::QuotaExceeded.into()), full),
        (host::Error::Io(io::ErrorKind::StorageFull.into()), full),
        (host::Error::Directory(path()), other),
        (host::Error::Io(path()), other),
        (host::Error::Gone, other),
        (host::Error::Spawn("There is no shell.".into()), "There is no shell."),
    ] {
        let error = start_error(error, "deep");
        assert_eq!((&*error.code(), &*error.to_string()), ("spawn_failed", message));
    }
    let offline =
        start_error(host::Error::Offline("/usr/lib/websh-session is not there.".into()), "deep");
    let message = "deep is offline. Running sessions continue; create new ones when it is back.";
    assert_eq!((&*offline.code(), &*offline.to_string()), ("server_offline", message));
}

#[tokio::test]
async fn waiting_for_concurrent_creations_is_bounded() {
    let data = tempfile::tempdir().unwrap();
    let store = Store::open_file(&data.path().join("websh.db")).await.unwrap();
    let config = host::Config {
        run_dir: data.path().join("run"),
        program: data.path().join("none"),
        open_files: None,
    };
    let host = Host::open(config).await.unwrap();
    let clock = Arc::new(Manual::new(DateTime::UNIX_EPOCH));
    let control = Control::new(store, host, clock, Config::default(), None).await.unwrap();
    let token = control.set_up.offer().await.unwrap().unwrap();
    let caller = Caller {
        source: std::net::Ipv4Addr::LOCALHOST.into(),
        device: String::new(),
        device_secret: None,
    };
    let (email, password) = ("ann@example.org", "correct horse battery");
    let ann = NewMember { email: email.into(), name: "Ann".into(), password: password.into() };
    control.set_up.complete(&token, ann, &caller).await.unwrap();
    let signed_in = control.sign_ins.create(email, password, &caller).await.unwrap();
    let actor = control.sign_ins.authenticate(&signed_in.token, caller.source).await.unwrap();
    let new = NewSession {
        server: LOCAL.into(),
        account: control.sessions.servers(&actor).await.unwrap()[0].accounts[0].clone(),
        name: None,
        cols: None,
        rows: None,
        idempotency_key: None,
        attach_policy: None,
    };
    let held = control.sessions.counting.lock().await;
    let result = timeout(LOCK_TIMEOUT * 2, control.sessions.create(&actor, new)).await.unwrap();
    assert!(matches!(result, Err(Error::Unavailable)), "{result:?}");
    drop(held);
}
