//! Measurements of the font and the page: the size of a cell, the glyphs that are exactly as wide as their
//! cells, the cells that fit the page of the driver, and the size of letters with which the driver's screen
//! fits the page of a watcher. Lines are never reflowed for a watcher.

use std::collections::HashMap;

use protocol::{api::limits, mirror::Mirror};
use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

use crate::{
    browser::{self, style},
    terminal::Dom,
};

/// Text of the ruler: many letters, because one measures fractions of a pixel.
pub const RULER: &str = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";

/// Difference in width between a glyph and its cells that is accepted, relative to a cell.
const TOLERANCE: f64 = 0.002;

/// Glyphs whose width is cached before the cache is cleared.
const MAX_GLYPHS: usize = 8_192;

/// Smallest size of letters, relative to their usual size.
const MIN_SCALE: f64 = 0.2;

#[derive(Default)]
pub struct Metrics {
    /// Width of a cell, in CSS pixels.
    pub width: f64,
    /// Height of a row, in CSS pixels: a whole number, so that rows are aligned to pixels.
    pub height: f64,
    /// Size of a cell at the usual size of letters.
    natural: (f64, f64),
    font: String,
    canvas: Option<CanvasRenderingContext2d>,
    letter: f64,
    cached: HashMap<String, bool>,
}

impl Metrics {
    /// Measures the page. Returns whether the metrics changed, and the columns and rows that fit.
    pub fn fit(&mut self, dom: &Dom, mirror: &Mirror, driving: bool) -> (bool, Option<(u32, u32)>) {
        let watching = !driving && !mirror.lines.is_empty();
        if !watching {
            set_scale(dom, 1.0);
        }
        let changed = self.measure(&dom.ruler);
        if !watching || self.natural.0 <= 0.0 {
            self.natural = (self.width, self.height);
        }
        let (width, height) = page(dom);
        if width <= 0.0 || height <= 0.0 || self.width <= 0.0 {
            return (changed, None);
        }
        // As integers: `f64::clamp` prints its bounds on panic, and formatting a float takes 14 KB of wasm.
        let cells =
            |all: f64, one: f64, most: u16| ((all / one + 0.01) as u32).clamp(2, most.into());
        let columns = cells(width, self.natural.0, *limits::COLUMNS.end());
        let rows = cells(height, self.natural.1, *limits::ROWS.end());
        (changed, Some((columns, rows)))
    }

    /// Shrinks the letters of a watcher so that the whole screen fits. Returns whether the metrics
    /// changed.
    pub fn scale(&mut self, dom: &Dom, mirror: &Mirror, driving: bool) -> bool {
        if driving || mirror.lines.is_empty() || self.natural.0 <= 0.0 {
            return false;
        }
        let screen = (mirror.columns, mirror.lines.len());
        set_scale(dom, scale(page(dom), self.natural, screen));
        self.measure(&dom.ruler)
    }

    /// Measures the font. Returns whether anything changed.
    pub fn measure(&mut self, ruler: &Element) -> bool {
        let rect = ruler.get_bounding_client_rect();
        let width = rect.width() / RULER.len() as f64;
        let height = rect.height().round().max(1.0);
        let font = font(ruler);
        if width <= 0.0 || ((width, height) == (self.width, self.height) && font == self.font) {
            return false;
        }
        (self.width, self.height) = (width, height);
        self.font = font;
        self.cached.clear();
        if self.canvas.is_none() {
            let canvas = browser::document().create_element("canvas").ok();
            let canvas = canvas.and_then(|it| it.dyn_into::<HtmlCanvasElement>().ok());
            let context = canvas.and_then(|it| it.get_context("2d").ok().flatten());
            self.canvas = context.and_then(|it| it.dyn_into().ok());
        }
        if let Some(canvas) = &self.canvas {
            canvas.set_font(&self.font);
        }
        self.letter = self.advance("W").unwrap_or_default();
        true
    }

    /// Returns whether a glyph is exactly as wide as `cells` cells; false if it cannot be measured.
    pub fn fits(&mut self, glyph: &str, cells: u32) -> bool {
        if let Some(cached) = self.cached.get(glyph) {
            return *cached;
        }
        if self.cached.len() >= MAX_GLYPHS {
            self.cached.clear();
        }
        let want = self.letter * f64::from(cells);
        let fits = self
            .advance(glyph)
            .is_some_and(|advance| want > 0.0 && (advance - want).abs() <= self.letter * TOLERANCE);
        self.cached.insert(glyph.into(), fits);
        fits
    }

    fn advance(&self, text: &str) -> Option<f64> {
        self.canvas.as_ref()?.measure_text(text).ok().map(|metrics| metrics.width())
    }
}

fn font(element: &Element) -> String {
    let style = browser::window().get_computed_style(element).ok().flatten();
    let get = |name: &str| {
        style.as_ref().and_then(|style| style.get_property_value(name).ok()).unwrap_or_default()
    };
    format!("{} {}", get("font-size"), get("font-family"))
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
