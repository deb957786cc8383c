//! Lines of cells in their wire form: text and runs. Only this module builds, reads and splices them,
//! so that a session and its mirrors encode equal cells as equal bytes.
//!
//! Runs are pairs `count, style << 3 | kind`. Text after the last run is narrow and of style 0.

pub use crate::wire::Line;

/// `count` characters, one cell each.
pub const NARROW: u32 = 0;
/// `count` characters, two cells each.
pub const WIDE: u32 = 1;
/// `count` characters that share one cell: a base and its marks.
pub const CLUSTER: u32 = 2;
/// `count` characters that share two cells.
pub const WIDE_CLUSTER: u32 = 3;
/// One character, repeated over `count` cells.
pub const REPEAT: u32 = 4;

/// Longest line that is read, in cells; the rest of a longer line is ignored.
pub const MAX_COLUMNS: u32 = 4096;

/// Repetitions from which a character becomes a [`REPEAT`] run.
const REPEAT_FROM: u32 = 8;

/// One cell, or the two of a wide character.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Cell<'a> {
    /// A base character with its marks; a blank is one space.
    pub text: &'a str,
    /// 1 or 2 cells.
    pub width: u32,
    /// Index into the style table.
    pub style: u32,
}

impl Cell<'_> {
    /// A blank of the default style.
    pub const BLANK: Cell<'static> = Cell { text: " ", width: 1, style: 0 };
}

/// Iterator over the cells of a line. Malformed runs end it.
#[derive(Clone, Debug)]
pub struct Cells<'a> {
    text: &'a str,
    runs: std::slice::ChunksExact<'a, u32>,
    kind: u32,
    style: u32,
    left: u32,
    columns: u32,
}

/// Returns the cells of `line`, left to right.
pub fn cells(line: &Line) -> Cells<'_> {
    cells_of(&line.text, &line.runs)
}

/// Returns the cells of the parts of a `Row`, as [`cells`].
pub fn cells_of<'a>(text: &'a str, runs: &'a [u32]) -> Cells<'a> {
    Cells { text, runs: runs.chunks_exact(2), kind: NARROW, style: 0, left: 0, columns: 0 }
}

impl<'a> Iterator for Cells<'a> {
    type Item = Cell<'a>;

    fn next(&mut self) -> Option<Cell<'a>> {
        if self.columns >= MAX_COLUMNS {
            return None;
        }
        while self.left == 0 {
            match self.runs.next() {
                Some([count, head]) => {
                    (self.kind, self.style, self.left) = (head & 7, head >> 3, *count);
                }
                _ => (self.kind, self.style, self.left) = (NARROW, 0, u32::MAX),
            }
        }
        let first = self.text.chars().next()?;
        let (bytes, width) = match self.kind {
            NARROW | REPEAT => (first.len_utf8(), 1),
            WIDE => (first.len_utf8(), 2),
            CLUSTER | WIDE_CLUSTER => {
                let chars = usize::try_from(self.left).unwrap_or(usize::MAX);
                let end = self.text.char_indices().nth(chars).map_or(self.text.len(), |(at, _)| at);
                self.left = 1;
                (end, if self.kind == CLUSTER { 1 } else { 2 })
            }
            _ => return None,
        };
        self.left -= 1;
        let text = self.text.get(..bytes)?;
        if self.kind != REPEAT || self.left == 0 {
            self.text = self.text.get(bytes..)?;
        }
        self.columns += width;
        Some(Cell { text, width, style: self.style })
    }
}

/// Returns the width of `line` in cells, without trimmed trailing blanks.
pub fn columns(line: &Line) -> u32 {
    cells(line).map(|cell| cell.width).sum()
}

/// Builds lines in canonical form: equal cells become equal bytes, trailing blanks of style 0 are dropped.
#[derive(Debug, Default)]
pub struct LineBuilder {
    line: Line,
    columns: u32,
    /// Blanks of style 0 that are not written yet, because they may be trailing.
    blanks: u32,
    kind: u32,
    style: u32,
    count: u32,
    /// Repetitions of the character at the end of a narrow run.
    same: u32,
}

impl LineBuilder {
    pub fn columns(&self) -> u32 {
        self.columns
    }

    /// Appends a cell; `text` must not be empty.
    pub fn push(&mut self, cell: Cell<'_>) {
        self.columns += cell.width;
        if cell == Cell::BLANK {
            self.blanks += 1;
            return;
        }
        for _ in 0..std::mem::take(&mut self.blanks) {
            self.write(Cell::BLANK);
        }
        self.write(cell);
    }

    /// Appends blanks of style 0 up to `column`.
    pub fn pad_to(&mut self, column: u32) {
        let missing = column.min(MAX_COLUMNS).saturating_sub(self.columns);
        self.blanks += missing;
        self.columns += missing;
    }

    fn write(&mut self, cell: Cell<'_>) {
        let mut chars = cell.text.chars();
        let single = chars.next().is_some() && chars.next().is_none();
        match (single, cell.width) {
            (true, 1) => self.write_narrow(cell),
            (true, _) => {
                self.continue_run(WIDE, cell.style);
                self.count += 1;
                self.line.text.push_str(cell.text);
            }
            (false, width) => {
                self.flush();
                self.kind = if width == 1 { CLUSTER } else { WIDE_CLUSTER };
                self.style = cell.style;
                self.count = u32::try_from(cell.text.chars().count()).unwrap_or(u32::MAX);
                self.line.text.push_str(cell.text);
                self.flush();
            }
        }
    }

    fn write_narrow(&mut self, cell: Cell<'_>) {
        let again =
            self.count > 0 && self.style == cell.style && self.line.text.ends_with(cell.text);
        if again && self.kind == REPEAT {
            self.count += 1;
            return;
        }
        self.continue_run(NARROW, cell.style);
        self.same = if again && self.count > 0 { self.same + 1 } else { 1 };
        self.count += 1;
        self.line.text.push_str(cell.text);
        if self.same == REPEAT_FROM {
            self.count -= REPEAT_FROM;
            let extra = cell.text.len() * (REPEAT_FROM as usize - 1);
            self.line.text.truncate(self.line.text.len() - extra);
            self.flush();
            (self.kind, self.style, self.count) = (REPEAT, cell.style, REPEAT_FROM);
        }
    }

    fn continue_run(&mut self, kind: u32, style: u32) {
        if self.kind != kind || self.style != style {
            self.flush();
            (self.kind, self.style) = (kind, style);
        }
    }

    fn flush(&mut self) {
        if self.count > 0 {
            self.line.runs.extend([self.count, self.style << 3 | self.kind]);
        }
        (self.count, self.same) = (0, 0);
    }

    /// Returns a part of a line for a `Row`, with the blanks at its end, because they overwrite.
    pub fn finish_part(mut self) -> Line {
        for _ in 0..std::mem::take(&mut self.blanks) {
            self.write(Cell::BLANK);
        }
        self.finish(false)
    }

    /// Returns the line. A redundant last run (narrow, style 0) is omitted.
    pub fn finish(mut self, wrapped: bool) -> Line {
        if self.kind == NARROW && self.style == 0 {
            self.count = 0;
        }
        self.flush();
        self.line.wrapped = wrapped;
        self.line
    }
}

/// Returns `old` with the cells of `text` and `runs` at `column`. The rest of `old` right of them stays
/// if `keep`; otherwise the line ends there. A remaining half of a wide character becomes a blank.
pub fn splice(
    old: &Line,
    column: u32,
    text: &str,
    runs: &[u32],
    keep: bool,
    wrapped: bool,
) -> Line {
    let mut builder = LineBuilder::default();
    for cell in cells(old) {
        if builder.columns() + cell.width > column {
            break;
        }
        builder.push(cell);
    }
    builder.pad_to(column);
    for cell in cells_of(text, runs) {
        builder.push(cell);
    }
    if keep {
        let end = builder.columns();
        let mut at = 0;
        for cell in cells(old) {
            if at >= end {
                builder.pad_to(at);
                builder.push(cell);
            }
            at += cell.width;
        }
    }
    builder.finish(wrapped)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn build(cells: &[(&str, u32, u32)]) -> Line {
        let mut builder = LineBuilder::default();
        for &(text, width, style) in cells {
            builder.push(Cell { text, width, style });
        }
        builder.finish(false)
    }

    #[test]
    fn plain_text_has_no_runs_and_no_trailing_blanks() {
        let line = build(&[("l", 1, 0), ("s", 1, 0), (" ", 1, 0), (" ", 1, 0)]);
        assert_eq!((line.text.as_str(), line.runs.len()), ("ls", 0));
    }

    #[test]
    fn styled_blanks_stay() {
        let line = build(&[("a", 1, 0), (" ", 1, 2)]);
        assert_eq!((line.text.as_str(), line.runs), ("a ", vec![1, NARROW, 1, 2 << 3 | NARROW]));
    }

    #[test]
    fn repeats_cost_one_character() {
        let line = build(&[("─", 1, 3); 70]);
        assert_eq!((line.text.as_str(), line.runs), ("─", vec![70, 3 << 3 | REPEAT]));
    }

    #[test]
    fn wide_characters_and_clusters_keep_their_width() {
        let line = build(&[("漢", 2, 0), ("e\u{301}", 1, 0), ("👨‍👩‍👧", 2, 1), ("x", 1, 0)]);
        assert_eq!(columns(&line), 6);
        let widths: Vec<_> = cells(&line).map(|cell| (cell.text.to_owned(), cell.width)).collect();
        assert_eq!(widths[2], ("👨‍👩‍👧".to_owned(), 2));
    }

    #[test]
    fn splicing_over_half_a_wide_character_leaves_a_blank() {
        let old = build(&[("漢", 2, 0), ("b", 1, 0)]);
        let new = splice(&old, 1, "x", &[], true, false);
        assert_eq!(new.text, " xb");
        let new = splice(&old, 0, "x", &[], true, false);
        assert_eq!(new.text, "x b");
    }

    #[test]
    fn malformed_runs_end_the_walk() {
        let line = Line { text: "abc".into(), runs: vec![2, 7, 9], wrapped: false };
        assert_eq!(cells(&line).count(), 0);
        let endless = Line { text: "a".into(), runs: vec![u32::MAX, REPEAT], wrapped: false };
        assert_eq!(cells(&endless).count(), MAX_COLUMNS as usize);
    }

    fn any_cell() -> impl Strategy<Value = (&'static str, u32, u32)> {
        let texts = prop_oneof![
            Just((" ", 1)),
            Just(("a", 1)),
            Just(("b", 1)),
            Just(("─", 1)),
            Just(("漢", 2)),
            Just(("e\u{301}", 1)),
            Just(("👍🏽", 2)),
        ];
        (texts, 0u32..3, 1usize..12).prop_map(|((text, width), style, _)| (text, width, style))
    }

    proptest! {
        #[test]
        fn cells_come_back(cells_in in prop::collection::vec(any_cell(), 0..60)) {
            let line = build(&cells_in);
            let mut out: Vec<_> = cells(&line).map(|c| (c.text, c.width, c.style)).collect();
            let mut expected = cells_in.clone();
            while expected.last() == Some(&(" ", 1, 0)) { expected.pop(); }
            while out.last() == Some(&(" ", 1, 0)) { out.pop(); }
            prop_assert_eq!(out, expected);
        }

        #[test]
        fn a_splice_of_a_part_equals_the_whole(
            before in prop::collection::vec(any_cell(), 0..30),
            part in prop::collection::vec(any_cell(), 1..10),
            after in prop::collection::vec(any_cell(), 0..30),
        ) {
            let width = |cells: &[(&str, u32, u32)]| cells.iter().map(|c| c.1).sum::<u32>();
            let filler = vec![("x", 1, 1); width(&part) as usize];
            let old = build(&[before.clone(), filler, after.clone()].concat());
            let whole = build(&[before.clone(), part.clone(), after].concat());
            let mut piece = LineBuilder::default();
            for &(text, width, style) in &part {
                piece.push(Cell { text, width, style });
            }
            let piece = piece.finish_part();
            let spliced = splice(&old, width(&before), &piece.text, &piece.runs, true, false);
            prop_assert_eq!(spliced, whole);
        }

        #[test]
        fn walking_anything_never_panics(text in ".{0,40}", runs in prop::collection::vec(any::<u32>(), 0..8)) {
            let line = Line { text, runs, wrapped: false };
            let _ = cells(&line).count();
            let _ = splice(&line, 3, "x", &[], true, true);
        }
    }
}
