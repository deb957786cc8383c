//! Input on its way to the session: numbered, kept until it is acknowledged, sent again after a
//! reconnect. It bounds what is on the way; it knows no socket.

use std::collections::VecDeque;

use protocol::wire::{Input, Paste, input::Event};

/// Bytes of input that may be on the way unacknowledged.
const WINDOW: usize = 64 * 1024;

/// Bytes of one piece of a paste.
const PIECE: usize = 16 * 1024;

/// Bytes of input kept while there is no connection; what comes then is refused.
const MOST: usize = 16 * 1024 * 1024;

/// The queue of one page: it lives as long as its client id.
#[derive(Debug)]
pub struct Outbox {
    kept: VecDeque<(Input, usize)>,
    /// How many of `kept`, from the front, went out on this connection.
    sent: usize,
    /// Bytes of those.
    on_the_way: usize,
    bytes: usize,
    next: u64,
}

impl Default for Outbox {
    fn default() -> Self {
        Self { kept: VecDeque::new(), sent: 0, on_the_way: 0, bytes: 0, next: 1 }
    }
}

impl Outbox {
    /// Adds input. Returns false when so much waits already that it was refused.
    pub fn push(&mut self, event: Event) -> bool {
        let size = size_of(&event);
        if self.bytes + size > MOST {
            return false;
        }
        self.kept.push_back((Input { number: self.next, event: Some(event) }, size));
        self.bytes += size;
        self.next += 1;
        true
    }

    /// Adds a paste, cut into pieces. Refused as a whole when it does not fit.
    pub fn push_paste(&mut self, text: &str) -> bool {
        if text.is_empty() || self.bytes + text.len() > MOST {
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

    /// The inputs that may go out now, each once per connection.
    pub fn take(&mut self) -> Vec<Input> {
        let mut out = Vec::new();
        while let Some((input, size)) = self.kept.get(self.sent) {
            if self.on_the_way > 0 && self.on_the_way + size > WINDOW {
                break;
            }
            out.push(input.clone());
            self.on_the_way += size;
            self.sent += 1;
        }
        out
    }

    /// The oldest number still held, or the next one: for the hello.
    #[must_use]
    pub fn oldest(&self) -> u64 {
        self.kept.front().map_or(self.next, |(input, _)| input.number)
    }

    /// Inputs not acknowledged yet.
    #[must_use]
    pub fn waiting(&self) -> usize {
        self.kept.len()
    }

    /// A new connection: the session has everything up to `accepted`, the rest goes out again.
    pub fn welcome(&mut self, accepted: u64) {
        while self.kept.front().is_some_and(|(input, _)| input.number <= accepted) {
            self.forget_first();
        }
        (self.sent, self.on_the_way) = (0, 0);
        self.next = self.next.max(accepted.saturating_add(1));
    }

    /// Forgets what has not gone out: somebody else drives now. What went out is still accounted for.
    pub fn forget_unsent(&mut self) {
        while self.kept.len() > self.sent {
            if let Some((input, size)) = self.kept.pop_back() {
                self.bytes -= size;
                self.next = input.number;
            }
        }
    }

    /// `more` further inputs are done with.
    pub fn acknowledged(&mut self, more: u64) {
        for _ in 0..more.min(u64::try_from(self.sent).unwrap_or(u64::MAX)) {
            self.forget_first();
        }
    }

    fn forget_first(&mut self) {
        if let Some((_, size)) = self.kept.pop_front() {
            self.bytes -= size;
            if self.sent > 0 {
                self.sent -= 1;
                self.on_the_way -= size;
            }
        }
    }
}

/// About what an input weighs on the wire, in bytes.
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
    fn each_input_goes_out_once_and_again_only_after_a_reconnect() {
        let mut outbox = Outbox::default();
        assert_eq!(outbox.oldest(), 1);
        ["a", "b", "c"].into_iter().for_each(|key| assert!(outbox.push(text(key))));
        outbox.welcome(0);
        assert_eq!(numbers(&outbox.take()), [1, 2, 3]);
        assert!(outbox.take().is_empty());
        outbox.acknowledged(1);
        assert_eq!((outbox.oldest(), outbox.waiting()), (2, 2));
        outbox.push(text("d"));
        outbox.welcome(2);
        assert_eq!(numbers(&outbox.take()), [3, 4]);
        outbox.acknowledged(9);
        assert_eq!((outbox.oldest(), outbox.waiting()), (5, 0));
    }

    #[test]
    fn what_was_not_sent_is_forgotten_with_its_numbers() {
        let mut outbox = Outbox::default();
        ["a", "b"].into_iter().for_each(|key| assert!(outbox.push(text(key))));
        outbox.welcome(0);
        assert_eq!(numbers(&outbox.take()), [1, 2]);
        outbox.push(text("c"));
        outbox.forget_unsent();
        assert_eq!(outbox.waiting(), 2);
        outbox.push(text("d"));
        assert_eq!(numbers(&outbox.take()), [3]);
        outbox.acknowledged(3);
        assert_eq!(outbox.waiting(), 0);
        outbox.forget_unsent();
        assert_eq!(outbox.oldest(), 4);
    }

    #[test]
    fn what_was_not_sent_cannot_be_acknowledged() {
        let mut outbox = Outbox::default();
        outbox.push(text("a"));
        outbox.acknowledged(1);
        assert_eq!(outbox.waiting(), 1);
    }

    #[test]
    fn a_session_that_knows_more_is_believed() {
        let mut outbox = Outbox::default();
        outbox.welcome(41);
        outbox.push(text("a"));
        assert_eq!(numbers(&outbox.take()), [42]);
    }

    #[test]
    fn a_paste_is_cut_at_characters_and_waits_for_the_window() {
        let mut outbox = Outbox::default();
        let paste = "é".repeat(50_000);
        assert!(outbox.push_paste(&paste));
        outbox.welcome(0);
        let mut got = String::new();
        let mut last = true;
        let mut turns = 0;
        while outbox.waiting() > 0 {
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
        assert!(!outbox.push_paste(&"x".repeat(MOST + 1)));
        assert!(outbox.push_paste(""));
        assert_eq!(outbox.waiting(), 0);
    }
}
