//! The tables of the parser: the key of each control character and sequence, with the names of W3C UI
//! Events. xterm function keys, modifyOtherKeys, SGR mouse reports, the kitty keyboard protocol.

use protocol::wire::{Key, KeyKind, Mouse, MouseKind};

/// Wire modifiers.
pub const SHIFT: u32 = 1;
pub const ALT: u32 = 2;
pub const CONTROL: u32 = 4;

/// One event of input.
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

#[derive(Clone, Debug, PartialEq)]
pub enum Sequence {
    Typed(Typed),
    Paste,
    Unknown,
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
    if let Some(key) = lettered(letter) {
        return Some(named(key, 0));
    }
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
        b'p'..=b'y' => return Some(keypad_digit(letter - b'p')),
        _ => return None,
    };
    Some(Key { code: code.to_owned(), ..named(key, 0) })
}

fn keypad_digit(digit: u8) -> Key {
    Key { code: format!("Numpad{digit}"), ..named(&digit.to_string(), 0) }
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

/// Returns W3C key and code of a kitty key that is not a character.
fn private(number: u32) -> Option<(String, String)> {
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
        57376..=57398 => return Some((format!("F{}", number - 57363), String::new())),
        57399..=57408 => {
            let digit = number - 57399;
            return Some((digit.to_string(), format!("Numpad{digit}")));
        }
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
        57441..=57444 | 57447..=57450 => {
            let (first, side) = if number < 57447 { (57441, "Left") } else { (57447, "Right") };
            let keys = ["Shift", "Control", "Alt", "Meta"];
            let key = keys.get(usize::try_from(number - first).ok()?)?;
            return Some(((*key).to_owned(), format!("{key}{side}")));
        }
        _ => return None,
    };
    Some((key.to_owned(), code.to_owned()))
}

/// Returns the meaning of a control sequence by its parameters and its last byte.
pub fn meaning(params: &[u8], last: u8) -> Sequence {
    let text = String::from_utf8_lossy(params);
    if let Some(report) = text.strip_prefix('<') {
        return mouse(report, last)
            .map_or(Sequence::Unknown, |it| Sequence::Typed(Typed::Mouse(it)));
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
    let key = |key: &str, code: &str| {
        let (key, code) = (key.to_owned(), code.to_owned());
        Sequence::Typed(Typed::Key(Key { key, code, modifiers, kind: kind.into() }))
    };
    let number = part(0, 0);
    match last {
        b'I' if params.is_empty() => Sequence::Typed(Typed::Focus(true)),
        b'O' if params.is_empty() => Sequence::Typed(Typed::Focus(false)),
        b'Z' => Sequence::Typed(Typed::Key(named("Tab", SHIFT))),
        b'~' if number == Some(200) => Sequence::Paste,
        b'~' if number == Some(27) => part(2, 0)
            .and_then(|code| character(code, modifiers))
            .map_or(Sequence::Unknown, |(name, code)| key(&name, &code)),
        b'~' => number.and_then(numbered).map_or(Sequence::Unknown, |name| key(&name, "")),
        b'u' => {
            let shifted = part(0, 1).filter(|_| modifiers & SHIFT != 0);
            number
                .and_then(|code| {
                    private(code).or_else(|| character(shifted.unwrap_or(code), modifiers))
                })
                .map_or(Sequence::Unknown, |(name, code)| key(&name, &code))
        }
        _ => lettered(last)
            .filter(|_| number.is_none_or(|number| number == 1))
            .map_or(Sequence::Unknown, |name| key(name, "")),
    }
}

/// Returns W3C key and code by the number of a character.
fn character(code: u32, modifiers: u32) -> Option<(String, String)> {
    if let Some(key) = private(code) {
        return Some(key);
    }
    let character =
        char::from_u32(code).filter(|it| !it.is_control() && !(0xe000..0xf900).contains(&code))?;
    let shifted = modifiers & SHIFT != 0;
    let key = if shifted { character.to_uppercase().to_string() } else { character.to_string() };
    Some((key, String::new()))
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
