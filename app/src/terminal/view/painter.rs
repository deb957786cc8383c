//! Rows of the page: one element per line, changed only with its content; a scroll moves elements. It
//! knows lines and styles, but no session.

use std::{
    collections::{HashMap, VecDeque},
    rc::Rc,
};

use protocol::{line::Line, style::Style};
use wasm_bindgen::JsCast;
use web_sys::{Document, Element, HtmlElement};

use super::metrics::Metrics;
use crate::{
    browser::attribute,
    terminal::model::{css, spans::spans},
};

/// Styles cached before the cache is cleared.
const MAX_STYLES: usize = 8_192;

struct Row {
    element: Element,
    id: u64,
    /// Painted content; none if the row must be rebuilt.
    painted: Option<(Line, u64)>,
    missing: bool,
    wrapped: bool,
}

struct RowStyle {
    css: String,
    link: String,
}

pub struct Painter {
    document: Document,
    container: Element,
    rows: VecDeque<Row>,
    styles: HashMap<(u64, u32), Rc<RowStyle>>,
}

impl Painter {
    pub fn new(document: Document, container: Element) -> Self {
        Self { document, container, rows: VecDeque::new(), styles: HashMap::new() }
    }

    /// Rebuilds all rows next time, for example after a change of the font.
    pub fn forget(&mut self) {
        self.rows.iter_mut().for_each(|row| row.painted = None);
        self.styles.clear();
    }

    /// Paints `count` lines from `first`. `source` returns a line with the number of its style table, or
    /// none if it is not fetched yet; `style_of` returns a style of a table.
    pub fn render<'a>(
        &mut self,
        first: u64,
        count: usize,
        metrics: &mut Metrics,
        source: impl Fn(u64) -> Option<(&'a Line, u64)>,
        style_of: impl Fn(u64, u64, u32) -> Style,
    ) {
        self.shift(first, count);
        self.set_count(count);
        if self.styles.len() > MAX_STYLES {
            self.styles.clear();
        }
        let mut rows = std::mem::take(&mut self.rows);
        for (row, id) in rows.iter_mut().zip(first..) {
            row.id = id;
            let (found, empty) = (source(id), Line::default());
            set(&row.element, "data-missing", &mut row.missing, found.is_none());
            let (line, table) = found.unwrap_or((&empty, 0));
            let same = row.painted.as_ref().is_some_and(|(painted, from)| {
                painted == line && (*from == table || line.runs.is_empty())
            });
            if !same {
                set(&row.element, "data-wrapped", &mut row.wrapped, line.wrapped);
                let style_of = |style| (table, style_of(id, table, style));
                self.build(&row.element, line, metrics, style_of);
                row.painted = Some((line.clone(), table));
            }
        }
        self.rows = rows;
    }

    /// Moves elements so that lines that stay visible keep them.
    fn shift(&mut self, first: u64, count: usize) {
        let Some(old) = self.rows.front().map(|row| row.id) else { return };
        let down = usize::try_from(first.saturating_sub(old)).unwrap_or(usize::MAX);
        let up = usize::try_from(old.saturating_sub(first)).unwrap_or(usize::MAX);
        if down.max(up) >= self.rows.len().min(count) {
            return;
        }
        for _ in 0..down {
            if let Some(row) = self.rows.pop_front() {
                let _ = self.container.append_child(&row.element);
                self.rows.push_back(row);
            }
        }
        for _ in 0..up {
            if let Some(row) = self.rows.pop_back() {
                let before = self.container.first_child();
                let _ = self.container.insert_before(&row.element, before.as_ref());
                self.rows.push_front(row);
            }
        }
    }

    fn set_count(&mut self, count: usize) {
        while self.rows.len() > count {
            if let Some(row) = self.rows.pop_back() {
                row.element.remove();
            }
        }
        while self.rows.len() < count {
            let Ok(element) = self.document.create_element("div") else { return };
            element.set_class_name("row");
            attribute(&element, "data-testid", "row");
            let _ = self.container.append_child(&element);
            let row = Row { element, id: 0, painted: None, missing: false, wrapped: false };
            self.rows.push_back(row);
        }
    }

    fn build(
        &mut self,
        element: &Element,
        line: &Line,
        metrics: &mut Metrics,
        style_of: impl Fn(u32) -> (u64, Style),
    ) {
        let spans = spans(line, |glyph, cells| metrics.fits(glyph, cells));
        if let [only] = spans.as_slice()
            && only.style == 0
            && !only.boxed
        {
            return element.set_text_content(Some(&only.text));
        }
        element.set_text_content(None);
        for span in spans {
            if span.style == 0 && !span.boxed {
                let _ = element.append_with_str_1(&span.text);
                continue;
            }
            let style = self.style(span.style, &style_of);
            let linked = !style.link.is_empty();
            let Ok(part) = self.document.create_element(if linked { "a" } else { "span" }) else {
                continue;
            };
            if let Some(part) = part.dyn_ref::<HtmlElement>() {
                let width = f64::from(span.cells) * metrics.width;
                part.style().set_css_text(&format!("{}width:{}", style.css, css::px(width)));
            }
            if span.boxed {
                part.set_class_name("box");
            }
            if linked {
                attribute(&part, "href", &style.link);
                attribute(&part, "rel", "noopener noreferrer");
                attribute(&part, "target", "_blank");
                attribute(&part, "draggable", "false");
                attribute(&part, "tabindex", "-1");
            }
            part.set_text_content(Some(&span.text));
            let _ = element.append_child(&part);
        }
    }

    fn style(&mut self, index: u32, style_of: &impl Fn(u32) -> (u64, Style)) -> Rc<RowStyle> {
        let (table, style) = style_of(index);
        let make = || {
            let link = if css::safe_link(&style.link) { style.link.clone() } else { String::new() };
            Rc::new(RowStyle { css: css::css(&style), link })
        };
        Rc::clone(self.styles.entry((table, index)).or_insert_with(make))
    }
}

/// Sets or removes an attribute if it changes.
fn set(element: &Element, name: &str, is: &mut bool, on: bool) {
    if *is != on {
        *is = on;
        let _ = element.toggle_attribute_with_force(name, on);
    }
}
