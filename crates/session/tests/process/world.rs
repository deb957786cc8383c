//! A real session process under the host role, and a viewer that keeps a mirror of it.

use std::{path::PathBuf, time::Duration};

use host::{Config, Host, Reader, Relayed, Start, Writer};
use prost::Message;
use protocol::{
    id::SessionId,
    mirror::Mirror,
    wire::{
        Ack, AttachRequest, ClientMessage, Ended, Hello, History, Input, Key, Notice, Report,
        ServerMessage, Size, Viewer, Welcome, client_message, input::Event, server_message,
    },
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::time::timeout;
use uuid::Uuid;

/// Nothing that is waited for here takes this long on the slowest machine.
const LONG: Duration = Duration::from_secs(30);

/// The sockets' directory: longer than the name of a socket can be.
pub const LONG_NAME: &str = "run-in-a-folder-that-somebody-gave-a-name-so-long-that-no-socket-below-it-could-be-bound-or-connected-to-by-its-own-name";

/// A host role with a directory of its own.
pub struct World {
    pub host: Host,
    pub directory: TempDir,
}

impl World {
    pub async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { host: Self::host_in(&directory).await, directory }
    }

    pub async fn host_in(directory: &TempDir) -> Host {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_websh-session"));
        Host::open(Config { run_dir: directory.path().join(LONG_NAME), program }).await.unwrap()
    }

    /// A second host role on the same sessions, as after a restart of the web process.
    pub async fn restarted(mut self) -> Self {
        self.host = Self::host_in(&self.directory).await;
        self
    }

    pub fn plan(&self, script: &str) -> Start {
        let shell = self.directory.path().join(format!("shell-{}", Uuid::now_v7()));
        std::fs::write(&shell, format!("#!/bin/bash\n{script}\n")).unwrap();
        let mode = std::os::unix::fs::PermissionsExt::from_mode(0o755);
        std::fs::set_permissions(&shell, mode).unwrap();
        Start {
            id: SessionId(Uuid::now_v7()),
            account: self.host.accounts()[0].name.clone(),
            cols: 80,
            rows: 24,
            shell: Some(shell),
            scrollback: 10_000,
        }
    }

    /// A session whose login shell is this bash script.
    pub async fn start(&self, script: &str) -> (SessionId, Report) {
        let plan = self.plan(script);
        let id = plan.id;
        (id, self.host.start(plan).await.unwrap())
    }

    pub async fn attach(&self, id: SessionId) -> Client {
        Client::attach(&self.host, id, Uuid::now_v7(), None, 1, false).await
    }

    pub async fn watch(&self, id: SessionId) -> Client {
        Client::attach(&self.host, id, Uuid::now_v7(), None, 1, true).await
    }

    /// Waits until the host role says this of a session.
    pub async fn until(&self, id: SessionId, mut true_of: impl FnMut(Option<&Report>) -> bool) {
        let mut changed = self.host.changed();
        let wait = async {
            while !true_of(self.host.report(id).as_ref()) {
                changed.changed().await.unwrap();
            }
        };
        timeout(LONG, wait).await.expect("the host role learns of it");
    }
}

impl Drop for World {
    /// Sessions outlive everything above them, a test too.
    fn drop(&mut self) {
        for report in self.host.reports().into_values().filter(|report| report.end.is_none()) {
            if let Some(pid) = i32::try_from(report.process).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::TERM);
            }
        }
    }
}

/// A viewer.
pub struct Client {
    pub id: Uuid,
    pub mirror: Mirror,
    pub welcome: Welcome,
    pub ended: Option<Ended>,
    pub closed: Option<(u16, String)>,
    pub notices: Vec<Notice>,
    pub histories: Vec<History>,
    pub acked: u64,
    pub frame_bytes: Vec<usize>,
    /// Applied frames are acknowledged.
    pub acknowledges: bool,
    next_input: u64,
    reader: Reader,
    writer: Writer,
}

impl Client {
    /// Attaches as the page `id`, with the mirror of an earlier attachment or none.
    pub async fn attach(
        host: &Host,
        session: SessionId,
        id: Uuid,
        mirror: Option<Mirror>,
        next_input: u64,
        watch: bool,
    ) -> Self {
        let mirror = mirror.unwrap_or_default();
        let hello = Hello {
            version: protocol::VERSION,
            client: id.as_bytes().to_vec(),
            position: mirror.position(),
            next_input,
            ..Hello::default()
        };
        let viewer = Viewer { who: "Ada".into(), device: "test".into(), since: 0 };
        let request =
            AttachRequest { viewer: Some(viewer), watch, overseeing: false, hello: Some(hello) };
        let (reader, writer) = host.attach(session, request).await.unwrap();
        let mut client = Self {
            id,
            mirror,
            welcome: Welcome::default(),
            ended: None,
            closed: None,
            notices: Vec::new(),
            histories: Vec::new(),
            acked: 0,
            frame_bytes: Vec::new(),
            acknowledges: true,
            next_input,
            reader,
            writer,
        };
        client.step().await;
        client
    }

    pub async fn send(&mut self, body: client_message::Body) {
        let message = ClientMessage { body: Some(body) };
        self.writer.send(&message.encode_to_vec()).await.unwrap();
    }

    pub async fn send_raw(&mut self, bytes: &[u8]) {
        self.writer.send(bytes).await.unwrap();
    }

    /// Sends to a session that may have closed the connection already.
    pub async fn try_send(&mut self, body: client_message::Body) {
        let _ = self.writer.send(&ClientMessage { body: Some(body) }.encode_to_vec()).await;
    }

    /// The number of the next input.
    pub fn take_number(&mut self) -> u64 {
        self.next_input += 1;
        self.next_input - 1
    }

    pub async fn input(&mut self, event: Event) {
        let number = self.take_number();
        self.send(client_message::Body::Input(Input { number, event: Some(event) })).await;
    }

    pub async fn text(&mut self, text: &str) {
        self.input(Event::Text(text.into())).await;
    }

    pub async fn key(&mut self, key: &str, modifiers: u32) {
        self.input(Event::Key(Key { key: key.into(), modifiers, ..Key::default() })).await;
    }

    pub async fn resize(&mut self, columns: u32, rows: u32) {
        self.input(Event::Resize(Size { columns, rows })).await;
    }

    /// Takes one message. False once the connection is over.
    pub async fn step(&mut self) -> bool {
        let message =
            match timeout(LONG, self.reader.next()).await.expect("a message comes").unwrap_or(None)
            {
                Some(Relayed::Message(body)) => body,
                Some(Relayed::Close { code, reason }) => {
                    self.closed = Some((code, reason));
                    return true;
                }
                None => return false,
            };
        let bytes = message.len();
        match ServerMessage::decode(message).unwrap().body.unwrap() {
            server_message::Body::Welcome(welcome) => {
                self.next_input = welcome.accepted + 1;
                self.welcome = welcome;
            }
            server_message::Body::Frame(frame) => {
                self.frame_bytes.push(bytes);
                self.acked += self.mirror.apply(&frame).expect("frames fit the mirror").acked;
                if self.acknowledges {
                    self.try_send(client_message::Body::Ack(Ack { frames: 1 })).await;
                }
            }
            server_message::Body::Acked(acked) => self.acked += acked.more,
            server_message::Body::Ended(ended) => self.ended = Some(ended),
            server_message::Body::Notice(notice) => self.notices.push(notice),
            server_message::Body::History(history) => self.histories.push(history),
            _ => {}
        }
        true
    }

    /// Takes messages until this is true.
    pub async fn until(&mut self, mut true_of: impl FnMut(&Self) -> bool) {
        while !true_of(self) {
            assert!(
                self.step().await,
                "the connection ended early; the screen was:\n{}",
                self.screen()
            );
        }
    }

    pub async fn until_shows(&mut self, text: &str) {
        let wait = async {
            self.until(|client| client.screen().contains(text)).await;
        };
        let shown = timeout(LONG, wait).await.is_ok();
        assert!(shown, "{text:?} never came; the screen was:\n{}", self.screen());
    }

    /// The next answer to a history request.
    pub async fn history(&mut self) -> History {
        self.until(|client| !client.histories.is_empty()).await;
        self.histories.remove(0)
    }

    /// Takes everything until the connection is over.
    pub async fn until_over(&mut self) {
        while self.step().await {}
    }

    pub fn screen(&self) -> String {
        self.mirror.lines().iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// Whether a process exists and is not a zombie.
pub fn lives(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
