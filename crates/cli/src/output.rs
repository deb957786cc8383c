//! Standard output: lines for people, JSON for programs, tables.

use std::io::{self, Write};

use chrono::{DateTime, Utc};
use serde::Serialize;
use unicode_width::UnicodeWidthStr;

use crate::Failure;

/// Writes a line to standard output.
pub fn print(line: &str) -> Result<(), Failure> {
    let mut out = io::stdout().lock();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
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

/// Lays out rows under their headings. Control characters are removed.
#[must_use]
pub fn table(headings: &[&str], rows: &[Vec<String>]) -> String {
    let clean = |cell: &str| cell.chars().filter(|c| !c.is_control()).collect::<String>();
    let all: Vec<Vec<String>> =
        std::iter::once(headings.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>())
            .chain(rows.iter().cloned())
            .map(|row| row.iter().map(|cell| clean(cell)).collect())
            .collect();
    let widths: Vec<usize> = (0..headings.len())
        .map(|column| {
            let cells = all.iter().filter_map(|row| row.get(column));
            cells.map(|cell| cell.width()).max().unwrap_or_default()
        })
        .collect();
    let lines = all.iter().map(|row| {
        let mut line = String::new();
        for (cell, width) in row.iter().zip(&widths) {
            line.push_str(cell);
            line.extend(std::iter::repeat_n(' ', width - cell.width() + 2));
        }
        line.trim_end().to_owned()
    });
    lines.collect::<Vec<_>>().join("\n")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let rows = [vec!["漢字".into(), "x".into()], vec!["a\u{1b}[2Jb".into(), String::new()]];
        assert_eq!(table(&["NAME", "ID"], &rows), "NAME   ID\n漢字   x\na[2Jb");
    }
}
