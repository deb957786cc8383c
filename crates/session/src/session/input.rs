//! Attaching, messages of the attached clients, handover to a new driver, and the permissions of guests.

use std::rc::Rc;

use prost::Message;
use protocol::{
    close,
    wire::{
        self, AttachRequest, ClientMessage, Input, KeyKind, MouseKind, ShareChange,
        client_message::Body as Request, input::Event, notice, server_message::Body,
        share_end::How,
    },
};
use screen::Size;
use tokio::time::Instant;
use uuid::Uuid;

use super::Session;
use crate::{
    clock::{self, unix_millis},
    idle::Activity,
    io::connection::Connection,
    participants::{baton::Role, candidate::Candidate, closing::Closing},
    terminal::{Intake, Terminal, clamped, feed::read_history},
};

impl Session {
    /// Attaches a client. Returns its number, or none after rejecting it.
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
        if let Some(attachment) = self.participants.attachments.get_mut(&number) {
            attachment.history_start = (feed.screen.position().epoch, feed.screen.top());
        }
        if role.is_owners() {
            self.record_owner(Activity::Action);
        }
        self.update();
        self.review_guests();
        self.flush();
        Some(number)
    }

    pub fn leave(&mut self, number: u64) {
        if self.participants.leave(number).is_some() {
            self.update();
            self.review_guests();
        }
    }

    pub fn on_message(&mut self, number: u64, body: &[u8]) {
        self.perform(number, body);
        self.flush();
    }

    fn perform(&mut self, number: u64, body: &[u8]) {
        let message = ClientMessage::decode(body).ok().and_then(|message| message.body);
        // The message may arrive before the timer fires.
        if let Some(how) = self.participants.share_end(number) {
            return self.evict(number, how);
        }
        let owners = self.participants.baton.is_owners(number);
        let Some(attachment) = self.participants.attachments.get_mut(&number) else { return };
        attachment.probes.clear();
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
                    self.record_owner(Activity::Presence);
                    self.reports.request(Instant::now());
                }
            }
            Some(Request::History(request)) => {
                let visible_from = attachment.guest.map(|_| &mut attachment.history_start);
                let history = read_history(&mut self.terminal.feed.screen, request, visible_from);
                attachment.send(Body::History(history));
            }
            Some(Request::Refresh(_)) => attachment.position = None,
            Some(Request::Ping(ping)) => {
                attachment.send(Body::Pong(wire::Pong { nonce: ping.nonce }));
            }
            Some(Request::Keep(_)) if owners => self.keep(),
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
        let Some(attachment) = self.participants.attachments.get_mut(&number) else { return };
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
        if role.is_owners() {
            self.record_owner(Activity::Action);
        }
        self.reports.request(now);
        let typed = event.as_ref().is_some_and(is_typing);
        let several = self.participants.attachments.len() > 1;
        let Some(attachment) = self.participants.attachments.get_mut(&number) else { return };
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
        let bytes = match event {
            Some(Event::Resize(size)) => {
                self.resize(clamped(size.columns, size.rows));
                Vec::new()
            }
            Some(event) => self.terminal.encode(client, event),
            None => Vec::new(),
        };
        if !self.terminal.queue(number, bytes)
            && let Some(attachment) = self.participants.attachments.get_mut(&number)
        {
            attachment.input_done(now);
        }
    }

    fn resize(&mut self, size: Size) {
        if self.terminal.resize(size) {
            self.changed();
        }
    }

    pub(super) fn request_roster(&mut self) {
        self.participants.request_roster(Instant::now());
        self.changed();
    }

    /// Must follow each change of participants. Passes the terminal to a new driver.
    pub(super) fn update(&mut self) {
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
    pub(super) fn review_guests(&mut self) {
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
        self.arm_timer();
    }

    pub(super) fn evict(&mut self, number: u64, how: How) {
        self.withdraw(number);
        if let Some(attachment) = self.participants.leave(number) {
            Closing::share(how, unix_millis()).send(&attachment.connection);
            self.update();
        }
    }

    /// Withdraws the queued input of a guest.
    fn withdraw(&mut self, number: u64) {
        let Some(attachment) = self.participants.attachments.get_mut(&number) else { return };
        let (withdrawn, now) = (self.terminal.withdraw(number, attachment.client), Instant::now());
        (0..withdrawn).for_each(|_| attachment.input_done(now));
        attachment.refusal_sent = false;
        self.write();
    }

    /// Changes a share, for its current and future guests. Returns false for an invalid id.
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
        self.flush();
        true
    }

    /// Evicts a guest for the rest of the session. Returns false for an invalid id.
    pub fn remove_guest(&mut self, guest: &[u8]) -> bool {
        let Ok(guest) = Uuid::from_slice(guest) else { return false };
        self.participants.shares.remove(guest);
        self.review_guests();
        self.flush();
        true
    }
}

/// Returns whether a user caused the event, as opposed to a page that appeared or a passing pointer.
fn is_typing(event: &Event) -> bool {
    match event {
        Event::Text(_) | Event::Key(_) | Event::Paste(_) => true,
        Event::Mouse(mouse) => matches!(mouse.kind(), MouseKind::Down | MouseKind::Wheel),
        Event::Focus(_) | Event::Resize(_) => false,
    }
}

/// Number of keys pressed, or of characters typed or pasted.
fn key_count(event: &Event) -> u64 {
    let characters = |text: &str| text.chars().count() as u64;
    match event {
        Event::Text(text) => characters(text),
        Event::Paste(paste) => characters(&paste.text),
        Event::Key(key) => (key.kind() != KeyKind::Release).into(),
        Event::Mouse(_) | Event::Focus(_) | Event::Resize(_) => 0,
    }
}
