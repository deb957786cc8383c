//! Encodes keys: xterm's legacy encoding with DECCKM, DECKPAM and modifyOtherKeys, and the kitty keyboard
//! protocol with all its flags.

use std::fmt::Write;

use protocol::wire::{Key, KeyKind};

use super::key_table::{self, Function};

/// Shift, as in `wire::Key::modifiers`.
pub const SHIFT: u32 = 1;
pub const ALT: u32 = 2;
pub const CONTROL: u32 = 4;
const META: u32 = 8;
const CAPS_LOCK: u32 = 16;
const NUM_LOCK: u32 = 32;

const DISAMBIGUATE: u8 = 1;
const EVENTS: u8 = 2;
const ALTERNATES: u8 = 4;
const ALL: u8 = 8;
const TEXT: u8 = 16;

/// Modes that affect the encoding of keys.
#[derive(Clone, Copy, Debug, Default)]
pub struct Keyboard {
    /// DECCKM.
    pub application_cursor: bool,
    /// DECKPAM.
    pub application_keypad: bool,
    /// LNM: Enter sends CR LF.
    pub new_line: bool,
    /// xterm's modifyOtherKeys, 0 to 2.
    pub other_keys: u8,
    /// The flags of the kitty keyboard protocol.
    pub kitty: u8,
}

/// Encodes a key event. The result is empty if the event sends nothing in these modes.
pub fn encode(key: &Key, modes: Keyboard) -> Vec<u8> {
    let released = key.kind() == KeyKind::Release;
    if modes.kitty == 0 {
        return if released { Vec::new() } else { legacy(key, modes) };
    }
    if released && modes.kitty & EVENTS == 0 {
        return Vec::new();
    }
    kitty(key, modes)
}

/// The character of a key that types exactly one.
fn single(key: &str) -> Option<char> {
    let mut chars = key.chars();
    chars.next().filter(|c| chars.next().is_none() && !c.is_control())
}

/// Returns whether the name of the key is the text it types. Named keys are ASCII words.
fn is_text(key: &str) -> bool {
    single(key).is_some() || (!key.is_empty() && !key.is_ascii())
}

// ------------------------------------------------------------------ legacy

fn legacy(key: &Key, modes: Keyboard) -> Vec<u8> {
    let modifiers = key.modifiers & (SHIFT | ALT | CONTROL);
    if modes.application_keypad
        && key.modifiers & (SHIFT | ALT | CONTROL | NUM_LOCK) == 0
        && let Some(end) = key_table::application_keypad(&key.code)
    {
        return format!("\x1bO{end}").into_bytes();
    }
    if let Some(code) = other_key(key, modifiers, modes.other_keys) {
        return format!("\x1b[27;{};{code}~", modifiers + 1).into_bytes();
    }
    if is_text(&key.key) {
        return typed(&key.key, modifiers);
    }
    let base: &[u8] = match key.key.as_str() {
        "Enter" if modes.new_line => b"\r\n",
        "Enter" => b"\r",
        "Tab" if modifiers & SHIFT != 0 => b"\x1b[Z",
        "Tab" => b"\t",
        "Backspace" if modifiers & CONTROL != 0 => b"\x08",
        "Backspace" => b"\x7f",
        "Escape" => b"\x1b",
        _ => return legacy_function(key, modifiers, modes.application_cursor),
    };
    with_alt(base, modifiers)
}

fn with_alt(bytes: &[u8], modifiers: u32) -> Vec<u8> {
    let mut out = Vec::with_capacity(bytes.len() + 1);
    if modifiers & ALT != 0 {
        out.push(0x1b);
    }
    out.extend_from_slice(bytes);
    out
}

fn typed(text: &str, modifiers: u32) -> Vec<u8> {
    if modifiers & CONTROL != 0
        && let Some(control) = single(text).and_then(control)
    {
        return with_alt(&[control], modifiers);
    }
    with_alt(text.as_bytes(), modifiers)
}

/// C0 control of a character with Ctrl.
fn control(c: char) -> Option<u8> {
    Some(match c {
        'a'..='z' => c as u8 - b'a' + 1,
        'A'..='Z' => c as u8 - b'A' + 1,
        ' ' | '@' | '2' => 0,
        '[' | '3' => 0x1b,
        '\\' | '4' => 0x1c,
        ']' | '5' => 0x1d,
        '^' | '6' | '~' => 0x1e,
        '_' | '/' | '7' => 0x1f,
        '?' | '8' => 0x7f,
        _ => return None,
    })
}

/// Code of a key that modifyOtherKeys applies to.
fn other_key(key: &Key, modifiers: u32, level: u8) -> Option<u32> {
    if level == 0 || modifiers == 0 {
        return None;
    }
    if let Some(c) = single(&key.key) {
        let shift_alone = modifiers == SHIFT;
        let usual = modifiers & CONTROL == 0 || control(c).is_some();
        return (!shift_alone && (level > 1 || !usual)).then_some(u32::from(c));
    }
    let code = match key.key.as_str() {
        "Enter" => 13,
        "Tab" if modifiers != SHIFT => 9,
        "Backspace" if level > 1 => 127,
        "Escape" if level > 1 => 27,
        _ => return None,
    };
    (level > 1 || modifiers != ALT).then_some(code)
}

fn legacy_function(key: &Key, modifiers: u32, application_cursor: bool) -> Vec<u8> {
    let Some(function) = key_table::function(&key.key) else { return Vec::new() };
    let modifiers = modifiers + 1;
    match function {
        Function::Letter(end @ ('P' | 'Q' | 'R' | 'S')) if modifiers == 1 => {
            format!("\x1bO{end}")
        }
        Function::Letter(end) if modifiers == 1 && application_cursor => format!("\x1bO{end}"),
        Function::Letter(end) if modifiers == 1 => format!("\x1b[{end}"),
        Function::Letter(end) => format!("\x1b[1;{modifiers}{end}"),
        Function::Tilde(number) if modifiers == 1 => format!("\x1b[{number}~"),
        Function::Tilde(number) => format!("\x1b[{number};{modifiers}~"),
        Function::Private(_) => match key_table::high_function(&key.key) {
            Some(number) if modifiers == 1 => format!("\x1b[{number}~"),
            Some(number) => format!("\x1b[{number};{modifiers}~"),
            None => String::new(),
        },
    }
    .into_bytes()
}

// ------------------------------------------------------------------ kitty

/// One key event in the form `CSI number : alternates ; modifiers : event ; text final`.
struct Report {
    number: u32,
    shifted: Option<char>,
    base: Option<char>,
    end: char,
}

fn kitty(key: &Key, modes: Keyboard) -> Vec<u8> {
    let flags = modes.kitty;
    let all = flags & ALL != 0;
    let pressed = key.kind() != KeyKind::Release;
    let strong = key.modifiers & (ALT | CONTROL | META);
    let text = is_text(&key.key);
    if text && !all && pressed && (strong == 0 || flags & DISAMBIGUATE == 0) {
        return match flags & DISAMBIGUATE {
            0 => legacy(key, modes),
            _ => key.key.as_bytes().to_vec(),
        };
    }
    if let "Enter" | "Tab" | "Backspace" = key.key.as_str()
        && !all
        && !is_keypad(key, flags)
        && (key.modifiers & (SHIFT | ALT | CONTROL | META) == 0 || flags & DISAMBIGUATE == 0)
    {
        return if pressed { legacy(key, modes) } else { Vec::new() };
    }
    if key.key == "Escape" && flags & (DISAMBIGUATE | ALL) == 0 && pressed {
        return legacy(key, modes);
    }
    if key_table::is_modifier(&key.key) && !all {
        return Vec::new();
    }
    match report(key, flags) {
        Some(report) => format_report(&report, key, flags),
        None if text && pressed => key.key.as_bytes().to_vec(),
        None => Vec::new(),
    }
}

fn is_keypad(key: &Key, flags: u8) -> bool {
    flags & (DISAMBIGUATE | ALL) != 0 && key.code.starts_with("Numpad")
}

fn report(key: &Key, flags: u8) -> Option<Report> {
    let plain = |number, end| Report { number, shifted: None, base: None, end };
    if is_keypad(key, flags)
        && let Some(number) = key_table::keypad(&key.code, &key.key)
    {
        return Some(plain(number, 'u'));
    }
    if let Some(c) = single(&key.key) {
        let unshifted = unshifted(c, key);
        let base = key_table::us_layout(&key.code).map(|(base, _)| base);
        return Some(Report {
            number: u32::from(unshifted),
            shifted: (key.modifiers & SHIFT != 0 && c != unshifted).then_some(c),
            base: base.filter(|base| *base != unshifted),
            end: 'u',
        });
    }
    if let Some(number) = key_table::side(&key.key, &key.code) {
        return Some(plain(number, 'u'));
    }
    Some(match key.key.as_str() {
        "Escape" => plain(27, 'u'),
        "Enter" => plain(13, 'u'),
        "Tab" => plain(9, 'u'),
        "Backspace" => plain(127, 'u'),
        "F3" => plain(13, '~'),
        name => match key_table::function(name)? {
            Function::Letter(end) => plain(1, end),
            Function::Tilde(number) => plain(number, '~'),
            Function::Private(number) => plain(number, 'u'),
        },
    })
}

/// The character of the key without shift: lowercase for letters, else by position on a US keyboard if the
/// shifted character matches, else the character itself.
fn unshifted(c: char, key: &Key) -> char {
    let mut lower = c.to_lowercase();
    if let (Some(lower), None) = (lower.next(), lower.next())
        && lower != c
    {
        return lower;
    }
    match key_table::us_layout(&key.code) {
        Some((base, shifted)) if key.modifiers & SHIFT != 0 && shifted == c => base,
        _ => c,
    }
}

fn format_report(report: &Report, key: &Key, flags: u8) -> Vec<u8> {
    let event = match key.kind() {
        _ if flags & EVENTS == 0 => 1,
        KeyKind::Press => 1,
        KeyKind::Repeat => 2,
        KeyKind::Release => 3,
    };
    let text = (flags & (TEXT | ALL) == TEXT | ALL
        && key.kind() != KeyKind::Release
        && key.modifiers & (ALT | CONTROL | META) == 0
        && is_text(&key.key))
    .then_some(key.key.as_str());
    let modifiers = kitty_modifiers(key.modifiers, flags) + 1;
    let second = modifiers != 1 || event != 1;
    let mut out = String::from("\x1b[");
    if report.number != 1 || second || report.end == 'u' {
        let _ = write!(out, "{}", report.number);
    }
    if flags & ALTERNATES != 0 && (report.shifted.is_some() || report.base.is_some()) {
        out.push(':');
        if let Some(shifted) = report.shifted {
            let _ = write!(out, "{}", u32::from(shifted));
        }
        if let Some(base) = report.base {
            let _ = write!(out, ":{}", u32::from(base));
        }
    }
    if second || text.is_some() {
        out.push(';');
    }
    if second {
        let _ = write!(out, "{modifiers}");
    }
    if event != 1 {
        let _ = write!(out, ":{event}");
    }
    for (at, c) in text.unwrap_or_default().chars().enumerate() {
        let _ = write!(out, "{}{}", if at == 0 { ';' } else { ':' }, u32::from(c));
    }
    out.push(report.end);
    out.into_bytes()
}

fn kitty_modifiers(modifiers: u32, flags: u8) -> u32 {
    let locks = if flags & ALL == 0 {
        0
    } else {
        (modifiers & CAPS_LOCK) << 2 | (modifiers & NUM_LOCK) << 2
    };
    modifiers & (SHIFT | ALT | CONTROL | META) | locks
}
