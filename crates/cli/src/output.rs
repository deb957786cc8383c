//! Standard output: lines for people, JSON for programs, tables.

use std::{
    borrow::Cow,
    io::{self, Write},
};

use chrono::{DateTime, Utc};
use rustix::termios::tcgetwinsize;
use serde::Serialize;
use unicode_width::{UnicodeWidthChar, UnicodeWidthStr};

use crate::Failure;

/// Blank columns between two cells.
const GAP: usize = 2;

/// Width to which a column is narrowed at most.
const NARROWEST: usize = 8;

/// Writes a line to standard output.
pub fn print(line: &str) -> Result<(), Failure> {
    print_bytes(format!("{line}\n").as_bytes())
}

/// Writes bytes to standard output.
pub(crate) fn print_bytes(bytes: &[u8]) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    out.write_all(bytes).and_then(|()| out.flush()).map_err(Failure::Output)
}

/// Returns a name as a word of a POSIX shell, for a command in a hint. A name that begins with `-` follows
/// `--`, so that it is not an option.
pub(crate) fn as_word(name: &str) -> String {
    let word = shlex::try_quote(name).map_or_else(|_| name.to_owned(), Cow::into_owned);
    if name.starts_with('-') { format!("-- {word}") } else { word }
}

/// Writes JSON to standard output.
pub fn print_json(value: &impl Serialize) -> Result<(), Failure> {
    let text = serde_json::to_string_pretty(value);
    print(&text.map_err(|error| Failure::Message(format!("Could not write JSON: {error}.")))?)
}

/// Current time, for ages in tables.
#[expect(clippy::disallowed_methods, reason = "a command runs once and has no injected clock")]
pub(crate) fn now() -> DateTime<Utc> {
    Utc::now()
}

/// Lays out rows under their headings. Control characters are removed. On a terminal, long cells are
/// shortened so that a row fits one line, except those of the last column, which mostly holds ids.
#[must_use]
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let width = tcgetwinsize(io::stdout()).ok().map(|size| usize::from(size.ws_col));
    layout(headings, rows, width.filter(|width| *width > 0))
}

fn layout(headings: &[&str], rows: &[Vec<String>], width: Option<usize>) -> String {
    let clean = |cell: &str| cell.chars().filter(|c| !c.is_control()).collect::<String>();
    let all: Vec<Vec<String>> =
        std::iter::once(headings.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
            .chain(rows.iter().cloned())
            .map(|row| row.iter().map(|cell| clean(cell)).collect())
            .collect();
    let mut widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            let cells = all.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or_default()
        })
        .collect();
    if let Some(width) = width {
        fit(&mut widths, width);
    }
    let lines = all.iter().map(|row| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            let cell = shortened(cell, *width);
            line.push_str(&cell);
            line.extend(std::iter::repeat_n(' ', width - cell.width() + GAP));
        }
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Narrows the widest columns but the last until a row fits `width` or none can be narrowed.
fn fit(widths: &mut [usize], width: usize) {
    let gaps = GAP * widths.len().saturating_sub(1);
    let Some((_, narrowed)) = widths.split_last() else { return };
    let columns = narrowed.len();
    while widths.iter().sum::<usize>() + gaps > width {
        let widest = (0..columns).max_by_key(|column| widths[*column]);
        match widest {
            Some(widest) if widths[widest] > NARROWEST => widths[widest] -= 1,
            _ => return,
        }
    }
}

/// Returns text of at most `width` columns, with an ellipsis if it is longer.
fn shortened(text: &str, width: usize) -> Cow<'_, str> {
    if text.width() <= width {
        return text.into();
    }
    let mut kept = String::new();
    for c in text.chars() {
        if kept.width() + c.width().unwrap_or_default() >= width {
            break;
        }
        kept.push(c);
    }
    (kept + "…").into()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["漢字".into(), "x".into()], vec!["a\u{1b}[2Jb".into(), String::new()]];
        assert_eq!(layout(&["NAME", "ID"], &rows, None), "NAME   ID\n漢字   x\na[2Jb");
    }

    #[test]
    fn rows_fit_the_terminal_but_ids_stay_whole() {
        let rows = [vec![
            "a long name of a session".into(),
            "漢字漢字漢字漢字漢字".into(),
            "id-of-it".into(),
        ]];
        for (width, expected) in [
            (60, "a long name of a session  漢字漢字漢字漢字漢字  id-of-it"),
            (40, "a long name o…  漢字漢字漢字…   id-of-it"),
            (20, "a long …  漢字漢…   id-of-it"),
        ] {
            let table = layout(&["NAME", "ACCOUNT", "ID"], &rows, Some(width));
            assert_eq!(table.lines().nth(1), Some(expected), "{width}");
        }
    }

    #[test]
    fn a_name_in_a_hint_is_one_word() {
        for (name, word) in [
            ("root@vm-2", "root@vm-2"),
            ("root@vm 2", "'root@vm 2'"),
            ("it's", "\"it's\""),
            ("$(reboot)", "'$(reboot)'"),
            ("-x", "-- -x"),
            ("日本", "'日本'"),
        ] {
            assert_eq!(as_word(name), word);
            let parts = shlex::split(&as_word(name)).unwrap();
            assert_eq!(parts.last().map(String::as_str), Some(name));
        }
    }
}
