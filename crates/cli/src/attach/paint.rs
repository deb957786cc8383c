//! Draws a mirror on a terminal: the changes since the last time, as xterm control sequences. It keeps a
//! copy of the content of the terminal and does not write to a device.

use std::fmt::Write;

use protocol::{
    line::{self, Cell, Line},
    mirror::Mirror,
    modes,
};

use super::sgr;

/// Draws mirrors, and keeps the content of the terminal.
#[derive(Debug, Default)]
pub struct Painter {
    columns: u32,
    rows: u32,
    /// First visible column and row of the session's screen.
    offset: (u32, u32),
    /// Content of each row of the terminal; `None` if unknown.
    shown: Vec<Option<Line>>,
    epoch: Option<u64>,
    notice: Option<String>,
    title: String,
    palette: Vec<(u32, u32)>,
    cursor_style: Option<u32>,
    modes: u32,
    out: String,
}

impl Painter {
    /// Sets the size of the terminal in cells. Its content becomes unknown.
    pub fn resize(&mut self, columns: u32, rows: u32) {
        (self.columns, self.rows) = (columns.max(1), rows.max(1));
        self.forget();
    }

    /// Makes the next call of [`paint`](Self::paint) draw everything.
    pub fn forget(&mut self) {
        self.shown = vec![None; usize::try_from(self.rows).unwrap_or_default()];
        self.notice = None;
    }

    /// Translates a cell of the terminal to a cell of the session's screen.
    pub fn place(&self, column: u32, row: u32) -> (u32, u32) {
        (column + self.offset.0, row + self.offset.1)
    }

    /// Returns the bytes that make the terminal show the mirror, with a notice over its last row, and
    /// have the modes `wanted`.
    pub fn paint(&mut self, mirror: &Mirror, notice: Option<&str>, wanted: u32) -> String {
        self.out = "\x1b[?2026h\x1b[?25l".into();
        let before = self.out.len();
        if self.epoch != Some(mirror.epoch) {
            self.epoch = Some(mirror.epoch);
            self.forget();
        }
        self.follow_cursor(mirror);
        for row in 0..self.rows {
            self.row(mirror, row, notice.filter(|_| row + 1 == self.rows));
        }
        self.notice = notice.map(str::to_owned);
        self.properties(mirror, wanted);
        let changed = self.out.len() > before;
        self.cursor(mirror, changed)
    }

    /// Moves the visible part of a larger screen to the cursor.
    fn follow_cursor(&mut self, mirror: &Mirror) {
        let rows = u32::try_from(mirror.lines.len()).unwrap_or(u32::MAX);
        let cursor = mirror.cursor;
        let offset = (
            follow(self.offset.0, cursor.column, self.columns, mirror.columns),
            follow(self.offset.1, cursor.row, self.rows, rows),
        );
        if offset != self.offset {
            self.offset = offset;
            self.forget();
        }
    }

    fn row(&mut self, mirror: &Mirror, row: u32, notice: Option<&str>) {
        let Ok(index) = usize::try_from(row) else { return };
        if let Some(notice) = notice {
            if self.notice.as_deref() != Some(notice) || self.shown.get(index) != Some(&None) {
                self.set(index, None);
                self.overlay(row, notice);
            }
            return;
        }
        let source = usize::try_from(row + self.offset.1).ok();
        let empty = Line::default();
        let new = source.and_then(|at| mirror.lines.get(at)).unwrap_or(&empty);
        let old = self.shown.get(index).cloned().flatten();
        if old.as_ref() == Some(new) {
            return;
        }
        let wanted = cells(new, self.offset.0, self.columns);
        match &old {
            Some(old) => {
                let shown = cells(old, self.offset.0, self.columns);
                self.difference(mirror, row, &shown, &wanted);
            }
            None => self.cells(mirror, row, 0, &wanted, true),
        }
        self.set(index, Some(new.clone()));
    }

    fn set(&mut self, row: usize, line: Option<Line>) {
        if let Some(shown) = self.shown.get_mut(row) {
            *shown = line;
        }
    }

    fn difference(&mut self, mirror: &Mirror, row: u32, old: &[Cell<'_>], new: &[Cell<'_>]) {
        let same = old.iter().zip(new).take_while(|(old, new)| old == new).count();
        let after = new.get(same..).unwrap_or_default();
        let rest = old.get(same..).unwrap_or_default();
        let tail = rest.iter().rev().zip(after.iter().rev()).take_while(|(a, b)| a == b).count();
        let column = new.iter().take(same).map(|cell| cell.width).sum();
        let middle = after.get(..after.len() - tail).unwrap_or_default();
        self.cells(mirror, row, column, middle, tail == 0);
    }

    /// Writes cells from a column on; `to_end` if they are the rest of the row.
    fn cells(&mut self, mirror: &Mirror, row: u32, column: u32, cells: &[Cell<'_>], to_end: bool) {
        let blanks = cells.iter().rev().take_while(|cell| **cell == Cell::BLANK).count();
        let written = if to_end { cells.len() - blanks } else { cells.len() };
        let mut at = column;
        let mut known = false;
        let mut style: Option<u32> = None;
        let mut link = false;
        for cell in cells.iter().take(written) {
            if !known {
                self.go(at, row);
            }
            if style != Some(cell.style) {
                let attributes = mirror.style(cell.style);
                self.out.push_str(&sgr::sgr(&attributes));
                if link || !attributes.link.is_empty() {
                    self.out.push_str(&sgr::link(&attributes.link));
                    link = !attributes.link.is_empty();
                }
                style = Some(cell.style);
            }
            self.out.extend(cell.text.chars().map(|c| if c.is_control() { '\u{fffd}' } else { c }));
            at += cell.width;
            // Terminals disagree on the width of other characters, so the next cell is addressed.
            known = cell.text.is_ascii();
        }
        if link {
            self.out.push_str(&sgr::link(""));
        }
        if to_end && blanks > 0 {
            self.go(at, row);
            self.out.push_str("\x1b[0m\x1b[K");
        }
    }

    fn overlay(&mut self, row: u32, notice: &str) {
        self.go(0, row);
        let room = usize::try_from(self.columns).unwrap_or_default();
        let text: String = notice.chars().filter(|c| !c.is_control()).take(room).collect();
        let _ = write!(self.out, "\x1b[0;7m\x1b[2K{text:<room$}\x1b[0m");
    }

    fn go(&mut self, column: u32, row: u32) {
        // Writing to a string never fails.
        let _ = write!(self.out, "\x1b[{};{}H", row + 1, column + 1);
    }

    /// Writes changes of title, colours and modes.
    fn properties(&mut self, mirror: &Mirror, wanted: u32) {
        if self.title != mirror.title {
            mirror.title.clone_into(&mut self.title);
            let title: String = self.title.chars().filter(|c| !c.is_control()).collect();
            let _ = write!(self.out, "\x1b]2;{title}\x1b\\");
        }
        let palette: Vec<(u32, u32)> = mirror.palette.iter().map(|(k, v)| (*k, *v)).collect();
        if self.palette != palette {
            self.out.push_str(&sgr::palette(&palette));
            self.palette = palette;
        }
        if self.modes != wanted {
            self.out.push_str(&mode_changes(self.modes, wanted));
            self.modes = wanted;
        }
    }

    /// Places the cursor and returns all bytes; only those for the cursor if nothing else changed.
    fn cursor(&mut self, mirror: &Mirror, changed: bool) -> String {
        let cursor = mirror.cursor;
        let column = cursor.column.checked_sub(self.offset.0);
        let row = cursor.row.checked_sub(self.offset.1);
        let mut at = String::new();
        if self.cursor_style != Some(cursor.style) {
            at.push_str(sgr::cursor(cursor.style));
            self.cursor_style = Some(cursor.style);
        }
        if let (Some(column), Some(row)) = (column, row)
            && (column < self.columns && row < self.rows)
        {
            let _ = write!(at, "\x1b[{};{}H", row + 1, column + 1);
            if cursor.style & 7 != 0 {
                at.push_str("\x1b[?25h");
            }
        }
        if !changed {
            return if at.ends_with('h') { at } else { format!("\x1b[?25l{at}") };
        }
        self.out.push_str(&at);
        self.out.push_str("\x1b[?2026l");
        std::mem::take(&mut self.out)
    }
}

/// Returns the first visible cell so that the cursor is visible, moved as little as possible.
fn follow(offset: u32, cursor: u32, room: u32, size: u32) -> u32 {
    let last = size.saturating_sub(room);
    offset.clamp((cursor + 1).saturating_sub(room), cursor).min(last)
}

/// Returns `columns` cells of a line from a column on, padded with blanks.
fn cells(line: &Line, from: u32, columns: u32) -> Vec<Cell<'_>> {
    let mut found = Vec::new();
    let (mut at, mut width) = (0, 0);
    for cell in line::cells(line) {
        let start = at;
        at += cell.width;
        if at <= from {
            continue;
        }
        let whole = start >= from && width + cell.width <= columns;
        let cut = Cell { style: cell.style, ..Cell::BLANK };
        let shown = if whole { cell } else { cut };
        if width + shown.width > columns {
            break;
        }
        width += shown.width;
        found.push(shown);
    }
    found.extend((width..columns).map(|_| Cell::BLANK));
    found
}

/// Returns the changes of terminal modes: mouse, focus, alternate scroll, kitty flags.
fn mode_changes(old: u32, new: u32) -> String {
    let mut out = String::new();
    for (bit, number) in [
        (modes::MOUSE_CLICK, 1000),
        (modes::MOUSE_DRAG, 1002),
        (modes::MOUSE_MOTION, 1003),
        (modes::ANY_MOUSE, 1006),
        (modes::FOCUS, 1004),
        (modes::ALTERNATE_SCROLL, 1007),
    ] {
        let on = new & bit != 0;
        if on != (old & bit != 0) {
            let _ = write!(out, "\x1b[?{number}{}", if on { 'h' } else { 'l' });
        }
    }
    // Disabling a wider kind of mouse report also disables the narrower ones.
    if new & modes::ANY_MOUSE != old & modes::ANY_MOUSE {
        for (bit, number) in [(modes::MOUSE_CLICK, 1000), (modes::MOUSE_DRAG, 1002)] {
            if new & bit & old != 0 {
                let _ = write!(out, "\x1b[?{number}h");
            }
        }
    }
    if new & modes::KITTY != old & modes::KITTY {
        let _ = write!(out, "\x1b[={}u", (new & modes::KITTY) >> modes::KITTY_SHIFT);
    }
    out
}

#[cfg(test)]
mod tests;
