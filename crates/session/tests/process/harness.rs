//! A session process under the host role, and a client with a mirror of its screen.

use std::{fs::File, os::fd::AsRawFd, path::PathBuf, time::Duration};

use bytes::BytesMut;
use host::{Config, Host, Reader, Relayed, Start, Writer};
use prost::Message;
use protocol::{
    framing::{self, Channel},
    id::SessionId,
    mirror::Mirror,
    wire::{
        Ack, AttachRequest, Baton, ClientMessage, Crew, Ended, Guest, Hello, History, Input, Key,
        Notice, Pong, Present, Report, Rules, ServerMessage, SessionRequest, ShareChange, Size,
        Viewer, Welcome, baton, client_message, input::Event, server_message, session_request,
    },
};
use rustix::process::{Pid, Signal, kill_process};
use tempfile::TempDir;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::UnixStream,
    time::timeout,
};
use uuid::Uuid;

/// Timeout of every wait, longer than any takes on the slowest machine.
const TIMEOUT: Duration = Duration::from_secs(30);

/// Directory of the sockets, longer than the name of a socket can be.
pub const LONG_NAME: &str = "run-in-a-directory-with-a-name-so-long-that-no-socket-inside-could-be-bound-or-connected-to-by-its-own-full-path-name";

/// A host role with its own directory.
pub struct Harness {
    pub host: Host,
    pub directory: TempDir,
}

impl Harness {
    pub async fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        Self { host: Self::host_in(&directory).await, directory }
    }

    pub async fn host_in(directory: &TempDir) -> Host {
        let program = PathBuf::from(env!("CARGO_BIN_EXE_websh-session"));
        Host::open(Config { run_dir: directory.path().join(LONG_NAME), program, open_files: None })
            .await
            .unwrap()
    }

    /// Opens a new host role for the same sessions, as after a restart of the web process.
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
            account: host::accounts().unwrap()[0].name.clone(),
            cols: 80,
            rows: 24,
            shell: Some(shell),
            scrollback: 10_000,
            rules: Rules::default(),
        }
    }

    /// Starts a session whose login shell is this bash script.
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

    /// Attaches a new client with these options.
    pub async fn attach_with(&self, id: SessionId, options: AttachOptions) -> Client {
        Client::attach_with(&self.host, id, Uuid::now_v7(), options).await
    }

    /// Sends a request to the session process. Returns the messages of its response.
    pub async fn request(&self, id: SessionId, body: session_request::Body) -> Vec<Vec<u8>> {
        self.request_framed(id, body).await.into_iter().map(|(_, body)| body).collect()
    }

    /// Like [`request`](Self::request), with the channels of the messages.
    pub async fn request_framed(
        &self,
        id: SessionId,
        body: session_request::Body,
    ) -> Vec<(Channel, Vec<u8>)> {
        let directory = File::open(self.directory.path().join(LONG_NAME).join(id.to_string()));
        let socket = format!("/proc/self/fd/{}/socket", directory.as_ref().unwrap().as_raw_fd());
        let mut stream = UnixStream::connect(socket).await.unwrap();
        let request = SessionRequest { version: protocol::VERSION, body: Some(body) };
        let request = request.encode_to_vec();
        let header = framing::header(Channel::Message, request.len());
        stream.write_all(&[&header[..], &request].concat()).await.unwrap();
        let mut response = Vec::new();
        timeout(TIMEOUT, stream.read_to_end(&mut response)).await.expect("a response").unwrap();
        let (mut response, mut messages) = (BytesMut::from(response.as_slice()), Vec::new());
        while let Some((channel, body)) = framing::next(&mut response).unwrap() {
            messages.push((channel, body.to_vec()));
        }
        messages
    }

    /// Sends a request whose response is a report.
    pub async fn report(&self, id: SessionId, body: session_request::Body) -> Report {
        let response = self.request(id, body).await;
        Report::decode(response[0].as_slice()).unwrap()
    }

    /// Applies new rules to a session.
    pub async fn configure(&self, id: SessionId, rules: Rules) -> Report {
        self.report(id, session_request::Body::Configure(rules)).await
    }

    /// Waits until the host role has a report for which this is true.
    pub async fn until(&self, id: SessionId, mut condition: impl FnMut(Option<&Report>) -> bool) {
        let mut changed = self.host.changed();
        let wait = async {
            while !condition(self.host.report(id).as_ref()) {
                changed.changed().await.unwrap();
            }
        };
        timeout(TIMEOUT, wait).await.expect("the host role receives the report");
    }
}

impl Drop for Harness {
    /// Ends the sessions, which would otherwise outlive the test.
    fn drop(&mut self) {
        for report in self.host.reports().into_values().filter(|report| report.end.is_none()) {
            if let Some(pid) = i32::try_from(report.process).ok().and_then(Pid::from_raw) {
                let _ = kill_process(pid, Signal::TERM);
            }
        }
    }
}

/// Options for attaching.
pub struct AttachOptions {
    pub mirror: Option<Mirror>,
    pub next_input: u64,
    pub watch: bool,
    pub overseeing: bool,
    pub take_over: bool,
    pub device: &'static str,
    pub guest: Option<Guest>,
}

impl Default for AttachOptions {
    fn default() -> Self {
        let (watch, overseeing, take_over) = (false, false, false);
        let (device, guest) = ("test", None);
        Self { mirror: None, next_input: 1, watch, overseeing, take_over, device, guest }
    }
}

/// Options of a guest with full access by a share that ends three hours after the start.
pub fn guest(started: &Report, share: u8, guest: u8) -> AttachOptions {
    let guest = Guest {
        share: vec![share; 16],
        guest: vec![guest; 16],
        name: format!("guest {guest}"),
        read_only: false,
        ends_at: started.created_at + 3 * 3_600_000,
    };
    AttachOptions { guest: Some(guest), ..AttachOptions::default() }
}

impl AttachOptions {
    /// Makes the share read-only.
    pub fn read_only(mut self) -> Self {
        self.guest = self.guest.map(|guest| Guest { read_only: true, ..guest });
        self
    }
}

/// A client with a mirror.
pub struct Client {
    pub id: Uuid,
    /// Share of a guest.
    pub share: Vec<u8>,
    pub mirror: Mirror,
    pub welcome: Welcome,
    pub ended: Option<Ended>,
    pub closed: Option<(u16, String)>,
    pub notices: Vec<Notice>,
    pub histories: Vec<History>,
    pub acked: u64,
    pub frame_bytes: Vec<usize>,
    /// Acknowledges applied frames.
    pub acknowledges: bool,
    /// The session sent a ping.
    pub pinged: bool,
    /// Replies to pings.
    pub replies: bool,
    /// The last list of participants.
    pub participants: Crew,
    next_input: u64,
    reader: Reader,
    writer: Writer,
}

impl Client {
    /// Attaches as the page `id`, optionally with the mirror of an earlier attachment.
    pub async fn attach(
        host: &Host,
        session: SessionId,
        id: Uuid,
        mirror: Option<Mirror>,
        next_input: u64,
        watch: bool,
    ) -> Self {
        let options = AttachOptions { watch, next_input, mirror, ..AttachOptions::default() };
        Self::attach_with(host, session, id, options).await
    }

    /// Attaches as the page `id`.
    pub async fn attach_with(
        host: &Host,
        session: SessionId,
        id: Uuid,
        options: AttachOptions,
    ) -> Self {
        let AttachOptions { mirror, next_input, watch, overseeing, take_over, device, guest } =
            options;
        let mirror = mirror.unwrap_or_default();
        let share = guest.as_ref().map(|guest| guest.share.clone()).unwrap_or_default();
        let hello = Hello {
            version: protocol::VERSION,
            client: id.as_bytes().to_vec(),
            position: mirror.position(),
            next_input,
            take_over,
            ..Hello::default()
        };
        let viewer = Viewer { who: "Ada".into(), device: device.into(), since: 0 };
        let request =
            AttachRequest { viewer: Some(viewer), watch, overseeing, hello: Some(hello), guest };
        let (reader, writer) = host.attach(session, request).await.unwrap();
        let mut client = Self {
            id,
            share,
            mirror,
            welcome: Welcome::default(),
            ended: None,
            closed: None,
            notices: Vec::new(),
            histories: Vec::new(),
            acked: 0,
            frame_bytes: Vec::new(),
            acknowledges: true,
            pinged: false,
            replies: true,
            participants: Crew::default(),
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

    /// Sends to a session that may have closed the connection.
    pub async fn try_send(&mut self, body: client_message::Body) {
        let _ = self.writer.send(&ClientMessage { body: Some(body) }.encode_to_vec()).await;
    }

    /// Allocates the number of the next input.
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

    /// Receives one message. Returns false after the end of the connection.
    pub async fn step(&mut self) -> bool {
        let message = match timeout(TIMEOUT, self.reader.next())
            .await
            .expect("a message arrives")
            .unwrap_or(None)
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
                self.acked +=
                    self.mirror.apply(&frame).expect("the frame applies to the mirror").acked;
                if self.acknowledges {
                    self.try_send(client_message::Body::Ack(Ack { frames: 1 })).await;
                }
            }
            server_message::Body::Acked(acked) => self.acked += acked.more,
            server_message::Body::Ended(ended) => self.ended = Some(ended),
            server_message::Body::Notice(notice) => self.notices.push(notice),
            server_message::Body::History(history) => self.histories.push(history),
            server_message::Body::Crew(crew) => self.participants = crew,
            server_message::Body::Ping(ping) => {
                self.pinged = true;
                if self.replies {
                    self.try_send(client_message::Body::Pong(Pong { nonce: ping.nonce })).await;
                }
            }
            _ => {}
        }
        true
    }

    /// Numbers of the drivers and of the requesters in the last list.
    pub fn baton(&self) -> (Vec<u64>, Vec<u64>) {
        let of = |wanted: fn(&Present) -> bool| {
            self.participants
                .present
                .iter()
                .filter(|one| wanted(one))
                .map(|one| one.viewer)
                .collect()
        };
        (of(|one| one.driving), of(|one| one.asking))
    }

    /// Waits for a list of participants. Returns the number of this attachment.
    pub async fn until_listed(&mut self) -> u64 {
        self.until(|client| client.participants.you > 0).await;
        self.participants.you
    }

    /// An empty change of the share.
    pub fn share_change(&self) -> ShareChange {
        ShareChange { share: self.share.clone(), ..ShareChange::default() }
    }

    /// Sends a request about the baton.
    pub async fn request_baton(&mut self, wish: baton::Wish) {
        self.send(client_message::Body::Baton(Baton { wish: Some(wish), seconds: 0 })).await;
    }

    /// Receives messages until this is true.
    pub async fn until(&mut self, mut condition: impl FnMut(&Self) -> bool) {
        while !condition(self) {
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
        let shown = timeout(TIMEOUT, wait).await.is_ok();
        assert!(shown, "{text:?} did not appear; the screen was:\n{}", self.screen());
    }

    /// Waits for the next reply to a history request.
    pub async fn history(&mut self) -> History {
        self.until(|client| !client.histories.is_empty()).await;
        self.histories.remove(0)
    }

    /// Receives messages until the connection is closed.
    pub async fn until_closed(&mut self) {
        while self.step().await {}
    }

    pub fn screen(&self) -> String {
        self.mirror.lines.iter().map(|line| line.text.as_str()).collect::<Vec<_>>().join("\n")
    }
}

/// Returns whether a process exists and is not a zombie.
pub fn is_alive(pid: u32) -> bool {
    let stat = std::fs::read_to_string(format!("/proc/{pid}/stat")).unwrap_or_default();
    stat.rsplit_once(") ").is_some_and(|(_, rest)| !rest.starts_with(['Z', 'X']))
}
