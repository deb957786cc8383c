//! The emulator's ring of history lines: moves its older part into the compact store and gives memory
//! back. Knows the grid and the store, no screen.

use rio_vt::crosswords::{
    grid::{Dimensions, Grid, storage::Storage},
    pos::Line,
    square::Square,
};

use crate::{
    capture::{self, Pass},
    history::Store,
    styles::StyleTable,
};

/// Lines that are moved at once: bounds the memory it takes.
const BATCH: usize = 1024;
/// Rows that may stay allocated without being in use.
const SLACK: usize = 16;

/// Moves all but the last `keep` lines of the history of `grid` into `store`, which holds `limit`
/// lines in all with the ring's, and frees what the grid no longer uses. The first line that the grid
/// ever evicted has the id `base`.
pub fn compact(grid: &mut Grid<Square>, base: u64, keep: usize, limit: usize, store: &mut Store) {
    let start = base + grid.lines_evicted();
    if store.end() != start {
        // The ring overflowed since: it alone is as long as the history may be.
        store.clear(start);
    }
    let ring = grid.history_size();
    let old = ring.saturating_sub(keep);
    for first in (0..old).step_by(BATCH) {
        let mut styles = StyleTable::default();
        let mut pass = Pass::default();
        let batch = first..(first + BATCH).min(old);
        let lines = batch.map(|line| {
            let at = Line(
                i32::try_from(line).unwrap_or(i32::MAX) - i32::try_from(ring).unwrap_or(i32::MAX),
            );
            capture::row(grid, at, &mut styles, &mut pass)
        });
        let lines = lines.collect();
        store.append(lines, &styles);
    }
    if old > 0 {
        grid.update_history(ring - old);
        grid.update_history(limit);
    }
    let top = base + grid.lines_evicted() + grid.history_size() as u64;
    store.trim(top.saturating_sub(limit as u64));
    if grid.raw.rows().len() > grid.total_lines() + SLACK {
        free(grid);
    }
}

/// Storage never shrinks by itself and keeps rows for later; a new one with the rows in use does not.
fn free(grid: &mut Grid<Square>) {
    let (lines, columns) = (grid.screen_lines(), grid.columns());
    let mut rows = grid.raw.take_all();
    rows.shrink_to_fit();
    grid.raw = Storage::with_capacity(lines, columns);
    grid.raw.replace_inner(rows);
}
