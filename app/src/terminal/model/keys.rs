//! Actions of keys: input for the session, text for the field, a command of the page, or the browser's
//! own. Pure; names are those of W3C UI Events.

use protocol::{
    modes::{ALTERNATE_SCREEN, KITTY_SHIFT},
    wire::{Key, KeyKind},
};

/// Bit of [`Press::modifiers`] and of the wire.
pub const SHIFT: u32 = 1;
pub const ALT: u32 = 2;
pub const CONTROL: u32 = 4;
pub const META: u32 = 8;
pub const CAPS_LOCK: u32 = 16;
pub const NUM_LOCK: u32 = 32;

/// Kitty flag: report releases and repeats.
const KITTY_EVENTS: u32 = 2 << KITTY_SHIFT;
/// Kitty flag: report every key as an escape code.
const KITTY_ALL: u32 = 8 << KITTY_SHIFT;

/// Key event as plain data.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Press {
    pub key: String,
    pub code: String,
    /// Bits of the constants above.
    pub modifiers: u32,
    /// AltGr, or its equivalent, produced the character.
    pub alt_graph: bool,
    pub repeat: bool,
    /// An input method is composing.
    pub composing: bool,
}

/// Action of a key.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum KeyAction {
    /// Send it.
    Send(Key),
    /// Leave it to the text field.
    Text,
    /// Leave it to the browser.
    Browser,
    /// Copy the selection.
    Copy,
    /// Scroll by this many pages, up when negative.
    Page(i32),
    /// Scroll to the oldest line.
    Top,
    /// Scroll back to the screen.
    Bottom,
}

/// Returns the action of a pressed key, in the session's modes. On a `mac`, Command is the key for
/// shortcuts, and Option produces characters.
pub fn down(press: &Press, modes: u32, mac: bool) -> KeyAction {
    let Press { key, modifiers, .. } = press;
    let modifiers = modifiers & (SHIFT | ALT | CONTROL | META);
    let lower = key.to_ascii_lowercase();
    if press.composing || ["Process", "Dead", "Unidentified"].contains(&key.as_str()) {
        return KeyAction::Text;
    }
    if modifiers & META != 0 {
        let copies = mac && modifiers == META && lower == "c";
        return if copies { KeyAction::Copy } else { KeyAction::Browser };
    }
    if is_printable(key) {
        return printable(press, &lower, modifiers, modes, mac);
    }
    match (key.as_str(), modifiers) {
        ("F11" | "F12", _) => KeyAction::Browser,
        ("F4" | "Tab" | "Escape", ALT) => KeyAction::Browser,
        ("Tab" | "PageUp" | "PageDown", m) if m & CONTROL != 0 => KeyAction::Browser,
        ("Insert", SHIFT) => KeyAction::Browser,
        ("Insert", CONTROL) => KeyAction::Copy,
        ("PageUp", SHIFT) if modes & ALTERNATE_SCREEN == 0 => KeyAction::Page(-1),
        ("PageDown", SHIFT) if modes & ALTERNATE_SCREEN == 0 => KeyAction::Page(1),
        ("Home", SHIFT) if modes & ALTERNATE_SCREEN == 0 => KeyAction::Top,
        ("End", SHIFT) if modes & ALTERNATE_SCREEN == 0 => KeyAction::Bottom,
        _ if is_modifier(key) && modes & KITTY_ALL == 0 => KeyAction::Browser,
        _ if is_hardware_key(key) => KeyAction::Browser,
        _ => send(press),
    }
}

fn printable(press: &Press, lower: &str, modifiers: u32, modes: u32, mac: bool) -> KeyAction {
    let by_option = mac && modifiers & (ALT | CONTROL) == ALT && !press.key.is_ascii();
    if press.alt_graph || by_option {
        return KeyAction::Text;
    }
    match modifiers {
        m if m & (ALT | CONTROL) == 0 && modes & KITTY_ALL == 0 => KeyAction::Text,
        m if m == CONTROL | SHIFT => match lower {
            "c" => KeyAction::Copy,
            // Paste, and shortcuts that belong to the browser or its developer tools.
            "v" | "i" | "j" | "k" | "n" | "t" | "w" | "r" | "p" | "m" | "q" | "+" => {
                KeyAction::Browser
            }
            _ => send(press),
        },
        CONTROL if ["+", "-", "=", "0"].contains(&lower) => KeyAction::Browser,
        _ => send(press),
    }
}

fn send(press: &Press) -> KeyAction {
    KeyAction::Send(wire(press, if press.repeat { KeyKind::Repeat } else { KeyKind::Press }))
}

/// Returns the input of a released key, if the program requested releases.
pub fn up(press: &Press, modes: u32) -> Option<Key> {
    let events = modes & KITTY_EVENTS != 0;
    let all = modes & KITTY_ALL != 0;
    let plain = is_printable(&press.key) && press.modifiers & (ALT | CONTROL) == 0;
    let skip = press.composing
        || press.modifiers & META != 0
        || is_hardware_key(&press.key)
        || (!all && (plain || is_modifier(&press.key)));
    (events && !skip).then(|| wire(press, KeyKind::Release))
}

fn wire(press: &Press, kind: KeyKind) -> Key {
    Key {
        key: press.key.clone(),
        modifiers: press.modifiers,
        kind: kind.into(),
        code: press.code.clone(),
    }
}

/// Returns whether the key is one character, with its combining marks.
fn is_printable(key: &str) -> bool {
    !key.is_ascii() || key.len() == 1
}

fn is_modifier(key: &str) -> bool {
    ["Shift", "Control", "Alt", "AltGraph", "Meta", "CapsLock", "NumLock", "ScrollLock"]
        .contains(&key)
}

/// Returns whether the key belongs to the machine rather than to text.
fn is_hardware_key(key: &str) -> bool {
    const PREFIXES: [&str; 7] =
        ["Audio", "Media", "Browser", "Launch", "Brightness", "Power", "Volume"];
    PREFIXES.iter().any(|prefix| key.starts_with(prefix))
        || ["Fn", "FnLock", "Hyper", "Super", "GoBack", "PrintScreen", "Sleep", "WakeUp", "Compose"]
            .contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn press(key: &str, modifiers: u32) -> Press {
        Press { key: key.into(), modifiers, ..Press::default() }
    }

    fn send(key: &str, modifiers: u32) -> KeyAction {
        KeyAction::Send(Key { key: key.into(), modifiers, ..Key::default() })
    }

    #[test]
    fn actions_of_keys() {
        for (key, modifiers, modes, action) in [
            ("a", 0, 0, KeyAction::Text),
            ("A", SHIFT, 0, KeyAction::Text),
            ("é", 0, 0, KeyAction::Text),
            ("a", 0, KITTY_ALL, send("a", 0)),
            ("c", CONTROL, 0, send("c", CONTROL)),
            ("r", CONTROL, 0, send("r", CONTROL)),
            ("w", CONTROL, 0, send("w", CONTROL)),
            ("C", CONTROL | SHIFT, 0, KeyAction::Copy),
            ("V", CONTROL | SHIFT, 0, KeyAction::Browser),
            ("v", CONTROL, 0, send("v", CONTROL)),
            ("b", ALT, 0, send("b", ALT)),
            ("Enter", 0, 0, send("Enter", 0)),
            ("Tab", SHIFT, 0, send("Tab", SHIFT)),
            ("Tab", CONTROL, 0, KeyAction::Browser),
            ("F5", 0, 0, send("F5", 0)),
            ("F11", 0, 0, KeyAction::Browser),
            ("PageUp", SHIFT, 0, KeyAction::Page(-1)),
            ("PageUp", SHIFT, ALTERNATE_SCREEN, send("PageUp", SHIFT)),
            ("PageUp", 0, 0, send("PageUp", 0)),
            ("Home", SHIFT, 0, KeyAction::Top),
            ("End", SHIFT, 0, KeyAction::Bottom),
            ("Shift", SHIFT, 0, KeyAction::Browser),
            ("Shift", SHIFT, KITTY_ALL, send("Shift", SHIFT)),
            ("Dead", 0, 0, KeyAction::Text),
            ("Unidentified", 0, 0, KeyAction::Text),
            ("-", CONTROL, 0, KeyAction::Browser),
            ("l", META, 0, KeyAction::Browser),
            ("AudioVolumeUp", 0, 0, KeyAction::Browser),
            ("ArrowUp", CONTROL, 0, send("ArrowUp", CONTROL)),
            ("Insert", SHIFT, 0, KeyAction::Browser),
        ] {
            assert_eq!(down(&press(key, modifiers), modes, false), action, "{key} {modifiers}");
        }
    }

    #[test]
    fn composing_sends_nothing() {
        let press = Press { composing: true, ..press("Enter", 0) };
        assert_eq!(down(&press, 0, false), KeyAction::Text);
        assert_eq!(up(&press, KITTY_EVENTS | KITTY_ALL), None);
    }

    #[test]
    fn characters_produced_with_alt_are_text() {
        let alt_gr = Press { alt_graph: true, ..press("@", CONTROL | ALT) };
        assert_eq!(down(&alt_gr, 0, false), KeyAction::Text);
        assert_eq!(down(&press("∂", ALT), 0, true), KeyAction::Text);
        assert_eq!(down(&press("c", META), 0, true), KeyAction::Copy);
    }

    #[test]
    fn locks_do_not_change_an_action() {
        assert_eq!(down(&press("C", CONTROL | SHIFT | NUM_LOCK), 0, false), KeyAction::Copy);
        assert_eq!(down(&press("PageUp", SHIFT | CAPS_LOCK), 0, false), KeyAction::Page(-1));
    }

    #[test]
    fn releases_are_sent_only_on_request() {
        assert_eq!(up(&press("Enter", 0), 0), None);
        assert!(up(&press("Enter", 0), KITTY_EVENTS).is_some());
        assert_eq!(up(&press("a", 0), KITTY_EVENTS), None);
        assert!(up(&press("a", 0), KITTY_EVENTS | KITTY_ALL).is_some());
        assert!(up(&press("a", CONTROL), KITTY_EVENTS).is_some());
    }
}
