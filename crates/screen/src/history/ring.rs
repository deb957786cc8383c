//! The emulator's ring of history lines: moves its older part to the compact store. Does not
//! depend on the screen.

use std::collections::HashMap;

use rio_vt::crosswords::{
    grid::{Dimensions, ExtrasTable, Grid, storage::Storage},
    pos::{Cursor, Line},
    square::Square,
    style::{DEFAULT_STYLE_ID, StyleId},
};

use super::store::Store;
use crate::grid::capture::{self, Pass};

/// Unused rows that may stay allocated.
const SLACK: usize = 16;

/// Number of styles up to which the emulator's table is not replaced.
const MANY_STYLES: usize = 256;

#[derive(Clone, Copy, Debug)]
pub struct Limits {
    pub lines: usize,
    pub ring: usize,
    pub bytes: usize,
}

/// Moves all but the last `keep` history lines of `grid` to `store` and frees unused memory of the grid.
/// `base` is the id of the first line that the grid evicted. Returns by how much `base` must rise, because
/// the grid may restart its count.
pub fn compact(
    grid: &mut Grid<Square>,
    base: u64,
    keep: usize,
    limits: Limits,
    store: &mut Store,
) -> u64 {
    let start = base + grid.lines_evicted();
    if store.end() != start {
        // The ring overflowed since the last compaction, so it fills the history by itself.
        store.clear(start);
    }
    let ring = grid.history_size();
    let old = ring.saturating_sub(keep);
    let line_of = |at: usize| {
        Line(i32::try_from(at).unwrap_or_default() - i32::try_from(ring).unwrap_or_default())
    };
    store.append(old, |at, styles, pass: &mut Pass| capture::row(grid, line_of(at), styles, pass));
    if old > 0 {
        grid.update_history(ring - old);
        grid.update_history(limits.ring);
    }
    let top = base + grid.lines_evicted() + grid.history_size() as u64;
    store.trim(top.saturating_sub(limits.lines as u64));
    store.shrink(limits.bytes);
    if old > 0 || grid.raw.rows().len() > grid.total_lines() + SLACK {
        free(grid);
    }
    if grid.styles().len() > MANY_STYLES || grid.extras_table != ExtrasTable::new() {
        return renew(grid, limits.ring);
    }
    0
}

/// Replaces the storage, which never shrinks, by one with only the rows in use.
fn free(grid: &mut Grid<Square>) {
    let (lines, columns) = (grid.screen_lines(), grid.columns());
    let mut rows = grid.raw.take_all();
    rows.shrink_to_fit();
    grid.raw = Storage::with_capacity(lines, columns);
    grid.raw.replace_inner(rows);
}

/// Replaces the grid by one whose style and extras tables, which never shrink, have only entries in use.
/// Returns the number of lines that the old grid evicted; the new one counts from 0.
fn renew(grid: &mut Grid<Square>, limit: usize) -> u64 {
    let evicted = grid.lines_evicted();
    let mut fresh = Grid::new(grid.screen_lines(), grid.columns(), limit);
    let mut rows = grid.raw.take_all();
    let mut moved = Move { from: grid, to: &mut fresh, styles: HashMap::new() };
    for cell in rows.iter_mut().flat_map(|row| &mut row.inner) {
        moved.cell(cell);
    }
    let saved = moved.cursor(moved.from.saved_cursor.clone());
    let cursor = moved.cursor(moved.from.cursor.clone());
    (fresh.saved_cursor, fresh.cursor) = (saved, cursor);
    fresh.raw.replace_inner(rows);
    *grid = fresh;
    evicted
}

/// Translation from the tables of one grid to those of another.
struct Move<'a> {
    from: &'a Grid<Square>,
    to: &'a mut Grid<Square>,
    styles: HashMap<StyleId, StyleId>,
}

impl Move<'_> {
    fn cell(&mut self, cell: &mut Square) {
        if let Some(id) = cell.style_id_checked().filter(|id| *id != DEFAULT_STYLE_ID) {
            let (from, to) = (self.from, &mut *self.to);
            cell.set_style_id(*self.styles.entry(id).or_insert_with(|| {
                to.set_template_style(from.style_of(cell));
                to.sync_template_style();
                to.template_style_id()
            }));
        }
        if let Some(id) = cell.extras_id_checked() {
            let extras = self.from.extras_table.get(id).cloned().unwrap_or_default();
            let id = if extras.is_empty() { 0 } else { self.to.alloc_extras(extras) };
            cell.set_extras_id(Some(id).filter(|id| *id != 0));
        }
    }

    fn cursor(&mut self, mut cursor: Cursor<Square>) -> Cursor<Square> {
        self.cell(&mut cursor.template);
        self.to.set_template_style(cursor.pending_style);
        self.to.sync_template_style();
        cursor.template.set_style_id(self.to.template_style_id());
        cursor.style_dirty = false;
        cursor
    }
}
