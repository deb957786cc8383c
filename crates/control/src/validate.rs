//! What people may call things, and the bounds of what they may ask for. Pure.

use protocol::api::limits::{
    COLUMNS, DEFAULT_COLUMNS, DEFAULT_ROWS, MAX_EMAIL, MAX_IDEMPOTENCY_KEY, MAX_NAME, MAX_PASSWORD,
    MAX_REASON, MAX_SEARCH, MIN_PASSWORD, ROWS,
};

use crate::Error;

/// Size of a new screen.
pub(crate) fn size(cols: Option<u16>, rows: Option<u16>) -> (u16, u16) {
    (
        cols.unwrap_or(DEFAULT_COLUMNS).clamp(*COLUMNS.start(), *COLUMNS.end()),
        rows.unwrap_or(DEFAULT_ROWS).clamp(*ROWS.start(), *ROWS.end()),
    )
}

/// A name as people see it: 1–64 characters, none of which steers a terminal or turns text around.
pub(crate) fn label(field: &'static str, text: &str) -> Result<String, Error> {
    let text = text.trim();
    match text.chars().count() {
        0 => Err(Error::invalid(field, "A name can't be empty.")),
        1..=MAX_NAME if text.chars().any(steering) => {
            Err(Error::invalid(field, "A name can't hold control characters."))
        }
        1..=MAX_NAME => Ok(text.to_owned()),
        _ => Err(Error::invalid(
            field,
            format!("A name can't be longer than {MAX_NAME} characters."),
        )),
    }
}

/// What somebody looks for.
pub(crate) fn search(field: &'static str, text: &str) -> Result<String, Error> {
    (text.chars().count() <= MAX_SEARCH && !text.contains('\0'))
        .then(|| text.to_owned())
        .ok_or_else(|| {
            Error::invalid(field, format!("A search has at most {MAX_SEARCH} characters."))
        })
}

/// Why something is done, in the words of who does it; empty when they say nothing.
pub(crate) fn reason(text: Option<&str>) -> Result<String, Error> {
    let text = text.unwrap_or_default().trim();
    match text.chars().count() {
        _ if text.chars().any(steering) => {
            Err(Error::invalid("reason", "A reason can't hold control characters."))
        }
        0..=MAX_REASON => Ok(text.to_owned()),
        _ => Err(Error::invalid(
            "reason",
            format!("A reason can't be longer than {MAX_REASON} characters."),
        )),
    }
}

/// What another program said, as people can be shown it: one line, not long.
pub(crate) fn shown(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    line.chars().filter(|c| !steering(*c)).take(MAX_REASON).collect()
}

/// C0 and C1 controls, line separators, and what reorders or hides text (UAX #9, zero width).
fn steering(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{61c}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}')
}

/// An idempotency key: 1–64 printable ASCII characters.
pub(crate) fn key(text: &str) -> Result<(), Error> {
    let good = (1..=MAX_IDEMPOTENCY_KEY).contains(&text.len())
        && text.bytes().all(|b| b.is_ascii_graphic());
    good.then_some(()).ok_or_else(|| {
        Error::invalid(
            "idempotency_key",
            format!("An idempotency key is 1 to {MAX_IDEMPOTENCY_KEY} printable ASCII characters."),
        )
    })
}

/// An e-mail address in lower case. Only mail itself can tell whether it exists.
pub(crate) fn email(text: &str) -> Result<String, Error> {
    let text = text.trim().to_lowercase();
    let plausible = text.chars().count() <= MAX_EMAIL
        && !text.chars().any(|c| c.is_whitespace() || steering(c))
        && text.split_once('@').is_some_and(|(local, domain)| {
            !local.is_empty() && !domain.is_empty() && !domain.contains('@')
        });
    plausible
        .then_some(text)
        .ok_or_else(|| Error::invalid("email", "This is not an e-mail address."))
}

/// What somebody types to sign in may be anything, but not long.
pub(crate) fn credentials(email: &str, password: &str) -> Result<String, Error> {
    for (field, text, most) in [("email", email, MAX_EMAIL), ("password", password, MAX_PASSWORD)] {
        if text.chars().count() > most {
            return Err(Error::invalid(field, format!("This is longer than {most} characters.")));
        }
    }
    Ok(email.trim().to_lowercase())
}

/// A new password, in a field of this name.
pub(crate) fn new_password(field: &'static str, text: &str) -> Result<(), Error> {
    match text.chars().count() {
        0..MIN_PASSWORD => Err(Error::invalid(
            field,
            format!("A password has at least {MIN_PASSWORD} characters."),
        )),
        MIN_PASSWORD..=MAX_PASSWORD => Ok(()),
        _ => {
            Err(Error::invalid(field, format!("A password has at most {MAX_PASSWORD} characters.")))
        }
    }
}

/// The first of `base`, `base 2`, `base 3`, … that is not taken.
pub(crate) fn fresh_name(base: &str, taken: &[String]) -> String {
    let base: String = base.chars().filter(|c| !steering(*c)).take(MAX_NAME - 8).collect();
    if !taken.contains(&base) {
        return base;
    }
    // One of the first taken + 1 numbers is free.
    (2..taken.len() + 3)
        .map(|number| format!("{base} {number}"))
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
    fn a_fresh_name_is_free() {
        let taken = |names: &[&str]| names.iter().map(|n| (*n).to_owned()).collect::<Vec<_>>();
        assert_eq!(fresh_name("ann@box", &taken(&[])), "ann@box");
        assert_eq!(fresh_name("ann@box", &taken(&["ann@box"])), "ann@box 2");
        assert_eq!(
            fresh_name("ann@box", &taken(&["ann@box 2", "ann@box", "ann@box 3"])),
            "ann@box 4"
        );
        assert!(label("name", &fresh_name(&"x".repeat(200), &[])).is_ok());
    }
}
