//! Replies to queries (DA, DSR, DECRQM, DECRQSS), built only from the terminal's own state, so that printed
//! text never returns as input. Knows no parser.

use rio_vt::{
    ansi::CursorShape,
    crosswords::{Crosswords, Mode},
    event::EventListener,
};

use super::state::Terminal;
use crate::grid::{sgr, styles};

/// Primary device attributes: VT220, ANSI color, clipboard.
pub const PRIMARY_ATTRIBUTES: &str = "\x1b[?62;22;52c";
pub const SECONDARY_ATTRIBUTES: &str = "\x1b[>0;10;1c";
/// Name of the terminal (XTVERSION).
pub const VERSION: &str = "\x1bP>|websh\x1b\\";

/// Known private modes, by number.
const PRIVATE: [(u16, Mode); 17] = [
    (1, Mode::APP_CURSOR),
    (6, Mode::ORIGIN),
    (7, Mode::LINE_WRAP),
    (9, Mode::MOUSE_REPORT_X10),
    (25, Mode::SHOW_CURSOR),
    (47, Mode::ALT_SCREEN),
    (1000, Mode::MOUSE_REPORT_CLICK),
    (1002, Mode::MOUSE_DRAG),
    (1003, Mode::MOUSE_MOTION),
    (1004, Mode::FOCUS_IN_OUT),
    (1005, Mode::UTF8_MOUSE),
    (1006, Mode::SGR_MOUSE),
    (1007, Mode::ALTERNATE_SCROLL),
    (1047, Mode::ALT_SCREEN),
    (1049, Mode::ALT_SCREEN),
    (2004, Mode::BRACKETED_PASTE),
    (2026, Mode::SYNC_UPDATE),
];

/// Report of a private mode (DECRPM): 1 set, 2 reset, 0 unknown.
pub fn private_mode<U: EventListener>(term: &Crosswords<U>, number: u16) -> String {
    let set = match number {
        12 => Some(term.blinking_cursor),
        2027 => Some(term.mode().contains(Mode::GRAPHEME_CLUSTER)),
        _ => PRIVATE
            .iter()
            .find(|(known, _)| *known == number)
            .map(|(_, flag)| term.mode().contains(*flag)),
    };
    format!("\x1b[?{number};{}$y", state(set))
}

/// Report of an ANSI mode (DECRPM).
pub fn ansi_mode<U: EventListener>(term: &Crosswords<U>, number: u16) -> String {
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
pub fn cursor_position<U: EventListener>(term: &Crosswords<U>, terminal: &Terminal) -> String {
    let cursor = term.grid.cursor.pos;
    let origin = if term.mode().contains(Mode::ORIGIN) { terminal.top } else { 0 };
    format!("\x1b[{};{}R", (cursor.row.0 - origin).max(0) + 1, cursor.col.0 + 1)
}

/// Report of a setting (DECRQSS). Unknown settings are reported as invalid.
pub fn setting<U: EventListener>(
    term: &Crosswords<U>,
    terminal: &Terminal,
    request: &[u8],
) -> String {
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
