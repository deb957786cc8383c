//! Stands before the parser and bounds the strings it would buffer: an OSC that is longer than
//! allowed is cancelled and swallowed to its end. Knows how strings begin and end, nothing else.

/// Longest operating system command, in bytes.
const MAX_OSC: usize = 64 * 1024;
/// Longest OSC 52: the clipboard's 1 MiB in base64.
const MAX_OSC_CLIPBOARD: usize = 1024 * 1024 / 3 * 4 + 64;
/// From this length on the parser's buffer is worth giving back.
const LONG: usize = 8 * 1024;

const ESC: u8 = 0x1b;

/// What the parser gets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Piece<'a> {
    /// Bytes as they came.
    Bytes(&'a [u8]),
    /// The string is too long: cancel it without acting on it.
    Cancel,
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Place {
    #[default]
    Ground,
    Escape,
    Osc {
        length: usize,
        /// The first three bytes are `52;`, as far as they came.
        clipboard: bool,
    },
    Swallow,
}

/// Follows a stream of bytes, cut anywhere, as far as strings go.
#[derive(Debug, Default)]
pub struct Filter {
    place: Place,
    long: bool,
}

impl Filter {
    /// Whether the stream stands outside of any sequence.
    #[must_use]
    pub fn is_ground(&self) -> bool {
        self.place == Place::Ground
    }

    /// Whether the parser had to buffer a long string since the last call.
    pub fn take_long(&mut self) -> bool {
        std::mem::take(&mut self.long)
    }

    /// Hands `bytes` on in pieces.
    pub fn pass<'a>(&mut self, bytes: &'a [u8], mut to: impl FnMut(Piece<'a>)) {
        let mut start = 0;
        let mut at = 0;
        while let Some(rest) = bytes.get(at..).filter(|rest| !rest.is_empty()) {
            match self.place {
                Place::Ground => match memchr::memchr(ESC, rest) {
                    Some(found) => {
                        at += found + 1;
                        self.place = Place::Escape;
                    }
                    None => at = bytes.len(),
                },
                Place::Escape => {
                    self.place = after_escape(rest.first().copied().unwrap_or_default());
                    at += 1;
                }
                Place::Osc { length, clipboard } => {
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
                        self.place = Place::Swallow;
                        at += kept;
                        start = at;
                    } else {
                        at += run;
                        self.place = Place::Osc { length: length + run, clipboard };
                        if let Some(byte) = bytes.get(at) {
                            self.place = if *byte == ESC { Place::Escape } else { Place::Ground };
                            at += 1;
                        }
                    }
                }
                Place::Swallow => {
                    let run = string_end(rest).unwrap_or(rest.len());
                    at += run;
                    start = at;
                    if let Some(byte) = bytes.get(at) {
                        // An escape starts the next sequence; the other ends are part of the string.
                        self.place = if *byte == ESC { Place::Escape } else { Place::Ground };
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

/// Controls inside an escape sequence are executed and do not end it.
fn after_escape(byte: u8) -> Place {
    match byte {
        b']' => Place::Osc { length: 0, clipboard: true },
        0x00..=0x17 | 0x19 | 0x1b..=0x1f | 0x7f.. => Place::Escape,
        _ => Place::Ground,
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

    /// What reaches the parser, with `!` for a cancellation, for each way to cut the bytes in pieces of
    /// the given size.
    fn passed(bytes: &[u8], cut: usize) -> Vec<u8> {
        let mut filter = Filter::default();
        let mut out = Vec::new();
        for piece in bytes.chunks(cut) {
            filter.pass(piece, |piece| match piece {
                Piece::Bytes(bytes) => out.extend_from_slice(bytes),
                Piece::Cancel => out.push(b'!'),
            });
        }
        out
    }

    #[test]
    fn what_is_within_bounds_passes_unchanged() {
        let clipboard = format!("\x1b]52;c;{}\x07x", "A".repeat(100_000));
        for bytes in [
            b"plain \x1b[1mtext".as_slice(),
            b"\x1b]0;title\x07after",
            b"\x1b\x00]0;title\x1b\\after",
            clipboard.as_bytes(),
        ] {
            for cut in [1, 2, 3, 1000, 65_536, usize::MAX] {
                assert_eq!(passed(bytes, cut), bytes);
            }
        }
    }

    #[test]
    fn longer_ones_are_cancelled_and_swallowed() {
        for (head, limit) in [("0;", MAX_OSC), ("52;c;", MAX_OSC_CLIPBOARD), ("521;", MAX_OSC)] {
            for (end, kept) in [("\x07", ""), ("\x1b\\", "\x1b\\"), ("\x18", "")] {
                let bytes = format!("a\x1b]{head}{}{end}b", "A".repeat(limit + 70_000));
                for cut in [1000, 65_536, usize::MAX] {
                    let out = passed(bytes.as_bytes(), cut);
                    assert!(out.len() < limit + 16, "{head} {cut}");
                    assert!(out.ends_with(format!("!{kept}b").as_bytes()), "{head} {cut}");
                }
            }
        }
    }
}
