//! Replies to queries (DA, DSR, DECRQM, DECRQSS), built only from the terminal's own state, so that printed
//! text never returns as input. Does not depend on the parser.

use protocol::modes;
use rio_vt::{ansi::CursorShape, crosswords::Mode};

use super::{Emulator, state::Terminal};
use crate::grid::{sgr, styles};

/// Primary device attributes: VT220, ANSI colour, clipboard.
pub const PRIMARY_ATTRIBUTES: &str = "\x1b[?62;22;52c";
pub const SECONDARY_ATTRIBUTES: &str = "\x1b[>0;10;1c";
/// Name of the terminal (XTVERSION).
pub const VERSION: &str = "\x1bP>|websh\x1b\\";

/// Known private modes: number, flag of the emulator and bit of `protocol::modes`, 0 if viewers do not need it.
pub const PRIVATE_MODES: [(u16, Mode, u32); 17] = [
    (1, Mode::APP_CURSOR, modes::APPLICATION_CURSOR),
    (6, Mode::ORIGIN, modes::ORIGIN),
    (7, Mode::LINE_WRAP, 0),
    (9, Mode::MOUSE_REPORT_X10, modes::MOUSE_CLICK),
    (25, Mode::SHOW_CURSOR, 0),
    (47, Mode::ALT_SCREEN, modes::ALTERNATE_SCREEN),
    (1000, Mode::MOUSE_REPORT_CLICK, modes::MOUSE_CLICK),
    (1002, Mode::MOUSE_DRAG, modes::MOUSE_DRAG),
    (1003, Mode::MOUSE_MOTION, modes::MOUSE_MOTION),
    (1004, Mode::FOCUS_IN_OUT, modes::FOCUS),
    (1005, Mode::UTF8_MOUSE, modes::UTF8_MOUSE),
    (1006, Mode::SGR_MOUSE, modes::SGR_MOUSE),
    (1007, Mode::ALTERNATE_SCROLL, modes::ALTERNATE_SCROLL),
    (1047, Mode::ALT_SCREEN, modes::ALTERNATE_SCREEN),
    (1049, Mode::ALT_SCREEN, modes::ALTERNATE_SCREEN),
    (2004, Mode::BRACKETED_PASTE, modes::BRACKETED_PASTE),
    (2026, Mode::SYNC_UPDATE, 0),
];

/// Report of a private mode (DECRPM): 1 set, 2 reset, 0 unknown.
pub fn private_mode(term: &Emulator, number: u16) -> String {
    let set = match number {
        12 => Some(term.blinking_cursor),
        2027 => Some(term.mode().contains(Mode::GRAPHEME_CLUSTER)),
        _ => PRIVATE_MODES
            .iter()
            .find(|(known, ..)| *known == number)
            .map(|(_, flag, _)| term.mode().contains(*flag)),
    };
    format!("\x1b[?{number};{}$y", state(set))
}

/// Report of an ANSI mode (DECRPM).
pub fn ansi_mode(term: &Emulator, number: u16) -> String {
    let set = match number {
        4 => Some(term.mode().contains(Mode::INSERT)),
        20 => Some(term.mode().contains(Mode::LINE_FEED_NEW_LINE)),
        _ => None,
    };
    format!("\x1b[{number};{}$y", state(set))
}

fn state(set: Option<bool>) -> u8 {
    match set {
        None => 0,
        Some(true) => 1,
        Some(false) => 2,
    }
}

/// Cursor position report, counted from 1, in origin mode from the top margin.
pub fn cursor_position(term: &Emulator, terminal: &Terminal) -> String {
    let cursor = term.grid.cursor.pos;
    let origin = if term.mode().contains(Mode::ORIGIN) { terminal.top } else { 0 };
    format!("\x1b[{};{}R", (cursor.row.0 - origin).max(0) + 1, cursor.col.0 + 1)
}

/// Report of a setting (DECRQSS). Unknown settings are reported as invalid.
pub fn setting(term: &Emulator, terminal: &Terminal, request: &[u8]) -> String {
    let value = match request {
        b"m" => {
            let style = styles::convert(&term.grid.cursor.pending_style, "");
            format!("{}m", sgr::parameters(&style))
        }
        b"r" => format!("{};{}r", terminal.top + 1, terminal.bottom),
        b" q" => {
            let shape = match term.cursor_shape {
                CursorShape::Underline => 3,
                CursorShape::Beam => 5,
                CursorShape::Block | CursorShape::Hidden => 1,
            };
            format!("{} q", shape + i32::from(!term.blinking_cursor))
        }
        b"\"p" => "62;1\"p".to_owned(),
        _ => return "\x1bP0$r\x1b\\".to_owned(),
    };
    format!("\x1bP1$r{value}\x1b\\")
}
