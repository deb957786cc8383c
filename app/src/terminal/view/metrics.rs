//! Measurements of the font: the size of a cell, and the glyphs that are exactly as wide as their cells.

use std::collections::HashMap;

use wasm_bindgen::JsCast;
use web_sys::{CanvasRenderingContext2d, Element, HtmlCanvasElement};

use crate::browser;

/// Text of the ruler: many letters, because one measures fractions of a pixel.
pub const RULER: &str = "WWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWWW";

/// Difference in width between a glyph and its cells that is accepted, relative to a cell.
const TOLERANCE: f64 = 0.002;

/// Glyphs whose width is cached before the cache is cleared.
const MAX_GLYPHS: usize = 8_192;

/// Measurements of the font in use.
#[derive(Default)]
pub struct Metrics {
    /// Width of a cell, in CSS pixels.
    pub width: f64,
    /// Height of a row, in CSS pixels: a whole number, so that rows are aligned to pixels.
    pub height: f64,
    font: String,
    canvas: Option<CanvasRenderingContext2d>,
    letter: f64,
    cached: HashMap<String, bool>,
}

impl Metrics {
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
