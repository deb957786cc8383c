//! Attaching, messages of the attached clients, and handover to a new driver.

use std::rc::Rc;

use prost::Message;
use protocol::{
    close,
    wire::{
        self, AttachRequest, ClientMessage, Input, client_message::Body as Request, input::Event,
        server_message::Body,
    },
};
use screen::Size;
use tokio::time::Instant;

use super::Session;
use crate::{
    idle::Activity,
    io::connection::Connection,
    participants::{candidate::Candidate, role::Role},
    terminal::{
        Intake, Terminal, clamped,
        event::{is_typing, key_count},
        history,
    },
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
                let history = history::read(&mut self.terminal.feed.screen, request, visible_from);
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
}
