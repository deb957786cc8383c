//! Queue of numbered input: kept until acknowledged, sent again after a reconnect, bounded.

use std::collections::VecDeque;

use protocol::wire::{Input, Paste, input::Event};

/// Bytes of input that may be unacknowledged on the connection.
const WINDOW: usize = 64 * 1024;

/// Bytes of one part of a paste.
const PIECE: usize = 16 * 1024;

/// Bytes of input kept; further input is refused.
const MAX_KEPT: usize = 16 * 1024 * 1024;

#[derive(Debug)]
pub struct Outbox {
    kept: VecDeque<(Input, usize)>,
    /// Number of entries from the front that were sent on this connection.
    sent: usize,
    /// Bytes of those entries.
    in_flight: usize,
    bytes: usize,
    next: u64,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { kept: VecDeque::new(), sent: 0, in_flight: 0, bytes: 0, next: 1 }
    }
}

impl Outbox {
    /// Adds input. Returns false if the queue is full.
    pub fn push(&mut self, event: Event) -> bool {
        let size = size_of(&event);
        if self.bytes + size > MAX_KEPT {
            return false;
        }
        self.kept.push_back((Input { number: self.next, event: Some(event) }, size));
        self.bytes += size;
        self.next += 1;
        true
    }

    /// Adds a paste in parts. Returns false, and adds none of it, if it does not fit.
    pub fn push_paste(&mut self, text: &str) -> bool {
        if text.is_empty() || self.bytes + text.len() > MAX_KEPT {
            return text.is_empty();
        }
        let mut rest = text;
        while !rest.is_empty() {
            let mut cut = rest.len().min(PIECE);
            while !rest.is_char_boundary(cut) {
                cut -= 1;
            }
            let (piece, more) = rest.split_at(cut);
            rest = more;
            self.push(Event::Paste(Paste { text: piece.into(), more: !rest.is_empty() }));
        }
        true
    }

    /// Returns the input to send now, each once per connection.
    pub fn take(&mut self) -> Vec<Input> {
        let mut out = Vec::new();
        while let Some((input, size)) = self.kept.get(self.sent) {
            if self.in_flight > 0 && self.in_flight + size > WINDOW {
                break;
            }
            out.push(input.clone());
            self.in_flight += size;
            self.sent += 1;
        }
        out
    }

    /// Returns the number of the oldest input kept, or the next number: for the hello.
    pub fn oldest(&self) -> u64 {
        self.kept.front().map_or(self.next, |(input, _)| input.number)
    }

    pub fn pending(&self) -> usize {
        self.kept.len()
    }

    /// Starts a connection: drops input up to `accepted`, which the session has; the rest is sent again.
    pub fn welcome(&mut self, accepted: u64) {
        while self.kept.front().is_some_and(|(input, _)| input.number <= accepted) {
            self.drop_first();
        }
        (self.sent, self.in_flight) = (0, 0);
        self.next = self.next.max(accepted.saturating_add(1));
    }

    /// Discards input that was not sent on this connection, and reuses its numbers.
    pub fn discard_unsent(&mut self) {
        while self.kept.len() > self.sent {
            if let Some((input, size)) = self.kept.pop_back() {
                self.bytes -= size;
                self.next = input.number;
            }
        }
    }

    /// Discards all input and reuses its numbers.
    pub fn discard(&mut self) {
        self.next = self.oldest();
        self.kept.clear();
        (self.sent, self.in_flight, self.bytes) = (0, 0, 0);
    }

    /// Drops the `more` oldest inputs, which the session acknowledged.
    pub fn acknowledged(&mut self, more: u64) {
        for _ in 0..more.min(u64::try_from(self.sent).unwrap_or(u64::MAX)) {
            self.drop_first();
        }
    }

    fn drop_first(&mut self) {
        if let Some((_, size)) = self.kept.pop_front() {
            self.bytes -= size;
            if self.sent > 0 {
                self.sent -= 1;
                self.in_flight -= size;
            }
        }
    }
}

/// Returns the approximate size of an input on the wire, in bytes.
fn size_of(event: &Event) -> usize {
    16 + match event {
        Event::Text(text) => text.len(),
        Event::Paste(paste) => paste.text.len(),
        Event::Key(key) => key.key.len() + key.code.len(),
        Event::Mouse(_) | Event::Focus(_) | Event::Resize(_) => 0,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn text(text: &str) -> Event {
        Event::Text(text.into())
    }

    fn numbers(inputs: &[Input]) -> Vec<u64> {
        inputs.iter().map(|input| input.number).collect()
    }

    #[test]
    fn each_input_is_sent_once_per_connection() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.oldest(), 1);
        ["a", "b", "c"].into_iter().for_each(|key| assert!(outbox.push(text(key))));
        outbox.welcome(0);
        assert_eq!(numbers(&outbox.take()), [1, 2, 3]);
        assert!(outbox.take().is_empty());
        outbox.acknowledged(1);
        assert_eq!((outbox.oldest(), outbox.pending()), (2, 2));
        outbox.push(text("d"));
        outbox.welcome(2);
        assert_eq!(numbers(&outbox.take()), [3, 4]);
        outbox.acknowledged(9);
        assert_eq!((outbox.oldest(), outbox.pending()), (5, 0));
    }

    #[test]
    fn discarding_frees_the_numbers_of_unsent_input() {
        let mut outbox = Outbox::default();
        ["a", "b"].into_iter().for_each(|key| assert!(outbox.push(text(key))));
        outbox.welcome(0);
        assert_eq!(numbers(&outbox.take()), [1, 2]);
        outbox.push(text("c"));
        outbox.discard_unsent();
        assert_eq!(outbox.pending(), 2);
        outbox.push(text("d"));
        assert_eq!(numbers(&outbox.take()), [3]);
        outbox.acknowledged(3);
        assert_eq!(outbox.pending(), 0);
        outbox.discard_unsent();
        assert_eq!(outbox.oldest(), 4);
    }

    #[test]
    fn discarded_input_is_never_sent() {
        let mut outbox = Outbox::default();
        ["a", "b", "c"].into_iter().for_each(|key| assert!(outbox.push(text(key))));
        outbox.welcome(1);
        assert_eq!(numbers(&outbox.take()), [2, 3]);
        outbox.push(text("d"));
        outbox.discard();
        assert_eq!((outbox.oldest(), outbox.pending()), (2, 0));
        outbox.welcome(1);
        assert!(outbox.take().is_empty());
        outbox.push(text("e"));
        assert_eq!(numbers(&outbox.take()), [2]);
    }

    #[test]
    fn unsent_input_cannot_be_acknowledged() {
        let mut outbox = Outbox::default();
        outbox.push(text("a"));
        outbox.acknowledged(1);
        assert_eq!(outbox.pending(), 1);
    }

    #[test]
    fn numbering_continues_after_what_the_session_has() {
        let mut outbox = Outbox::default();
        outbox.welcome(41);
        outbox.push(text("a"));
        assert_eq!(numbers(&outbox.take()), [42]);
    }

    #[test]
    fn a_paste_is_split_at_characters_and_respects_the_window() {
        let mut outbox = Outbox::default();
        let paste = "é".repeat(50_000);
        assert!(outbox.push_paste(&paste));
        outbox.welcome(0);
        let mut got = String::new();
        let mut last = true;
        let mut turns = 0;
        while outbox.pending() > 0 {
            let inputs = outbox.take();
            let bytes: usize = inputs.iter().filter_map(|it| it.event.as_ref()).map(size_of).sum();
            assert!(bytes <= WINDOW, "{bytes}");
            for input in &inputs {
                let Some(Event::Paste(paste)) = &input.event else { panic!("{input:?}") };
                assert!(paste.text.len() <= PIECE);
                got.push_str(&paste.text);
                last = paste.more;
            }
            outbox.acknowledged(inputs.len() as u64);
            turns += 1;
        }
        assert_eq!((got == paste, last, turns), (true, false, 2));
    }

    #[test]
    fn the_outbox_is_bounded() {
        let mut outbox = Outbox::default();
        assert!(!outbox.push_paste(&"x".repeat(MAX_KEPT + 1)));
        assert!(outbox.push_paste(""));
        assert_eq!(outbox.pending(), 0);
    }
}
