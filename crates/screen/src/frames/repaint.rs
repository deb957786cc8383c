//! Encodes a screen as bytes that draw it in a new emulator. Does not use the emulator itself.

use std::fmt::Write;

use protocol::{line::cells, modes, wire::Line};

use super::revisions::Revisions;
use crate::grid::sgr;

/// Private modes to restore, by bit of `protocol::modes`.
const MODES: [(u32, u16); 10] = [
    (modes::ALTERNATE_SCREEN, 1049),
    (modes::APPLICATION_CURSOR, 1),
    (modes::BRACKETED_PASTE, 2004),
    (modes::MOUSE_CLICK, 1000),
    (modes::MOUSE_DRAG, 1002),
    (modes::MOUSE_MOTION, 1003),
    (modes::FOCUS, 1004),
    (modes::ALTERNATE_SCROLL, 1007),
    (modes::SGR_MOUSE, 1006),
    (modes::UTF8_MOUSE, 1005),
];

/// Returns bytes that draw the latest revision.
pub fn repaint(revisions: &Revisions) -> Vec<u8> {
    let status = revisions.status();
    let mut out = String::new();
    for (bit, number) in MODES {
        let end = if status.modes & bit == 0 { 'l' } else { 'h' };
        let _ = write!(out, "\x1b[?{number}{end}");
    }
    // The new emulator may have another size, so lines must not wrap.
    out.push_str("\x1b[?7l");
    let (_, rows) = revisions.size();
    for (line, row) in revisions.lines().zip(1..=rows) {
        let _ = write!(out, "\x1b[{row};1H");
        draw(line, revisions, &mut out);
    }
    let cursor = status.cursor;
    let _ = write!(out, "\x1b[0m\x1b[{};{}H", cursor.row + 1, cursor.column + 1);
    if cursor.style == 0 {
        out.push_str("\x1b[?25l");
    } else {
        let shape = (cursor.style & 7) * 2 - u32::from(cursor.style & 8 != 0);
        let _ = write!(out, "\x1b[{shape} q");
    }
    for (bit, sequence) in [
        (modes::APPLICATION_KEYPAD, "\x1b="),
        (modes::INSERT, "\x1b[4h"),
        (modes::LINE_FEED_NEW_LINE, "\x1b[20h"),
    ] {
        if status.modes & bit != 0 {
            out.push_str(sequence);
        }
    }
    if status.modes & modes::NO_WRAP == 0 {
        out.push_str("\x1b[?7h");
    }
    let kitty = (status.modes & modes::KITTY) >> modes::KITTY_SHIFT;
    let _ = write!(out, "\x1b[>{kitty}u");
    out.into_bytes()
}

fn draw(line: &Line, revisions: &Revisions, out: &mut String) {
    let mut current = None;
    for cell in cells(line) {
        if current != Some(cell.style) {
            let _ = write!(out, "\x1b[{}m", sgr::parameters(&revisions.styles.get(cell.style)));
            current = Some(cell.style);
        }
        out.push_str(cell.text);
    }
    out.push_str("\x1b[0m");
}
