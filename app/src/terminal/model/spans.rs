//! Spans of a line: stretches of one style, and boxes of a fixed width for glyphs that may not have the
//! width of their cells. Pure.

use protocol::line::{Line, cells};

/// Stretch of a row.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Span {
    pub text: String,
    /// Index into the line's style table.
    pub style: u32,
    /// Width in cells.
    pub cells: u32,
    /// Its single glyph may not have the width of its cells.
    pub boxed: bool,
}

/// Returns the spans of `line`. `fits` returns whether a glyph is exactly as wide as its cells.
pub fn spans(line: &Line, mut fits: impl FnMut(&str, u32) -> bool) -> Vec<Span> {
    let mut spans: Vec<Span> = Vec::new();
    for cell in cells(line) {
        let plain = cell.text.is_ascii() || fits(cell.text, cell.width);
        match spans.last_mut() {
            Some(last) if plain && !last.boxed && last.style == cell.style => {
                last.text.push_str(cell.text);
                last.cells += cell.width;
            }
            _ => spans.push(Span {
                text: cell.text.into(),
                style: cell.style,
                cells: cell.width,
                boxed: !plain,
            }),
        }
    }
    spans
}

/// Returns the text, width and style of the cell at `column`; a blank beyond the end of the line.
pub fn cell_at(line: &Line, column: u32) -> (String, u32, u32) {
    let mut at = 0;
    for cell in cells(line) {
        if (at..at + cell.width).contains(&column) {
            return (cell.text.into(), cell.width, cell.style);
        }
        at += cell.width;
    }
    (" ".into(), 1, 0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use protocol::line::{Cell, LineBuilder};

    fn line(cells: &[(&str, u32, u32)]) -> Line {
        let mut builder = LineBuilder::default();
        for &(text, width, style) in cells {
            builder.push(Cell { text, width, style });
        }
        builder.finish(false)
    }

    fn span(text: &str, style: u32, cells: u32, boxed: bool) -> Span {
        Span { text: text.into(), style, cells, boxed }
    }

    #[test]
    fn equal_styles_share_a_span_and_uncertain_glyphs_get_a_box() {
        let line = line(&[
            ("l", 1, 0),
            ("s", 1, 0),
            ("a", 1, 4),
            ("漢", 2, 4),
            ("é", 1, 4),
            ("b", 1, 4),
            ("e\u{301}", 1, 0),
        ]);
        assert_eq!(
            spans(&line, |glyph, _| glyph == "é"),
            [
                span("ls", 0, 2, false),
                span("a", 4, 1, false),
                span("漢", 4, 2, true),
                span("éb", 4, 2, false),
                span("e\u{301}", 0, 1, true),
            ]
        );
    }

    #[test]
    fn the_text_of_all_spans_is_the_text_of_the_cells() {
        let line = line(&[("─", 1, 2); 20]);
        let text: String = spans(&line, |_, _| false).into_iter().map(|span| span.text).collect();
        assert_eq!(text, "─".repeat(20));
    }

    #[test]
    fn the_cell_under_the_cursor() {
        let line = line(&[("a", 1, 0), ("漢", 2, 1)]);
        let cell = |column| cell_at(&line, column);
        assert_eq!(cell(0), ("a".into(), 1, 0));
        assert_eq!(cell(2), ("漢".into(), 2, 1));
        assert_eq!(cell(9), (" ".into(), 1, 0));
    }
}
