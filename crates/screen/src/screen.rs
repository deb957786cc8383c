//! The terminal of a session: feeds the emulator, captures changes as revisions and keeps history.
//! Catches panics of the emulator. Does not depend on processes or viewers.

mod encode;

use std::panic::{AssertUnwindSafe, catch_unwind};

use protocol::{
    mirror::Cursor,
    wire::{Frame, History, Line, Position},
};
use rio_vt::{
    ansi::CursorShape,
    crosswords::{Mode, pos},
};

use crate::{
    Event, Size,
    frames::{
        repaint::repaint,
        revisions::{Revisions, Status},
    },
    grid::{
        capture::{self, Pass},
        styles::StyleTable,
    },
    history::{ring, store::Store},
    input::paste::Paste,
    vt::engine::Engine,
};

/// Minimum number of history lines kept by the emulator, for screens that grow.
const MIN_RING: usize = 100;

/// Bytes per cell of the emulator.
const CELL: usize = 8;

/// The terminal of a session.
pub struct Screen {
    engine: Engine,
    size: Size,
    /// Limit on lines of history.
    history: usize,
    /// Limit on bytes of history.
    history_bytes: usize,
    /// The limit on bytes restricts the emulator to fewer lines.
    ring_limited: bool,
    revisions: Revisions,
    store: Store,
    /// Id of the first line that the emulator evicted.
    base: u64,
    paste: Paste,
}

impl Screen {
    /// Creates a blank screen that keeps `history` lines of history.
    pub fn new(size: Size, history: usize) -> Self {
        let mut screen = Self {
            engine: Engine::new(size, history),
            size,
            history,
            history_bytes: usize::MAX,
            ring_limited: false,
            revisions: Revisions::default(),
            store: Store::default(),
            base: 0,
            paste: Paste::default(),
        };
        screen.engine.terminal.restarted = true;
        screen.sync();
        screen
    }

    /// Feeds program output, split anywhere. Cannot fail: an emulator that panics is replaced by a new one
    /// with the screen as of the last [`sync`](Self::sync).
    pub fn feed(&mut self, bytes: &[u8]) {
        self.guarded(|screen| screen.engine.feed(bytes));
        if std::mem::take(&mut self.engine.terminal.cleared) {
            self.store.clear(self.base + self.engine.ring().0);
        }
    }

    /// Takes the events since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.engine.terminal.take_events()
    }

    /// Changes the size. Rewraps the primary screen and begins a new epoch.
    pub fn resize(&mut self, size: Size) {
        if size != self.size {
            self.size = size;
            self.guarded(|screen| screen.engine.resize(size));
            self.limit_ring();
        }
    }

    /// Limits the bytes of history, except for the last screens. 0 removes the limit.
    pub fn limit_history(&mut self, bytes: u64) {
        let bytes = if bytes == 0 { u64::MAX } else { bytes };
        self.history_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.compact();
        self.limit_ring();
    }

    /// Returns the size.
    pub fn size(&self) -> Size {
        self.size
    }

    /// Sets the default colours of the driver, as 0xrrggbb, with which queries are answered.
    pub fn set_theme(&mut self, foreground: u32, background: u32, cursor: u32) {
        self.engine.terminal.theme =
            Some([foreground, background, cursor].map(|rgb| rgb & 0xff_ffff));
    }

    /// Returns the title set by the program.
    pub fn title(&self) -> &str {
        &self.engine.terminal.title
    }

    /// Returns the current modes as bits of `protocol::modes`.
    pub fn modes(&self) -> u32 {
        self.engine.modes()
    }

    /// Returns the bytes held for screen and history.
    pub fn bytes_buffered(&self) -> u64 {
        let (_, ring) = self.engine.ring();
        let cells = self.size.cells() + ring * u64::from(self.size.columns);
        let links: usize = self.engine.terminal.links.iter().map(|links| links.bytes).sum();
        cells * CELL as u64 + (self.store.bytes() + links) as u64
    }

    /// Returns whether mode 2026 is on, which holds frames back. The caller limits the time.
    pub fn synchronized(&self) -> bool {
        self.engine.term.synchronized_output()
    }

    /// Ends mode 2026 on behalf of the program.
    pub fn end_synchronized(&mut self) {
        self.engine.term.end_sync_update();
    }

    /// Captures changes since the last call as a new revision. Returns false if there are none.
    pub fn sync(&mut self) -> bool {
        // Retries with the replaced emulator.
        let captured = self.guarded(Self::capture).or_else(|| self.guarded(Self::capture));
        captured.unwrap_or(false)
    }

    /// Returns the frame since `from`, none if nothing is newer.
    pub fn frame_since(&mut self, from: Option<&Position>) -> Option<Frame> {
        self.revisions.frame_since(from)
    }

    /// Returns the position after the latest frame.
    pub fn position(&self) -> Position {
        self.revisions.position()
    }

    /// Returns the id of the first line of the screen in the latest revision.
    pub fn top(&self) -> u64 {
        self.revisions.status().top
    }

    /// Returns `protocol::mirror::screen_hash` of the latest revision.
    pub fn hash(&self) -> u64 {
        self.revisions.hash()
    }

    /// Compacts the history except for the last screens. To be called after a quiet time.
    pub fn compact(&mut self) {
        self.engine.shrink_parser();
        let (keep, limits) = (self.kept(), self.limits());
        self.guarded(|screen| {
            let Self { engine, store, base, .. } = screen;
            *base += engine.with_primary(|grid| ring::compact(grid, *base, keep, limits, store));
        });
    }

    /// Lines of history that compaction leaves in the emulator.
    fn kept(&self) -> usize {
        (2 * usize::from(self.size.rows)).max(MIN_RING)
    }

    fn limits(&self) -> ring::Limits {
        let fitting = self.history_bytes / (CELL * usize::from(self.size.columns).max(1));
        let ring = fitting.max(self.kept()).min(self.history);
        ring::Limits { lines: self.history, ring, bytes: self.history_bytes }
    }

    /// Limits the lines in the emulator by their bytes.
    fn limit_ring(&mut self) {
        let lines = self.limits().ring;
        if lines < self.history || self.ring_limited {
            self.ring_limited = lines < self.history;
            self.guarded(|screen| screen.engine.with_primary(|grid| grid.update_history(lines)));
        }
    }

    /// Returns lines of history and screen from id `first` on, at most `count` and at most 500. Starts later
    /// if the first lines were dropped. `styles` omits the default style, index 0.
    pub fn lines(&mut self, first: u64, count: u32) -> History {
        let count = u64::from(count.min(protocol::MAX_HISTORY_LINES));
        let first = first.max(self.oldest());
        let mut styles = StyleTable::default();
        let mut lines = Vec::new();
        let end = first.saturating_add(count);
        self.store.read(first, end, &mut styles, &mut lines);
        self.guarded(|screen| screen.read_ring(first, end, &mut styles, &mut lines));
        History {
            first,
            lines,
            styles: styles.since(1).to_vec(),
            oldest: self.oldest(),
            epoch: self.revisions.position().epoch,
        }
    }

    fn guarded<R>(&mut self, work: impl FnOnce(&mut Self) -> R) -> Option<R> {
        let done = catch_unwind(AssertUnwindSafe(|| work(self))).ok();
        if done.is_none() {
            self.rebuild();
        }
        done
    }

    /// Id of the oldest available line.
    fn oldest(&self) -> u64 {
        let (evicted, ring) = self.engine.ring();
        let start = self.base + evicted;
        let top = start + ring;
        if self.store.end() != start || self.store.first() == self.store.end() {
            return start;
        }
        self.store.first().max(top.saturating_sub(self.history as u64))
    }

    fn status(&self) -> Status {
        let (evicted, ring) = self.engine.ring();
        let term = &self.engine.term;
        let at = term.grid.cursor.pos;
        let shape = match term.cursor_shape {
            _ if !term.mode().contains(Mode::SHOW_CURSOR) => 0,
            CursorShape::Hidden => 0,
            CursorShape::Block => 1,
            CursorShape::Underline => 2,
            CursorShape::Beam => 3,
        };
        let blinking = if shape > 0 && term.blinking_cursor { 8 } else { 0 };
        Status {
            cursor: Cursor {
                column: u32::try_from(at.col.0).unwrap_or_default(),
                row: u32::try_from(at.row.0).unwrap_or_default(),
                style: shape + blinking,
            },
            modes: self.modes(),
            bells: self.engine.terminal.bells,
            top: self.base + evicted + ring,
            oldest: self.oldest(),
        }
    }

    fn capture(&mut self) -> bool {
        let status = self.status();
        let restarted = std::mem::take(&mut self.engine.terminal.restarted);
        let rows = i32::from(self.size.rows);
        if restarted || self.styles_outgrown() {
            self.revisions.styles = StyleTable::default();
            let lines = self.capture_rows(|_| true).into_iter().map(|(_, line)| line).collect();
            self.revisions.restart(u32::from(self.size.columns), lines, status);
            self.revisions.set_title(&self.engine.terminal.title);
            self.revisions.set_palette(&self.engine.terminal.palette);
            return true;
        }
        let term = &self.engine.term;
        let all = term.is_fully_damaged() || status.top != self.revisions.status().top;
        let dirty: Vec<bool> =
            (0..rows).map(|row| all || term.grid.raw[pos::Line(row)].dirty).collect();
        let captured = self.capture_rows(|row| dirty.get(row).copied().unwrap_or(true));
        let terminal = &self.engine.terminal;
        self.revisions.update(captured, status, &terminal.title, &terminal.palette)
    }

    fn capture_rows(&mut self, wanted: impl Fn(usize) -> bool) -> Vec<(usize, Line)> {
        let mut pass = Pass::default();
        let rows = usize::from(self.size.rows);
        let mut captured = Vec::new();
        for row in (0..rows).filter(|row| wanted(*row)) {
            let at = pos::Line(i32::try_from(row).unwrap_or_default());
            let grid = &mut self.engine.term.grid;
            grid.raw[at].dirty = false;
            captured.push((row, capture::row(grid, at, &mut self.revisions.styles, &mut pass)));
        }
        self.engine.term.reset_damage();
        captured
    }

    /// Returns whether the style table is much larger than the styles in use.
    fn styles_outgrown(&self) -> bool {
        const SMALL: usize = 1024;
        let table = &self.revisions.styles;
        if table.len() <= SMALL && !table.is_out_of_links() {
            return false;
        }
        let mut shown = vec![false; table.len()];
        for line in self.revisions.lines() {
            for run in line.runs.iter().skip(1).step_by(2) {
                if let Some(seen) = shown.get_mut((run >> 3) as usize) {
                    *seen = true;
                }
            }
        }
        let shown = shown.iter().filter(|seen| **seen).count();
        let spare = if table.is_out_of_links() { 2 } else { 4 };
        table.is_full() || shown * spare < table.len()
    }

    /// Reads lines of the ring and of the primary screen while it is shown.
    fn read_ring(&mut self, from: u64, to: u64, styles: &mut StyleTable, lines: &mut Vec<Line>) {
        let (evicted, history) = self.engine.ring();
        let start = self.base + evicted;
        let shown = if self.engine.is_alternate() { 0 } else { u64::from(self.size.rows) };
        let ids = from.max(start)..to.min(start + history + shown);
        if ids.is_empty() {
            return;
        }
        self.engine.with_primary(|grid| {
            let mut pass = Pass::default();
            let first = i64::try_from(history).unwrap_or_default();
            for id in ids {
                let at = i64::try_from(id - start).unwrap_or_default() - first;
                let at = pos::Line(i32::try_from(at).unwrap_or_default());
                lines.push(capture::row(grid, at, styles, &mut pass));
            }
        });
    }

    /// Replaces an emulator that panicked. Keeps as much history as the old one still yields.
    fn rebuild(&mut self) {
        let limits = self.limits();
        let _ = catch_unwind(AssertUnwindSafe(|| {
            let Self { engine, store, base, .. } = self;
            engine.with_primary(|grid| ring::compact(grid, *base, 0, limits, store))
        }));
        let mut engine = Engine::new(self.size, limits.ring);
        let painted = catch_unwind(AssertUnwindSafe(|| engine.feed(&repaint(&self.revisions))));
        if painted.is_err() {
            engine = Engine::new(self.size, limits.ring);
        }
        engine.terminal.adopt(&mut self.engine.terminal);
        engine.terminal.restarted = true;
        self.engine = engine;
        self.base = self.store.end();
    }
}

#[cfg(test)]
mod tests;
