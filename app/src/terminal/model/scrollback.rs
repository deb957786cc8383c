//! Lines above the screen that the page has fetched, and the lines that it shows. Lines are fetched when
//! they become visible, and belong to one epoch. Pure.

use std::{collections::BTreeMap, ops::Range, rc::Rc};

use protocol::{MAX_HISTORY_LINES, line::Line, style::Style, wire::History};

/// Lines kept; beyond that, all are dropped.
const MAX_LINES: usize = 20_000;

/// Lines fetched beyond the visible ones, on either side.
const MARGIN: u64 = 100;

/// Longest scroll area, in lines: browsers limit the height of elements.
const MAX_AREA: u64 = 500_000;

/// Line of history with the styles of its message.
#[derive(Clone, Debug)]
pub struct Kept {
    pub line: Line,
    /// Styles; entry 0 is the default style.
    pub styles: Rc<[Style]>,
    /// Number of the style table, different for each message: equal lines of one table look the same.
    pub table: u64,
}

#[derive(Clone, Debug, Default)]
pub struct Scrollback {
    epoch: u64,
    lines: BTreeMap<u64, Kept>,
    requested: Vec<Range<u64>>,
    tables: u64,
}

impl Scrollback {
    /// Drops all lines if the epoch changed.
    pub fn enter(&mut self, epoch: u64) {
        if self.epoch != epoch {
            let tables = self.tables;
            *self = Self { epoch, tables, ..Self::default() };
        }
    }

    /// Cancels the requests, which are lost with the connection.
    pub fn disconnected(&mut self) {
        self.requested.clear();
    }

    /// Returns a line, if it was fetched.
    pub fn line(&self, id: u64) -> Option<&Kept> {
        self.lines.get(&id)
    }

    /// Returns the first line and the number of lines to request so that `visible` can be shown, of the
    /// lines `held` by the session. None if all are fetched or requested.
    pub fn request(&mut self, visible: Range<u64>, held: Range<u64>) -> Option<(u64, u32)> {
        let covered = |id: &u64| {
            self.lines.contains_key(id) || self.requested.iter().any(|range| range.contains(id))
        };
        let visible = visible.start.max(held.start)..visible.end.min(held.end);
        let missing = visible.clone().find(|id| !covered(id))?;
        let mut first = missing;
        while first > held.start && missing - first < MARGIN && !covered(&(first - 1)) {
            first -= 1;
        }
        let limit = (visible.end + MARGIN).min(held.end).min(first + u64::from(MAX_HISTORY_LINES));
        let mut end = missing + 1;
        while end < limit && !covered(&end) {
            end += 1;
        }
        self.requested.push(first..end);
        Some((first, u32::try_from(end - first).unwrap_or(MAX_HISTORY_LINES)))
    }

    /// Adopts lines that arrived, unless they belong to another epoch.
    pub fn receive(&mut self, history: History) {
        if history.epoch != self.epoch {
            return;
        }
        self.requested.retain(|range| !range.contains(&history.first));
        if self.lines.len() + history.lines.len() > MAX_LINES {
            self.lines.clear();
        }
        self.tables += 1;
        let styles: Rc<[Style]> = std::iter::once(Style::default()).chain(history.styles).collect();
        for (line, id) in history.lines.into_iter().zip(history.first..) {
            let kept = Kept { line, styles: Rc::clone(&styles), table: self.tables };
            self.lines.insert(id, kept);
        }
    }
}

/// Visible lines: the screen, or the lines scrolled to.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Viewport {
    /// First line of the scroll area.
    pub base: u64,
    /// The screen is visible, and stays visible.
    pub follow: bool,
    /// Height of a row, in pixels.
    pub row: f64,
    /// Height of the visible part, in pixels.
    pub height: f64,
}

impl Default for Viewport {
    fn default() -> Self {
        Self { base: 0, follow: true, row: 16.0, height: 0.0 }
    }
}

impl Viewport {
    /// Adopts the first lines of the history and of the screen. The area keeps its first line while a
    /// person reads, so that the visible lines do not move.
    pub fn settle(&mut self, oldest: u64, top: u64) {
        if self.follow || self.base > top || top - self.base > MAX_AREA {
            self.base = oldest.min(top).max(top.saturating_sub(MAX_AREA));
        }
    }

    /// Returns the height of the scroll area, in pixels, with a screen of `rows` from `top`.
    pub fn area(&self, top: u64, rows: u64) -> f64 {
        self.bottom(top, rows) + self.height
    }

    /// Returns the scroll position of the screen, in pixels. If the screen of another client is taller
    /// than the page, its last rows are visible.
    pub fn bottom(&self, top: u64, rows: u64) -> f64 {
        let above = pixels(top.saturating_sub(self.base)) * self.row;
        above + (pixels(rows) * self.row - self.height).max(0.0)
    }

    /// Returns the lines to show at a scroll position in pixels, with a screen of `rows` from `top`.
    pub fn lines(&self, scroll: f64, top: u64, rows: u64) -> Range<u64> {
        if self.follow {
            return top..top + rows;
        }
        let first = self.base + whole(scroll / self.row);
        let end = self.base + whole(((scroll + self.height) / self.row - 0.01).ceil());
        let first = first.min(top);
        first..end.clamp(first, top + rows)
    }
}

fn pixels(lines: u64) -> f64 {
    lines as f64
}

fn whole(lines: f64) -> u64 {
    (lines + 1e-6).floor().max(0.0) as u64
}

#[cfg(test)]
mod tests {
    use super::*;

    fn history(epoch: u64, first: u64, count: u64) -> History {
        let line = |id| Line { text: format!("line {id}"), ..Line::default() };
        History {
            epoch,
            first,
            lines: (first..first + count).map(line).collect(),
            ..History::default()
        }
    }

    #[test]
    fn visible_lines_and_a_margin_are_requested_once() {
        let mut scrollback = Scrollback::default();
        scrollback.enter(3);
        assert_eq!(scrollback.request(5_000..5_050, 1_000..9_000), Some((4_900, 250)));
        assert_eq!(scrollback.request(5_000..5_050, 1_000..9_000), None);
        assert_eq!(scrollback.request(5_000..5_151, 1_000..9_000), Some((5_150, 101)));
        scrollback.receive(history(3, 4_900, 250));
        assert_eq!(scrollback.request(4_890..4_950, 4_890..9_000), Some((4_890, 10)));
        assert_eq!(scrollback.line(5_000).unwrap().line.text, "line 5000");
    }

    #[test]
    fn a_request_is_bounded_and_stays_within_the_lines_held() {
        let mut scrollback = Scrollback::default();
        assert_eq!(scrollback.request(0..2_000, 10..3_000), Some((10, 500)));
        assert_eq!(scrollback.request(0..2_000, 10..3_000), Some((510, 500)));
        assert_eq!(scrollback.request(5_000..6_000, 10..3_000), None);
    }

    #[test]
    fn a_closed_connection_cancels_requests_and_a_new_epoch_drops_lines() {
        let mut scrollback = Scrollback::default();
        scrollback.enter(1);
        assert!(scrollback.request(0..10, 0..10).is_some());
        scrollback.disconnected();
        assert_eq!(scrollback.request(0..10, 0..10), Some((0, 10)));
        scrollback.receive(history(1, 0, 10));
        scrollback.enter(2);
        assert!(scrollback.line(0).is_none());
        scrollback.receive(history(1, 0, 10));
        assert!(scrollback.line(0).is_none());
    }

    #[test]
    fn visible_lines() {
        let mut view = Viewport { row: 10.0, height: 45.0, ..Viewport::default() };
        view.settle(100, 200);
        assert_eq!((view.area(200, 4), view.bottom(200, 4)), (1_045.0, 1_000.0));
        assert_eq!(view.bottom(200, 10), 1_055.0);
        assert_eq!(view.lines(0.0, 200, 4), 200..204);
        view.follow = false;
        for (scroll, lines) in [
            (0.0, 100..105),
            (15.0, 101..106),
            (40.0, 104..109),
            (985.0, 198..203),
            (1_000.0, 200..204),
        ] {
            assert_eq!(view.lines(scroll, 200, 4), lines, "{scroll}");
        }
    }

    #[test]
    fn the_area_keeps_its_first_line_while_a_person_reads() {
        let mut view = Viewport { row: 10.0, height: 40.0, follow: false, base: 100 };
        view.settle(150, 400);
        assert_eq!(view.base, 100);
        view.settle(900_000, 1_000_000);
        assert_eq!(view.base, 900_000);
        view.follow = true;
        view.settle(950_000, 1_000_000);
        assert_eq!(view.base, 950_000);
        view.settle(5, 5);
        assert_eq!(view.lines(0.0, 5, 4), 5..9);
    }
}
