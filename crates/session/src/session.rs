//! The session: the terminal, the participants who share it, its expiry and its reports. All events arrive
//! here, one at a time. Does not depend on sockets or tasks.

mod input;

use std::{cell::RefCell, rc::Rc};

use protocol::{
    close,
    id::SessionId,
    wire::{self, End, EndRequest, Position, Report, Rules, notice, server_message::Body},
};
use tokio::{
    sync::{Notify, oneshot},
    time::Instant,
};
use uuid::Uuid;

use crate::{
    clock::{since_boot, unix_millis},
    error::Error,
    idle::{Activity, Idle},
    io::timer::BootTimer,
    participants::Participants,
    reports::Reports,
    terminal::Terminal,
};

/// The session, as shared by the tasks of its thread.
pub type Shared = Rc<RefCell<Session>>;

pub struct Session {
    /// Wakes the main loop after a deadline moved or input was queued.
    pub wake: Rc<Notify>,
    /// Fires when [`check_expiry`](Self::check_expiry) must be called.
    pub timer: Rc<BootTimer>,
    /// Pending request to end the session.
    pub end_request: Option<EndRequest>,
    pub reports: Reports,
    pub terminal: Terminal,
    participants: Participants,
    id: SessionId,
    /// Start of the session in Unix milliseconds.
    created_at: u64,
    /// Last activity of the owner in Unix milliseconds.
    last_seen: u64,
    idle: Idle,
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
        let now = unix_millis();
        let mut session = Self {
            wake: Rc::default(),
            timer: Rc::new(BootTimer::new()?),
            end_request: None,
            reports: Reports::default(),
            terminal: Terminal::open(start)?,
            participants: Participants::new(&rules),
            id,
            created_at: now,
            last_seen: now,
            idle: Idle::new(&rules, since_boot()),
            armed: None,
            privileged_host: start.account.is_some(),
            unkillable: 0,
            end: None,
        };
        session.check_expiry();
        Ok(session)
    }

    pub fn output(&mut self, bytes: &[u8]) {
        let now = Instant::now();
        for event in self.terminal.feed.output(bytes, now) {
            match event {
                screen::Event::Reply(bytes) => self.terminal.reply(bytes),
                screen::Event::Clipboard(text) => {
                    if let Some(driver) = self.participants.driving() {
                        driver.send(Body::Clipboard(wire::Clipboard { text }));
                    }
                }
            }
        }
        self.write();
        self.reports.request(now);
        self.record(Activity::Output);
        self.flush();
    }

    /// Writes queued input that the PTY accepts.
    pub fn write(&mut self) {
        if self.terminal.write(&mut self.participants.attachments) {
            self.wake.notify_one();
        }
    }

    /// Applies new rules, also to current participants.
    pub fn configure(&mut self, rules: &Rules) {
        self.participants.baton.configure(rules.policy(), rules.baton());
        self.participants.shares.configure(rules.guests_alone);
        self.idle.configure(rules, since_boot());
        self.check_expiry();
        self.terminal.feed.limit_history(rules.history_bytes);
        self.update();
        self.flush();
    }

    /// Postpones the expiry at the owner's request.
    pub fn keep(&mut self) {
        self.record_owner(Activity::Action);
        self.changed();
    }

    /// Records an activity of the owner.
    fn record_owner(&mut self, activity: Activity) {
        self.last_seen = unix_millis();
        self.record(activity);
    }

    /// Records an activity if it counts, and cancels a warning.
    fn record(&mut self, activity: Activity) {
        if self.idle.counts(activity) {
            self.idle.record(activity, since_boot());
            if self.idle.warned() {
                self.send_expiry_notice();
            }
        }
    }

    fn send_expiry_notice(&mut self) {
        let Some(notice) = self.idle.take_notice(since_boot()) else { return };
        let at = notice.map_or(0, |_| self.expires_at());
        self.participants.notify_owner(&notice::Body::Expiry(wire::Expiry { at }));
        self.changed();
    }

    /// Time of expiry without further activity in Unix milliseconds, by the current clock; 0 for never.
    fn expires_at(&self) -> u64 {
        let Some(deadline) = self.idle.deadline() else { return 0 };
        let left = deadline.saturating_sub(since_boot());
        unix_millis() + u64::try_from(left.as_millis()).unwrap_or_default()
    }

    /// Sends due warnings, ends expired shares and arms the timer for the next check; activity until then
    /// does not touch the timer. Returns whether the session has expired.
    pub fn check_expiry(&mut self) -> bool {
        self.send_expiry_notice();
        self.review_guests();
        self.arm_timer();
        self.idle.expired(since_boot())
    }

    fn arm_timer(&self) {
        let now = since_boot();
        let guests = self.participants.shares.next_check(now);
        self.timer.set(self.idle.next_check(now).into_iter().chain(guests).min());
    }

    /// Schedules a report, and a turn of the main loop.
    fn changed(&mut self) {
        self.reports.request(Instant::now());
        self.wake.notify_one();
    }

    /// Probes the owner's client. The receiver resolves when it sends a message or detaches.
    pub fn probe(&mut self) -> Option<(u64, oneshot::Receiver<()>)> {
        let number = self.participants.baton.owner_client()?;
        let attachment = self.participants.attachments.get_mut(&number)?;
        attachment.send(Body::Ping(wire::Ping { nonce: 0 }));
        let (sender, receiver) = oneshot::channel();
        attachment.probes.push(sender);
        Some((number, receiver))
    }

    /// Detaches a client that did not respond to a probe.
    pub fn close_unresponsive(&mut self, number: u64) {
        if let Some(attachment) = self.participants.attachments.get(&number) {
            attachment.connection.close(close::TOO_SLOW, "No response for 4 seconds.");
        }
        self.leave(number);
    }

    /// Sends everything that is due: frames and the list of participants.
    fn flush(&mut self) {
        let now = Instant::now();
        self.terminal.feed.sync(now, &self.participants.attachments);
        self.participants.send_due_roster(now);
        self.terminal.feed.send_frames(now, &mut self.participants.attachments, false);
        if let Some(at) = self.deadline(now)
            && self.armed.is_none_or(|armed| at < armed)
        {
            self.wake.notify_one();
        }
    }

    /// Returns the frame since `from` for a preview; none if nothing is newer.
    pub fn preview(&mut self, from: Option<&Position>) -> Option<wire::Frame> {
        let frame = self.terminal.feed.preview(from)?;
        self.flush();
        Some(frame)
    }

    /// Handles passed deadlines.
    pub fn tick(&mut self) {
        let now = Instant::now();
        self.armed = None;
        let (mut stalled, mut stopped_typing) = (Vec::new(), false);
        for (number, attachment) in &mut self.participants.attachments {
            stopped_typing |= attachment.tick(now);
            if attachment.is_stalled(now) {
                let reason = "No frame was acknowledged for 30 seconds.";
                attachment.connection.close(close::TOO_SLOW, reason);
                stalled.push(*number);
            }
        }
        if stopped_typing {
            self.request_roster();
        }
        if self.participants.end_loan(now) {
            self.update();
        }
        stalled.into_iter().for_each(|number| self.leave(number));
        if self.terminal.feed.compact_if_quiet(now) {
            self.reports.request(now);
        }
        if self.reports.due.is_some_and(|at| at <= now) {
            self.reports.send(&self.report(), now);
        }
        self.flush();
    }

    fn deadline(&self, now: Instant) -> Option<Instant> {
        let attachments = &self.participants.attachments;
        let frames = self.terminal.feed.deadline(now, attachments);
        let others = [frames, self.participants.deadline(), self.reports.due];
        attachments.values().map(|it| it.deadline()).chain(others).flatten().min()
    }

    /// Returns the time of the next [`tick`](Self::tick). An earlier one notifies [`wake`](Self::wake).
    pub fn arm(&mut self) -> Option<Instant> {
        self.armed = self.deadline(Instant::now());
        self.armed
    }

    /// Reports processes that this one may not signal. Returns whether the host role can end them.
    pub fn report_unkillable(&mut self, processes: u32) -> bool {
        self.unkillable = processes;
        self.reports.send(&self.report(), Instant::now());
        self.privileged_host
    }

    /// Sends the last output and the end of the session to all connections.
    pub fn finish(&mut self, end: End) {
        self.terminal.feed.finish(&mut self.participants.attachments);
        self.participants.close_all(&end);
        self.end = Some(end);
        self.reports.finish(&self.report());
    }

    pub fn report(&self) -> Report {
        let (terminal, screen) = (&self.terminal, &self.terminal.feed.screen);
        Report {
            session: self.id.0.as_bytes().to_vec(),
            process: std::process::id(),
            shell: terminal.pty.shell().as_raw_nonzero().get().unsigned_abs(),
            columns: screen.size().columns.into(),
            rows: screen.size().rows.into(),
            created_at: self.created_at,
            last_seen: self.last_seen,
            bytes_buffered: screen.bytes_buffered(),
            title: screen.title().to_owned(),
            foreground: terminal.foreground().unwrap_or_default(),
            end: self.end.clone(),
            expires_at: self.expires_at(),
            unkillable: self.unkillable,
            ..self.participants.report()
        }
    }
}
