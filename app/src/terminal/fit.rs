//! How large things are: how many cells fit the page of who drives, and how small letters must be so
//! that another client's screen fits the page of who watches. Nothing is ever reflowed for a watcher.

use crate::{
    browser::style,
    terminal::{look::px, widget::Widget},
};

/// Smallest letters, as a part of their usual size.
const SMALLEST: f64 = 0.2;

impl Widget {
    /// The page, or the font, has another size.
    pub(super) fn resized(&self) {
        {
            let mut state = self.state.borrow_mut();
            let state = &mut *state;
            let watching = !state.driving && !state.mirror.lines().is_empty();
            if !watching {
                self.letters(1.0);
            }
            if state.metrics.measure(&self.dom.ruler) {
                self.measured(state);
            }
            if !watching || state.natural.0 <= 0.0 {
                state.natural = (state.metrics.width, state.metrics.height);
            }
            let width = f64::from(self.dom.scroller.client_width());
            let height = f64::from(self.dom.scroller.client_height());
            if width <= 0.0 || height <= 0.0 || state.metrics.width <= 0.0 {
                return;
            }
            state.view.height = height;
            let cells =
                |all: f64, one: f64, most: f64| (all / one + 0.01).floor().clamp(2.0, most) as u32;
            state.fitting = Some((
                cells(width, state.natural.0, 1_000.0),
                cells(height, state.natural.1, 500.0),
            ));
        }
        self.scale();
        self.tell_size();
        self.paint_soon();
    }

    /// Makes letters so small that the whole screen of who drives is seen; as large as usual when this
    /// page drives.
    pub(super) fn scale(&self) {
        let mut state = self.state.borrow_mut();
        let state = &mut *state;
        if state.driving || state.mirror.lines().is_empty() || state.natural.0 <= 0.0 {
            return;
        }
        let page = (
            f64::from(self.dom.scroller.client_width()),
            f64::from(self.dom.scroller.client_height()),
        );
        let screen = (state.mirror.columns(), state.mirror.lines().len());
        self.letters(scale(page, state.natural, screen));
        if state.metrics.measure(&self.dom.ruler) {
            self.measured(state);
        }
    }

    fn measured(&self, state: &mut super::parts::State) {
        style(&self.dom.root, "--row", &px(state.metrics.height));
        style(&self.dom.root, "--cell", &px(state.metrics.width));
        state.view.row = state.metrics.height;
        state.painter.forget();
    }

    fn letters(&self, scale: f64) {
        let parts = (scale * 10_000.0).floor() as u32;
        let value = if parts < 10_000 { format!("0.{parts:04}") } else { String::new() };
        style(&self.dom.root, "--letters", &value);
    }
}

/// By how much letters shrink so that a screen of `columns` × `rows` cells fits a page, whose rows stand
/// on whole pixels.
fn scale(page: (f64, f64), cell: (f64, f64), (columns, rows): (u32, usize)) -> f64 {
    let across = page.0 / (f64::from(columns.max(1)) * cell.0);
    let down = (page.1 / rows.max(1) as f64).floor() / cell.1;
    across.min(down).clamp(SMALLEST, 1.0)
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn a_larger_screen_is_made_to_fit() {
        for (page, cell, screen, expected) in [
            ((900.0, 600.0), (9.0, 20.0), (80, 24), 1.0),
            ((900.0, 600.0), (9.0, 20.0), (200, 24), 0.5),
            ((900.0, 600.0), (9.0, 20.0), (100, 60), 0.5),
            // 31 rows: 19.35 pixels each, so 19.
            ((900.0, 600.0), (9.0, 20.0), (10, 31), 0.95),
            ((390.0, 600.0), (9.0, 20.0), (1000, 24), 0.2),
        ] {
            assert_eq!(scale(page, cell, screen), expected, "{screen:?}");
        }
    }
}
