//! `Control` over a temporary database with a manual clock, without session processes.

use std::{net::Ipv4Addr, os::unix::fs::DirBuilderExt, sync::Arc};

use chrono::DateTime;
use control::{Actor, Caller, Config, Control, Manual, NewMember};
use host::Host;
use prost::Message;
use protocol::{api::SessionState, id::SessionId, wire::Report};
use store::{SessionRow, Store, samples};
use tempfile::TempDir;
use uuid::Uuid;

pub const EMAIL: &str = "ann@example.org";
pub const PASSWORD: &str = "correct horse battery";

pub fn caller() -> Caller {
    Caller { source: Ipv4Addr::LOCALHOST.into(), device: "a test".into(), device_secret: None }
}

pub struct World {
    _data: TempDir,
    pub store: Store,
    pub clock: Arc<Manual>,
    pub control: Control,
    account: String,
}

impl World {
    pub async fn new() -> Self {
        Self::in_directory(tempfile::tempdir().unwrap()).await
    }

    /// A world in which this session has ended and left its final report.
    pub async fn with_report(id: SessionId, report: &Report) -> Self {
        let data = tempfile::tempdir().unwrap();
        let run = data.path().join("run");
        std::fs::DirBuilder::new().mode(0o700).create(&run).unwrap();
        std::fs::create_dir(run.join(id.to_string())).unwrap();
        std::fs::write(run.join(id.to_string()).join("report"), report.encode_to_vec()).unwrap();
        Self::in_directory(data).await
    }

    async fn in_directory(data: TempDir) -> Self {
        let store = Store::open_file(&data.path().join("websh.db")).await.unwrap();
        let config = host::Config {
            run_dir: data.path().join("run"),
            program: data.path().join("none"),
            open_files: None,
        };
        let host = Host::open(config).await.unwrap();
        let account = host::accounts().unwrap().swap_remove(0).name;
        let clock = Arc::new(Manual::new(DateTime::UNIX_EPOCH));
        let control = Control::new(store.clone(), host, clock.clone(), Config::default(), None)
            .await
            .unwrap();
        let token = control.set_up.offer().await.unwrap().unwrap();
        let ann = NewMember { email: EMAIL.into(), name: "Ann".into(), password: PASSWORD.into() };
        control.set_up.complete(&token, ann, &caller()).await.unwrap();
        Self { _data: data, store, clock, control, account }
    }

    pub async fn sign_in(&self) -> Actor {
        let signed_in = self.control.sign_ins.create(EMAIL, PASSWORD, &caller()).await.unwrap();
        self.control.sign_ins.authenticate(&signed_in.token, caller().source).await.unwrap()
    }

    pub async fn session_of(&self, owner: &Actor) -> SessionId {
        let id = SessionId(Uuid::now_v7());
        self.add_session(owner, id).await;
        id
    }

    pub async fn add_session(&self, owner: &Actor, id: SessionId) {
        let row = SessionRow {
            id,
            owner: owner.member,
            account: self.account.clone(),
            state: SessionState::Starting,
            ..samples::session_row(0)
        };
        self.store.sessions.add(&row).await.unwrap();
        self.store.sessions.activate(id).await.unwrap();
    }
}
