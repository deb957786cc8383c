//! Filter of the audit log, as in the query of the page's address. Pure. Days are in UTC.

use chrono::{DateTime, Days, NaiveDate, NaiveTime, SecondsFormat, Utc};
use protocol::api::AuditFilter;

/// Names of the query parameters.
const NAMES: [&str; 4] = ["q", "action", "from", "to"];

/// Kinds of actions, the part before the dot, with their labels.
pub const KINDS: [(&str, &str); 8] = [
    ("", "All entries"),
    ("session", "Sessions"),
    ("share", "Shares"),
    ("member", "Members"),
    ("token", "API tokens"),
    ("grant", "Account grants"),
    ("settings", "Settings"),
    ("audit", "Audit log"),
];

/// Values of the query parameters. Empty ones do not restrict the list.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Query {
    /// Part of the actor, target or detail.
    pub q: String,
    /// Action or kind of action.
    pub action: String,
    /// First and last day, `2026-11-21`.
    pub from: String,
    pub to: String,
}

impl Query {
    /// Reads the values of an address or a form by their names.
    pub fn read(value: impl Fn(&str) -> Option<String>) -> Self {
        let text = |name| value(name).unwrap_or_default().trim().to_owned();
        Self { q: text("q"), action: text("action"), from: text("from"), to: text("to") }
    }

    /// Returns the filter for the server. An invalid day does not restrict the list.
    pub fn filter(&self) -> AuditFilter {
        let text = |text: &String| Some(text.clone()).filter(|text| !text.is_empty());
        AuditFilter {
            q: text(&self.q),
            action: text(&self.action),
            from: day(&self.from).map(start),
            // The last day is included.
            to: day(&self.to).and_then(|day| day.checked_add_days(Days::new(1))).map(start),
        }
    }

    /// Returns the query string with its question mark, or an empty string. The server gets points in time
    /// instead of days.
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

/// Appends a percent-encoded text: all bytes but the unreserved characters of RFC 3986.
fn encode(query: &mut String, text: &str) {
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || b"-._~".contains(&byte) {
            query.push(byte.into());
        } else {
            query.push_str(&format!("%{byte:02X}"));
        }
    }
}

/// Parses `2026-11-21`. The parser of chrono would add much to the size of the wasm.
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

    fn query(from: &str, to: &str) -> Query {
        Query { q: "ada & co".into(), action: "session".into(), from: from.into(), to: to.into() }
    }

    #[test]
    fn days_include_their_last_second() {
        for (from, to, expected) in [
            ("2026-11-21", "2026-11-21", ("2026-11-21T00:00:00Z", "2026-11-22T00:00:00Z")),
            ("2024-02-29", "2026-12-31", ("2024-02-29T00:00:00Z", "2027-01-01T00:00:00Z")),
            ("", "", ("", "")),
            ("yesterday", "2026-02-30", ("", "")),
        ] {
            let filter = query(from, to).filter();
            let text = |time: Option<DateTime<Utc>>| {
                time.map(|it| it.to_rfc3339_opts(SecondsFormat::Secs, true)).unwrap_or_default()
            };
            assert_eq!((&*text(filter.from), &*text(filter.to)), expected, "{from} {to}");
        }
    }

    #[test]
    fn a_query_string_round_trips() {
        let query = query("2026-11-21", "");
        assert_eq!(query.as_query(false), "?q=ada%20%26%20co&action=session&from=2026-11-21");
        let odd = Query { q: "100%25 ä".into(), ..Query::default() };
        assert_eq!(odd.as_query(false), "?q=100%2525%20%C3%A4");
        let back = Query::read(|name| (name == "q").then(|| " 100%25 ä ".into()));
        assert_eq!(back, odd);
        assert_eq!(Query::default().as_query(true), "");
        assert!(query.as_query(true).ends_with("from=2026-11-21T00%3A00%3A00Z"));
    }

    #[test]
    fn every_action_has_a_filter() {
        for action in protocol::api::AuditAction::ALL {
            assert!(KINDS.iter().any(|(kind, _)| *kind == action.kind()), "{action}");
        }
    }
}
