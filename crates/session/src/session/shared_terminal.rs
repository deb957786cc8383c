//! The terminal and the participants who share it: input of the driver, frames for everyone, handover to
//! a new driver, enforcement of guests' permissions. Knows no lifetime and no reports.

use std::rc::Rc;

use prost::Message;
use protocol::{
    close,
    wire::{
        self, AttachRequest, ClientMessage, Input, Rules, ShareChange, Start,
        client_message::Body as Request, input::Event, notice, server_message::Body,
        share_end::How,
    },
};
use screen::Size;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    attachments::{candidate::Candidate, closing::Closing},
    clock::{self, unix_millis},
    error::Error,
    io::connection::Connection,
    lifetime::idle::Activity,
    participants::{Participants, role::Role},
    terminal::{
        Intake, Terminal, clamped,
        event::{is_typing, key_count},
        history,
    },
};

/// Consequences of an event for the session.
#[derive(Default)]
pub struct Effects {
    pub owner_activity: Option<Activity>,
    /// The report changed.
    pub report: bool,
    /// A deadline moved or input waits for the PTY.
    pub wake: bool,
    /// The next check of the guests moved.
    pub check_moved: bool,
}

pub struct SharedTerminal {
    pub terminal: Terminal,
    pub participants: Participants,
    effects: Effects,
}

impl SharedTerminal {
    pub fn open(start: &Start, rules: &Rules) -> Result<Self, Error> {
        Ok(Self {
            terminal: Terminal::open(start)?,
            participants: Participants::new(rules),
            effects: Effects::default(),
        })
    }

    pub fn take_effects(&mut self) -> Effects {
        std::mem::take(&mut self.effects)
    }

    fn changed(&mut self) {
        (self.effects.report, self.effects.wake) = (true, true);
    }

    pub fn output(&mut self, bytes: &[u8], now: Instant) {
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
    }

    pub fn attach(&mut self, connection: &Rc<Connection>, request: AttachRequest) -> Option<u64> {
        let candidate = Candidate::parse(request)
            .map_err(|reason| connection.close(close::BAD_MESSAGE, reason))
            .ok()?;
        let (client, next_input) = (candidate.client, candidate.next_input);
        let Terminal { feed, numbers, guest_numbers, .. } = &mut self.terminal;
        let known = numbers.contains(client);
        let accept = |role: Role| {
            if role.is_guest() {
                guest_numbers.attach(client, next_input)
            } else if role.may_drive() {
                numbers.attach(client, next_input)
            } else {
                0
            }
        };
        let (number, role) = self
            .participants
            .attach(connection, candidate, known, accept)
            .map_err(|closing| closing.send(connection))
            .ok()?;
        if let Some(attachment) = self.participants.attachments.get_mut(number) {
            let screen = feed.screen();
            attachment.history_start = (screen.position().epoch, screen.top());
        }
        if role.is_owners() {
            self.effects.owner_activity = Some(Activity::Action);
        }
        self.update();
        self.review_guests();
        Some(number)
    }

    pub fn leave(&mut self, number: u64) {
        if self.participants.leave(number).is_some() {
            self.update();
            self.review_guests();
        }
    }

    pub fn on_message(&mut self, number: u64, body: &[u8]) {
        let message = ClientMessage::decode(body).ok().and_then(|message| message.body);
        self.participants.attachments.resolve_probes(number);
        // The message may arrive before the timer fires.
        if let Some(how) = self.participants.share_end(number) {
            return self.evict(number, how);
        }
        let owners = self.participants.baton.is_owners(number);
        let Some(attachment) = self.participants.attachments.get_mut(number) else { return };
        match message {
            Some(Request::Input(input)) => {
                self.input(number, input);
                self.write();
            }
            Some(Request::Ack(ack)) => attachment.acknowledge(ack.frames),
            Some(Request::Presence(presence)) => {
                attachment.visible = presence.visible;
                if let Some(theme) = presence.theme {
                    attachment.theme = Some(theme);
                    if !attachment.watching {
                        self.terminal.set_theme(theme);
                    }
                }
                if presence.visible && owners {
                    self.effects.owner_activity = Some(Activity::Presence);
                    self.effects.report = true;
                }
            }
            Some(Request::History(request)) => {
                let visible_from = attachment.guest.map(|_| &mut attachment.history_start);
                let screen = self.terminal.feed.screen_mut();
                let history = history::read(screen, request, visible_from);
                attachment.send(Body::History(history));
            }
            Some(Request::Refresh(_)) => attachment.position = None,
            Some(Request::Ping(ping)) => {
                attachment.send(Body::Pong(wire::Pong { nonce: ping.nonce }));
            }
            Some(Request::Keep(_)) if owners => {
                self.effects.owner_activity = Some(Activity::Action);
                self.changed();
            }
            Some(Request::Baton(wire::Baton { wish: Some(wish), seconds })) => {
                if self.participants.request_baton(number, &wish, seconds) {
                    self.update();
                }
            }
            Some(Request::Keep(_) | Request::Baton(_) | Request::Pong(_)) => {}
            Some(Request::Hello(_)) | None => {
                attachment.connection.close(close::BAD_MESSAGE, "Invalid message.");
                self.leave(number);
            }
        }
    }

    fn input(&mut self, number: u64, input: Input) {
        let now = Instant::now();
        let typed = input.event.as_ref().is_some_and(is_typing);
        let pasting = self.terminal.is_pasting();
        if typed && self.participants.claim_by_typing(number, pasting, now) {
            self.update();
        }
        let drives = self.participants.drives(number, typed, now);
        let Some(role) = self.participants.baton.role(number) else { return };
        let Some(attachment) = self.participants.attachments.get_mut(number) else { return };
        // Input of guests is always numbered, because their permissions change while they type.
        let numbered = role.may_drive() || role.is_guest();
        match self.terminal.accept(attachment, &input, drives, numbered, now) {
            Intake::Apply => self.apply(number, role, input.event, now),
            Intake::Skip => {}
            Intake::Close(code, reason) => {
                attachment.connection.close(code, reason);
                self.leave(number);
            }
        }
    }

    /// Applies new input of the driver.
    fn apply(&mut self, number: u64, role: Role, event: Option<Event>, now: Instant) {
        let typed = event.as_ref().is_some_and(is_typing);
        let several = self.participants.attachments.len() > 1;
        let Some(attachment) = self.participants.attachments.get_mut(number) else { return };
        let (client, guest) = (attachment.client, attachment.guest);
        if let Some(Event::Resize(size)) = &event {
            attachment.size = Some(clamped(size.columns, size.rows));
        }
        if typed && several && attachment.typed_at.replace(now).is_none() {
            self.request_roster();
        }
        if let (Some(guest), Some(event)) = (guest, &event) {
            self.participants.shares.count_keys(guest, key_count(event));
        }
        if role.is_owners() {
            self.effects.owner_activity = Some(Activity::Action);
        }
        self.effects.report = true;
        let bytes = match event {
            Some(Event::Resize(size)) => {
                self.resize(clamped(size.columns, size.rows));
                Vec::new()
            }
            Some(event) => self.terminal.encode(client, event),
            None => Vec::new(),
        };
        if !self.terminal.queue(number, bytes)
            && let Some(attachment) = self.participants.attachments.get_mut(number)
        {
            attachment.input_done(now);
        }
    }

    fn resize(&mut self, size: Size) {
        if self.terminal.resize(size) {
            self.changed();
        }
    }

    pub fn write(&mut self) {
        self.effects.wake |= self.terminal.write(&mut self.participants.attachments);
    }

    fn request_roster(&mut self) {
        self.participants.request_roster(Instant::now());
        self.changed();
    }

    /// Must follow each change of participants. Passes the terminal to a new driver.
    pub fn update(&mut self) {
        if let Some(driver) = self.participants.update() {
            let (client, size, theme) = (driver.client, driver.size, driver.theme);
            self.terminal.end_paste_of_others(client);
            self.write();
            if let Some(theme) = theme {
                self.terminal.set_theme(theme);
            }
            if let Some(size) = size {
                self.resize(size);
            }
        }
        self.changed();
    }

    /// Applies the current permissions of guests, evicts those whose share has ended and sends warnings.
    pub fn review_guests(&mut self) {
        if !self.participants.shares.has_guests() {
            return;
        }
        let now = clock::now();
        let (changed, ended) = self.participants.review_guests(now);
        changed.iter().for_each(|number| self.withdraw(*number));
        if !changed.is_empty() {
            self.update();
        }
        ended.into_iter().for_each(|(number, how)| self.evict(number, how));
        self.participants.warn_of_share_ends(now);
        self.effects.check_moved = true;
    }

    fn evict(&mut self, number: u64, how: How) {
        self.withdraw(number);
        if let Some(attachment) = self.participants.leave(number) {
            Closing::share(how, unix_millis()).send(&attachment.connection);
            self.update();
        }
    }

    /// Withdraws the queued input of a guest.
    fn withdraw(&mut self, number: u64) {
        let Some(attachment) = self.participants.attachments.get_mut(number) else { return };
        let (withdrawn, now) = (self.terminal.withdraw(number, attachment.client), Instant::now());
        (0..withdrawn).for_each(|_| attachment.input_done(now));
        attachment.refusal_sent = false;
        self.write();
    }

    pub fn change_share(&mut self, change: &ShareChange) -> bool {
        let Ok(share) = Uuid::from_slice(&change.share) else { return false };
        if change.wrong_passwords > 0 {
            let body = notice::Body::WrongPasswords(change.wrong_passwords);
            self.participants.notify_owner(&body);
            return true;
        }
        self.participants.shares.change(share, change, clock::now());
        self.review_guests();
        self.request_roster();
        true
    }

    pub fn remove_guest(&mut self, guest: &[u8]) -> bool {
        let Ok(guest) = Uuid::from_slice(guest) else { return false };
        self.participants.shares.remove(guest);
        self.review_guests();
        true
    }

    /// Sends everything that is due: frames and the list of participants.
    pub fn flush(&mut self, now: Instant) {
        self.terminal.feed.sync(now, &self.participants.attachments);
        self.participants.send_due_roster(now);
        self.terminal.feed.send_frames(now, &mut self.participants.attachments, false);
    }

    pub fn tick(&mut self, now: Instant) {
        let (stalled, stopped_typing) = self.participants.attachments.tick(now);
        if stopped_typing {
            self.request_roster();
        }
        if self.participants.end_loan(now) {
            self.update();
        }
        stalled.into_iter().for_each(|number| self.leave(number));
        self.effects.report |= self.terminal.feed.compact_if_quiet(now);
    }

    /// Time of the next [`flush`](Self::flush) or [`tick`](Self::tick).
    pub fn deadline(&self, now: Instant) -> Option<Instant> {
        let attachments = &self.participants.attachments;
        let frames = self.terminal.feed.deadline(now, attachments);
        let deadlines = [frames, attachments.deadline(), self.participants.deadline()];
        deadlines.into_iter().flatten().min()
    }
}
