//! The terminal: the PTY, the screen that its output feeds, and input on its way to the PTY.
//! Does not depend on roles or the baton.

pub mod feed;
pub mod numbers;
mod pace;
mod queue;

use std::rc::Rc;

use prost::Message;
use protocol::{
    close,
    id::ClientId,
    wire::{Input, Start, Theme, input::Event, notice},
};
use screen::Size;
use tokio::time::Instant;

use crate::{
    attachments::{Attachment, Attachments},
    error::Error,
    process::pty::{self, Pty},
    terminal::{
        feed::ScreenFeed,
        numbers::{MAX_CLIENTS, MAX_GUESTS, Numbers, Verdict},
        queue::{InputQueue, PASTE_END},
    },
};

/// Longest encoding of a key, a mouse event or the brackets of a paste, in bytes.
const MAX_ENCODED_KEY: usize = 256;

pub enum Intake {
    /// New input of the driver, to be applied.
    Apply,
    Skip,
    /// Invalid input, for which the connection is closed with this code and reason.
    Close(u16, &'static str),
}

pub struct Terminal {
    pub pty: Rc<Pty>,
    pub feed: ScreenFeed,
    /// Input numbers of members' clients.
    pub numbers: Numbers,
    /// Input numbers of guests' clients, which cannot displace those of the owner.
    pub guest_numbers: Numbers,
    queue: InputQueue,
    /// Client with an unfinished paste.
    paste: Option<ClientId>,
}

impl Terminal {
    pub fn open(start: &Start) -> Result<Self, Error> {
        let size = clamped(start.columns, start.rows);
        let scrollback = usize::try_from(start.scrollback).unwrap_or(usize::MAX);
        let rules = start.rules.unwrap_or_default();
        let mut feed = ScreenFeed::new(size, scrollback, rules.history_bytes);
        let home = match pty::is_enterable(&start.home) {
            true => start.home.as_str(),
            false => {
                let message = "Could not enter the home directory. The shell starts in /.\r\n";
                feed.screen.feed(message.as_bytes());
                "/"
            }
        };
        Ok(Self {
            pty: Rc::new(Pty::open(start, home, size)?),
            feed,
            numbers: Numbers::new(MAX_CLIENTS),
            guest_numbers: Numbers::new(MAX_GUESTS),
            queue: InputQueue::default(),
            paste: None,
        })
    }

    /// Encodes an input event with the current modes of the program.
    pub fn encode(&mut self, client: ClientId, event: Event) -> Vec<u8> {
        let screen = &mut self.feed.screen;
        match event {
            Event::Text(text) => text.into_bytes(),
            Event::Key(key) => screen.encode_key(&key),
            Event::Paste(paste) => {
                let more = paste.more.then_some(client);
                let first = std::mem::replace(&mut self.paste, more).is_none();
                screen.encode_paste(&paste.text, first, !paste.more)
            }
            Event::Mouse(mouse) => screen.encode_mouse(&mouse),
            Event::Focus(focused) => screen.encode_focus(focused),
            Event::Resize(_) => Vec::new(),
        }
    }

    /// Judges an input of an attachment that `drives` or not. Only clients that could drive are `numbered`.
    /// Refuses input of others with a notice.
    pub fn accept(
        &mut self,
        attachment: &mut Attachment,
        input: &Input,
        drives: bool,
        numbered: bool,
        now: Instant,
    ) -> Intake {
        if !drives {
            match &input.event {
                // The size applies when the attachment drives.
                Some(Event::Resize(size)) if numbered => {
                    attachment.size = Some(clamped(size.columns, size.rows));
                }
                Some(Event::Focus(_)) => {}
                _ if !std::mem::replace(&mut attachment.refusal_sent, true) => {
                    attachment.notify(notice::Body::InputRefused(true));
                }
                _ => {}
            }
            if !numbered {
                return Intake::Skip;
            }
        }
        // Checked before the number is used: input that cannot be queued must not count as accepted.
        if drives && !self.queue.has_room(input.encoded_len() + MAX_ENCODED_KEY) {
            return Intake::Close(close::TOO_MANY, "Too much unread input.");
        }
        let numbers = match attachment.guest {
            Some(_) => &mut self.guest_numbers,
            None => &mut self.numbers,
        };
        match numbers.judge(attachment.client, input.number) {
            Verdict::Apply if drives => Intake::Apply,
            // Refused input uses its number, so that the first accepted one leaves no gap.
            Verdict::Apply | Verdict::Repeat => {
                attachment.input_done(now);
                Intake::Skip
            }
            Verdict::Gap => Intake::Close(close::BAD_MESSAGE, "Input numbers must be consecutive."),
        }
    }

    /// Queues encoded input of an attachment. Returns whether it waits for the PTY.
    pub fn queue(&mut self, attachment: u64, bytes: Vec<u8>) -> bool {
        !bytes.is_empty() && self.queue.push(Some(attachment), bytes)
    }

    /// Queues the reply to a query. Drops it if the queue is full: the program does not read.
    pub fn reply(&mut self, bytes: Vec<u8>) {
        let _ = self.queue.reply(bytes);
    }

    /// Writes queued input that the PTY accepts. Returns whether more waits.
    pub fn write(&mut self, attachments: &mut Attachments) -> bool {
        while let Some(bytes) = self.queue.front() {
            let Ok(written) = self.pty.write(bytes) else { break };
            if let Some(number) = self.queue.advance(written)
                && let Some(attachment) = attachments.get_mut(&number)
            {
                attachment.input_done(Instant::now());
            }
        }
        self.has_queued_input()
    }

    pub fn has_queued_input(&self) -> bool {
        !self.queue.is_empty()
    }

    pub fn is_pasting(&self) -> bool {
        self.paste.is_some()
    }

    /// Ends an unfinished paste of any other client, which would swallow the input of this one.
    pub fn end_paste_of_others(&mut self, client: ClientId) {
        if self.paste.take_if(|pasting| *pasting != client).is_some() {
            let end = self.feed.screen.encode_paste("", false, true);
            self.queue_own(end);
        }
    }

    /// Withdraws unwritten input and ends an unfinished paste. Returns the number of inputs.
    pub fn withdraw(&mut self, attachment: u64, client: ClientId) -> usize {
        let withdrawn = self.queue.withdraw(attachment);
        let starts_only = withdrawn.paste_starts > withdrawn.paste_ends;
        let end = match self.paste.take_if(|pasting| *pasting == client) {
            Some(_) if starts_only => Vec::new(),
            Some(_) => self.feed.screen.encode_paste("", false, true),
            None if withdrawn.paste_ends > withdrawn.paste_starts => PASTE_END.to_vec(),
            None => Vec::new(),
        };
        // Without its end, the program would read all further input as part of the paste.
        self.queue_own(end);
        withdrawn.inputs
    }

    fn queue_own(&mut self, bytes: Vec<u8>) {
        if !bytes.is_empty() {
            let _ = self.queue.push(None, bytes);
        }
    }

    /// Changes the size. Returns false if the size is the current one.
    pub fn resize(&mut self, size: Size) -> bool {
        let changed = size != self.feed.screen.size();
        if changed {
            self.feed.resize(size);
            self.pty.resize(size);
        }
        changed
    }

    pub fn set_theme(&mut self, theme: Theme) {
        self.feed.screen.set_theme(theme.foreground, theme.background, theme.cursor);
    }

    /// Name of the foreground program, unless that is the shell.
    pub fn foreground(&self) -> Option<String> {
        let shell = self.pty.shell().as_raw_nonzero().get();
        let group = self.pty.foreground().filter(|group| *group != shell)?;
        let name = std::fs::read(format!("/proc/{group}/comm")).ok()?;
        Some(String::from_utf8_lossy(&name).trim_end().to_owned())
    }
}

/// The size nearest to the requested one.
pub fn clamped(columns: u32, rows: u32) -> Size {
    let narrow = |side: u32| u16::try_from(side).unwrap_or(u16::MAX);
    Size::clamped(narrow(columns), narrow(rows))
}
