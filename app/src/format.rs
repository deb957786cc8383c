//! Text for values: times, sizes, roles, policies, devices, endings. Pure: the time is passed in.

use chrono::{DateTime, Utc};
use protocol::api::{AttachPolicy, Doing, EndReason, Role, Session};
pub use protocol::format::{ago, at, bytes, cpu, ending};

/// Time from now: `in a moment`, `in 3 min`, `in 2 h`, `in 5 days`.
pub fn ahead(then: DateTime<Utc>, now_millis: i64) -> String {
    let seconds = (then.timestamp_millis() - now_millis).max(0) / 1000;
    match seconds {
        0..45 => "in a moment".into(),
        45..5_400 => format!("in {} min", (seconds + 30) / 60),
        5_400..129_600 => format!("in {} h", (seconds + 1_800) / 3_600),
        _ => format!("in {} days", (seconds + 43_200) / 86_400),
    }
}

/// Time until an instant within hours: `in 12 min`, `in 40 s`, `now`.
pub fn soon(then_millis: i64, now_millis: i64) -> String {
    match then_millis - now_millis {
        ..1_000 => "now".into(),
        left => format!("in {}", duration(left)),
    }
}

/// Duration: `40 s`, `12 min`, `2 h`.
pub fn duration(millis: i64) -> String {
    match millis.max(0) / 1000 {
        seconds @ 0..60 => format!("{seconds} s"),
        seconds @ 60..5_400 => format!("{} min", seconds / 60),
        seconds => format!("{} h", (seconds + 1_800) / 3_600),
    }
}

/// Number of things: `1 guest`, `2 guests`.
pub fn count(number: usize, thing: &str) -> String {
    format!("{number} {thing}{}", if number == 1 { "" } else { "s" })
}

/// Joins the parts that are not empty.
pub fn join<const N: usize>(parts: [&str; N]) -> String {
    parts.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ")
}

/// Account and server of a session: `ada on this machine`, `ada on build-7`.
pub fn location(session: &Session) -> String {
    let server = if session.server == "local" { "this machine" } else { &session.server };
    format!("{} on {server}", session.account)
}

/// All roles and their labels.
pub const ROLES: [(Role, &str); 3] =
    [(Role::Member, "Member"), (Role::Staff, "Staff"), (Role::Superuser, "Superuser")];

/// Label of a role.
pub fn role(role: Role) -> &'static str {
    match role {
        Role::Member => "Member",
        Role::Staff => "Staff",
        Role::Superuser => "Superuser",
    }
}

/// A role with its article.
pub fn a_role(role: Role) -> &'static str {
    match role {
        Role::Member => "a member",
        Role::Staff => "staff",
        Role::Superuser => "a superuser",
    }
}

/// Returns false for text that cannot be an email address. The server validates it.
pub fn could_be_email(text: &str) -> bool {
    let text = text.trim();
    text.contains('@') && !text.starts_with('@') && !text.ends_with('@')
}

/// Permissions of a role, in one sentence.
pub fn role_means(role: Role) -> &'static str {
    match role {
        Role::Member => "Can create sessions and see only their own.",
        Role::Staff => {
            "Can also list the sessions of others, without their content, and drop them one by one."
        }
        Role::Superuser => "Full access: members, settings, accounts, and dropping all sessions.",
    }
}

/// Activity of a participant.
pub fn doing(doing: Doing) -> &'static str {
    match doing {
        Doing::Types => "typing",
        Doing::Drives => "driving",
        Doing::Asks => "asks to drive",
        Doing::Oversees => "superuser",
        Doing::Watches => "watching",
    }
}

/// Device of a participant, marked if they are a guest.
pub fn uses(guest: bool, device: &str) -> String {
    join([if guest { "guest" } else { "" }, device])
}

/// Number of failed passwords for the shares of a session, as a sentence; none if there were none.
pub fn wrong_passwords(count: u32) -> Option<String> {
    match count {
        0 => None,
        1 => Some("1 wrong password was entered for a share of this session.".into()),
        many => Some(format!("{many} wrong passwords were entered for shares of this session.")),
    }
}

/// Each attach policy with its label.
pub const POLICIES: [(AttachPolicy, &str); 3] = [
    (AttachPolicy::Handoff, "The newest client takes over"),
    (AttachPolicy::Single, "Ask before taking over"),
    (AttachPolicy::Multi, "All stay attached; one drives"),
];

/// Label of an end reason.
pub fn reason(reason: EndReason) -> &'static str {
    match reason {
        EndReason::Exited => "Exited",
        EndReason::Closed => "Closed",
        EndReason::Expired => "Expired",
        EndReason::Dropped => "Dropped",
        EndReason::Lost => "Lost",
    }
}

/// Device of a user agent: `Firefox on Linux`.
pub fn device(user_agent: &str) -> String {
    let first = |table: &[(&str, &'static str)], otherwise: &'static str| {
        let hit = table.iter().find(|(mark, _)| user_agent.contains(mark));
        hit.map_or(otherwise, |(_, name)| *name)
    };
    let browser = first(
        &[
            ("Firefox/", "Firefox"),
            ("FxiOS/", "Firefox"),
            ("Edg", "Edge"),
            ("OPR/", "Opera"),
            ("SamsungBrowser/", "Samsung Internet"),
            ("CriOS/", "Chrome"),
            ("Chrome/", "Chrome"),
            ("Safari/", "Safari"),
        ],
        "a browser",
    );
    let system = first(
        &[
            ("Android", "Android"),
            ("iPhone", "iPhone"),
            ("iPad", "iPad"),
            ("CrOS", "ChromeOS"),
            ("Mac OS X", "macOS"),
            ("Windows", "Windows"),
            ("Linux", "Linux"),
        ],
        "",
    );
    if system.is_empty() { browser.into() } else { format!("{browser} on {system}") }
}

/// The path to return to after signing in: one of this site, else `/`. Everything that a browser could
/// resolve to another site is refused.
pub fn return_path(path: Option<&str>) -> String {
    let path = path.unwrap_or("/");
    let safe = path.starts_with('/')
        && !path.starts_with("//")
        && !path.contains(['\\', '\n', '\r', '\t'])
        && !path.starts_with("/sign-in");
    if safe { path.into() } else { "/".into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_ahead() {
        let then = DateTime::from_timestamp_millis(1_700_000_000_000).unwrap();
        for (seconds, words) in [
            (-5, "in a moment"),
            (44, "in a moment"),
            (90, "in 2 min"),
            (5_400, "in 2 h"),
            (604_800, "in 7 days"),
        ] {
            assert_eq!(ahead(then, 1_700_000_000_000 - seconds * 1000), words, "{seconds}");
        }
    }

    #[test]
    fn times_until_a_moment() {
        for (seconds, words) in [
            (-3, "now"),
            (0, "now"),
            (59, "in 59 s"),
            (60, "in 1 min"),
            (719, "in 11 min"),
            (5_399, "in 89 min"),
            (5_400, "in 2 h"),
        ] {
            assert_eq!(soon(1_700_000_000_000 + seconds * 1000, 1_700_000_000_000), words);
        }
    }

    #[test]
    fn durations() {
        for (seconds, words) in
            [(-1, "0 s"), (59, "59 s"), (60, "1 min"), (5_399, "89 min"), (5_400, "2 h")]
        {
            assert_eq!(duration(seconds * 1000), words);
        }
    }

    #[test]
    fn devices() {
        for (agent, words) in [
            (
                "Mozilla/5.0 (X11; Linux x86_64; rv:130.0) Gecko/20100101 Firefox/130.0",
                "Firefox on Linux",
            ),
            (
                "Mozilla/5.0 (Windows NT 10.0) AppleWebKit/537.36 Chrome/129.0 Safari/537.36 Edg/129.0",
                "Edge on Windows",
            ),
            (
                "Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Version/17.0 Mobile Safari/604.1",
                "Safari on iPhone",
            ),
            (
                "Mozilla/5.0 (Linux; Android 14) Chrome/129.0 Mobile Safari/537.36",
                "Chrome on Android",
            ),
            ("curl/8", "a browser"),
        ] {
            assert_eq!(device(agent), words);
        }
    }

    #[test]
    fn the_return_path_stays_on_this_site() {
        for (wanted, back) in [
            (Some("/sessions/1?x=2"), "/sessions/1?x=2"),
            (Some("//evil.example"), "/"),
            (Some("/\\evil.example"), "/"),
            (Some("https://evil.example"), "/"),
            (Some("javascript:alert(1)"), "/"),
            (Some("/\t/evil.example"), "/"),
            (Some("/sign-in?return=/"), "/"),
            (Some(""), "/"),
            (None, "/"),
        ] {
            assert_eq!(return_path(wanted), back, "{wanted:?}");
        }
    }
}
