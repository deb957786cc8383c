//! The session: coordinates the shared terminal, its lifetime and its reports. All events arrive here, one
//! at a time. Knows no sockets and no tasks.

mod shared_terminal;

use std::{cell::RefCell, rc::Rc};

use protocol::{
    close,
    id::SessionId,
    wire::{self, AttachRequest, End, Position, Report, Rules, ShareChange, notice},
};
use tokio::{
    sync::{Notify, oneshot},
    time::Instant,
};
use uuid::Uuid;

use crate::{
    clock::since_boot,
    error::Error,
    io::{connection::Connection, timer::BootTimer},
    lifetime::{Lifetime, idle::Activity},
    process::pty::Pty,
    reports::Reports,
    session::shared_terminal::SharedTerminal,
};

/// The session, as shared by the tasks of its thread.
pub type Shared = Rc<RefCell<Session>>;

pub struct Session {
    /// Wakes the main loop after a deadline moved or input was queued.
    pub wake: Rc<Notify>,
    /// Pending request to end the session.
    pub end_request: Option<wire::EndRequest>,
    pub reports: Reports,
    id: SessionId,
    shared: SharedTerminal,
    lifetime: Lifetime,
    /// Deadline that the main loop waits for.
    armed: Option<Instant>,
    /// Root started the process, so the host role can end processes that this one may not signal.
    privileged_host: bool,
    unkillable: u32,
    end: Option<End>,
}

impl Session {
    pub fn open(start: &wire::Start) -> Result<Self, Error> {
        let id = Uuid::from_slice(&start.session)
            .map(SessionId)
            .map_err(|_| Error::Request("a session id"))?;
        let rules = start.rules.unwrap_or_default();
        let mut session = Self {
            wake: Rc::new(Notify::new()),
            end_request: None,
            reports: Reports::default(),
            id,
            shared: SharedTerminal::open(start, &rules)?,
            lifetime: Lifetime::new(&rules)?,
            armed: None,
            privileged_host: start.account.is_some(),
            unkillable: 0,
            end: None,
        };
        session.check_expiry();
        Ok(session)
    }

    pub fn pty(&self) -> Rc<Pty> {
        Rc::clone(&self.shared.terminal.pty)
    }

    /// Timer that fires when [`check_expiry`](Self::check_expiry) must be called.
    pub fn expiry_timer(&self) -> Rc<BootTimer> {
        Rc::clone(&self.lifetime.timer)
    }

    pub fn output(&mut self, bytes: &[u8]) {
        let now = Instant::now();
        self.shared.output(bytes, now);
        self.reports.request(now);
        if self.lifetime.record(Activity::Output) {
            self.send_expiry_notice();
        }
        self.settle();
        self.flush();
    }

    /// Attaches a client. Returns its number, or none after rejecting it.
    pub fn attach(&mut self, connection: &Rc<Connection>, request: AttachRequest) -> Option<u64> {
        let number = self.shared.attach(connection, request)?;
        self.settle();
        self.flush();
        Some(number)
    }

    pub fn leave(&mut self, number: u64) {
        self.shared.leave(number);
        self.settle();
    }

    pub fn on_message(&mut self, number: u64, body: &[u8]) {
        self.shared.on_message(number, body);
        self.settle();
        self.flush();
    }

    pub fn write(&mut self) {
        self.shared.write();
        self.settle();
    }

    pub fn has_queued_input(&self) -> bool {
        self.shared.terminal.has_queued_input()
    }

    /// Applies the effects of an event on the shared terminal.
    fn settle(&mut self) {
        let effects = self.shared.take_effects();
        if let Some(activity) = effects.owner_activity
            && self.lifetime.record_owner(activity)
        {
            self.send_expiry_notice();
        }
        if effects.check_moved {
            self.arm_timer();
        }
        if effects.report {
            self.reports.request(Instant::now());
        }
        if effects.wake {
            self.wake.notify_one();
        }
    }

    /// Changes a share, for its current and future guests. Returns false for an invalid id.
    pub fn change_share(&mut self, change: &ShareChange) -> bool {
        let valid = self.shared.change_share(change);
        self.settle();
        self.flush();
        valid
    }

    /// Evicts a guest for the rest of the session. Returns false for an invalid id.
    pub fn remove_guest(&mut self, guest: &[u8]) -> bool {
        let valid = self.shared.remove_guest(guest);
        self.settle();
        self.flush();
        valid
    }

    /// Applies new rules, also to current participants.
    pub fn configure(&mut self, rules: &Rules) {
        let participants = &mut self.shared.participants;
        participants.baton.configure(rules.policy(), rules.baton());
        participants.shares.configure(rules.guests_alone);
        self.lifetime.configure(rules);
        self.check_expiry();
        self.shared.terminal.feed.limit_history(rules.history_bytes);
        self.shared.update();
        self.settle();
        self.flush();
    }

    /// Postpones the expiry at the owner's request.
    pub fn keep(&mut self) {
        if self.lifetime.record_owner(Activity::Action) {
            self.send_expiry_notice();
        }
        self.changed();
    }

    fn changed(&mut self) {
        self.reports.request(Instant::now());
        self.wake.notify_one();
    }

    fn send_expiry_notice(&mut self) {
        let Some(at) = self.lifetime.take_notice() else { return };
        self.shared.participants.notify_owner(&notice::Body::Expiry(wire::Expiry { at }));
        self.changed();
    }

    fn arm_timer(&self) {
        self.lifetime.arm(self.shared.participants.shares.next_check(since_boot()));
    }

    /// Sends due warnings, ends expired shares and arms the timer for the next check; activity until then
    /// does not touch the timer. Returns whether the session has expired.
    pub fn check_expiry(&mut self) -> bool {
        self.send_expiry_notice();
        self.shared.review_guests();
        self.settle();
        self.arm_timer();
        self.lifetime.expired()
    }

    /// Probes the owner's client that drives or attached to drive. Returns its number and a receiver that
    /// resolves when it sends a message or detaches.
    pub fn probe(&mut self) -> Option<(u64, oneshot::Receiver<()>)> {
        let number = self.shared.participants.baton.owner_client()?;
        Some((number, self.shared.participants.attachments.probe(number)?))
    }

    /// Detaches a client that did not respond to a probe.
    pub fn close_unresponsive(&mut self, number: u64) {
        if let Some(attachment) = self.shared.participants.attachments.get(number) {
            attachment.connection.close(close::TOO_SLOW, "No response for 4 seconds.");
        }
        self.leave(number);
    }

    fn flush(&mut self) {
        let now = Instant::now();
        self.shared.flush(now);
        if let Some(at) = self.deadline(now)
            && self.armed.is_none_or(|armed| at < armed)
        {
            self.wake.notify_one();
        }
    }

    /// Returns the frame since `from` for a preview; none if nothing is newer.
    pub fn preview(&mut self, from: Option<&Position>) -> Option<wire::Frame> {
        let frame = self.shared.terminal.feed.preview(from)?;
        self.flush();
        Some(frame)
    }

    /// Handles passed deadlines.
    pub fn tick(&mut self) {
        let now = Instant::now();
        self.armed = None;
        self.shared.tick(now);
        self.settle();
        if self.reports.is_due(now) {
            self.reports.send(&self.report(), now);
        }
        self.flush();
    }

    fn deadline(&self, now: Instant) -> Option<Instant> {
        [self.shared.deadline(now), self.reports.due()].into_iter().flatten().min()
    }

    /// Returns the time of the next [`tick`](Self::tick). An earlier one notifies [`wake`](Self::wake).
    pub fn arm(&mut self) -> Option<Instant> {
        self.armed = self.deadline(Instant::now());
        self.armed
    }

    /// Reports the number of remaining processes that this one may not signal. Returns whether the host
    /// role can end them.
    pub fn report_unkillable(&mut self, processes: u32) -> bool {
        self.unkillable = processes;
        self.reports.send(&self.report(), Instant::now());
        self.privileged_host
    }

    /// Sends the last output and the end of the session to all connections.
    pub fn finish(&mut self, end: End) {
        let SharedTerminal { terminal, participants, .. } = &mut self.shared;
        terminal.feed.finish(&mut participants.attachments);
        participants.close_all(&end);
        self.end = Some(end);
        self.reports.finish(&self.report());
    }

    pub fn report(&self) -> Report {
        let SharedTerminal { terminal, participants, .. } = &self.shared;
        let (screen, size) = (terminal.feed.screen(), terminal.feed.screen().size());
        Report {
            session: self.id.0.as_bytes().to_vec(),
            process: std::process::id(),
            shell: terminal.pty.shell().as_raw_nonzero().get().unsigned_abs(),
            columns: size.columns.into(),
            rows: size.rows.into(),
            created_at: self.lifetime.created_at,
            last_seen: self.lifetime.last_seen,
            bytes_buffered: screen.bytes_buffered(),
            title: screen.title().to_owned(),
            foreground: terminal.foreground().unwrap_or_default(),
            end: self.end.clone(),
            expires_at: self.lifetime.expires_at(),
            unkillable: self.unkillable,
            ..participants.report()
        }
    }
}
