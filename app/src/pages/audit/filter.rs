//! What narrows the log, as it stands in the address of the page. Pure. Days are those of UTC.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SecondsFormat, Utc};
use protocol::api::AuditFilter;

/// Names in the address.
const NAMES: [&str; 4] = ["q", "action", "from", "to"];

/// What entries can be about: the part of an action before the dot, and its words.
pub const KINDS: [(&str, &str); 8] = [
    ("", "Everything"),
    ("session", "Sessions"),
    ("share", "Shares"),
    ("member", "Members"),
    ("token", "API tokens"),
    ("grant", "Accounts"),
    ("settings", "Settings"),
    ("audit", "The log itself"),
];

/// The texts of the address; empty ones do not restrict.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Asked {
    /// Part of who, whom or what.
    pub q: String,
    /// Action, or what it is about.
    pub action: String,
    /// First day, `2026-11-21`.
    pub from: String,
    /// Last day.
    pub to: String,
}

impl Asked {
    /// Reads an address, or a form, by the names in it.
    pub fn of(value: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name| value(name).unwrap_or_default().trim().to_owned();
        Self { q: text("q"), action: text("action"), from: text("from"), to: text("to") }
    }

    /// As the server understands it. A day that is none does not restrict.
    pub fn filter(&self) -> AuditFilter {
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        AuditFilter {
            q: text(&self.q),
            action: text(&self.action),
            from: day(&self.from).map(start),
            // The last day is in it.
            to: day(&self.to).and_then(|day| day.checked_add_days(Days::new(1))).map(start),
        }
    }

    /// The part of an address from the question mark on; for the server with points in time instead
    /// of days. Nothing when nothing restricts.
    pub fn as_query(&self, for_server: bool) -> String {
        let time = |time: Option<DateTime<Utc>>| {
            time.map(|time| time.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
        };
        let (from, to) = if for_server {
            let AuditFilter { from, to, .. } = self.filter();
            (time(from), time(to))
        } else {
            (self.from.clone(), self.to.clone())
        };
        let values = [self.q.clone(), self.action.clone(), from, to];
        let mut query = String::new();
        for (name, value) in NAMES.into_iter().zip(values).filter(|(_, value)| !value.is_empty()) {
            query.push(if query.is_empty() { '?' } else { '&' });
            query.push_str(name);
            query.push('=');
            encode(&mut query, &value);
        }
        query
    }
}

/// Adds a text as it stands in a query: all but the unreserved characters of RFC 3986 by their bytes.
fn encode(query: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            query.push(byte.into());
        } else {
            query.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// `2026-11-21`. Read by hand: the general reader is a large part of what a browser would load.
fn day(text: &str) -> Option<NaiveDate> {
    let mut parts = text.splitn(3, '-');
    let (year, month, day) = (parts.next()?, parts.next()?, parts.next()?);
    NaiveDate::from_ymd_opt(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)
}

fn start(day: NaiveDate) -> DateTime<Utc> {
    day.and_time(NaiveTime::MIN).and_utc()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn asked(from: &str, to: &str) -> Asked {
        Asked { q: "ada & co".into(), action: "session".into(), from: from.into(), to: to.into() }
    }

    #[test]
    fn days_are_whole() {
        for (from, to, expected) in [
            ("2026-11-21", "2026-11-21", ("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")),
            ("2024-02-29", "2026-12-31", ("2024-02-29T00:00:00Z", "2027-01-01T00:00:00Z")),
            ("", "", ("", "")),
            ("yesterday", "2026-02-30", ("", "")),
        ] {
            let filter = asked(from, to).filter();
            let text = |time: Option<DateTime<Utc>>| {
                time.map(|it| it.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
            };
            assert_eq!((&*text(filter.from), &*text(filter.to)), expected, "{from} {to}");
        }
    }

    #[test]
    fn an_address_and_back() {
        let asked = asked("2026-11-21", "");
        let query = asked.as_query(false);
        assert_eq!(query, "?q=ada%20%26%20co&action=session&from=2026-11-21");
        let odd = Asked { q: "100%25 ä".into(), ..Asked::default() };
        assert_eq!(odd.as_query(false), "?q=100%2525%20%C3%A4");
        let back = Asked::of(|name| (name == "q").then(|| " 100%25 ä ".into()));
        assert_eq!(back, odd);
        assert_eq!(Asked::default().as_query(true), "");
        assert!(asked.as_query(true).ends_with("from=2026-11-21T00%3A00%3A00Z"));
    }
}
