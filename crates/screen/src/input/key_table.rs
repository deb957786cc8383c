//! Tables of the key encoder: W3C key names and codes, xterm's function keys, numbers of the kitty
//! keyboard protocol, the US layout.

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
        "CapsLock" => Private(57358),
        "ScrollLock" => Private(57359),
        "NumLock" => Private(57360),
        "PrintScreen" => Private(57361),
        "Pause" => Private(57362),
        "ContextMenu" => Private(57363),
        "MediaPlay" => Private(57428),
        "MediaPause" => Private(57429),
        "MediaPlayPause" => Private(57430),
        "MediaStop" => Private(57432),
        "MediaFastForward" => Private(57433),
        "MediaRewind" => Private(57434),
        "MediaTrackNext" => Private(57435),
        "MediaTrackPrevious" => Private(57436),
        "MediaRecord" => Private(57437),
        "AudioVolumeDown" => Private(57438),
        "AudioVolumeUp" => Private(57439),
        "AudioVolumeMute" => Private(57440),
        _ => {
            let number: u32 = key.strip_prefix('F')?.parse().ok()?;
            Private(57363 + (13..=35).contains(&number).then_some(number)?)
        }
    })
}

/// xterm's numbers of F13 to F20.
pub fn high_function(key: &str) -> Option<u32> {
    Some(match key {
        "F13" => 25,
        "F14" => 26,
        "F15" => 28,
        "F16" => 29,
        "F17" => 31,
        "F18" => 32,
        "F19" => 33,
        "F20" => 34,
        _ => return None,
    })
}

/// Returns whether the key alone sends nothing outside the kitty protocol.
pub fn is_modifier(key: &str) -> bool {
    matches!(
        key,
        "Shift"
            | "Control"
            | "Alt"
            | "Meta"
            | "AltGraph"
            | "Hyper"
            | "Super"
            | "CapsLock"
            | "NumLock"
            | "ScrollLock"
    )
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
    let navigation = match key {
        "ArrowLeft" => 57417,
        "ArrowRight" => 57418,
        "ArrowUp" => 57419,
        "ArrowDown" => 57420,
        "PageUp" => 57421,
        "PageDown" => 57422,
        "Home" => 57423,
        "End" => 57424,
        "Insert" => 57425,
        "Delete" => 57426,
        "Clear" => 57427,
        _ => 0,
    };
    if navigation != 0 {
        return Some(navigation);
    }
    Some(match code.strip_prefix("Numpad")? {
        "Decimal" => 57409,
        "Divide" => 57410,
        "Multiply" => 57411,
        "Subtract" => 57412,
        "Add" => 57413,
        "Enter" => 57414,
        "Equal" => 57415,
        "Comma" => 57416,
        digit => 57399 + digit.parse::<u32>().ok().filter(|digit| *digit < 10)?,
    })
}

/// Letter after `SS3` of a keypad key in application mode.
pub fn application_keypad(code: &str) -> Option<char> {
    Some(match code.strip_prefix("Numpad")? {
        "0" => 'p',
        "1" => 'q',
        "2" => 'r',
        "3" => 's',
        "4" => 't',
        "5" => 'u',
        "6" => 'v',
        "7" => 'w',
        "8" => 'x',
        "9" => 'y',
        "Multiply" => 'j',
        "Add" => 'k',
        "Comma" => 'l',
        "Enter" => 'M',
        "Subtract" => 'm',
        "Decimal" => 'n',
        "Divide" => 'o',
        "Equal" => 'X',
        _ => return None,
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
