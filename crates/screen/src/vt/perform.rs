//! Control functions. A function that costs more than its bytes first takes its cost from a budget, so
//! that no output can stall the session. Does not depend on escape sequences or frames.

use rio_vt::{
    ansi::{
        ClearMode, CursorShape, KeyboardModes, KeyboardModesApplyBehavior, LineClearMode, mode,
    },
    codepoint_width::codepoint_width,
    crosswords::{
        Mode,
        grid::{Dimensions, Grid},
        pos::{CharsetIndex, Column, Cursor, Line, Pos},
        square::{Square, Wide},
    },
    performer::handler::Handler,
};

use super::{Emulator, reply, state::Terminal};

/// Maximum number of combining marks per cell.
pub const MAX_MARKS: usize = 16;
/// Cost of adding a mark to a cell, including the other marks of the cell.
const MARK_COST: u64 = 600;

/// Private modes that are passed to the emulator unchanged.
const PLAIN_PRIVATE_MODES: [u16; 15] =
    [1, 7, 9, 12, 25, 1000, 1002, 1003, 1004, 1005, 1006, 1007, 2004, 2026, 2027];

/// Handler of one feed: the emulator and the remaining state.
pub struct Performer<'a> {
    pub term: &'a mut Emulator,
    /// State that the emulator does not keep.
    pub terminal: &'a mut Terminal,
}

/// Returns the lines evicted from the ring of a grid and the lines of history in it.
pub fn ring(grid: &Grid<Square>) -> (u64, u64) {
    (grid.lines_evicted(), grid.history_size() as u64)
}

/// Charges for an entry in the emulator's table of marks and links, and for the walk over all rows if the
/// table is about to be swept. Returns false if the budget is exhausted.
pub fn afford_extras(term: &Emulator, terminal: &mut Terminal, units: u64) -> bool {
    let sweep = if term.grid.extras_table.should_reclaim() {
        400_000 + 3 * (term.grid.total_lines() * term.grid.columns()) as u64
    } else {
        0
    };
    terminal.spend(units + sweep)
}

impl Performer<'_> {
    pub fn columns(&self) -> u64 {
        self.term.grid.columns() as u64
    }

    pub fn rows(&self) -> u64 {
        self.term.grid.screen_lines() as u64
    }

    pub fn has(&self, mode: Mode) -> bool {
        self.term.mode().contains(mode)
    }

    /// Cost of moving all rows of the scroll region and clearing `lines` of them.
    pub fn scroll_cost(&self, lines: u64) -> u64 {
        6 * self.rows() + 2 * lines.min(self.rows()) * self.columns()
    }

    /// Charges for the line feeds and moved characters that printing `chars` characters may cause.
    pub fn afford_print(&mut self, chars: usize) -> bool {
        let chars = chars as u64;
        let mut units = 0;
        if self.terminal.top > 0 {
            units += chars / self.columns() * 6 * self.rows();
        }
        if self.has(Mode::INSERT) {
            units += chars * 2 * self.columns();
        }
        units == 0 || self.terminal.spend(units)
    }

    /// Number of marks in the cell that the next mark joins.
    pub fn marks_here(&self) -> usize {
        let cursor = &self.term.grid.cursor;
        let row = &self.term.grid[cursor.pos.row];
        let back = usize::from(!cursor.should_wrap);
        let mut column = cursor.pos.col.0.saturating_sub(back);
        if matches!(row[Column(column)].wide(), Wide::Spacer) {
            column = column.saturating_sub(1);
        }
        row[Column(column)]
            .extras_id_checked()
            .and_then(|id| self.term.grid.extras_table.get(id))
            .map_or(0, |extras| extras.zerowidth.len())
    }

    /// Prints a character that may join the previous cell.
    pub fn print_joining(&mut self, c: char) {
        let joins = codepoint_width(u32::from(c)) == Some(0);
        let clusters = self.has(Mode::GRAPHEME_CLUSTER);
        if (joins || clusters) && self.marks_here() >= MAX_MARKS {
            if !joins {
                // Wide continuations of a full cluster start a new cell.
                let mode = mode::NamedPrivateMode::GraphemeCluster;
                self.term.unset_private_mode(mode.into());
                self.term.input(c);
                self.term.set_private_mode(mode.into());
            }
            return;
        }
        if afford_extras(self.term, self.terminal, MARK_COST) {
            self.term.input(c);
        }
    }

    /// Moves to the next line (LF, VT, FF, IND).
    pub fn line_feed(&mut self) {
        if self.terminal.top > 0 && !self.terminal.spend(6 * self.rows()) {
            return;
        }
        self.term.newline();
    }

    /// Moves the cursor, ignoring origin mode.
    pub fn move_to(&mut self, row: i32, column: usize) {
        let last = self.term.grid.screen_lines() as i32 - 1;
        let column = column.min(self.term.grid.columns() - 1);
        let cursor = &mut self.term.grid.cursor;
        cursor.should_wrap = false;
        cursor.pos = Pos { row: Line(row.clamp(0, last)), col: Column(column) };
    }

    /// Moves the cursor by rows (CUU, CUD, CPL, CNL). Stops at a margin if it starts inside it.
    pub fn move_rows(&mut self, rows: i32, column: Option<usize>) {
        let at = self.term.grid.cursor.pos;
        let mut to = at.row.0 + rows;
        if at.row.0 >= self.terminal.top {
            to = to.max(self.terminal.top);
        }
        if at.row.0 < self.terminal.bottom {
            to = to.min(self.terminal.bottom - 1);
        }
        self.move_to(to, column.unwrap_or(at.col.0));
    }

    /// Sets the margins (DECSTBM), counted from 1. A bottom of 0 is the last row.
    pub fn set_margins(&mut self, top: u16, bottom: u16) {
        let rows = self.term.grid.screen_lines() as u16;
        let bottom = if bottom == 0 { rows } else { bottom.min(rows) };
        if top < bottom {
            (self.terminal.top, self.terminal.bottom) = (i32::from(top) - 1, i32::from(bottom));
            self.term.set_scrolling_region(usize::from(top), Some(usize::from(bottom)));
        }
    }

    /// Repeats the last character (REP), at most one row of it. A mark is repeated once.
    pub fn repeat(&mut self, count: u16) {
        let Some(c) = self.terminal.last else { return };
        if codepoint_width(u32::from(c)) == Some(0) {
            return self.print_joining(c);
        }
        let count = u64::from(count).min(self.columns());
        let affordable = self.terminal.spend(20 * count) && self.afford_print(count as usize);
        if affordable && u32::from(c) > 0xff && self.has(Mode::GRAPHEME_CLUSTER) {
            (0..count).for_each(|_| self.print_joining(c));
        } else if affordable {
            (0..count).for_each(|_| self.term.input(c));
        }
    }

    /// Switches to the alternate or the primary screen.
    pub fn show_alternate(&mut self, on: bool) {
        if on == self.has(Mode::ALT_SCREEN)
            || !self.terminal.spend(2 * self.columns() * self.rows())
        {
            return;
        }
        if on {
            self.terminal.primary = ring(&self.term.grid);
        }
        self.term.swap_alt();
        self.terminal.restarted = true;
    }

    /// Sets or resets one private mode (DECSET, DECRST).
    pub fn private_mode(&mut self, number: u16, on: bool) {
        match number {
            3 if self.terminal.spend(2 * self.columns() * self.rows()) => {
                self.set_margins(1, 0);
                self.term.set_private_mode(mode::PrivateMode::new(3));
            }
            6 => {
                set(self.term, number, on);
                self.term.goto(Line(0), Column(0));
            }
            47 | 1047 | 1049 => self.show_alternate(on),
            1048 if on => self.term.save_cursor_position(),
            1048 => self.term.restore_cursor_position(),
            _ if PLAIN_PRIVATE_MODES.contains(&number) => set(self.term, number, on),
            _ => {}
        }
    }

    /// Performs a soft reset (DECSTR).
    pub fn soft_reset(&mut self) {
        let at = self.term.grid.cursor.pos;
        for (number, on) in [(25, true), (7, true), (6, false), (1, false)] {
            set(self.term, number, on);
        }
        self.term.unset_mode(mode::NamedMode::Insert.into());
        self.term.unset_keypad_application_mode();
        self.set_margins(1, 0);
        self.term.set_active_charset(CharsetIndex::G0);
        self.term.grid.cursor = Cursor { pos: at, ..Cursor::default() };
        self.term.grid.saved_cursor = Cursor::default();
    }

    /// Performs a full reset (RIS).
    pub fn reset(&mut self) {
        if self.terminal.spend(4 * self.columns() * self.rows() + 20_000) {
            self.term.reset_state();
            self.term.blinking_cursor = false;
            let rows = self.term.grid.screen_lines() as i32;
            self.terminal.reset(rows);
        }
    }

    /// Erases in the display (ED).
    pub fn erase_display(&mut self, kind: u16) {
        let mode = match kind {
            0 => ClearMode::Below,
            1 => ClearMode::Above,
            2 => ClearMode::All,
            3 => ClearMode::Saved,
            _ => return,
        };
        if !self.terminal.spend(2 * self.columns() * self.rows()) {
            return;
        }
        if kind == 3 && !self.has(Mode::ALT_SCREEN) {
            (self.terminal.cleared, self.terminal.restarted) = (true, true);
        }
        self.term.clear_screen(mode);
    }

    /// Erases in the line (EL).
    pub fn erase_line(&mut self, kind: u16) {
        let mode = match kind {
            0 => LineClearMode::Right,
            1 => LineClearMode::Left,
            2 => LineClearMode::All,
            _ => return,
        };
        if self.terminal.spend(self.columns()) {
            self.term.clear_line(mode);
        }
    }

    /// Scrolls, inserts or deletes lines (SU, SD, IL, DL).
    pub fn scroll(&mut self, lines: u16, kind: char) {
        let lines = u64::from(lines).min(self.rows());
        if !self.terminal.spend(self.scroll_cost(lines)) {
            return;
        }
        let lines = lines as usize;
        match kind {
            'S' => Handler::scroll_up(self.term, lines),
            'T' => Handler::scroll_down(self.term, lines),
            'L' => self.term.insert_blank_lines(lines),
            _ => self.term.delete_lines(lines),
        }
    }

    /// Moves by tab stops (CHT, CBT, HT).
    pub fn tabs(&mut self, count: u16, kind: char) {
        let count = u64::from(count).min(self.columns());
        // A single tab rarely moves far.
        let walk = if kind == 't' { self.columns() / 4 } else { count * self.columns() };
        if !self.terminal.spend(walk) {
            return;
        }
        let count = count as u16;
        match kind {
            'I' => self.term.move_forward_tabs(count),
            'Z' => self.term.move_backward_tabs(count),
            _ => self.term.put_tab(count),
        }
    }

    /// Handles the sequences of the kitty keyboard protocol, by their marker.
    pub fn keyboard(&mut self, marker: u8, first: u16, second: u16) {
        let flags = KeyboardModes::from_bits_truncate((first & 0x1f) as u8);
        match marker {
            b'?' => {
                let bits = self.term.keyboard_mode().bits();
                self.terminal.reply(&format!("\x1b[?{bits}u"));
            }
            b'=' => {
                let how = match second {
                    3 => KeyboardModesApplyBehavior::Difference,
                    2 => KeyboardModesApplyBehavior::Union,
                    _ => KeyboardModesApplyBehavior::Replace,
                };
                Handler::set_keyboard_mode(self.term, flags, how);
            }
            b'>' => self.term.push_keyboard_mode(flags),
            _ => self.term.pop_keyboard_modes(first.max(1)),
        }
    }

    /// Handles window operations (XTWINOPS).
    pub fn window(&mut self, operation: u16) {
        match operation {
            18 => {
                let (rows, columns) = (self.rows(), self.columns());
                self.terminal.reply(&format!("\x1b[8;{rows};{columns}t"));
            }
            22 => self.terminal.push_title(),
            23 => self.terminal.pop_title(),
            // Programs cannot move, resize or raise windows or read the title.
            _ => {}
        }
    }

    /// Sets the cursor style (DECSCUSR).
    pub fn cursor_style(&mut self, number: u16) {
        let shape = match number {
            0 => None,
            1 | 2 => Some(CursorShape::Block),
            3 | 4 => Some(CursorShape::Underline),
            5 | 6 => Some(CursorShape::Beam),
            _ => return,
        };
        self.term.set_cursor_style(shape, number % 2 == 1);
    }

    /// Reports the device status (DSR).
    pub fn device_status(&mut self, number: u16) {
        match number {
            5 => self.terminal.reply("\x1b[0n"),
            6 => self.terminal.reply(&reply::cursor_position(self.term, self.terminal)),
            _ => {}
        }
    }
}

fn set(term: &mut Emulator, number: u16, on: bool) {
    let mode = mode::PrivateMode::new(number);
    if on { term.set_private_mode(mode) } else { term.unset_private_mode(mode) }
}
