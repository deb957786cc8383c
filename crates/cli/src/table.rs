//! Tables: columns as wide as their widest cell. Pure.

use unicode_width::UnicodeWidthStr;

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
