//! The session itself: one screen, one PTY, the viewers. All events end up here, one at a time: what
//! viewers say in `receive`, who they are in `attend`, what they are shown and when in `show`. Tasks and sockets live in `serve`,
//! the order of dying in `ending`.

mod activity;
mod attend;
mod guests;
mod receive;
mod show;

use std::{collections::BTreeMap, rc::Rc};

use prost::Message;
use protocol::{
    close,
    framing::Channel,
    id::{ClientId, SessionId},
    wire::{self, End, Report, server_message::Body},
};
use screen::{Screen, Size};
use tokio::{sync::Notify, time::Instant};
use uuid::Uuid;

use crate::{
    attachments::attachment::Viewer,
    clock::{since_boot, unix_millis},
    error::Error,
    io::connection::Connection,
    io::timer::Alarm,
    lifetime::idle::{Activity, Idle},
    participants::baton::{Crew, Role},
    process::pty::{self, Pty},
    reports::Reports,
    sharing::shares::Shares,
    terminal::pace::Pace,
    terminal::queue::{self, Numbers, Queue},
};

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
    /// Rings when it is time to look whether it expires.
    pub alarm: Rc<Alarm>,
    /// Who is told about it.
    pub reports: Reports,
    /// Boxed: it is 14 KB, and every move of a session would leave as much of the stack touched.
    screen: Box<Screen>,
    viewers: BTreeMap<u64, Viewer>,
    next_viewer: u64,
    crew: Crew,
    shares: Shares,
    /// When the driver last did something, or began to drive.
    drove_at: Option<Instant>,
    loan: Option<attend::Loan>,
    idle: Idle,
    rounds: attend::Rounds,
    probes: Vec<attend::Probe>,
    numbers: Numbers,
    /// Apart, so that no number of guests makes the owner's numbers forgotten.
    guest_numbers: Numbers,
    queue: Queue,
    /// Whose paste has begun and not ended.
    paste_open: Option<ClientId>,
    pace: Pace,
    dirty: bool,
    held_since: Option<Instant>,
    last_output: Option<Instant>,
    frame: Option<EncodedFrame>,
    created_at: u64,
    last_seen: u64,
    armed: Option<Instant>,
    /// Root started it and it became an account.
    helped: bool,
    unkillable: u32,
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
        let mut screen = Box::new(Screen::new(size, scrollback));
        let rules = start.rules.unwrap_or_default();
        screen.limit_history(rules.history_bytes);
        let home = match pty::enterable(&start.home) {
            true => start.home.as_str(),
            false => {
                let sentence = "The home directory can't be entered; the shell starts in /.\r\n";
                screen.feed(sentence.as_bytes());
                "/"
            }
        };
        let pty = Rc::new(Pty::open(start, home, size)?);
        let now = unix_millis();
        let mut session = Self {
            id,
            pty,
            wake: Rc::new(Notify::new()),
            ending: None,
            end: None,
            alarm: Rc::new(Alarm::new()?),
            reports: Reports::default(),
            screen,
            viewers: BTreeMap::new(),
            next_viewer: 1,
            crew: Crew::new(rules.policy(), rules.baton()),
            shares: Shares::new(rules.guests_alone, since_boot()),
            drove_at: None,
            loan: None,
            idle: Idle::new(&rules, since_boot()),
            rounds: attend::Rounds::default(),
            probes: Vec::new(),
            numbers: Numbers::default(),
            guest_numbers: Numbers::of(queue::GUESTS),
            queue: Queue::default(),
            paste_open: None,
            pace: Pace::new(Instant::now()),
            dirty: false,
            held_since: None,
            // What starting took is given back like what a burst took.
            last_output: Some(Instant::now()),
            frame: None,
            created_at: now,
            last_seen: now,
            armed: None,
            helped: start.account.is_some(),
            unkillable: 0,
        };
        session.look_at_the_clock();
        Ok(session)
    }

    /// Output of the shell.
    pub fn output(&mut self, bytes: &[u8]) {
        self.screen.feed(bytes);
        self.dirty = true;
        let now = Instant::now();
        self.last_output = Some(now);
        self.reports.changed(now);
        self.note(Activity::Output);
        for event in self.screen.take_events() {
            match event {
                // A full queue means that nobody reads: the answer would be lost there as well.
                screen::Event::Reply(bytes) => drop(self.queue.answer(bytes)),
                screen::Event::Clipboard(text) => {
                    if let Some(viewer) =
                        self.crew.driver().and_then(|driver| self.viewers.get(&driver))
                    {
                        viewer.send(Body::Clipboard(wire::Clipboard { text }));
                    }
                }
            }
        }
        self.write();
        self.flush();
    }

    fn changed(&mut self) {
        self.reports.changed(Instant::now());
        self.wake.notify_one();
    }

    /// So many processes of another user are left that this one may not signal. Tells the host role, which
    /// may when it is root; returns whether it is.
    pub fn cannot_end(&mut self, processes: u32) -> bool {
        self.unkillable = processes;
        self.reports.send(&self.report(), Instant::now());
        self.helped
    }

    /// The last word to everybody: all output, then how it ended.
    pub fn say_goodbye(&mut self, end: End) {
        self.screen.end_synchronized();
        self.screen.sync();
        self.send_frames(Instant::now(), true);
        let cause = Some(wire::ended::Cause::Session(end.clone()));
        let (code, reason) = match end.cause() {
            wire::EndCause::Expired => (close::IDLE, "Nobody used the session for too long."),
            _ => (close::ENDED, "The session ended."),
        };
        // A guest learns that it is over and how, not who of the workspace did it and why.
        let told = End { by: String::new(), note: String::new(), ..end.clone() };
        let told = Some(wire::ended::Cause::Session(told));
        for (number, viewer) in std::mem::take(&mut self.viewers) {
            self.crew.leave(number);
            if let Some(badge) = viewer.badge {
                self.shares.leave(badge, end.at);
                viewer.send(Body::Ended(wire::Ended { cause: told.clone() }));
                viewer.connection.close(close::GONE, reason);
                continue;
            }
            viewer.send(Body::Ended(wire::Ended { cause: cause.clone() }));
            viewer.connection.close(code, reason);
        }
        self.end = Some(end);
        self.reports.send_last(&self.report());
    }

    /// All this session says of itself.
    pub fn report(&self) -> Report {
        let size = self.screen.size();
        let guests = self.viewers.values().filter(|viewer| viewer.badge.is_some()).count();
        let person = |number: Option<u64>| {
            number.and_then(|number| self.viewers.get(&number)).map(|viewer| viewer.person.clone())
        };
        let is_guest = |number: &u64| self.crew.role(*number).is_some_and(Role::is_guest);
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
            driver: person(self.crew.holder()),
            guest_driver: person(self.crew.driver().filter(is_guest)),
            viewers: count(self.viewers.len() - guests),
            guests: count(guests),
            end: self.end.clone(),
            expires_at: self.expires_at(),
            unkillable: self.unkillable,
            seen: self.shares.seen(),
            present: self.reported(),
            asking: count(self.crew.asking()),
        }
    }

    /// The foreground program, when it is not the shell.
    fn foreground(&self) -> Option<String> {
        let group = self
            .pty
            .foreground()
            .filter(|group| *group != self.pty.shell().as_raw_nonzero().get())?;
        let name = std::fs::read(format!("/proc/{group}/comm")).ok()?;
        Some(String::from_utf8_lossy(&name).trim_end().to_owned())
    }
}

fn count(many: usize) -> u32 {
    u32::try_from(many).unwrap_or(u32::MAX)
}

fn clamped(columns: u32, rows: u32) -> Size {
    let narrow = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    Size::clamped(narrow(columns), narrow(rows))
}

/// Sends one report on a connection.
pub fn send_report(connection: &Connection, report: &Report) {
    connection.send(Channel::Message, &report.encode_to_vec());
}
