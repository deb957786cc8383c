//! Parses the input of a terminal into text, keys, pastes and mouse events: xterm sequences, the kitty
//! keyboard protocol, bracketed paste. Bytes may be split anywhere; it does not depend on a terminal device.

use super::sequences::{self, Typed};

/// Longest control sequence, in bytes; a longer one is read as text.
const LONGEST: usize = 64;

/// Largest paste in bytes, so that one without an end does not fill the memory.
const PASTE: usize = 16 * 1024 * 1024;

const PASTE_END: &[u8] = b"\x1b[201~";

/// Parses a stream of input in parts of any size.
#[derive(Debug, Default)]
pub struct Parser {
    buffer: Vec<u8>,
    /// Content so far of an open paste.
    paste: Option<Vec<u8>>,
}

enum Step {
    /// This number of bytes was consumed and had this meaning, if any.
    Took(usize, Option<Typed>),
    /// A paste begins after this number of bytes.
    PasteBegins(usize),
    Wait,
}

impl Parser {
    /// Adds bytes and returns the complete events.
    pub fn feed(&mut self, bytes: &[u8]) -> Vec<Typed> {
        self.buffer.extend_from_slice(bytes);
        self.run(false)
    }

    /// Returns true if an event is incomplete; call [`Self::flush`] after a short time.
    pub fn waits(&self) -> bool {
        self.paste.is_none() && !self.buffer.is_empty()
    }

    /// Ends an incomplete event: a lone escape was the Escape key.
    pub fn flush(&mut self) -> Vec<Typed> {
        self.run(true)
    }

    fn run(&mut self, last: bool) -> Vec<Typed> {
        let mut out: Vec<Typed> = Vec::new();
        let buffer = std::mem::take(&mut self.buffer);
        let mut rest = buffer.as_slice();
        loop {
            if self.paste.is_some() {
                let Some((used, text)) = self.pasted(rest) else { return out };
                rest = rest.get(used..).unwrap_or_default();
                out.push(Typed::Paste(text));
                continue;
            }
            match step(rest, last) {
                Step::Took(0, _) | Step::Wait => break,
                Step::Took(bytes, typed) => {
                    rest = rest.get(bytes..).unwrap_or_default();
                    match (out.last_mut(), typed) {
                        (Some(Typed::Text(before)), Some(Typed::Text(more))) => {
                            before.push_str(&more);
                        }
                        (_, typed) => out.extend(typed),
                    }
                }
                Step::PasteBegins(bytes) => {
                    rest = rest.get(bytes..).unwrap_or_default();
                    self.paste = Some(Vec::new());
                }
            }
        }
        self.buffer = rest.to_vec();
        out
    }

    /// Adds to the paste. At its end, returns the number of bytes used of `more` and the whole text.
    fn pasted(&mut self, more: &[u8]) -> Option<(usize, String)> {
        let paste = self.paste.as_mut()?;
        let before = paste.len();
        paste.extend_from_slice(more);
        let from = before.saturating_sub(PASTE_END.len() - 1);
        let tail = paste.get(from..).unwrap_or_default();
        let found = tail.windows(PASTE_END.len()).position(|window| window == PASTE_END);
        let (end, used) = match found {
            Some(at) => (from + at, from + at + PASTE_END.len() - before),
            None if paste.len() > PASTE => (PASTE, more.len()),
            None => return None,
        };
        let text = String::from_utf8_lossy(paste.get(..end).unwrap_or_default()).into_owned();
        self.paste = None;
        Some((used, text))
    }
}

/// Parses the first event in `bytes`.
fn step(bytes: &[u8], last: bool) -> Step {
    match bytes {
        [] => Step::Wait,
        [0x1b, rest @ ..] => escape(rest, last),
        [byte @ (0..0x20 | 0x7f), ..] => Step::Took(1, Some(Typed::Key(sequences::control(*byte)))),
        _ => text(bytes, last),
    }
}

fn text(bytes: &[u8], last: bool) -> Step {
    let end = bytes.iter().position(|byte| *byte < 0x20 || *byte == 0x7f).unwrap_or(bytes.len());
    let run = bytes.get(..end).unwrap_or_default();
    match std::str::from_utf8(run) {
        Ok(text) => Step::Took(end, Some(Typed::Text(text.to_owned()))),
        Err(error) if error.valid_up_to() > 0 => {
            let good = run.get(..error.valid_up_to()).unwrap_or_default();
            Step::Took(good.len(), Some(Typed::Text(String::from_utf8_lossy(good).into_owned())))
        }
        // A character is incomplete.
        Err(error) if error.error_len().is_none() && end == bytes.len() && !last => Step::Wait,
        Err(error) => Step::Took(error.error_len().unwrap_or(end), None),
    }
}

/// Parses an event that begins with an escape, which `rest` follows.
fn escape(rest: &[u8], last: bool) -> Step {
    let lone = || Step::Took(1, Some(Typed::Key(sequences::named("Escape", 0))));
    match rest {
        [] if last => lone(),
        [] => Step::Wait,
        [0x1b, ..] => lone(),
        [b'[', b'[', letter, ..] => Step::Took(4, sequences::linux(*letter).map(Typed::Key)),
        [b'[', b'2', b'0', b'0', b'~', ..] => Step::PasteBegins(6),
        [b'[', params @ ..] => match control_sequence(params) {
            Some((used, typed)) => Step::Took(used + 2, typed),
            None if last || params.len() > LONGEST => alt("[", 2),
            None => Step::Wait,
        },
        [b'O'] if !last => Step::Wait,
        [b'O', letter @ (b'A'..=b'Z' | b'a'..=b'z'), ..] => {
            Step::Took(3, sequences::application(*letter).map(Typed::Key))
        }
        [byte @ (0..0x20 | 0x7f), ..] => {
            let mut key = sequences::control(*byte);
            key.modifiers |= sequences::ALT;
            Step::Took(2, Some(Typed::Key(key)))
        }
        _ => {
            let length = rest.first().map_or(1, |first| match first {
                0xc0..0xe0 => 2,
                0xe0..0xf0 => 3,
                0xf0.. => 4,
                _ => 1,
            });
            match rest.get(..length).map(std::str::from_utf8) {
                Some(Ok(character)) => alt(character, 1 + length),
                None if !last => Step::Wait,
                _ => lone(),
            }
        }
    }
}

fn alt(character: &str, bytes: usize) -> Step {
    Step::Took(bytes, Some(Typed::Key(sequences::named(character, sequences::ALT))))
}

/// Parses a control sequence after its `CSI` and returns its length in bytes (ECMA-48, 5.4).
fn control_sequence(bytes: &[u8]) -> Option<(usize, Option<Typed>)> {
    let end = bytes.iter().take(LONGEST).position(|byte| !(0x20..0x40).contains(byte))?;
    let (params, rest) = bytes.split_at(end);
    match rest.first() {
        Some(last @ 0x40..0x7f) => Some((end + 1, sequences::meaning(params, *last))),
        // A byte that interrupts a sequence is parsed separately.
        _ => Some((end, None)),
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;
    use protocol::wire::{Key, KeyKind, Mouse, MouseKind};

    use super::*;

    fn all(bytes: &[u8]) -> Vec<Typed> {
        let mut parser = Parser::default();
        let mut out = parser.feed(bytes);
        out.extend(parser.flush());
        out
    }

    fn key(key: &str, modifiers: u32) -> Typed {
        Typed::Key(sequences::named(key, modifiers))
    }

    fn coded(name: &str, code: &str) -> Typed {
        Typed::Key(Key { code: code.into(), ..sequences::named(name, 0) })
    }

    #[test]
    fn terminal_input_is_parsed() {
        let release = |mut typed: Typed| {
            if let Typed::Key(key) = &mut typed {
                key.kind = KeyKind::Release.into();
            }
            typed
        };
        for (bytes, typed) in [
            (&b"a"[..], Typed::Text("a".into())),
            ("é漢👍🏽".as_bytes(), Typed::Text("é漢👍🏽".into())),
            (b"\r", key("Enter", 0)),
            (b"\n", key("j", 4)),
            (b"\t", key("Tab", 0)),
            (b"\x7f", key("Backspace", 0)),
            (b"\x03", key("c", 4)),
            (b"\x00", key(" ", 4)),
            (b"\x1c", key("\\", 4)),
            (b"\x1f", key("_", 4)),
            (b"\x1b", key("Escape", 0)),
            (b"\x1bx", key("x", 2)),
            ("\x1bé".as_bytes(), key("é", 2)),
            (b"\x1b\x7f", key("Backspace", 2)),
            (b"\x1b\x02", key("b", 6)),
            (b"\x1b[", key("[", 2)),
            (b"\x1bO", key("O", 2)),
            (b"\x1b[A", key("ArrowUp", 0)),
            (b"\x1bOA", key("ArrowUp", 0)),
            (b"\x1b[1;5D", key("ArrowLeft", 4)),
            (b"\x1b[1;2P", key("F1", 1)),
            (b"\x1bOS", key("F4", 0)),
            (b"\x1b[[C", key("F3", 0)),
            (b"\x1b[15~", key("F5", 0)),
            (b"\x1b[24;4~", key("F12", 3)),
            (b"\x1b[3~", key("Delete", 0)),
            (b"\x1b[Z", key("Tab", 1)),
            (b"\x1b[27;5;13~", key("Enter", 4)),
            (b"\x1bOj", coded("*", "NumpadMultiply")),
            (b"\x1bOp", coded("0", "Numpad0")),
            (b"\x1b[97;5u", key("a", 4)),
            (b"\x1b[97:65;2u", key("A", 1)),
            (b"\x1b[92;5u", key("\\", 4)),
            (b"\x1b[27u", key("Escape", 0)),
            (b"\x1b[99;5:3u", release(key("c", 4))),
            (b"\x1b[1;1:3A", release(key("ArrowUp", 0))),
            (b"\x1b[97;129u", key("a", 32)),
            (b"\x1b[57401u", coded("2", "Numpad2")),
            (b"\x1b[57376u", key("F13", 0)),
            (b"\x1b[I", Typed::Focus(true)),
            (b"\x1b[200~a\x1b[A\x1b[201~", Typed::Paste("a\x1b[A".into())),
        ] {
            assert_eq!(all(bytes), [typed], "{:?}", String::from_utf8_lossy(bytes));
        }
    }

    #[test]
    fn mouse_reports_are_parsed() {
        let mouse = |kind: MouseKind, button, column, row, modifiers| {
            Typed::Mouse(Mouse { kind: kind.into(), button, column, row, modifiers })
        };
        for (bytes, typed) in [
            (&b"\x1b[<0;1;1M"[..], mouse(MouseKind::Down, 0, 0, 0, 0)),
            (b"\x1b[<2;80;24m", mouse(MouseKind::Up, 2, 79, 23, 0)),
            (b"\x1b[<35;3;4M", mouse(MouseKind::Move, 3, 2, 3, 0)),
            (b"\x1b[<32;3;4M", mouse(MouseKind::Move, 0, 2, 3, 0)),
            (b"\x1b[<65;3;4M", mouse(MouseKind::Wheel, 65, 2, 3, 0)),
            (b"\x1b[<20;3;4M", mouse(MouseKind::Down, 0, 2, 3, 5)),
        ] {
            assert_eq!(all(bytes), [typed]);
        }
        assert!(all(b"\x1b[<0;0;1M").is_empty());
    }

    #[test]
    fn unknown_sequences_are_ignored() {
        for bytes in [&b"\x1b[?1;2c"[..], b"\x1b[5;10R", b"\x1b[99z", b"\xff\xc3", b"\x1b[57500u"] {
            assert_eq!(all(bytes), [], "{bytes:?}");
        }
    }

    #[test]
    fn events_keep_their_order() {
        assert_eq!(
            all(b"ls -l\r\x1b[A\x1b[200~x\x1b[201~y\x1b"),
            [
                Typed::Text("ls -l".into()),
                key("Enter", 0),
                key("ArrowUp", 0),
                Typed::Paste("x".into()),
                Typed::Text("y".into()),
                key("Escape", 0),
            ]
        );
    }

    /// A session without keyboard modes receives the bytes that this terminal sent.
    #[test]
    fn plain_keys_are_encoded_as_they_were_sent() {
        let screen = screen::Screen::new(screen::Size::clamped(80, 24), 0);
        let mut inputs: Vec<Vec<u8>> = (0..0x20).chain([0x7f]).map(|byte| vec![byte]).collect();
        inputs.extend((0..0x80).filter(|byte| !b"[O\x1b".contains(byte)).map(|it| vec![0x1b, it]));
        inputs.extend(
            ["[A", "[H", "[5~", "[15~", "[1;5C", "OP", "[Z"].map(|it| format!("\x1b{it}").into()),
        );
        for bytes in inputs {
            match all(&bytes).as_slice() {
                [Typed::Key(key)] => assert_eq!(screen.encode_key(key), bytes, "{key:?}"),
                other => panic!("{bytes:?}: {other:?}"),
            }
        }
    }

    proptest! {
        #[test]
        fn splitting_the_input_changes_nothing(
            pieces in prop::collection::vec(prop::sample::select(vec![
                "ab", "\r", "\x1b[1;5A", "\x1b[<0;10;20M", "漢é", "\x1b[200~p\x1b[20\x1b[201~", "\x1bOP",
            ]), 0..8),
            cut in 1usize..9,
        ) {
            let bytes = pieces.concat().into_bytes();
            let mut parser = Parser::default();
            let mut out: Vec<Typed> = Vec::new();
            for typed in bytes.chunks(cut).flat_map(|chunk| parser.feed(chunk)) {
                match (out.last_mut(), typed) {
                    (Some(Typed::Text(before)), Typed::Text(more)) => before.push_str(&more),
                    (_, typed) => out.push(typed),
                }
            }
            out.extend(parser.flush());
            prop_assert_eq!(out, all(&bytes));
        }

        #[test]
        fn any_input_is_consumed(bytes in prop::collection::vec(any::<u8>(), 0..200)) {
            let mut parser = Parser::default();
            parser.feed(&bytes);
            parser.flush();
            prop_assert!(parser.buffer.is_empty());
        }
    }
}
