//! The screen on the page: rows, cursor, scroll area, colours, and the attributes that tests and tools
//! read.

use protocol::{
    mirror::{Change, Mirror},
    modes, style as styles,
    wire::History,
};

use super::{metrics::Metrics, painter::Painter};
use crate::{
    browser::{self, attribute, style},
    terminal::{
        Dom,
        model::{
            css::{self, px},
            scrollback::{Scrollback, Viewport},
            spans::cell_at,
        },
    },
};

pub struct Screen {
    dom: Dom,
    /// Scroll position.
    pub view: Viewport,
    pub metrics: Metrics,
    /// The text field is under the pointer instead of at the cursor.
    pub field_is_lent: bool,
    scrollback: Scrollback,
    painter: Painter,
    /// Counts whole screens: style numbers are not comparable across them.
    table: u64,
    /// First line of the screen before the latest frame.
    top: u64,
    /// Colours that the program set as custom properties of the terminal.
    palette: Vec<u32>,
}

impl Screen {
    pub fn new(dom: Dom) -> Self {
        Self {
            view: Viewport::default(),
            metrics: Metrics::default(),
            field_is_lent: false,
            scrollback: Scrollback::default(),
            painter: Painter::new(browser::document(), dom.rows.clone()),
            table: 0,
            top: 0,
            palette: Vec::new(),
            dom,
        }
    }

    /// Cancels the requests for history, which are lost with the connection.
    pub fn disconnected(&mut self) {
        self.scrollback.disconnected();
    }

    pub fn receive(&mut self, history: History) {
        self.scrollback.receive(history);
    }

    /// Adopts a change of the mirror. Returns whether output arrived below the visible lines.
    pub fn changed(&mut self, mirror: &Mirror, change: &Change, driving: bool) -> bool {
        if change.reset {
            self.table += 1;
            self.scrollback.enter(mirror.epoch);
            self.view.follow = true;
            self.scale(mirror, driving);
        }
        if change.palette || change.reset {
            self.apply_palette(mirror);
        }
        let before = std::mem::replace(&mut self.top, mirror.top);
        !self.view.follow && mirror.top > before
    }

    /// Adapts to the size of the page. Returns the columns and rows that fit it.
    pub fn resize(&mut self, mirror: &Mirror, driving: bool) -> Option<(u32, u32)> {
        let (changed, size) = self.metrics.fit(&self.dom, mirror, driving);
        if changed {
            self.measured();
        }
        let size = size?;
        self.view.height = f64::from(self.dom.scroller.client_height());
        self.scale(mirror, driving);
        Some(size)
    }

    fn scale(&mut self, mirror: &Mirror, driving: bool) {
        if self.metrics.scale(&self.dom, mirror, driving) {
            self.measured();
        }
    }

    fn measured(&mut self) {
        style(&self.dom.root, "--row", &px(self.metrics.height));
        style(&self.dom.root, "--cell", &px(self.metrics.width));
        self.view.row = self.metrics.height;
        self.painter.forget();
    }

    /// Paints the mirror. Returns the first and the number of the lines of history to request.
    pub fn paint(&mut self, mirror: &Mirror, driving: bool) -> Option<(u64, u32)> {
        if mirror.lines.is_empty() || self.metrics.width <= 0.0 {
            return None;
        }
        let top = mirror.top;
        let oldest = oldest(mirror);
        self.view.settle(oldest, top);
        let rows = mirror.lines.len() as u64;
        let bottom = self.view.bottom(top, rows);
        let width = px(f64::from(mirror.columns) * self.metrics.width);
        style(&self.dom.area, "min-width", if driving { "" } else { width.as_str() });
        style(&self.dom.area, "height", &px(self.view.area(top, rows)));
        if self.view.follow {
            let bottom = bottom.round() as i32;
            if self.dom.scroller.scroll_top() != bottom {
                self.dom.scroller.set_scroll_top(bottom);
            }
        }
        let lines = self.view.lines(f64::from(self.dom.scroller.scroll_top()), top, rows);
        let offset = lines.start.saturating_sub(self.view.base);
        let shift = offset as f64 * self.view.row;
        style(&self.dom.rows, "transform", &format!("translateY({})", px(shift)));
        let count = usize::try_from(lines.end - lines.start).unwrap_or_default();
        let (scrollback, table) = (&self.scrollback, self.table);
        // Style tables of the screen have even numbers, those of history odd ones.
        let source = |id: u64| match id.checked_sub(top).and_then(|row| usize::try_from(row).ok()) {
            Some(row) => mirror.lines.get(row).map(|line| (line, table * 2)),
            None => scrollback.line(id).map(|kept| (&kept.line, kept.table * 2 + 1)),
        };
        let style_of = |id: u64, table: u64, index: u32| {
            if table.is_multiple_of(2) {
                return mirror.style(index);
            }
            let index = usize::try_from(index).unwrap_or(usize::MAX);
            scrollback.line(id).and_then(|kept| kept.styles.get(index)).cloned().unwrap_or_default()
        };
        self.painter.render(lines.start, count, &mut self.metrics, source, style_of);
        let missing = (lines.start < top)
            .then(|| self.scrollback.request(lines.start..lines.end.min(top), oldest..top))
            .flatten();
        self.place_cursor(mirror);
        self.publish(mirror, lines.start, oldest);
        missing
    }

    fn place_cursor(&self, mirror: &Mirror) {
        let cursor = mirror.cursor;
        let row = usize::try_from(cursor.row).unwrap_or(usize::MAX);
        let line = mirror.lines.get(row).cloned().unwrap_or_default();
        let (text, width, index) = cell_at(&line, cursor.column);
        let above = mirror.top - self.view.base.min(mirror.top) + u64::from(cursor.row);
        let y = above as f64 * self.view.row;
        let x = f64::from(cursor.column) * self.metrics.width;
        let transform = format!("translate({},{})", px(x), px(y));
        let shape = match cursor.style & 7 {
            0 => "hidden",
            2 => "underline",
            3 => "beam",
            _ => "block",
        };
        let blink = if cursor.style & 8 != 0 { " blinking" } else { "" };
        let element = &self.dom.cursor;
        element.set_class_name(&format!("cursor {shape}{blink}"));
        style(element, "transform", &transform);
        style(element, "width", &px(f64::from(width) * self.metrics.width));
        element.set_text_content((shape == "block").then_some(text.as_str()));
        let bold = mirror.style(index).flags & styles::BOLD != 0;
        style(element, "font-weight", if bold { "bold" } else { "" });
        style(&self.dom.preedit, "transform", &transform);
        if !self.field_is_lent {
            style(&self.dom.keyboard, "transform", &transform);
        }
    }

    /// Sets the attributes that tests and tools read.
    fn publish(&self, mirror: &Mirror, first: u64, oldest: u64) {
        let cursor = mirror.cursor;
        for (name, value) in [
            ("data-columns", mirror.columns.to_string()),
            ("data-rows", mirror.lines.len().to_string()),
            ("data-cursor", format!("{},{},{}", cursor.column, cursor.row, cursor.style)),
            ("data-modes", mirror.modes.to_string()),
            ("data-epoch", mirror.epoch.to_string()),
            ("data-revision", mirror.revision.to_string()),
            ("data-hash", format!("{:016x}", mirror.hash())),
            ("data-first", first.to_string()),
            ("data-oldest", oldest.to_string()),
            ("data-cell-width", px(self.metrics.width).trim_end_matches("px").into()),
        ] {
            attribute(&self.dom.root, name, &value);
        }
    }

    /// Adopts the scroll position. Returns whether the screen is followed.
    pub fn scrolled(&mut self, mirror: &Mirror) -> bool {
        let at = f64::from(self.dom.scroller.scroll_top());
        let painted = f64::from(self.dom.scroller.scroll_height()) - self.view.height;
        self.view.follow = at >= painted - 1.0 || oldest(mirror) >= mirror.top;
        self.view.follow
    }

    /// Stops following the screen if there are lines above it.
    pub fn hold(&mut self, mirror: &Mirror) {
        if oldest(mirror) < mirror.top {
            self.view.follow = false;
        }
    }

    /// Moves the scroll position by pages of the screen, up when negative.
    pub fn scroll_by(&self, mirror: &Mirror, pages: i32) {
        let rows = mirror.lines.len().saturating_sub(1).max(1);
        let step = (rows as f64 * self.view.row * f64::from(pages)).round() as i32;
        self.dom.scroller.set_scroll_top(self.dom.scroller.scroll_top() + step);
    }

    /// Returns the cell at a point of the window, clamped to the screen; none while scrolled away.
    pub fn cell(&self, mirror: &Mirror, (x, y): (i32, i32)) -> Option<(u32, u32)> {
        let rect = self.dom.rows.get_bounding_client_rect();
        if self.metrics.width <= 0.0 || !self.view.follow {
            return None;
        }
        // The cast maps negative values to 0.
        let at = |pixels: f64, size: f64, count: u32| {
            ((pixels / size) as u32).min(count.saturating_sub(1))
        };
        let rows = u32::try_from(mirror.lines.len()).unwrap_or(u32::MAX);
        Some((
            at(f64::from(x) - rect.left(), self.metrics.width, mirror.columns),
            at(f64::from(y) - rect.top(), self.metrics.height, rows),
        ))
    }

    /// Sets the colours that the program changed, and resets the others to the theme's.
    fn apply_palette(&mut self, mirror: &Mirror) {
        for property in std::mem::take(&mut self.palette).into_iter().filter_map(css::property) {
            style(&self.dom.root, &property, "");
        }
        for (index, rgb) in &mirror.palette {
            if let Some(property) = css::property(*index) {
                let [_, r, g, b] = rgb.to_be_bytes();
                style(&self.dom.root, &property, &css::hex([r, g, b]));
                self.palette.push(*index);
            }
        }
    }
}

/// Returns the oldest line that can be scrolled to: none above the alternate screen.
fn oldest(mirror: &Mirror) -> u64 {
    if mirror.modes & modes::ALTERNATE_SCREEN != 0 {
        mirror.top
    } else {
        mirror.oldest.min(mirror.top)
    }
}
