//! Text for input and for the clipboard: edits of the text field as keys, selected rows as text. Pure.

/// Change of the text field, as a terminal receives it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// Characters deleted at the end.
    pub deleted: usize,
    /// Characters inserted at the end.
    pub inserted: String,
}

/// Returns the change from one text of the field to another, as if typed at its end. On-screen
/// keyboards change words that are still being written, so their events do not describe the change.
pub fn edit(before: &str, after: &str) -> Edit {
    let common = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    Edit {
        deleted: before.chars().count() - common,
        inserted: after.chars().skip(common).collect(),
    }
}

/// Joins selected rows to text. Drops blanks at the end of lines, and joins a row with the next if it is
/// wrapped. Each row comes with whether it is.
pub fn join<'a>(rows: impl IntoIterator<Item = (&'a str, bool)>) -> String {
    let mut text = String::new();
    let mut rows = rows.into_iter().peekable();
    while let Some((row, wrapped)) = rows.next() {
        if wrapped && rows.peek().is_some() {
            text.push_str(row);
        } else {
            text.push_str(row.trim_end_matches(' '));
            if rows.peek().is_some() {
                text.push('\n');
            }
        }
    }
    text
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn edits() {
        for (before, after, deleted, inserted) in [
            ("", "a", 0, "a"),
            ("hel", "hell", 0, "l"),
            ("helo", "hello", 1, "lo"),
            ("teh", "the ", 2, "he "),
            ("abc", "ab", 1, ""),
            ("日本", "日本語", 0, "語"),
            ("same", "same", 0, ""),
            ("word", "", 4, ""),
        ] {
            let expected = Edit { deleted, inserted: inserted.into() };
            assert_eq!(edit(before, after), expected, "{before} to {after}");
        }
    }

    #[test]
    fn joined_rows() {
        for (rows, expected) in [
            (vec![("one  ", false), ("two ", false)], "one\ntwo"),
            (vec![("a long li", true), ("ne  ", false), ("x", false)], "a long line\nx"),
            (vec![("ends in a blank ", true), ("x", false)], "ends in a blank x"),
            (vec![("cut ", true)], "cut"),
            (vec![("", false), ("", false), ("x", false)], "\n\nx"),
            (vec![], ""),
        ] {
            assert_eq!(join(rows), expected);
        }
    }
}
