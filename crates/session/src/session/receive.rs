//! What viewers say: input on its way to the PTY, acknowledgements, requests.

use prost::Message;
use protocol::{
    close,
    wire::{
        self, ClientMessage, KeyKind, MouseKind, client_message, input::Event, server_message::Body,
    },
};
use screen::Size;
use tokio::time::Instant;

use super::{Session, clamped, guests::lines_since};
use crate::{lifetime::idle::Activity, participants::baton::Role, terminal::queue::Verdict};

/// Longest encoding of a key, a mouse event or the brackets of a paste, in bytes.
const MAX_ENCODED_KEY: usize = 256;

/// Most bytes of lines in one answer to a history request; the viewer asks again for the rest.
const MAX_HISTORY_BYTES: usize = 256 * 1024;

impl Session {
    /// A message of a viewer.
    pub fn message(&mut self, number: u64, body: &[u8]) {
        let message = ClientMessage::decode(body).ok().and_then(|message| message.body);
        if !self.probes.is_empty() {
            self.answered(number);
        }
        if self.is_over_for(number) {
            return self.flush();
        }
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
                if let Some(theme) = presence.theme {
                    viewer.theme = Some(theme);
                    if !viewer.watch {
                        self.screen.set_theme(theme.foreground, theme.background, theme.cursor);
                    }
                }
                if presence.visible && self.crew.role(number).is_some_and(Role::is_owners) {
                    self.active(Activity::Presence);
                    self.reports.changed(now);
                }
            }
            Some(client_message::Body::History(request)) => {
                let count = request.count.min(protocol::MAX_HISTORY_LINES);
                let mut history = match viewer.badge {
                    Some(_) => {
                        lines_since(&mut self.screen, &mut viewer.since, request.first, count)
                    }
                    None => self.screen.lines(request.first, count),
                };
                shorten(&mut history);
                viewer.send(Body::History(history));
            }
            Some(client_message::Body::Refresh(_)) => viewer.position = None,
            Some(client_message::Body::Ping(ping)) => {
                viewer.send(Body::Pong(wire::Pong { nonce: ping.nonce }));
            }
            Some(client_message::Body::Keep(_)) => {
                if self.crew.role(number).is_some_and(Role::is_owners) {
                    self.keep();
                }
            }
            Some(client_message::Body::Baton(baton)) => {
                if let Some(wish) = baton.wish {
                    self.baton(number, &wish, baton.seconds);
                }
            }
            // It has said all by coming.
            Some(client_message::Body::Pong(_)) => {}
            Some(client_message::Body::Hello(_)) | None => {
                viewer.connection.close(close::BAD_MESSAGE, "The message could not be understood.");
                self.leave(number);
            }
        }
        self.flush();
    }

    fn input(&mut self, number: u64, input: wire::Input) {
        let now = Instant::now();
        let typed = input.event.as_ref().is_some_and(types);
        let drives = self.drives(number, typed);
        let role = self.crew.role(number);
        // Guests are numbered whatever they may do now: that changes in the middle of what they type.
        let numbered = role.is_some_and(|role| role.may_drive() || role.is_guest());
        let owners = role.is_some_and(Role::is_owners);
        let several = self.viewers.len() > 1;
        let Some(viewer) = self.viewers.get_mut(&number) else { return };
        if !drives {
            match input.event {
                // It counts once this viewer drives.
                Some(Event::Resize(size)) if numbered => {
                    viewer.size = Some(clamped(size.columns, size.rows));
                }
                Some(Event::Focus(_)) => {}
                _ if !std::mem::replace(&mut viewer.refused, true) => {
                    let body = Some(wire::notice::Body::InputRefused(true));
                    viewer.send(Body::Notice(wire::Notice { body }));
                }
                _ => {}
            }
            if !numbered {
                return;
            }
        }
        // Before the number is taken: what can't be queued must not count as accepted.
        if drives && !self.queue.has_room(input.encoded_len() + MAX_ENCODED_KEY) {
            viewer.connection.close(close::TOO_MANY, "More input than the shell can take.");
            return self.leave(number);
        }
        let (client, badge) = (viewer.client, viewer.badge);
        let numbers = match badge {
            Some(_) => &mut self.guest_numbers,
            None => &mut self.numbers,
        };
        match numbers.judge(client, input.number) {
            Verdict::Apply => {}
            Verdict::Repeat => return viewer.input_done(now),
            Verdict::Gap => {
                viewer.connection.close(close::BAD_MESSAGE, "Input numbers rise by one.");
                return self.leave(number);
            }
        }
        if !drives {
            // Its number is used up, or the first one that counts would leave a gap.
            return viewer.input_done(now);
        }
        let was_silent = typed && several && viewer.typed_at.replace(now).is_none();
        if let (Some(badge), Some(event)) = (badge, &input.event) {
            self.shares.typed(badge, keys(event));
        }
        if was_silent {
            self.call_a_round();
        }
        if owners {
            self.active(Activity::Act);
        }
        self.reports.changed(now);
        let bytes = match input.event {
            Some(Event::Text(text)) => text.into_bytes(),
            Some(Event::Key(key)) => self.screen.encode_key(&key),
            Some(Event::Paste(paste)) => {
                let more = paste.more.then_some(client);
                let first = std::mem::replace(&mut self.paste_open, more).is_none();
                self.screen.encode_paste(&paste.text, first, !paste.more)
            }
            Some(Event::Mouse(mouse)) => self.screen.encode_mouse(&mouse),
            Some(Event::Focus(focused)) => self.screen.encode_focus(focused),
            Some(Event::Resize(size)) => {
                let size = clamped(size.columns, size.rows);
                if let Some(viewer) = self.viewers.get_mut(&number) {
                    viewer.size = Some(size);
                }
                self.resize(size);
                Vec::new()
            }
            None => Vec::new(),
        };
        let queued = !bytes.is_empty() && self.queue_bytes(Some(number), bytes);
        if let Some(viewer) = self.viewers.get_mut(&number).filter(|_| !queued) {
            viewer.input_done(now);
        }
    }

    pub(super) fn resize(&mut self, size: Size) {
        if size != self.screen.size() {
            self.screen.resize(size);
            self.pty.resize(size);
            self.dirty = true;
            self.changed();
        }
    }

    pub(super) fn queue_bytes(&mut self, viewer: Option<u64>, bytes: Vec<u8>) -> bool {
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
}

/// Whether it is somebody at a keyboard, and not a page that came up or a pointer that passed by.
fn types(event: &Event) -> bool {
    match event {
        Event::Text(_) | Event::Key(_) | Event::Paste(_) => true,
        Event::Mouse(mouse) => matches!(mouse.kind(), MouseKind::Down | MouseKind::Wheel),
        Event::Focus(_) | Event::Resize(_) => false,
    }
}

/// How many keys somebody pressed, or characters they typed or pasted.
fn keys(event: &Event) -> u64 {
    let characters = |text: &str| text.chars().count() as u64;
    match event {
        Event::Text(text) => characters(text),
        Event::Paste(paste) => characters(&paste.text),
        Event::Key(key) => (key.kind() != KeyKind::Release).into(),
        Event::Mouse(_) | Event::Focus(_) | Event::Resize(_) => 0,
    }
}

/// Leaves out the lines beyond [`MAX_HISTORY_BYTES`], but never all.
fn shorten(history: &mut wire::History) {
    let mut bytes = 0;
    let fitting = history.lines.iter().take_while(|line| {
        bytes += line.encoded_len();
        bytes <= MAX_HISTORY_BYTES
    });
    let fitting = fitting.count().max(1);
    history.lines.truncate(fitting);
}
