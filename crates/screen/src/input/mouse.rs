//! Encodes mouse events.

use protocol::{
    modes::{
        ALTERNATE_SCREEN, ALTERNATE_SCROLL, ANY_MOUSE, APPLICATION_CURSOR, MOUSE_CLICK,
        MOUSE_MOTION, SGR_MOUSE, UTF8_MOUSE,
    },
    wire::{Mouse, MouseKind},
};

use super::keys::{ALT, CONTROL, SHIFT};

/// Cursor keys per wheel step, for programs without mouse support.
const WHEEL_LINES: usize = 3;
/// No button, or a release in encodings that do not name the button.
const NONE: u32 = 3;

/// Encodes a mouse event in these modes (bits of `protocol::modes`). `x10` is mode 9.
pub fn encode(mouse: &Mouse, modes: u32, x10: bool) -> Vec<u8> {
    if modes & ANY_MOUSE == 0 {
        return wheel_keys(mouse, modes);
    }
    match code(mouse, modes, x10) {
        Some(code) => format_report(mouse, code, modes),
        None => Vec::new(),
    }
}

/// Encodes the wheel as cursor keys on the alternate screen (mode 1007).
fn wheel_keys(mouse: &Mouse, modes: u32) -> Vec<u8> {
    const ON: u32 = ALTERNATE_SCREEN | ALTERNATE_SCROLL;
    let end = match mouse.button {
        64 => 'A',
        65 => 'B',
        _ => return Vec::new(),
    };
    if mouse.kind() != MouseKind::Wheel || modes & ON != ON {
        return Vec::new();
    }
    let start = if modes & APPLICATION_CURSOR == 0 { "\x1b[" } else { "\x1bO" };
    format!("{start}{end}").repeat(WHEEL_LINES).into_bytes()
}

/// Button code of the event, none if it is not reported.
fn code(mouse: &Mouse, modes: u32, x10: bool) -> Option<u32> {
    let button = mouse.button;
    let pressed = button < NONE;
    if x10 {
        return (mouse.kind() == MouseKind::Down && pressed).then_some(button);
    }
    let (button, moved) = match mouse.kind() {
        MouseKind::Down | MouseKind::Up => (pressed.then_some(button)?, 0),
        MouseKind::Wheel => ((64..68).contains(&button).then_some(button)?, 0),
        MouseKind::Move => {
            let reported =
                modes & MOUSE_MOTION != 0 || (pressed && modes & ANY_MOUSE != MOUSE_CLICK);
            (reported.then_some(button.min(NONE))?, 32)
        }
    };
    let modifiers = [(SHIFT, 4), (ALT, 8), (CONTROL, 16)];
    let set = modifiers.iter().filter(|(modifier, _)| mouse.modifiers & modifier != 0);
    Some(set.fold(button + moved, |code, (_, bit)| code | bit))
}

fn format_report(mouse: &Mouse, code: u32, modes: u32) -> Vec<u8> {
    let released = mouse.kind() == MouseKind::Up;
    let (column, row) = (mouse.column.saturating_add(1), mouse.row.saturating_add(1));
    if modes & SGR_MOUSE != 0 {
        let end = if released { 'm' } else { 'M' };
        return format!("\x1b[<{code};{column};{row}{end}").into_bytes();
    }
    let code = if released { code & !NONE | NONE } else { code };
    let mut out = b"\x1b[M".to_vec();
    for value in [code + 32, column.saturating_add(32), row.saturating_add(32)] {
        if modes & UTF8_MOUSE != 0 {
            let Some(c) = char::from_u32(value).filter(|_| value < 2048) else { return Vec::new() };
            out.extend_from_slice(c.encode_utf8(&mut [0; 4]).as_bytes());
        } else {
            let Ok(byte) = u8::try_from(value) else { return Vec::new() };
            out.push(byte);
        }
    }
    out
}
