//! Validation of names, searches, passwords and addresses. Pure.

use std::str::FromStr;

use protocol::api::limits::{
    COLUMNS, DEFAULT_COLUMNS, DEFAULT_ROWS, MAX_EMAIL, MAX_IDEMPOTENCY_KEY, MAX_NAME, MAX_PASSWORD,
    MAX_REASON, MAX_SEARCH, MAX_SHOWN, MIN_PASSWORD, ROWS,
};

use crate::Error;

pub(crate) fn size(cols: Option<u16>, rows: Option<u16>) -> (u16, u16) {
    (
        cols.unwrap_or(DEFAULT_COLUMNS).clamp(*COLUMNS.start(), *COLUMNS.end()),
        rows.unwrap_or(DEFAULT_ROWS).clamp(*ROWS.start(), *ROWS.end()),
    )
}

/// Validates a display name: not empty, of bounded length, without control or bidirectional formatting
/// characters.
pub(crate) fn label(field: &'static str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    if text.is_empty() {
        return Err(Error::invalid(field, "Enter a name."));
    }
    at_most(MAX_NAME, "A name", field, text)?;
    without_formatting("A name", field, text)?;
    Ok(text.to_owned())
}

pub(crate) fn search(field: &'static str, text: &str) -> Result<String, Error> {
    if text.chars().count() <= MAX_SEARCH && !text.contains('\0') {
        return Ok(text.to_owned());
    }
    Err(Error::invalid(field, format!("A search can have at most {MAX_SEARCH} characters.")))
}

pub(crate) fn cursor<T: FromStr>(text: &str) -> Result<T, Error> {
    let message = "Invalid cursor. Start from the first page.";
    text.parse().map_err(|_| Error::invalid("cursor", message))
}

/// Validates an optional reason; an absent one is empty.
pub(crate) fn reason(text: Option<&str>) -> Result<String, Error> {
    let text = text.unwrap_or_default().trim();
    without_formatting("A reason", "reason", text)?;
    at_most(MAX_REASON, "A reason", "reason", text)?;
    Ok(text.to_owned())
}

fn at_most(max: usize, what: &str, field: &'static str, text: &str) -> Result<(), Error> {
    if text.chars().count() <= max {
        return Ok(());
    }
    Err(Error::invalid(field, format!("{what} can have at most {max} characters.")))
}

fn without_formatting(what: &str, field: &'static str, text: &str) -> Result<(), Error> {
    if !text.chars().any(is_formatting) {
        return Ok(());
    }
    Err(Error::invalid(field, format!("{what} cannot contain control characters.")))
}

/// Reduces the output of another program to one short printable line.
pub(crate) fn one_line(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !is_formatting(*c)).take(MAX_REASON).collect()
}

/// Reduces user input to a short printable text for an error message.
pub(crate) fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_SHOWN).collect()
}

/// C0 and C1 controls, line separators, and characters that reorder or hide text (UAX #9, zero width).
fn is_formatting(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// Validates an idempotency key: printable ASCII of bounded length.
pub(crate) fn key(text: &str) -> Result<(), Error> {
    let valid = (1..=MAX_IDEMPOTENCY_KEY).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic());
    valid.then_some(()).ok_or_else(|| {
        let message = format!(
            "An idempotency key must be 1 to {MAX_IDEMPOTENCY_KEY} printable ASCII characters."
        );
        Error::invalid("idempotency_key", message)
    })
}

/// Validates an email address and converts it to lower case. Only delivery can prove that it exists.
pub(crate) fn email(text: &str) -> Result<String, Error> {
    let text = text.trim().to_lowercase();
    let plausible = text.chars().count() <= MAX_EMAIL
        && !text.chars().any(|c| c.is_whitespace() || is_formatting(c))
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
    if plausible {
        return Ok(text);
    }
    let message = match printable(&text) {
        empty if empty.is_empty() => "Enter an email address.".to_owned(),
        text => format!("{text} is not a valid email address."),
    };
    Err(Error::invalid("email", message))
}

/// Bounds the length of sign-in credentials, which may hold any character.
pub(crate) fn credentials(email: &str, password: &str) -> Result<String, Error> {
    for (field, text, max) in [("email", email, MAX_EMAIL), ("password", password, MAX_PASSWORD)] {
        if text.chars().count() > max {
            return Err(Error::invalid(field, format!("Use at most {max} characters.")));
        }
    }
    Ok(email.trim().to_lowercase())
}

pub(crate) fn new_password(field: &'static str, text: &str) -> Result<(), Error> {
    match text.chars().count() {
        0..MIN_PASSWORD => {
            Err(Error::invalid(field, format!("Use at least {MIN_PASSWORD} characters.")))
        }
        MIN_PASSWORD..=MAX_PASSWORD => Ok(()),
        _ => Err(Error::invalid(field, format!("Use at most {MAX_PASSWORD} characters."))),
    }
}

/// Returns the first of `base`, `base-2`, `base-3`, … that is not taken.
pub(crate) fn unused_name(base: &str, taken: &[String]) -> String {
    let base: String = base.chars().filter(|c| !is_formatting(*c)).take(MAX_NAME - 8).collect();
    if !taken.contains(&base) {
        return base;
    }
    // One of the first taken + 1 numbers is free.
    (2..taken.len() + 3)
        .map(|number| format!("{base}-{number}"))
        .find(|name| !taken.contains(name))
        .unwrap_or(base)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names() {
        for good in ["a", "build #7", "日本語", "<b>", "../..", "🦀", &"x".repeat(64)] {
            assert_eq!(label("name", good).unwrap(), good);
        }
        assert_eq!(label("name", "  both ends ").unwrap(), "both ends");
        let bad =
            ["", "  ", "a\0b", "a\nb", "a\x1b[31m", "a\u{9b}1m", "abc\u{202e}def", "a\u{200b}b"];
        for bad in bad.into_iter().chain([&*"x".repeat(65)]) {
            assert!(
                matches!(label("name", bad), Err(Error::Invalid { field: "name", .. })),
                "{bad:?}"
            );
        }
    }

    #[test]
    fn reasons_and_searches() {
        assert_eq!(reason(None).unwrap(), "");
        assert_eq!(reason(Some(" too old ")).unwrap(), "too old");
        assert!(reason(Some(&"é".repeat(200))).is_ok() && reason(Some(&"é".repeat(201))).is_err());
        assert!(reason(Some("a\u{202e}b")).is_err() && reason(Some("a\nb")).is_err());
        assert!(search("q", "100%").is_ok() && search("q", &"x".repeat(129)).is_err());
        assert!(matches!(search("owner", "a\0b"), Err(Error::Invalid { field: "owner", .. })));
    }

    #[test]
    fn sizes_are_clamped() {
        let table = [
            ((None, None), (80, 24)),
            ((Some(0), Some(0)), (2, 2)),
            ((Some(1), Some(1)), (2, 2)),
            ((Some(120), Some(40)), (120, 40)),
            ((Some(65535), Some(65535)), (1000, 500)),
        ];
        for ((cols, rows), expected) in table {
            assert_eq!(size(cols, rows), expected);
        }
    }

    #[test]
    fn addresses() {
        assert_eq!(email(" Ann@Example.ORG ").unwrap(), "ann@example.org");
        let long = format!("{}@b", "a".repeat(127));
        for bad in ["", "ann", "@", "ann@", "@b", "a@b@c", "a b@c", "a@b\r\nx", &long] {
            assert!(email(bad).is_err(), "{bad:?}");
        }
    }

    #[test]
    fn passwords_and_keys() {
        let new = |text: &str| new_password("new", text);
        assert!(new(&"é".repeat(12)).is_ok() && new(&"x".repeat(128)).is_ok());
        assert!(new("short").is_err() && new(&"x".repeat(129)).is_err());
        assert!(key("2f6c-A").is_ok() && key("").is_err() && key(&"x".repeat(65)).is_err());
        assert!(key("a b").is_err() && key("é").is_err());
        assert!(credentials("a", &"x".repeat(128)).is_ok());
        assert!(credentials("a", &"x".repeat(129)).is_err());
        assert!(credentials(&"x".repeat(129), "a").is_err());
    }

    #[test]
    fn an_unused_name_is_free() {
        let taken = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(unused_name("ann@box", &taken(&[])), "ann@box");
        assert_eq!(unused_name("ann@box", &taken(&["ann@box"])), "ann@box-2");
        assert_eq!(
            unused_name("ann@box", &taken(&["ann@box-2", "ann@box", "ann@box-3"])),
            "ann@box-4"
        );
        assert!(label("name", &unused_name(&"x".repeat(200), &[])).is_ok());
    }
}
