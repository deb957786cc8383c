//! What a sign-in has opened ends with it, however it ended. The database is real; there is no
//! session process.
#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

use std::{net::Ipv4Addr, sync::Arc};

use chrono::{DateTime, TimeDelta};
use control::{Actor, Caller, Control, Error, Manual, NewMember, Settings, members};
use host::Host;
use protocol::{
    api::{Attach, AttachPolicy, SessionState},
    id::SessionId,
};
use store::{SessionRow, Store};
use tempfile::TempDir;
use uuid::Uuid;

const EMAIL: &str = "ann@example.org";
const PASSWORD: &str = "correct horse battery";

fn caller() -> Caller {
    Caller { source: Ipv4Addr::LOCALHOST.into(), device: "a test".into() }
}

struct World {
    _data: TempDir,
    store: Store,
    clock: Arc<Manual>,
    control: Control,
}

impl World {
    async fn new() -> Self {
        let data = tempfile::tempdir().unwrap();
        let store = Store::open_file(&data.path().join("websh.db")).await.unwrap();
        let config =
            host::Config { run_dir: data.path().join("run"), program: data.path().join("none") };
        let host = Host::open(config).await.unwrap();
        let clock = Arc::new(Manual::new(DateTime::UNIX_EPOCH));
        let control =
            Control::new(store.clone(), host, clock.clone(), Settings::default()).await.unwrap();
        let token = control.offer_set_up().await.unwrap().unwrap();
        let ann = NewMember { email: EMAIL.into(), name: "Ann".into(), password: PASSWORD.into() };
        control.set_up(&token, ann, &caller()).await.unwrap();
        Self { _data: data, store, clock, control }
    }

    async fn sign_in(&self) -> Actor {
        let signed_in = self.control.sign_in(EMAIL, PASSWORD, &caller()).await.unwrap();
        self.control.who(&signed_in.token, caller().source).await.unwrap()
    }

    async fn session_of(&self, owner: &Actor) -> SessionId {
        let row = SessionRow {
            id: SessionId(Uuid::now_v7()),
            owner: owner.member,
            owner_name: owner.name.clone(),
            owner_email: String::new(),
            idempotency_key: None,
            name: "one".into(),
            server: "local".into(),
            account: "ann".into(),
            token: None,
            attach_policy: AttachPolicy::Handoff,
            state: SessionState::Starting,
            created_at: DateTime::UNIX_EPOCH,
            last_seen: DateTime::UNIX_EPOCH,
            cols: 80,
            rows: 24,
            title: String::new(),
            ending: None,
        };
        self.store.add_session(&row).await.unwrap();
        self.store.activate_session(row.id).await.unwrap();
        row.id
    }
}

#[tokio::test]
async fn a_changed_password_closes_what_is_open() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let standing = world.control.standing(&ann).unwrap();
    world.control.recheck_sign_ins().await.unwrap();
    assert!(standing.borrow().is_some());
    members::change_password(&world.store, &*world.clock, EMAIL, "another password").await.unwrap();
    world.control.recheck_sign_ins().await.unwrap();
    assert!(standing.borrow().is_none());
}

#[tokio::test]
async fn what_is_open_ends_when_the_sign_in_expires() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let standing = world.control.standing(&ann).unwrap();
    world.clock.advance(TimeDelta::days(30));
    world.control.recheck_sign_ins().await.unwrap();
    assert!(standing.borrow().is_none());
}

#[tokio::test]
async fn a_request_held_back_past_the_sign_out_yields_no_ticket() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let id = world.session_of(&ann).await;
    let ticket = world.control.attach(&ann, id, Attach::default()).await.unwrap();
    world.control.redeem(&ann, &ticket.ticket).unwrap();
    world.control.sign_out(&ann).await.unwrap();
    let late = world.control.attach(&ann, id, Attach::default()).await;
    assert!(matches!(late, Err(Error::Unauthenticated)), "{late:?}");
    // Nor does it take anything from the next sign-in.
    let again = world.sign_in().await;
    assert!(world.control.attach(&again, id, Attach::default()).await.is_ok());
}
