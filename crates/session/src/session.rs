//! The session itself: one screen, one PTY, the viewers. All events end up here, one at a time; tasks
//! and sockets live in `serve`, the order of dying in `ending`.

use std::{collections::BTreeMap, rc::Rc};

use prost::Message;
use protocol::{
    close,
    framing::Channel,
    id::{ClientId, SessionId},
    wire::{
        self, AttachRequest, ClientMessage, End, Report, client_message, input::Event,
        server_message::Body,
    },
};
use screen::{Screen, Size};
use tokio::{
    sync::Notify,
    time::{Duration, Instant},
};
use uuid::Uuid;

use crate::{
    Error,
    clock::unix_millis,
    connection::Connection,
    input::{Numbers, Queue, Verdict},
    pace::Pace,
    pty::Pty,
    reports::Reports,
    viewer::Viewer,
};

/// Synchronized output (mode 2026) holds frames back for at most this long.
const HOLD: Duration = Duration::from_millis(150);

/// After this long without output the history is packed.
const IDLE: Duration = Duration::from_secs(1);

/// Longest name of a person or device that is kept, in characters.
const MAX_NAME: usize = 80;

/// Everything one session is.
pub struct Session {
    /// Its id.
    pub id: SessionId,
    /// The terminal the shell is on.
    pub pty: Rc<Pty>,
    /// Rung when the main loop must look again: a deadline moved or input waits for the PTY.
    pub wake: Rc<Notify>,
    /// A request to end it.
    pub ending: Option<wire::EndRequest>,
    /// How it ended, once it has.
    pub end: Option<End>,
    /// Who is told about it.
    pub reports: Reports,
    screen: Screen,
    viewers: BTreeMap<u64, Viewer>,
    next_viewer: u64,
    driver: Option<u64>,
    numbers: Numbers,
    queue: Queue,
    paste_open: bool,
    pace: Pace,
    dirty: bool,
    held_since: Option<Instant>,
    last_output: Option<Instant>,
    frame: Option<EncodedFrame>,
    created_at: u64,
    last_seen: u64,
    armed: Option<Instant>,
}

/// The last encoded frame: viewers at the same position share it.
struct EncodedFrame {
    from: Option<wire::Position>,
    to: wire::Position,
    bytes: Vec<u8>,
}

impl Session {
    /// Opens the PTY and starts the shell.
    ///
    /// # Errors
    /// As [`Pty::open`].
    pub fn open(start: &wire::Start) -> Result<Self, Error> {
        let id = Uuid::from_slice(&start.session)
            .map(SessionId)
            .map_err(|_| Error::Request("a session id"))?;
        let size = clamped(start.columns, start.rows);
        let scrollback = usize::try_from(start.scrollback).unwrap_or(usize::MAX);
        let pty = Rc::new(Pty::open(start, size)?);
        let now = unix_millis();
        Ok(Self {
            id,
            pty,
            wake: Rc::new(Notify::new()),
            ending: None,
            end: None,
            reports: Reports::default(),
            screen: Screen::new(size, scrollback),
            viewers: BTreeMap::new(),
            next_viewer: 1,
            driver: None,
            numbers: Numbers::default(),
            queue: Queue::default(),
            paste_open: false,
            pace: Pace::new(Instant::now()),
            dirty: false,
            held_since: None,
            last_output: None,
            frame: None,
            created_at: now,
            last_seen: now,
            armed: None,
        })
    }

    /// A viewer attaches. Returns its number, or none when it was turned away.
    pub fn attach(&mut self, connection: &Rc<Connection>, request: AttachRequest) -> Option<u64> {
        let hello = request.hello.unwrap_or_default();
        let Ok(client) = Uuid::from_slice(&hello.client) else {
            connection.close(close::BAD_MESSAGE, "A client id has 16 bytes.");
            return None;
        };
        if !(protocol::OLDEST_VERSION..=protocol::VERSION).contains(&hello.version) {
            connection
                .close(close::BAD_MESSAGE, "This page is of another version of websh: reload it.");
            return None;
        }
        let client = ClientId(client);
        let mut person = request.viewer.unwrap_or_default();
        person.who = person.who.chars().take(MAX_NAME).collect();
        person.device = person.device.chars().take(MAX_NAME).collect();
        person.since = unix_millis();
        let number = self.next_viewer;
        self.next_viewer += 1;
        let accepted = self.numbers.attach(client, hello.next_input);
        let replaced = if request.watch { None } else { self.take_over(client, &person) };
        let viewer =
            Viewer::new(Rc::clone(connection), person, client, request.watch, hello.position);
        let driving = !request.watch;
        viewer.send(Body::Welcome(wire::Welcome {
            version: protocol::VERSION,
            accepted,
            driving,
            replaced,
        }));
        if driving {
            self.driver = Some(number);
            self.last_seen = unix_millis();
        }
        self.viewers.insert(number, viewer);
        self.changed();
        self.flush();
        Some(number)
    }

    /// The driver gives way to a new one. Returns who it was, unless it is the same client come back.
    fn take_over(&mut self, client: ClientId, by: &wire::Viewer) -> Option<wire::Viewer> {
        let old = self.viewers.remove(&self.driver.take()?)?;
        if old.client != client && std::mem::take(&mut self.paste_open) {
            let end = self.screen.encode_paste("", false, true);
            self.queue_bytes(None, end);
        }
        let cause = Some(wire::ended::Cause::TakenOver(by.clone()));
        old.send(Body::Ended(wire::Ended { cause }));
        old.connection.close(close::TAKEN_OVER, "Another client drives now.");
        (old.client != client).then_some(old.person)
    }

    /// A viewer is gone, for whatever reason.
    pub fn leave(&mut self, number: u64) {
        if self.viewers.remove(&number).is_none() {
            return;
        }
        if self.driver == Some(number) {
            self.driver = None;
            self.last_seen = unix_millis();
        }
        self.changed();
    }

    /// A message of a viewer.
    pub fn message(&mut self, number: u64, body: &[u8]) {
        let message = ClientMessage::decode(body).ok().and_then(|message| message.body);
        let Some(viewer) = self.viewers.get_mut(&number) else { return };
        let now = Instant::now();
        match message {
            Some(client_message::Body::Input(input)) => {
                self.input(number, input);
                self.write();
            }
            Some(client_message::Body::Ack(ack)) => viewer.acknowledge(ack.frames),
            Some(client_message::Body::Presence(presence)) => {
                viewer.visible = presence.visible;
                if presence.visible && !viewer.watch {
                    self.last_seen = unix_millis();
                    self.reports.changed(now);
                }
            }
            Some(client_message::Body::History(request)) => {
                let count = request.count.min(protocol::MAX_HISTORY_LINES);
                let history = self.screen.lines(request.first, count);
                viewer.send(Body::History(history));
            }
            Some(client_message::Body::Refresh(_)) => viewer.position = None,
            Some(client_message::Body::Ping(ping)) => {
                viewer.send(Body::Pong(wire::Pong { nonce: ping.nonce }))
            }
            Some(client_message::Body::Hello(_)) | None => {
                viewer.connection.close(close::BAD_MESSAGE, "The message could not be understood.");
                self.leave(number);
            }
        }
        self.flush();
    }

    fn input(&mut self, number: u64, input: wire::Input) {
        let now = Instant::now();
        let Some(viewer) = self.viewers.get_mut(&number) else { return };
        if viewer.watch {
            if !std::mem::replace(&mut viewer.refused, true) {
                let body = Some(wire::notice::Body::InputRefused(true));
                viewer.send(Body::Notice(wire::Notice { body }));
            }
            return;
        }
        match self.numbers.judge(viewer.client, input.number) {
            Verdict::Apply => {}
            Verdict::Repeat => return viewer.input_done(now),
            Verdict::Gap => {
                viewer.connection.close(close::BAD_MESSAGE, "Input numbers rise by one.");
                return self.leave(number);
            }
        }
        self.last_seen = unix_millis();
        self.reports.changed(now);
        let bytes = match input.event {
            Some(Event::Text(text)) => text.into_bytes(),
            Some(Event::Key(key)) => self.screen.encode_key(&key),
            Some(Event::Paste(paste)) => {
                let first = !std::mem::replace(&mut self.paste_open, paste.more);
                self.screen.encode_paste(&paste.text, first, !paste.more)
            }
            Some(Event::Mouse(mouse)) => self.screen.encode_mouse(&mouse),
            Some(Event::Focus(focused)) => self.screen.encode_focus(focused),
            Some(Event::Resize(size)) => {
                self.resize(clamped(size.columns, size.rows));
                Vec::new()
            }
            None => Vec::new(),
        };
        if bytes.is_empty() {
            if let Some(viewer) = self.viewers.get_mut(&number) {
                viewer.input_done(now);
            }
            return;
        }
        if !self.queue_bytes(Some(number), bytes) {
            if let Some(viewer) = self.viewers.get(&number) {
                viewer.connection.close(close::TOO_MANY, "More input than the shell can take.");
            }
            self.leave(number);
        }
    }

    fn resize(&mut self, size: Size) {
        if size != self.screen.size() {
            self.screen.resize(size);
            self.pty.resize(size);
            self.dirty = true;
            self.changed();
        }
    }

    fn queue_bytes(&mut self, viewer: Option<u64>, bytes: Vec<u8>) -> bool {
        bytes.is_empty() || self.queue.push(viewer, bytes).is_ok()
    }

    /// Writes to the PTY what it takes.
    pub fn write(&mut self) {
        while let Some(bytes) = self.queue.front() {
            let Ok(written) = self.pty.write(bytes) else { break };
            if let Some(number) = self.queue.advance(written)
                && let Some(viewer) = self.viewers.get_mut(&number)
            {
                viewer.input_done(Instant::now());
            }
        }
        if !self.queue.is_empty() {
            self.wake.notify_one();
        }
    }

    /// Whether input waits for the PTY.
    pub fn wants_to_write(&self) -> bool {
        !self.queue.is_empty()
    }

    /// Output of the shell.
    pub fn output(&mut self, bytes: &[u8]) {
        self.screen.feed(bytes);
        self.dirty = true;
        let now = Instant::now();
        self.last_output = Some(now);
        self.reports.changed(now);
        for event in self.screen.take_events() {
            match event {
                // A full queue means that nobody reads: the answer would be lost there as well.
                screen::Event::Reply(bytes) => drop(self.queue.push(None, bytes)),
                screen::Event::Clipboard(text) => {
                    if let Some(viewer) = self.driver.and_then(|driver| self.viewers.get(&driver)) {
                        viewer.send(Body::Clipboard(wire::Clipboard { text }));
                    }
                }
            }
        }
        self.write();
        self.flush();
    }

    /// Shows viewers what they may be shown now.
    pub fn flush(&mut self) {
        let now = Instant::now();
        if !self.held(now) {
            let waiting = self.viewers.values().any(|viewer| viewer.ready(now));
            if self.dirty && waiting && self.pace.next() <= now {
                self.dirty = false;
                if self.screen.sync() {
                    self.pace.take(now);
                }
            }
        }
        self.send_frames(now, false);
        if let Some(at) = self.deadline(now)
            && self.armed.is_none_or(|armed| at < armed)
        {
            self.wake.notify_one();
        }
    }

    fn held(&mut self, now: Instant) -> bool {
        if !self.screen.synchronized() {
            self.held_since = None;
            return false;
        }
        let since = *self.held_since.get_or_insert(now);
        if now.duration_since(since) < HOLD {
            return true;
        }
        self.screen.end_synchronized();
        self.held_since = None;
        false
    }

    fn send_frames(&mut self, now: Instant, regardless: bool) {
        let current = self.screen.position();
        let mut hash = None;
        for viewer in self.viewers.values_mut() {
            let behind = viewer
                .position
                .as_ref()
                .is_none_or(|at| (at.epoch, at.revision) != (current.epoch, current.revision));
            if !behind || !(regardless || viewer.ready(now)) {
                continue;
            }
            let shared = self
                .frame
                .as_ref()
                .is_some_and(|frame| frame.from == viewer.position && frame.to == current);
            if !shared {
                let Some(frame) = self.screen.frame_since(viewer.position.as_ref()) else {
                    viewer.position = Some(current);
                    continue;
                };
                self.frame = Some(EncodedFrame {
                    from: viewer.position,
                    to: current,
                    bytes: frame.encode_to_vec(),
                });
            }
            let hash = match viewer.wants_hash() {
                true => *hash.get_or_insert_with(|| self.screen.hash()),
                false => 0,
            };
            if let Some(frame) = &self.frame {
                viewer.send_frame(now, &frame.bytes, hash, current);
            }
        }
    }

    /// Does what was waiting for its time.
    pub fn tick(&mut self) {
        let now = Instant::now();
        self.armed = None;
        let mut stalled = Vec::new();
        for (number, viewer) in &mut self.viewers {
            if viewer.acks_at().is_some_and(|at| at <= now) {
                viewer.send_acks();
            }
            if viewer.stalls_at().is_some_and(|at| at <= now) {
                viewer
                    .connection
                    .close(close::TOO_SLOW, "Nothing was acknowledged for 30 seconds.");
                stalled.push(*number);
            }
        }
        stalled.into_iter().for_each(|number| self.leave(number));
        if self.last_output.is_some_and(|at| at + IDLE <= now) {
            self.last_output = None;
            self.screen.compact();
            crate::memory::give_back();
        }
        if self.reports.due(now) {
            self.reports.send(&self.report(), now);
        }
        self.flush();
    }

    /// When [`tick`](Self::tick) is to be called next.
    fn deadline(&self, now: Instant) -> Option<Instant> {
        let current = self.screen.position();
        let ready = self.viewers.values().filter_map(|viewer| {
            let behind = viewer
                .position
                .is_none_or(|at| (at.epoch, at.revision) != (current.epoch, current.revision));
            (behind || self.dirty).then(|| viewer.ready_at(now)).flatten()
        });
        let frame = ready.min().map(|at| match self.held_since {
            Some(since) => at.max(since + HOLD),
            None => at.max(self.pace.next()),
        });
        let viewers =
            self.viewers.values().flat_map(|viewer| [viewer.acks_at(), viewer.stalls_at()]);
        let own = [frame, self.last_output.map(|at| at + IDLE), self.reports.at()];
        viewers.chain(own).flatten().min()
    }

    /// As `deadline`, remembered: an earlier one rings [`wake`](Self::wake).
    pub fn arm(&mut self) -> Option<Instant> {
        self.armed = self.deadline(Instant::now());
        self.armed
    }

    fn changed(&mut self) {
        self.reports.changed(Instant::now());
    }

    /// The last word to everybody: all output, then how it ended.
    pub fn say_goodbye(&mut self, end: End) {
        self.screen.end_synchronized();
        self.screen.sync();
        self.send_frames(Instant::now(), true);
        let cause = Some(wire::ended::Cause::Session(end.clone()));
        for viewer in std::mem::take(&mut self.viewers).into_values() {
            viewer.send(Body::Ended(wire::Ended { cause: cause.clone() }));
            viewer.connection.close(close::ENDED, "The session ended.");
        }
        self.driver = None;
        self.end = Some(end);
        self.reports.send_last(&self.report());
    }

    /// All this session says of itself.
    pub fn report(&self) -> Report {
        let size = self.screen.size();
        let viewers = u32::try_from(self.viewers.len()).unwrap_or(u32::MAX);
        Report {
            session: self.id.0.as_bytes().to_vec(),
            process: std::process::id(),
            shell: self.pty.shell().as_raw_nonzero().get().unsigned_abs(),
            columns: size.columns.into(),
            rows: size.rows.into(),
            created_at: self.created_at,
            last_seen: self.last_seen,
            bytes_buffered: self.screen.bytes_buffered(),
            title: self.screen.title().to_owned(),
            foreground: self.foreground().unwrap_or_default(),
            driver: self
                .driver
                .and_then(|driver| self.viewers.get(&driver))
                .map(|viewer| viewer.person.clone()),
            viewers,
            guests: 0,
            end: self.end.clone(),
        }
    }

    /// The foreground program, when it is not the shell.
    fn foreground(&self) -> Option<String> {
        let group = self
            .pty
            .foreground()
            .filter(|group| *group != self.pty.shell().as_raw_nonzero().get())?;
        let name = std::fs::read_to_string(format!("/proc/{group}/comm")).ok()?;
        Some(name.trim_end().to_owned())
    }
}

fn clamped(columns: u32, rows: u32) -> Size {
    let narrow = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    Size::clamped(narrow(columns), narrow(rows))
}

/// Sends one report on a connection.
pub fn send_report(connection: &Connection, report: &Report) {
    connection.send(Channel::Message, &report.encode_to_vec());
}
