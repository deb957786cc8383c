//! How the widget shows itself: rows, cursor, scroll area, colours, bell, and the state that tests
//! and tools read from the page.

use leptos::prelude::{GetUntracked, Set, Update};
use protocol::modes;

use crate::{
    browser::{self, attribute, style},
    terminal::{
        look::{self, px},
        painter::Source,
        parts::State,
        spans::cell_at,
        widget::Widget,
    },
};

/// The bell shows at most this often, in milliseconds.
const BELL_EVERY: u64 = 1_000;

/// The bell shows for this long, in milliseconds.
const BELL_FOR: i32 = 160;

impl Widget {
    /// Brings the page in line with the mirror.
    pub(super) fn paint(&self) {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        if state.mirror.lines().is_empty() || state.metrics.width <= 0.0 {
            return;
        }
        let top = state.mirror.top();
        let oldest = oldest(state);
        state.view.settle(oldest, top);
        let rows = state.mirror.lines().len() as u64;
        let bottom = state.view.bottom(top, rows);
        let width = px(f64::from(state.mirror.columns()) * state.metrics.width);
        style(&self.dom.area, "min-width", if state.driving { "" } else { width.as_str() });
        style(&self.dom.area, "height", &px(state.view.area(top, rows)));
        if state.view.follow {
            let bottom = bottom.round() as i32;
            if self.dom.scroller.scroll_top() != bottom {
                self.dom.scroller.set_scroll_top(bottom);
            }
        }
        let lines = state.view.lines(f64::from(self.dom.scroller.scroll_top()), top, rows);
        let offset = lines.start.saturating_sub(state.view.base);
        let shift = offset as f64 * state.view.row;
        style(&self.dom.rows, "transform", &format!("translateY({})", px(shift)));
        let count = usize::try_from(lines.end - lines.start).unwrap_or_default();
        let (mirror, scrollback, table) = (&state.mirror, &state.scrollback, state.table);
        // Tables of the screen have even numbers, those of history odd ones.
        let source = |id: u64| {
            let row = id.checked_sub(top).and_then(|row| usize::try_from(row).ok());
            match row {
                Some(row) => mirror
                    .lines()
                    .get(row)
                    .map_or(Source::Missing, |line| Source::Line(line, table * 2)),
                None => scrollback
                    .line(id)
                    .map_or(Source::Missing, |kept| Source::Line(&kept.line, kept.table * 2 + 1)),
            }
        };
        let style_of = |id: u64, table: u64, index: u32| {
            if table.is_multiple_of(2) {
                return mirror.style(index);
            }
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            scrollback.line(id).and_then(|kept| kept.styles.get(index)).cloned().unwrap_or_default()
        };
        state.painter.show(lines.start, count, &mut state.metrics, source, style_of);
        let ask = (lines.start < top)
            .then(|| state.scrollback.ask(lines.start..lines.end.min(top), oldest..top))
            .flatten();
        self.place_cursor(state);
        self.tell_tests(state, lines.start, oldest);
        if let Some((first, count)) = ask
            && let Some(socket) = &state.socket
        {
            socket.send(protocol::wire::client_message::Body::History(
                protocol::wire::HistoryRequest { first, count },
            ));
        }
    }

    fn place_cursor(&self, state: &State) {
        let cursor = state.mirror.cursor();
        let row = usize::try_from(cursor.row).unwrap_or(usize::MAX);
        let line = state.mirror.lines().get(row).cloned().unwrap_or_default();
        let (text, width, index) = cell_at(&line, cursor.column);
        let y = (state.mirror.top() - state.view.base.min(state.mirror.top())
            + u64::from(cursor.row)) as f64
            * state.view.row;
        let x = f64::from(cursor.column) * state.metrics.width;
        let place = format!("translate({},{})", px(x), px(y));
        let shape = match cursor.style & 7 {
            0 => "hidden",
            2 => "underline",
            3 => "beam",
            _ => "block",
        };
        let blink = if cursor.style & 8 != 0 { " blinking" } else { "" };
        self.dom.cursor.set_class_name(&format!("cursor {shape}{blink}"));
        style(&self.dom.cursor, "transform", &place);
        style(&self.dom.cursor, "width", &px(f64::from(width) * state.metrics.width));
        self.dom.cursor.set_text_content((shape == "block").then_some(text.as_str()));
        let bold = state.mirror.style(index).flags & protocol::style::BOLD != 0;
        style(&self.dom.cursor, "font-weight", if bold { "bold" } else { "" });
        style(&self.dom.preedit, "transform", &place);
        if !state.pointer.lent {
            style(&self.dom.keyboard, "transform", &place);
        }
    }

    /// What a page object reads.
    fn tell_tests(&self, state: &State, first: u64, oldest: u64) {
        let mirror = &state.mirror;
        let cursor = mirror.cursor();
        let root = &self.dom.root;
        for (name, value) in [
            ("data-columns", mirror.columns().to_string()),
            ("data-rows", mirror.lines().len().to_string()),
            ("data-cursor", format!("{},{},{}", cursor.column, cursor.row, cursor.style)),
            ("data-modes", mirror.modes().to_string()),
            ("data-epoch", mirror.epoch().to_string()),
            ("data-revision", mirror.revision().to_string()),
            ("data-hash", format!("{:016x}", mirror.hash())),
            ("data-first", first.to_string()),
            ("data-oldest", oldest.to_string()),
            ("data-cell-width", px(state.metrics.width).trim_end_matches("px").into()),
        ] {
            attribute(root, name, &value);
        }
    }

    /// The person scrolled.
    pub(super) fn scrolled(&self) {
        {
            let mut state = self.state.borrow_mut();
            let top = state.mirror.top();
            let at = f64::from(self.dom.scroller.scroll_top());
            let painted = f64::from(self.dom.scroller.scroll_height()) - state.view.height;
            state.view.follow = at >= painted - 1.0 || oldest(&state) >= top;
            if state.view.follow {
                drop(state);
                if self.ui.below.get_untracked() {
                    self.ui.below.set(false);
                }
            }
        }
        self.paint();
    }

    /// Stops following the screen, before the first upward movement.
    pub(super) fn hold(&self) {
        let mut state = self.state.borrow_mut();
        if oldest(&state) < state.mirror.top() {
            state.view.follow = false;
        }
    }

    /// Scrolls by pages of the screen, up when negative.
    pub(super) fn page(&self, pages: i32) {
        if pages < 0 {
            self.hold();
        }
        let step = {
            let state = self.state.borrow();
            let rows = state.mirror.lines().len().saturating_sub(1).max(1);
            rows as f64 * state.view.row
        };
        let step = (step * f64::from(pages)).round() as i32;
        self.dom.scroller.set_scroll_top(self.dom.scroller.scroll_top() + step);
        self.scrolled();
    }

    /// Shows the oldest line.
    pub(super) fn to_top(&self) {
        self.hold();
        self.dom.scroller.set_scroll_top(0);
        self.scrolled();
    }

    /// Shows the screen, and follows it.
    pub(super) fn to_bottom(&self) {
        self.state.borrow_mut().view.follow = true;
        if self.ui.below.get_untracked() {
            self.ui.below.set(false);
        }
        self.paint();
    }

    /// The colours that the program changed, and back to the theme's where it did not.
    pub(super) fn apply_palette(&self) {
        let mut state = self.state.borrow_mut();
        for index in std::mem::take(&mut state.palette) {
            if let Some(property) = look::property(index) {
                style(&self.dom.root, &property, "");
            }
        }
        let changed: Vec<(u32, u32)> =
            state.mirror.palette().iter().map(|(index, rgb)| (*index, *rgb)).collect();
        for (index, rgb) in changed {
            if let Some(property) = look::property(index) {
                let [_, r, g, b] = rgb.to_be_bytes();
                style(&self.dom.root, &property, &look::hex([r, g, b]));
                state.palette.push(index);
            }
        }
    }

    /// The bell, for the eye.
    pub(super) fn ring(&self, times: u32) {
        let now = browser::steady_millis();
        let mut state = self.state.borrow_mut();
        state.bells += u64::from(times);
        attribute(&self.dom.root, "data-bells", &state.bells.to_string());
        if state.last_bell != 0 && now < state.last_bell + BELL_EVERY {
            return;
        }
        state.last_bell = now.max(1);
        drop(state);
        let bell = self.ui.bell;
        bell.set(true);
        wasm_bindgen_futures::spawn_local(async move {
            browser::pause(BELL_FOR).await;
            // A bell that rang in a hidden tab stays in its title until somebody looks.
            if !browser::document().hidden() {
                let _ = bell.try_update(|on| *on = false);
            }
        });
    }
}

/// The oldest line that can be scrolled to: none above the alternate screen.
fn oldest(state: &State) -> u64 {
    let top = state.mirror.top();
    if state.mirror.modes() & modes::ALTERNATE_SCREEN != 0 {
        top
    } else {
        state.mirror.oldest().min(top)
    }
}
