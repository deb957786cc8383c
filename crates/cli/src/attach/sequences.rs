//! The tables of the parser: the key of each control character and sequence, with the names of W3C UI
//! Events. xterm function keys, modifyOtherKeys, SGR mouse reports, the kitty keyboard protocol.

use protocol::wire::{Key, KeyKind, Mouse, MouseKind};

/// Wire modifiers.
pub const SHIFT: u32 = 1;
pub const ALT: u32 = 2;
pub const CONTROL: u32 = 4;

/// One input event.
#[derive(Clone, Debug, PartialEq)]
pub enum Typed {
    Text(String),
    Key(Key),
    Paste(String),
    /// A mouse event, in cells of this terminal.
    Mouse(Mouse),
    /// The window of the terminal gained (true) or lost (false) the focus.
    Focus(bool),
}

/// Returns a key press without a code.
pub fn named(key: &str, modifiers: u32) -> Key {
    Key { key: key.to_owned(), modifiers, ..Key::default() }
}

pub fn control(byte: u8) -> Key {
    match byte {
        0 => named(" ", CONTROL),
        b'\t' => named("Tab", 0),
        b'\r' => named("Enter", 0),
        0x7f => named("Backspace", 0),
        1..=0x1a => named(&char::from(byte + 0x60).to_string(), CONTROL),
        _ => named(&char::from(byte + 0x40).to_string(), CONTROL),
    }
}

/// Returns one of the keys F1 to F5 of the Linux console.
pub fn linux(letter: u8) -> Option<Key> {
    (b'A'..=b'E').contains(&letter).then(|| named(&format!("F{}", letter - b'A' + 1), 0))
}

/// Returns a key in application mode, by the letter after `SS3`.
pub fn application(letter: u8) -> Option<Key> {
    // The keypad in application mode.
    let (key, code) = match letter {
        b'M' => ("Enter", "NumpadEnter"),
        b'X' => ("=", "NumpadEqual"),
        b'j' => ("*", "NumpadMultiply"),
        b'k' => ("+", "NumpadAdd"),
        b'l' => (",", "NumpadComma"),
        b'm' => ("-", "NumpadSubtract"),
        b'n' => (".", "NumpadDecimal"),
        b'o' => ("/", "NumpadDivide"),
        b'p'..=b'y' => return Some(keypad_digit((letter - b'p').into())),
        _ => (lettered(letter)?, ""),
    };
    Some(coded(key, code))
}

fn coded(key: &str, code: &str) -> Key {
    Key { code: code.to_owned(), ..named(key, 0) }
}

fn keypad_digit(digit: u32) -> Key {
    coded(&digit.to_string(), &format!("Numpad{digit}"))
}

fn lettered(letter: u8) -> Option<&'static str> {
    Some(match letter {
        b'A' => "ArrowUp",
        b'B' => "ArrowDown",
        b'C' => "ArrowRight",
        b'D' => "ArrowLeft",
        b'E' => "Clear",
        b'F' => "End",
        b'H' => "Home",
        b'P' => "F1",
        b'Q' => "F2",
        b'R' => "F3",
        b'S' => "F4",
        _ => return None,
    })
}

fn numbered(number: u32) -> Option<String> {
    let function = match number {
        11..=15 => number - 10,
        17..=21 => number - 11,
        23..=26 => number - 12,
        28..=29 => number - 13,
        31..=34 => number - 14,
        _ => {
            let names = ["Home", "Insert", "Delete", "End", "PageUp", "PageDown", "Home", "End"];
            let at = usize::try_from(number.checked_sub(1)?).ok()?;
            return names.get(at).map(|name| (*name).to_owned());
        }
    };
    Some(format!("F{function}"))
}

/// Returns a kitty key that is not a character, without its modifiers.
fn private(number: u32) -> Option<Key> {
    let (key, code) = match number {
        9 => ("Tab", ""),
        13 => ("Enter", ""),
        27 => ("Escape", ""),
        127 => ("Backspace", ""),
        57358 => ("CapsLock", ""),
        57359 => ("ScrollLock", ""),
        57360 => ("NumLock", ""),
        57361 => ("PrintScreen", ""),
        57362 => ("Pause", ""),
        57363 => ("ContextMenu", ""),
        57376..=57398 => return Some(named(&format!("F{}", number - 57363), 0)),
        57399..=57408 => return Some(keypad_digit(number - 57399)),
        57409 => (".", "NumpadDecimal"),
        57410 => ("/", "NumpadDivide"),
        57411 => ("*", "NumpadMultiply"),
        57412 => ("-", "NumpadSubtract"),
        57413 => ("+", "NumpadAdd"),
        57414 => ("Enter", "NumpadEnter"),
        57415 => ("=", "NumpadEqual"),
        57417 => ("ArrowLeft", "Numpad4"),
        57418 => ("ArrowRight", "Numpad6"),
        57419 => ("ArrowUp", "Numpad8"),
        57420 => ("ArrowDown", "Numpad2"),
        57421 => ("PageUp", "Numpad9"),
        57422 => ("PageDown", "Numpad3"),
        57423 => ("Home", "Numpad7"),
        57424 => ("End", "Numpad1"),
        57425 => ("Insert", "Numpad0"),
        57426 => ("Delete", "NumpadDecimal"),
        57427 => ("Clear", "Numpad5"),
        57441 => ("Shift", "ShiftLeft"),
        57442 => ("Control", "ControlLeft"),
        57443 => ("Alt", "AltLeft"),
        57444 => ("Meta", "MetaLeft"),
        57447 => ("Shift", "ShiftRight"),
        57448 => ("Control", "ControlRight"),
        57449 => ("Alt", "AltRight"),
        57450 => ("Meta", "MetaRight"),
        _ => return None,
    };
    Some(coded(key, code))
}

/// Returns the meaning of a control sequence by its parameters and its last byte, if it has one.
pub fn meaning(params: &[u8], last: u8) -> Option<Typed> {
    let text = String::from_utf8_lossy(params);
    if let Some(report) = text.strip_prefix('<') {
        return mouse(report, last).map(Typed::Mouse);
    }
    let fields: Vec<Vec<Option<u32>>> = text
        .split(';')
        .map(|field| field.split(':').map(|part| part.parse().ok()).collect())
        .collect();
    let part = |field: usize, part: usize| {
        fields.get(field).and_then(|parts| parts.get(part)).copied().flatten()
    };
    let modifiers = modifiers(part(1, 0).unwrap_or(1));
    let kind = match part(1, 1) {
        Some(2) => KeyKind::Repeat,
        Some(3) => KeyKind::Release,
        _ => KeyKind::Press,
    };
    let number = part(0, 0);
    let key = match last {
        b'I' if params.is_empty() => return Some(Typed::Focus(true)),
        b'O' if params.is_empty() => return Some(Typed::Focus(false)),
        b'Z' => return Some(Typed::Key(named("Tab", SHIFT))),
        b'~' if number == Some(27) => character(part(2, 0)?, modifiers)?,
        b'~' => named(&numbered(number?)?, 0),
        b'u' => {
            let shifted = part(0, 1).filter(|_| modifiers & SHIFT != 0);
            private(number?).or_else(|| character(shifted.or(number)?, modifiers))?
        }
        _ if number.is_none_or(|number| number == 1) => named(lettered(last)?, 0),
        _ => return None,
    };
    Some(Typed::Key(Key { modifiers, kind: kind.into(), ..key }))
}

/// Returns the key of a character by its number.
fn character(code: u32, modifiers: u32) -> Option<Key> {
    if let Some(key) = private(code) {
        return Some(key);
    }
    let character =
        char::from_u32(code).filter(|it| !it.is_control() && !(0xe000..0xf900).contains(&code))?;
    let shifted = modifiers & SHIFT != 0;
    Some(named(&if shifted { character.to_uppercase().to_string() } else { character.into() }, 0))
}

/// Translates the modifiers of a sequence (1 plus shift, alt, control, super, hyper, meta, locks).
fn modifiers(param: u32) -> u32 {
    let bits = param.saturating_sub(1);
    let meta = u32::from(bits & (8 | 32) != 0) * 8;
    (bits & 7) | meta | (bits >> 2 & 0b11_0000)
}

/// Parses an SGR mouse report: `button;column;row`, with `M` for press and move, `m` for release.
fn mouse(report: &str, last: u8) -> Option<Mouse> {
    let mut fields = report.split(';').map(|field| field.parse::<u32>().ok());
    let (bits, column, row) = (fields.next()??, fields.next()??, fields.next()??);
    let button = bits & 3;
    let (kind, button) = match last {
        b'M' if bits & 64 != 0 => (MouseKind::Wheel, 64 + button),
        b'M' if bits & 32 != 0 => (MouseKind::Move, button),
        b'M' => (MouseKind::Down, button),
        b'm' => (MouseKind::Up, button),
        _ => return None,
    };
    Some(Mouse {
        kind: kind.into(),
        button,
        column: column.checked_sub(1)?,
        row: row.checked_sub(1)?,
        modifiers: bits >> 2 & 7,
    })
}
