//! Sizes: the cells that fit the page of the driver, and the size of letters with which the driver's
//! screen fits the page of a watcher. Lines are never reflowed for a watcher.

use protocol::{api::limits, mirror::Mirror};

use super::metrics::Metrics;
use crate::{browser::style, terminal::Dom};

/// Smallest size of letters, relative to their usual size.
const MIN_SCALE: f64 = 0.2;

/// Size of the letters.
#[derive(Default)]
pub struct Letters {
    /// Size of a cell at the usual size of letters, in CSS pixels.
    natural: (f64, f64),
}

impl Letters {
    /// Measures the page. Returns whether the metrics changed, and the columns and rows that fit.
    pub fn fit(
        &mut self,
        dom: &Dom,
        metrics: &mut Metrics,
        mirror: &Mirror,
        driving: bool,
    ) -> (bool, Option<(u32, u32)>) {
        let watching = !driving && !mirror.lines().is_empty();
        if !watching {
            set_scale(dom, 1.0);
        }
        let changed = metrics.measure(&dom.ruler);
        if !watching || self.natural.0 <= 0.0 {
            self.natural = (metrics.width, metrics.height);
        }
        let (width, height) = page(dom);
        if width <= 0.0 || height <= 0.0 || metrics.width <= 0.0 {
            return (changed, None);
        }
        let cells = |all: f64, one: f64, most: u16| {
            (all / one + 0.01).floor().clamp(2.0, f64::from(most)) as u32
        };
        let columns = cells(width, self.natural.0, *limits::COLUMNS.end());
        let rows = cells(height, self.natural.1, *limits::ROWS.end());
        (changed, Some((columns, rows)))
    }

    /// Shrinks the letters of a watcher so that the whole screen fits. Returns whether the metrics
    /// changed.
    pub fn scale(&self, dom: &Dom, metrics: &mut Metrics, mirror: &Mirror, driving: bool) -> bool {
        if driving || mirror.lines().is_empty() || self.natural.0 <= 0.0 {
            return false;
        }
        let screen = (mirror.columns(), mirror.lines().len());
        set_scale(dom, scale(page(dom), self.natural, screen));
        metrics.measure(&dom.ruler)
    }
}

fn page(dom: &Dom) -> (f64, f64) {
    (f64::from(dom.scroller.client_width()), f64::from(dom.scroller.client_height()))
}

fn set_scale(dom: &Dom, scale: f64) {
    let parts = (scale * 10_000.0).floor() as u32;
    let value = if parts < 10_000 { format!("0.{parts:04}") } else { String::new() };
    style(&dom.root, "--letters", &value);
}

/// Returns the scale with which a screen of `columns` × `rows` cells fits a page whose rows are aligned
/// to whole pixels.
fn scale(page: (f64, f64), cell: (f64, f64), (columns, rows): (u32, usize)) -> f64 {
    let across = page.0 / (f64::from(columns.max(1)) * cell.0);
    let down = (page.1 / rows.max(1) as f64).floor() / cell.1;
    across.min(down).clamp(MIN_SCALE, 1.0)
}

#[cfg(test)]
mod tests {
    use super::scale;

    #[test]
    fn a_larger_screen_is_scaled_to_fit() {
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
