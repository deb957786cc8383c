//! Revisions of the screen: rows with the revision of their last change, and recent moves. Produces the
//! frame since any position, without state per viewer. Does not depend on the emulator.

use std::collections::{BTreeMap, VecDeque, btree_map::Entry};

use protocol::{
    mirror::{Cursor, screen_hash},
    wire::{self, Frame, Position},
};

use super::{
    row::{self, Row},
    shift::{self, Shift},
};
use crate::grid::styles::StyleTable;

/// Remembered revisions. An older viewer gets the whole screen.
const MARKS: usize = 256;
/// Remembered moves. An older viewer gets all rows.
const MOVES: usize = 64;

/// Content of frames beside rows.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Status {
    pub cursor: Cursor,
    pub modes: u32,
    pub bells: u32,
    pub top: u64,
    pub oldest: u64,
}

/// The screen as sent to viewers.
#[derive(Debug, Default)]
pub struct Revisions {
    epoch: u64,
    revision: u64,
    columns: u32,
    rows: Vec<Row>,
    pub styles: StyleTable,
    status: Status,
    /// Status at each of the last revisions, the current one last.
    marks: VecDeque<Status>,
    moves: VecDeque<(u64, Shift)>,
    /// Moves up to this revision were dropped.
    forgotten: u64,
    title: (String, u64),
    palette: (BTreeMap<u32, u32>, u64),
}

impl Revisions {
    /// Position of a viewer that is up to date.
    pub fn position(&self) -> Position {
        Position {
            epoch: self.epoch,
            revision: self.revision,
            styles: u32::try_from(self.styles.len()).unwrap_or(u32::MAX),
        }
    }

    /// Columns and rows, 0 before the first revision.
    pub fn size(&self) -> (u32, usize) {
        (self.columns, self.rows.len())
    }

    /// Content of frames beside rows.
    pub fn status(&self) -> Status {
        self.status
    }

    pub fn lines(&self) -> impl ExactSizeIterator<Item = &wire::Line> {
        self.rows.iter().map(|row| &row.line)
    }

    /// `protocol::mirror::screen_hash` of the screen.
    pub fn hash(&self) -> u64 {
        screen_hash(self.columns, self.lines(), self.status.cursor, self.status.modes)
    }

    /// Starts a new epoch with an unrelated screen, which every viewer receives whole.
    pub fn restart(&mut self, columns: u32, lines: Vec<wire::Line>, status: Status) {
        self.epoch += 1;
        self.revision += 1;
        self.columns = columns;
        self.rows = lines.into_iter().map(|line| Row::new(line, self.revision)).collect();
        self.moves.clear();
        self.forgotten = self.revision;
        self.marks = VecDeque::from([status]);
        self.status = status;
    }

    /// Applies rows that may have changed, by index, and other content. Returns false if nothing changed.
    pub fn update(
        &mut self,
        captured: Vec<(usize, wire::Line)>,
        status: Status,
        title: &str,
        palette: &BTreeMap<u32, u32>,
    ) -> bool {
        let changed: Vec<_> = captured
            .into_iter()
            .filter(|(at, line)| self.rows.get(*at).is_some_and(|row| row.line != *line))
            .collect();
        let same = changed.is_empty()
            && status == self.status
            && *title == self.title.0
            && *palette == self.palette.0;
        if same {
            return false;
        }
        self.revision += 1;
        let changed = match self.find_shift(&changed) {
            Some(shift) => self.shift(shift, changed),
            None => changed.into_iter().collect(),
        };
        for (at, line) in changed {
            if let Some(row) = self.rows.get_mut(at).filter(|row| row.line != line) {
                row.set(line, self.revision);
            }
        }
        self.set_title(title);
        self.set_palette(palette);
        self.status = status;
        if self.marks.len() == MARKS {
            self.marks.pop_front();
        }
        self.marks.push_back(status);
        true
    }

    /// Sets the title, after [`restart`](Self::restart) or within [`update`](Self::update).
    pub fn set_title(&mut self, title: &str) {
        if self.title.0 != title {
            self.title = (title.to_owned(), self.revision);
        }
    }

    /// Sets the palette, after [`restart`](Self::restart) or within [`update`](Self::update).
    pub fn set_palette(&mut self, palette: &BTreeMap<u32, u32>) {
        if self.palette.0 != *palette {
            self.palette = (palette.clone(), self.revision);
        }
    }

    fn find_shift(&self, changed: &[(usize, wire::Line)]) -> Option<Shift> {
        if changed.len() < 2 {
            return None;
        }
        let old: Vec<u64> = self.rows.iter().map(|row| row.hash).collect();
        let mut new = old.clone();
        for (at, line) in changed {
            if let Some(hash) = new.get_mut(*at) {
                *hash = row::hash(line);
            }
        }
        shift::find(&old, &new, row::hash(&wire::Line::default()))
    }

    /// Moves rows. Rows of the region that were unchanged in place become changes.
    fn shift(
        &mut self,
        shift: Shift,
        changed: Vec<(usize, wire::Line)>,
    ) -> BTreeMap<usize, wire::Line> {
        let mut new: BTreeMap<_, _> = changed.into_iter().collect();
        for at in shift.top..shift.bottom {
            if let (Entry::Vacant(entry), Some(row)) = (new.entry(at), self.rows.get(at)) {
                entry.insert(row.line.clone());
            }
        }
        shift.apply(&mut self.rows, || Row::blank(self.revision));
        if self.moves.len() == MOVES {
            self.forgotten = self.moves.pop_front().map_or(self.forgotten, |(at, _)| at);
        }
        self.moves.push_back((self.revision, shift));
        new
    }

    /// Returns the frame since `from`, none if nothing is newer. A viewer of another epoch, or one that is
    /// too far behind, gets the whole screen.
    pub fn frame_since(&mut self, from: Option<&Position>) -> Option<Frame> {
        let known = from.and_then(|at| Some((*at, self.mark(at)?)));
        let Some((at, base)) = known else {
            return (self.revision > 0).then(|| self.whole());
        };
        if at.revision == self.revision {
            return None;
        }
        Some(Frame {
            skip: self.revision - at.revision - 1,
            styles: self.styles.since(at.styles as usize).to_vec(),
            scrolls: self.scrolls_since(at.revision),
            rows: self.rows_since(at.revision, i64::from(base.cursor.row)),
            scrolled: self.status.top.saturating_sub(base.top),
            title: (self.title.1 > at.revision).then(|| self.title.0.clone()),
            bells: self.status.bells.wrapping_sub(base.bells),
            palette: (self.palette.1 > at.revision).then(|| self.wire_palette()),
            ..self.status_since(&base)
        })
    }

    /// Returns the cursor, modes and oldest line where they differ from those of `base`.
    fn status_since(&self, base: &Status) -> Frame {
        let now = self.status;
        let differs = |is: u32, was: u32| (is != was).then_some(is);
        Frame {
            cursor_column: differs(now.cursor.column, base.cursor.column),
            cursor_row: differs(now.cursor.row, base.cursor.row),
            cursor_style: differs(now.cursor.style, base.cursor.style),
            modes: differs(now.modes, base.modes),
            oldest: (now.oldest != base.oldest).then_some(now.oldest),
            ..Frame::default()
        }
    }

    /// Status at a position of this epoch that is not too old.
    fn mark(&self, at: &Position) -> Option<Status> {
        let back = usize::try_from(self.revision.checked_sub(at.revision)?).ok()?;
        let index = self.marks.len().checked_sub(back + 1)?;
        let styles = 1..=u64::try_from(self.styles.len()).ok()?;
        let valid = at.epoch == self.epoch && styles.contains(&u64::from(at.styles));
        self.marks.get(index).copied().filter(|_| valid)
    }

    fn scrolls_since(&self, revision: u64) -> Vec<wire::Scroll> {
        if revision < self.forgotten {
            return Vec::new();
        }
        let moves = self.moves.iter().filter(|(at, _)| *at > revision);
        moves.map(|(_, shift)| self.wire_scroll(*shift)).collect()
    }

    fn wire_scroll(&self, shift: Shift) -> wire::Scroll {
        let lines = i32::try_from(shift.lines).unwrap_or_default();
        let whole = shift.top == 0 && shift.bottom == self.rows.len();
        let number = |at: usize| u32::try_from(at).unwrap_or(u32::MAX);
        let (top, bottom) = if whole { (0, 0) } else { (number(shift.top), number(shift.bottom)) };
        wire::Scroll { top, bottom, lines }
    }

    fn rows_since(&mut self, revision: u64, base: i64) -> Vec<wire::Row> {
        let all = revision < self.forgotten;
        let rows = self.rows.iter_mut().zip(0i64..);
        rows.filter_map(|(row, at)| {
            let row = if all { Some(row.whole()) } else { row.since(revision) };
            let from_cursor = i32::try_from(at - base).unwrap_or_default();
            row.map(|row| wire::Row { row: from_cursor, ..row })
        })
        .collect()
    }

    fn whole(&self) -> Frame {
        let rows = self.rows.iter().zip(0i32..).filter(|(row, _)| !row.is_blank());
        Frame {
            skip: self.revision,
            reset: Some(wire::Reset {
                epoch: self.epoch,
                columns: self.columns,
                rows: u32::try_from(self.rows.len()).unwrap_or(u32::MAX),
                top: self.status.top,
            }),
            styles: self.styles.since(1).to_vec(),
            rows: rows.map(|(row, at)| wire::Row { row: at, ..row.whole() }).collect(),
            title: (!self.title.0.is_empty()).then(|| self.title.0.clone()),
            palette: (!self.palette.0.is_empty()).then(|| self.wire_palette()),
            ..self.status_since(&Status::default())
        }
    }

    fn wire_palette(&self) -> wire::Palette {
        let changed = self.palette.0.iter();
        wire::Palette {
            changed: changed.map(|(&index, &rgb)| wire::palette::Colour { index, rgb }).collect(),
        }
    }
}
