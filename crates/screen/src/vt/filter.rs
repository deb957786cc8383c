//! Bounds the strings that the parser buffers: cancels a long OSC and discards the rest of it.

/// Maximum bytes of an operating system command.
const MAX_OSC: usize = 64 * 1024;
/// Maximum bytes of OSC 52: 1 MiB of clipboard in base64.
const MAX_OSC_CLIPBOARD: usize = 1024 * 1024 / 3 * 4 + 64;
/// Length above which the buffer of the parser is released.
const LONG: usize = 8 * 1024;

const ESC: u8 = 0x1b;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    Bytes(&'a [u8]),
    /// The current string is too long and must be cancelled.
    Cancel,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum State {
    #[default]
    Ground,
    Escape,
    Osc {
        length: usize,
        /// The bytes so far begin with `52;`.
        clipboard: bool,
    },
    Discard,
}

/// Filter of a byte stream that is split anywhere.
#[derive(Debug, Default)]
pub struct Filter {
    state: State,
    long: bool,
}

impl Filter {
    /// Returns whether the stream is outside of any sequence.
    pub fn is_ground(&self) -> bool {
        self.state == State::Ground
    }

    /// Returns whether the parser has buffered a long string since the last call.
    pub fn take_long(&mut self) -> bool {
        std::mem::take(&mut self.long)
    }

    pub fn pass<'a>(&mut self, bytes: &'a [u8], mut to: impl FnMut(Piece<'a>)) {
        let mut start = 0;
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match self.state {
                State::Ground => match memchr::memchr(ESC, rest) {
                    Some(found) => {
                        at += found + 1;
                        self.state = State::Escape;
                    }
                    None => at = bytes.len(),
                },
                State::Escape => {
                    self.state = after_escape(rest.first().copied().unwrap_or_default());
                    at += 1;
                }
                State::Osc { length, clipboard } => {
                    let end = string_end(rest);
                    let run = end.unwrap_or(rest.len());
                    let clipboard =
                        clipboard && is_clipboard(length, rest.get(..run).unwrap_or_default());
                    let limit = if clipboard { MAX_OSC_CLIPBOARD } else { MAX_OSC };
                    self.long |= length + run > LONG;
                    if length + run > limit {
                        let kept = limit.saturating_sub(length);
                        to(Piece::Bytes(bytes.get(start..at + kept).unwrap_or_default()));
                        to(Piece::Cancel);
                        self.state = State::Discard;
                        at += kept;
                        start = at;
                    } else {
                        at += run;
                        self.state = State::Osc { length: length + run, clipboard };
                        if let Some(byte) = bytes.get(at) {
                            self.state = if *byte == ESC { State::Escape } else { State::Ground };
                            at += 1;
                        }
                    }
                }
                State::Discard => {
                    let run = string_end(rest).unwrap_or(rest.len());
                    at += run;
                    start = at;
                    if let Some(byte) = bytes.get(at) {
                        // ESC starts the next sequence; other terminators belong to the string.
                        self.state = if *byte == ESC { State::Escape } else { State::Ground };
                        at += 1;
                        start += usize::from(*byte != ESC);
                    }
                }
            }
        }
        if let Some(rest) = bytes.get(start..).filter(|rest| !rest.is_empty()) {
            to(Piece::Bytes(rest));
        }
    }
}

/// State after one byte of an escape sequence. Controls inside are executed and do not end it.
fn after_escape(byte: u8) -> State {
    match byte {
        b']' => State::Osc { length: 0, clipboard: true },
        0x00..=0x17 | 0x19 | 0x1b..=0x1f | 0x7f.. => State::Escape,
        _ => State::Ground,
    }
}

fn string_end(bytes: &[u8]) -> Option<usize> {
    bytes.iter().position(|byte| matches!(*byte, 0x07 | 0x18 | 0x1a | ESC))
}

fn is_clipboard(length: usize, run: &[u8]) -> bool {
    b"52;".iter().skip(length).zip(run).all(|(expected, byte)| expected == byte)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Filtered bytes, with `!` for a cancellation, when fed in chunks of `size` bytes.
    fn filtered(bytes: &[u8], size: usize) -> Vec<u8> {
        let mut filter = Filter::default();
        let mut out = Vec::new();
        for chunk in bytes.chunks(size) {
            filter.pass(chunk, |piece| match piece {
                Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                Piece::Cancel => out.push(b'!'),
            });
        }
        out
    }

    #[test]
    fn strings_within_the_limit_pass_unchanged() {
        let clipboard = format!("\x1b]52;c;{}\x07x", "A".repeat(100_000));
        for bytes in [
            b"plain \x1b[1mtext".as_slice(),
            b"\x1b]0;title\x07after",
            b"\x1b\x00]0;title\x1b\\after",
            clipboard.as_bytes(),
        ] {
            for cut in [1, 2, 3, 1000, 65_536, usize::MAX] {
                assert_eq!(filtered(bytes, cut), bytes);
            }
        }
    }

    #[test]
    fn longer_strings_are_cancelled_and_discarded() {
        for (head, limit) in [("0;", MAX_OSC), ("52;c;", MAX_OSC_CLIPBOARD), ("521;", MAX_OSC)] {
            for (end, kept) in [("\x07", ""), ("\x1b\\", "\x1b\\"), ("\x18", "")] {
                let bytes = format!("a\x1b]{head}{}{end}b", "A".repeat(limit + 70_000));
                for cut in [1000, 65_536, usize::MAX] {
                    let out = filtered(bytes.as_bytes(), cut);
                    assert!(out.len() < limit + 16, "{head} {cut}");
                    assert!(out.ends_with(format!("!{kept}b").as_bytes()), "{head} {cut}");
                }
            }
        }
    }
}
