//! Copy of a session's screen in a viewer: applies frames. The browser, the command line and the tests
//! share it. It does not depend on sessions, sockets or painters.

use std::collections::BTreeMap;

use crate::{
    line::{self, Line},
    style::MAX_STYLES,
    wire::{Frame, Position, Style},
};

/// Largest screen a mirror accepts, in columns and in rows.
pub const MAX_SIDE: u32 = 4096;

/// Reason why a frame does not fit the mirror, so that the whole screen must be requested.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Mismatch {
    #[error("a frame came before the first whole screen")]
    NoScreen,
    #[error("a frame reaches outside the screen")]
    OutOfBounds,
    #[error("the screen differs from the session's")]
    Hash,
}

/// Changes by a frame, for painting.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Change {
    /// Size and all rows changed.
    pub reset: bool,
    /// Moves `(top, bottom, lines)` to repeat in order, before `rows`.
    pub scrolls: Vec<(usize, usize, i32)>,
    /// Rows with new content, after the moves.
    pub rows: Vec<usize>,
    /// Lines that left the top of the screen into history.
    pub scrolled: u64,
    pub title: bool,
    pub palette: bool,
    pub modes: bool,
    pub bells: u32,
    /// Number of further inputs processed.
    pub acked: u64,
}

/// Cursor to paint.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Cursor {
    /// Column, from 0.
    pub column: u32,
    /// Row, from 0.
    pub row: u32,
    /// 0 hidden, 1 block, 2 underline, 3 beam; +8 blinking.
    pub style: u32,
}

/// Screen of a session as one viewer sees it.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Mirror {
    /// Line ids and styles are comparable within one epoch.
    pub epoch: u64,
    /// Revision of the session's screen that this mirror shows.
    pub revision: u64,
    pub columns: u32,
    /// Rows, top to bottom; none before the first screen.
    pub lines: Vec<Line>,
    styles: Vec<Style>,
    pub cursor: Cursor,
    /// Bits of [`crate::modes`].
    pub modes: u32,
    /// Title that the program set.
    pub title: String,
    /// Colours that the program set, by index (256 foreground, 257 background, 258 cursor).
    pub palette: BTreeMap<u32, u32>,
    /// Absolute id of the screen's first line.
    pub top: u64,
    /// Absolute id of the oldest line of history that the session holds.
    pub oldest: u64,
}

impl Mirror {
    /// Returns the position for a hello; none before the first screen.
    pub fn position(&self) -> Option<Position> {
        let styles = u32::try_from(self.styles.len()).unwrap_or(u32::MAX);
        let (epoch, revision) = (self.epoch, self.revision);
        (!self.lines.is_empty()).then_some(Position { epoch, revision, styles })
    }

    /// Returns the style of a table index; the default style for an unknown index.
    pub fn style(&self, index: u32) -> Style {
        self.styles.get(index as usize).cloned().unwrap_or_default()
    }

    /// Applies a frame. After an error the mirror is invalid until the next whole screen.
    pub fn apply(&mut self, frame: &Frame) -> Result<Change, Mismatch> {
        let mut change = Change::default();
        match &frame.reset {
            Some(reset) => {
                if !(1..=MAX_SIDE).contains(&reset.columns) || !(1..=MAX_SIDE).contains(&reset.rows)
                {
                    return Err(Mismatch::OutOfBounds);
                }
                let rows = usize::try_from(reset.rows).unwrap_or_default();
                *self = Self {
                    epoch: reset.epoch,
                    revision: frame.skip,
                    columns: reset.columns,
                    lines: vec![Line::default(); rows],
                    styles: vec![Style::default()],
                    top: reset.top,
                    ..Self::default()
                };
                change.reset = true;
            }
            None if self.lines.is_empty() => return Err(Mismatch::NoScreen),
            None => self.revision = self.revision.saturating_add(1).saturating_add(frame.skip),
        }
        if self.styles.len() + frame.styles.len() > MAX_STYLES {
            return Err(Mismatch::OutOfBounds);
        }
        self.styles.extend_from_slice(&frame.styles);
        for scroll in &frame.scrolls {
            change.scrolls.push(self.scroll(scroll.top, scroll.bottom, scroll.lines)?);
        }
        let base = i64::from(self.cursor.row);
        for row in &frame.rows {
            let at =
                usize::try_from(base + i64::from(row.row)).map_err(|_| Mismatch::OutOfBounds)?;
            if row.column >= self.columns.max(1) {
                return Err(Mismatch::OutOfBounds);
            }
            let line = self.lines.get_mut(at).ok_or(Mismatch::OutOfBounds)?;
            *line = line::splice(line, row.column, &row.text, &row.runs, row.keep, row.wrapped);
            change.rows.push(at);
        }
        self.top = self.top.saturating_add(frame.scrolled);
        self.cursor.column = frame.cursor_column.unwrap_or(self.cursor.column);
        self.cursor.row = frame.cursor_row.unwrap_or(self.cursor.row);
        self.cursor.style = frame.cursor_style.unwrap_or(self.cursor.style);
        change.modes = frame.modes.is_some();
        self.modes = frame.modes.unwrap_or(self.modes);
        self.oldest = frame.oldest.unwrap_or(self.oldest);
        if let Some(title) = &frame.title {
            change.title = true;
            self.title.clone_from(title);
        }
        if let Some(palette) = &frame.palette {
            change.palette = true;
            self.palette.clear();
            self.palette.extend(palette.changed.iter().map(|colour| (colour.index, colour.rgb)));
        }
        (change.bells, change.acked, change.scrolled) = (frame.bells, frame.acked, frame.scrolled);
        if frame.hash != 0 && frame.hash != self.hash() {
            return Err(Mismatch::Hash);
        }
        Ok(change)
    }

    fn scroll(
        &mut self,
        top: u32,
        bottom: u32,
        lines: i32,
    ) -> Result<(usize, usize, i32), Mismatch> {
        let rows = self.lines.len();
        let top = usize::try_from(top).unwrap_or(usize::MAX);
        let bottom = if bottom == 0 { rows } else { usize::try_from(bottom).unwrap_or(usize::MAX) };
        let region = self.lines.get_mut(top..bottom).ok_or(Mismatch::OutOfBounds)?;
        shift(region, isize::try_from(lines).unwrap_or_default(), Line::default);
        Ok((top, bottom, lines))
    }

    /// Returns the hash of the screen, as in `Frame.hash`.
    pub fn hash(&self) -> u64 {
        screen_hash(self.columns, self.lines.iter(), self.cursor, self.modes)
    }
}

/// Moves rows up by `lines`, or down if negative. Inserted rows are `blank`.
pub fn shift<T>(rows: &mut [T], lines: isize, blank: impl FnMut() -> T) {
    let by = lines.unsigned_abs().min(rows.len());
    if lines >= 0 {
        rows.rotate_left(by);
        let stay = rows.len() - by;
        rows[stay..].fill_with(blank);
    } else {
        rows.rotate_right(by);
        rows[..by].fill_with(blank);
    }
}

/// FNV-1a, 64 bit, over size, rows (text, 0xff, runs, wrapped), cursor and modes; never 0. Numbers are
/// little-endian u32.
pub fn screen_hash<'a>(
    columns: u32,
    lines: impl ExactSizeIterator<Item = &'a Line>,
    cursor: Cursor,
    modes: u32,
) -> u64 {
    let mut hash = 0xcbf2_9ce4_8422_2325_u64;
    let mut eat = |bytes: &[u8]| {
        for &byte in bytes {
            hash = (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
        }
    };
    eat(&columns.to_le_bytes());
    eat(&u32::try_from(lines.len()).unwrap_or(u32::MAX).to_le_bytes());
    for line in lines {
        eat(line.text.as_bytes());
        eat(&[0xff]);
        for run in &line.runs {
            eat(&run.to_le_bytes());
        }
        eat(&[u8::from(line.wrapped)]);
    }
    for number in [cursor.column, cursor.row, cursor.style, modes] {
        eat(&number.to_le_bytes());
    }
    hash.max(1)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Reset, Row, Scroll};

    fn screen() -> Mirror {
        let mut mirror = Mirror::default();
        let rows = ["one", "two", "three"];
        let frame = Frame {
            skip: 7,
            reset: Some(Reset { epoch: 1, columns: 10, rows: 3, top: 100 }),
            rows: rows
                .iter()
                .zip(0..)
                .map(|(text, row)| Row { row, text: (*text).into(), ..Row::default() })
                .collect(),
            cursor_row: Some(2),
            ..Frame::default()
        };
        mirror.apply(&frame).unwrap();
        mirror
    }

    fn text(mirror: &Mirror) -> Vec<&str> {
        mirror.lines.iter().map(|line| line.text.as_str()).collect()
    }

    #[test]
    fn a_scroll_and_a_row_make_a_new_line() {
        let mut mirror = screen();
        let frame = Frame {
            scrolls: vec![Scroll { lines: 1, ..Scroll::default() }],
            rows: vec![Row { text: "four".into(), ..Row::default() }],
            scrolled: 1,
            ..Frame::default()
        };
        mirror.apply(&frame).unwrap();
        assert_eq!(
            (text(&mirror), mirror.top, mirror.revision),
            (vec!["two", "three", "four"], 101, 8)
        );
    }

    #[test]
    fn a_typed_character_touches_its_cell_only() {
        let mut mirror = screen();
        let frame = Frame {
            rows: vec![Row { column: 5, text: "!".into(), keep: true, ..Row::default() }],
            cursor_column: Some(6),
            ..Frame::default()
        };
        assert_eq!(mirror.apply(&frame).unwrap().rows, [2]);
        assert_eq!(text(&mirror)[2], "three!");
    }

    #[test]
    fn regions_scroll_both_ways() {
        let mut mirror = screen();
        let down =
            Frame { scrolls: vec![Scroll { top: 0, bottom: 2, lines: -1 }], ..Frame::default() };
        mirror.apply(&down).unwrap();
        assert_eq!(text(&mirror), ["", "one", "three"]);
    }

    #[test]
    fn frames_that_do_not_fit_are_refused() {
        let far = Frame { rows: vec![Row { row: 9, ..Row::default() }], ..Frame::default() };
        assert_eq!(Mirror::default().apply(&far), Err(Mismatch::NoScreen));
        assert_eq!(screen().apply(&far), Err(Mismatch::OutOfBounds));
        let wrong = Frame { hash: 1, ..Frame::default() };
        assert_eq!(screen().apply(&wrong), Err(Mismatch::Hash));
        let huge = Frame {
            reset: Some(Reset { columns: 1, rows: u32::MAX, ..Reset::default() }),
            ..Frame::default()
        };
        assert_eq!(Mirror::default().apply(&huge), Err(Mismatch::OutOfBounds));
    }

    #[test]
    fn the_hash_covers_every_part() {
        let base = screen().hash();
        for change in [
            Frame { cursor_column: Some(1), ..Frame::default() },
            Frame { modes: Some(1), ..Frame::default() },
            Frame { rows: vec![Row { text: "x".into(), ..Row::default() }], ..Frame::default() },
            Frame {
                rows: vec![Row { text: "three".into(), wrapped: true, ..Row::default() }],
                ..Frame::default()
            },
        ] {
            let mut mirror = screen();
            mirror.apply(&change).unwrap();
            assert_ne!(mirror.hash(), base, "{change:?}");
        }
    }
}
