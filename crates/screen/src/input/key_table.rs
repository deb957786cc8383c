//! Tables of the key encoder: names and codes of W3C, xterm and kitty, and the US layout.

/// Encoding of a function key.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// `CSI 1 ; modifiers letter`.
    Letter(char),
    /// `CSI number ; modifiers ~`.
    Tilde(u32),
    /// `CSI number ; modifiers u`, in the kitty protocol only.
    Private(u32),
}

/// Keys with consecutive numbers in the kitty protocol: the first number, and the names in its order.
type Series = (u32, &'static str);

const OTHERS: Series = (57358, "CapsLock ScrollLock NumLock PrintScreen Pause ContextMenu");
/// `MediaReverse` is a key of the protocol, but not of W3C.
const MEDIA: Series = (
    57428,
    "MediaPlay MediaPause MediaPlayPause MediaReverse MediaStop MediaFastForward MediaRewind \
    MediaTrackNext MediaTrackPrevious MediaRecord AudioVolumeDown AudioVolumeUp AudioVolumeMute",
);
const KEYPAD: Series = (57409, "Decimal Divide Multiply Subtract Add Enter Equal Comma");
const KEYPAD_NAVIGATION: Series =
    (57417, "ArrowLeft ArrowRight ArrowUp ArrowDown PageUp PageDown Home End Insert Delete Clear");

/// Number of a key of a series.
fn numbered(key: &str, (first, names): Series) -> Option<u32> {
    (first..).zip(names.split(' ')).find(|(_, name)| *name == key).map(|(number, _)| number)
}

/// Function key of a W3C key name.
pub fn function(key: &str) -> Option<Function> {
    use Function::{Letter, Private, Tilde};
    Some(match key {
        "ArrowUp" => Letter('A'),
        "ArrowDown" => Letter('B'),
        "ArrowRight" => Letter('C'),
        "ArrowLeft" => Letter('D'),
        "Clear" => Letter('E'),
        "End" => Letter('F'),
        "Home" => Letter('H'),
        "F1" => Letter('P'),
        "F2" => Letter('Q'),
        "F3" => Letter('R'),
        "F4" => Letter('S'),
        "Insert" => Tilde(2),
        "Delete" => Tilde(3),
        "PageUp" => Tilde(5),
        "PageDown" => Tilde(6),
        "F5" => Tilde(15),
        "F6" => Tilde(17),
        "F7" => Tilde(18),
        "F8" => Tilde(19),
        "F9" => Tilde(20),
        "F10" => Tilde(21),
        "F11" => Tilde(23),
        "F12" => Tilde(24),
        _ => Private(numbered(key, OTHERS).or_else(|| numbered(key, MEDIA)).or_else(|| {
            let number: u32 = key.strip_prefix('F')?.parse().ok()?;
            (13..=35).contains(&number).then_some(57363 + number)
        })?),
    })
}

/// xterm's numbers of F13 to F20.
pub fn high_function(key: &str) -> Option<u32> {
    let number: usize = key.strip_prefix('F')?.parse().ok()?;
    [25, 26, 28, 29, 31, 32, 33, 34].get(number.checked_sub(13)?).copied()
}

/// Returns whether the key alone sends nothing outside the kitty protocol.
pub fn is_modifier(key: &str) -> bool {
    side(key, "").is_some() || matches!(key, "CapsLock" | "NumLock" | "ScrollLock")
}

/// Kitty number of a modifier key, by its side.
pub fn side(key: &str, code: &str) -> Option<u32> {
    let left = match key {
        "Shift" => 57441,
        "Control" => 57442,
        "Alt" => 57443,
        "Meta" | "Super" => 57444,
        "Hyper" => 57445,
        "AltGraph" => return Some(57453),
        _ => return None,
    };
    Some(if code.ends_with("Right") { left + 6 } else { left })
}

/// Kitty number of a keypad key. Without num lock, that of its navigation key.
pub fn keypad(code: &str, key: &str) -> Option<u32> {
    numbered(key, KEYPAD_NAVIGATION).or_else(|| {
        let name = code.strip_prefix("Numpad")?;
        numbered(name, KEYPAD)
            .or_else(|| Some(57399 + name.parse::<u32>().ok().filter(|digit| *digit < 10)?))
    })
}

/// Letter after `SS3` of a keypad key in application mode.
pub fn application_keypad(code: &str) -> Option<char> {
    Some(match code.strip_prefix("Numpad")? {
        "Multiply" => 'j',
        "Add" => 'k',
        "Comma" => 'l',
        "Enter" => 'M',
        "Subtract" => 'm',
        "Decimal" => 'n',
        "Divide" => 'o',
        "Equal" => 'X',
        digit => "pqrstuvwxy".chars().nth(digit.parse().ok()?)?,
    })
}

/// Characters of the key at this position on a US keyboard, without and with shift.
pub fn us_layout(code: &str) -> Option<(char, char)> {
    if let Some(letter) = code.strip_prefix("Key").and_then(|rest| rest.chars().next()) {
        return Some((letter.to_ascii_lowercase(), letter));
    }
    if let Some(digit) = code.strip_prefix("Digit").and_then(|rest| rest.chars().next()) {
        let shifted = ")!@#$%^&*(".chars().nth(digit.to_digit(10)? as usize)?;
        return Some((digit, shifted));
    }
    Some(match code {
        "Space" => (' ', ' '),
        "Minus" => ('-', '_'),
        "Equal" => ('=', '+'),
        "BracketLeft" => ('[', '{'),
        "BracketRight" => (']', '}'),
        "Backslash" => ('\\', '|'),
        "Semicolon" => (';', ':'),
        "Quote" => ('\'', '"'),
        "Backquote" => ('`', '~'),
        "Comma" => (',', '<'),
        "Period" => ('.', '>'),
        "Slash" => ('/', '?'),
        _ => return None,
    })
}
