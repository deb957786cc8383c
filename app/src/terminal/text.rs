//! Text on its way in and out: what a changed text field means in keys, and what a selection of rows
//! means as text. Pure.

/// What was typed into a field, as a terminal sees it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Edit {
    /// Characters taken away at the end.
    pub deleted: usize,
    /// Characters put there.
    pub inserted: String,
}

/// How the text of a field became another one, as if typed at its end. On-screen keyboards change
/// words that are still being written, so this is the only truth about what they typed.
#[must_use]
pub fn edit(before: &str, after: &str) -> Edit {
    let common = before.chars().zip(after.chars()).take_while(|(a, b)| a == b).count();
    Edit {
        deleted: before.chars().count() - common,
        inserted: after.chars().skip(common).collect(),
    }
}

/// The text of selected rows: blanks at the end of a line are not its text, and a line that goes on in
/// the next row is one line. Each row comes with whether it goes on.
#[must_use]
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
