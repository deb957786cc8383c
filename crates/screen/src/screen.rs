//! One session's terminal: feeds the emulator, captures what changed into revisions, keeps history.
//! Catches the emulator's panics. Knows no process and no viewer.

mod encode;

use std::panic::{AssertUnwindSafe, catch_unwind};

use protocol::{
    mirror::Cursor,
    modes,
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

/// Most lines in one answer to a request for history.
const MAX_LINES: u64 = protocol::MAX_HISTORY_LINES as u64;

/// Lines of history that stay with the emulator at least, to be there when a screen grows.
const MIN_RING: usize = 100;

/// Bytes of a cell of the emulator.
const CELL: usize = 8;

/// One session's terminal.
pub struct Screen {
    engine: Engine,
    size: Size,
    /// Lines of history to keep.
    history: usize,
    /// Bytes of history to keep.
    history_bytes: usize,
    /// The emulator keeps fewer lines than that, for their bytes' sake.
    ring_limited: bool,
    revisions: Revisions,
    store: Store,
    /// Absolute id of the first line the emulator ever evicted.
    base: u64,
    paste: Paste,
}

impl Screen {
    /// A blank screen that keeps `history` lines that scrolled off.
    #[must_use]
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

    /// Output of the program, cut anywhere. Cannot fail: should the emulator break, a new one goes on
    /// with the screen as it was at the last [`sync`](Self::sync).
    pub fn feed(&mut self, bytes: &[u8]) {
        self.guarded(|screen| screen.engine.feed(bytes));
        if std::mem::take(&mut self.engine.terminal.cleared) {
            self.store.clear(self.ring_start());
        }
    }

    /// What the output asked for since the last call.
    pub fn take_events(&mut self) -> Vec<Event> {
        self.engine.terminal.take_events()
    }

    /// Changes the size. Lines of the primary screen are wrapped anew; a new epoch begins.
    pub fn resize(&mut self, size: Size) {
        if size != self.size {
            self.size = size;
            self.guarded(|screen| screen.engine.resize(size));
            self.limit_ring();
        }
    }

    /// Bounds the history by `bytes` too, packed as well as not yet packed, apart from the last screens: the
    /// oldest lines go first. 0: by its lines alone.
    pub fn limit_history(&mut self, bytes: u64) {
        let bytes = if bytes == 0 { u64::MAX } else { bytes };
        self.history_bytes = usize::try_from(bytes).unwrap_or(usize::MAX);
        self.compact();
        self.limit_ring();
    }

    /// The size.
    #[must_use]
    pub fn size(&self) -> Size {
        self.size
    }

    /// Takes over the colours that whoever drives shows by default, 0xrrggbb: what queries of the
    /// foreground, the background and the cursor are answered with.
    pub fn set_theme(&mut self, foreground: u32, background: u32, cursor: u32) {
        self.engine.terminal.theme =
            Some([foreground, background, cursor].map(|rgb| rgb & 0xff_ffff));
    }

    /// The title the program set.
    #[must_use]
    pub fn title(&self) -> &str {
        &self.engine.terminal.title
    }

    /// Bits of `protocol::modes`, as of now.
    #[must_use]
    pub fn modes(&self) -> u32 {
        const BITS: [(Mode, u32); 15] = [
            (Mode::ALT_SCREEN, modes::ALTERNATE_SCREEN),
            (Mode::APP_CURSOR, modes::APPLICATION_CURSOR),
            (Mode::APP_KEYPAD, modes::APPLICATION_KEYPAD),
            (Mode::BRACKETED_PASTE, modes::BRACKETED_PASTE),
            (Mode::MOUSE_REPORT_CLICK, modes::MOUSE_CLICK),
            (Mode::MOUSE_REPORT_X10, modes::MOUSE_CLICK),
            (Mode::MOUSE_DRAG, modes::MOUSE_DRAG),
            (Mode::MOUSE_MOTION, modes::MOUSE_MOTION),
            (Mode::FOCUS_IN_OUT, modes::FOCUS),
            (Mode::ALTERNATE_SCROLL, modes::ALTERNATE_SCROLL),
            (Mode::SGR_MOUSE, modes::SGR_MOUSE),
            (Mode::UTF8_MOUSE, modes::UTF8_MOUSE),
            (Mode::INSERT, modes::INSERT),
            (Mode::ORIGIN, modes::ORIGIN),
            (Mode::LINE_FEED_NEW_LINE, modes::LINE_FEED_NEW_LINE),
        ];
        let mode = self.engine.term.mode();
        let set = BITS.iter().filter(|(flag, _)| mode.contains(*flag));
        let no_wrap = if mode.contains(Mode::LINE_WRAP) { 0 } else { modes::NO_WRAP };
        let kitty = u32::from(self.engine.term.keyboard_mode().bits()) << modes::KITTY_SHIFT;
        set.fold(no_wrap | kitty, |bits, (_, bit)| bits | bit)
    }

    /// Bytes of screen and history held.
    #[must_use]
    pub fn bytes_buffered(&self) -> u64 {
        let (_, ring) = self.engine.ring();
        let cells = self.size.cells() + ring * u64::from(self.size.columns);
        let links: usize = self.engine.terminal.links.iter().map(|links| links.bytes).sum();
        cells * CELL as u64 + (self.store.bytes() + links) as u64
    }

    /// Mode 2026 is on: frames are better held back until it ends. The caller sets the limit to that.
    #[must_use]
    pub fn synchronized(&self) -> bool {
        self.engine.term.synchronized_output()
    }

    /// Ends mode 2026 for a program that does not.
    pub fn end_synchronized(&mut self) {
        self.engine.term.end_sync_update();
    }

    /// Takes what changed since the last call into a new revision. False: nothing changed.
    pub fn sync(&mut self) -> bool {
        self.guarded(Self::capture).unwrap_or_else(|| {
            // The emulator is a new one now, and blank if even that failed.
            self.guarded(Self::capture).unwrap_or(false)
        })
    }

    /// What a viewer at `from` misses; none when it is up to date. Foreign or too old positions get
    /// the whole screen.
    pub fn frame_since(&mut self, from: Option<&Position>) -> Option<Frame> {
        self.revisions.frame_since(from)
    }

    /// Where a viewer stands after the latest frame.
    #[must_use]
    pub fn position(&self) -> Position {
        self.revisions.position()
    }

    /// Id of the screen's first line, in the latest revision.
    #[must_use]
    pub fn top(&self) -> u64 {
        self.revisions.status().top
    }

    /// `protocol::mirror::screen_hash` of the latest revision.
    #[must_use]
    pub fn hash(&self) -> u64 {
        self.revisions.hash()
    }

    /// Called when nothing has happened for a while: moves the emulator's history, all but the last
    /// screens, into the compact store and gives memory back.
    pub fn compact(&mut self) {
        self.engine.shrink_parser();
        let (keep, limits) = (self.kept(), self.limits());
        self.guarded(|screen| {
            let Self { engine, store, base, .. } = screen;
            *base += engine.with_primary(|grid| ring::compact(grid, *base, keep, limits, store));
        });
    }

    /// Lines of history that stay with the emulator.
    fn kept(&self) -> usize {
        (2 * usize::from(self.size.rows)).max(MIN_RING)
    }

    fn limits(&self) -> ring::Limits {
        let fitting = self.history_bytes / (CELL * usize::from(self.size.columns).max(1));
        let ring = fitting.max(self.kept()).min(self.history);
        ring::Limits { lines: self.history, ring, bytes: self.history_bytes }
    }

    /// Wider lines are fewer.
    fn limit_ring(&mut self) {
        let lines = self.limits().ring;
        if lines < self.history || self.ring_limited {
            self.ring_limited = lines < self.history;
            self.guarded(|screen| screen.engine.with_primary(|grid| grid.update_history(lines)));
        }
    }

    /// History and screen from the line with id `first` on, at most `count` and 500 lines. Starts
    /// later when the first ones are no longer held; `styles` leaves out the default style, index 0.
    pub fn lines(&mut self, first: u64, count: u32) -> History {
        let count = u64::from(count).min(MAX_LINES);
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

    /// Id of the first line in the emulator's ring.
    fn ring_start(&self) -> u64 {
        self.base + self.engine.ring().0
    }

    /// Id of the oldest line that is given out.
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

    /// Whether the style table is much larger than what the screen shows of it.
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

    /// Lines of the ring and, while it is shown, of the primary screen.
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

    /// A new emulator with what viewers last saw, after the old one broke. The history is kept as far
    /// as the old one still lets go of it.
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
