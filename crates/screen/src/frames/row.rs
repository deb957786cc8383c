//! One row of the screen: its content, the revision of its last change and its previous content.

use std::hash::{DefaultHasher, Hash, Hasher};

use prost::Message;
use protocol::{
    line::{Cell, Line, LineBuilder, cells},
    wire,
};

#[derive(Debug)]
pub struct Row {
    pub line: Line,
    pub hash: u64,
    revision: u64,
    /// The row became blank by a move in its revision, so older viewers get it by that move.
    moved_in: bool,
    previous: Previous,
}

/// Previous content, for viewers at revision `since` or later, before the last change.
#[derive(Debug)]
enum Previous {
    /// Unknown: viewers need the whole row.
    Unknown,
    Line {
        since: u64,
        line: Line,
    },
    /// Difference, computed at the first request.
    Part {
        since: u64,
        part: wire::Row,
    },
}

pub fn hash(line: &Line) -> u64 {
    let mut hasher = DefaultHasher::new();
    line.hash(&mut hasher);
    hasher.finish()
}

impl Row {
    /// Creates a row that is new to every viewer.
    pub fn new(line: Line, revision: u64) -> Self {
        Self { hash: hash(&line), line, revision, moved_in: false, previous: Previous::Unknown }
    }

    /// Creates a blank row that a move inserted.
    pub fn blank(revision: u64) -> Self {
        Self { moved_in: true, ..Self::new(Line::default(), revision) }
    }

    pub fn is_blank(&self) -> bool {
        self.line == Line::default()
    }

    pub fn set(&mut self, line: Line, revision: u64) {
        self.hash = hash(&line);
        let old = std::mem::replace(&mut self.line, line);
        self.previous = if self.moved_in && self.revision == revision {
            Previous::Unknown
        } else {
            Previous::Line { since: self.revision, line: old }
        };
        (self.revision, self.moved_in) = (revision, false);
    }

    pub fn whole(&self) -> wire::Row {
        wire::Row {
            text: self.line.text.clone(),
            runs: self.line.runs.clone(),
            wrapped: self.line.wrapped,
            ..wire::Row::default()
        }
    }

    /// Returns the change of the row since `revision`, if any.
    pub fn since(&mut self, revision: u64) -> Option<wire::Row> {
        if self.revision <= revision || self.moved_in {
            return None;
        }
        if let Previous::Line { since, line } = &self.previous {
            let part = shorter(part(line, &self.line), self.whole());
            self.previous = Previous::Part { since: *since, part };
        }
        match &self.previous {
            Previous::Part { since, part } if *since <= revision => Some(part.clone()),
            _ => Some(self.whole()),
        }
    }
}

fn shorter(part: wire::Row, whole: wire::Row) -> wire::Row {
    if part.encoded_len() < whole.encoded_len() { part } else { whole }
}

/// Returns the smallest change from `old` to `new`.
fn part(old: &Line, new: &Line) -> wire::Row {
    let (mut before, mut after): (Vec<_>, Vec<_>) = (cells(old).collect(), cells(new).collect());
    let width = |cells: &[Cell<'_>]| cells.iter().map(|cell| cell.width).sum::<u32>();
    let (old_width, new_width) = (width(&before), width(&after));
    before.extend((old_width..new_width).map(|_| Cell::BLANK));
    after.extend((new_width..old_width).map(|_| Cell::BLANK));
    let first = before.iter().zip(&after).take_while(|(old, new)| old == new).count();
    let room = before.len().min(after.len()) - first;
    let backwards = before.iter().rev().zip(after.iter().rev());
    let last = backwards.take(room).take_while(|(old, new)| old == new).count();
    let changed = after.get(first..after.len() - last).unwrap_or_default();
    let column = width(after.get(..first).unwrap_or_default());
    let keep =
        after.get(after.len() - last..).unwrap_or_default().iter().any(|cell| *cell != Cell::BLANK);
    if changed.is_empty() {
        return wire::Row { keep: true, wrapped: new.wrapped, ..wire::Row::default() };
    }
    let mut builder = LineBuilder::default();
    changed.iter().for_each(|cell| builder.push(*cell));
    let line = if keep { builder.finish_part() } else { builder.finish(false) };
    wire::Row { column, text: line.text, runs: line.runs, keep, wrapped: new.wrapped, row: 0 }
}

#[cfg(test)]
mod tests {
    use protocol::line::splice;

    use super::*;

    fn line(text: &str, style: u32, wrapped: bool) -> Line {
        let mut builder = LineBuilder::default();
        for c in text.chars() {
            let width = if c > '\u{2fff}' { 2 } else { 1 };
            builder.push(Cell { text: c.encode_utf8(&mut [0; 4]), width, style });
        }
        builder.finish(wrapped)
    }

    #[test]
    fn parts_turn_the_old_line_into_the_new_one() {
        for (old, new, text, column, keep) in [
            ("$ ls", "$ lsx", "x", 4, false),
            ("$ lsx", "$ ls", "", 4, false),
            ("one two", "one xwo", "x", 4, true),
            ("漢字 a", "漢x  a", "x ", 2, true),
            ("", "a", "a", 0, false),
            ("aaaaaaaaaaaaaaaa", "aaaaaaaaaaaaaaaaa", "a", 16, false),
            ("abc", "", "", 0, false),
        ] {
            let (old, new) = (line(old, 0, false), line(new, 0, false));
            let part = part(&old, &new);
            assert_eq!((part.text.as_str(), part.column, part.keep), (text, column, keep));
            let spliced =
                splice(&old, part.column, &part.text, &part.runs, part.keep, part.wrapped);
            assert_eq!(spliced, new);
        }
    }

    #[test]
    fn a_change_of_wrapping_alone_keeps_the_text() {
        let (old, new) = (line("abc", 3, false), line("abc", 3, true));
        let part = part(&old, &new);
        assert!(part.text.is_empty() && part.keep && part.wrapped);
        assert_eq!(splice(&old, part.column, &part.text, &part.runs, part.keep, true), new);
    }

    #[test]
    fn a_viewer_that_missed_earlier_changes_gets_the_whole_row() {
        let mut row = Row::new(line("some text ", 0, false), 1);
        row.set(line("some text b", 0, false), 3);
        row.set(line("some text bc", 0, false), 5);
        assert_eq!(row.since(5), None);
        assert_eq!(row.since(4).unwrap().text, "c");
        assert_eq!(row.since(3).unwrap().text, "c");
        assert_eq!(row.since(2).unwrap().text, "some text bc");
    }
}
