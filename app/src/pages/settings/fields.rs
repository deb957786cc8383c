//! What is typed into the settings' form, and whether it can be. Pure; the server has the last word.

use std::ops::RangeInclusive;

use protocol::api::{AttachPolicy, BatonRule, KeepAlive, ShareReadOnly, WorkspaceSettings, limits};

use crate::error::PageError;

/// Number fields: name, bounds, and the error, where `{}` stands for the bounds.
const NUMBERS: [(&str, RangeInclusive<u32>, &str); 9] = [
    (
        "session_timeout_minutes",
        limits::SESSION_TIMEOUT_MINUTES,
        "The timeout is {} minutes (24 hours).",
    ),
    ("max_sessions_per_user", limits::SESSIONS_PER_USER, "A person may have {} sessions."),
    ("max_sessions_per_token", limits::SESSIONS_PER_TOKEN, "A token may open {} sessions."),
    ("max_sessions", limits::SESSIONS, "The workspace may have {} sessions."),
    (
        "max_creates_per_minute",
        limits::CREATES_PER_MINUTE,
        "A person may open {} sessions a minute.",
    ),
    ("history_mib", limits::HISTORY_MIB, "A session may hold {} MiB."),
    ("keep_ended_days", limits::KEEP_ENDED_DAYS, "Ended sessions are kept for {} days."),
    ("share_max_minutes", limits::SHARE_MINUTES, "A share may last {} minutes."),
    ("share_max_guests", limits::SHARE_GUESTS, "A share may have {} guests at a time."),
];

/// The form as it was typed.
#[derive(Clone, Debug, Default)]
pub struct Typed {
    /// Name of the workspace.
    pub name: String,
    /// Texts of the number fields, in the order of [`NUMBERS`].
    pub numbers: [String; 9],
    /// What keeps a session alive.
    pub keep_alive: KeepAlive,
    /// What a second attach does.
    pub attach_policy: AttachPolicy,
    /// Whether sessions may be shared.
    pub sharing_enabled: bool,
    /// Whether guests only look.
    pub share_read_only: ShareReadOnly,
    /// How a guest comes to drive.
    pub share_baton: BatonRule,
}

/// The numbers of settings, in the order of [`NUMBERS`].
pub fn numbers(settings: &WorkspaceSettings) -> [u32; 9] {
    [
        settings.session_timeout_minutes,
        settings.max_sessions_per_user,
        settings.max_sessions_per_token,
        settings.max_sessions,
        settings.max_creates_per_minute,
        settings.history_mib,
        settings.keep_ended_days,
        settings.share_max_minutes,
        settings.share_max_guests,
    ]
}

/// The settings that were typed.
///
/// # Errors
/// One for each field that can't be as it is.
pub fn read(typed: &Typed) -> Result<WorkspaceSettings, Vec<PageError>> {
    let mut wrong = Vec::new();
    let name = typed.name.trim();
    match name.chars().count() {
        0 => wrong.push(PageError::of_field("name", "The workspace needs a name.")),
        1..=limits::MAX_NAME => {}
        _ => wrong.push(PageError::long_name("name")),
    }
    let mut values = [0; 9];
    for ((value, text), (field, range, sentence)) in
        values.iter_mut().zip(&typed.numbers).zip(NUMBERS)
    {
        match text.trim().parse() {
            Ok(number) if range.contains(&number) => *value = number,
            _ => wrong.push(PageError::of_field(field, &error(sentence, &range))),
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    let [
        session_timeout_minutes,
        max_sessions_per_user,
        max_sessions_per_token,
        max_sessions,
        max_creates_per_minute,
        history_mib,
        keep_ended_days,
        share_max_minutes,
        share_max_guests,
    ] = values;
    Ok(WorkspaceSettings {
        name: name.to_owned(),
        session_timeout_minutes,
        keep_alive: typed.keep_alive,
        attach_policy: typed.attach_policy,
        max_sessions_per_user,
        max_sessions_per_token,
        max_sessions,
        max_creates_per_minute,
        history_mib,
        keep_ended_days,
        sharing_enabled: typed.sharing_enabled,
        share_max_minutes,
        share_read_only: typed.share_read_only,
        share_baton: typed.share_baton,
        share_max_guests,
        changed_by: None,
        changed_at: None,
    })
}

/// Returns the error of a field with its bounds.
fn error(sentence: &str, range: &RangeInclusive<u32>) -> String {
    sentence.replace("{}", &format!("{} to {}", range.start(), range.end()))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn typed(at: usize, text: &str) -> Typed {
        let mut numbers =
            ["60", "50", "50", "1000", "30", "64", "30", "180", "50"].map(str::to_owned);
        numbers[at] = text.into();
        Typed { name: " home ".into(), numbers, ..Typed::default() }
    }

    #[test]
    fn what_fits_is_read_back() {
        let settings = read(&typed(0, " 1440 ")).unwrap();
        assert_eq!(settings.name, "home");
        assert_eq!(numbers(&settings), [1440, 50, 50, 1000, 30, 64, 30, 180, 50]);
    }

    #[test]
    fn every_bound_has_its_sentence() {
        for (at, (field, range, sentence)) in NUMBERS.into_iter().enumerate() {
            let (low, high) = (*range.start(), *range.end());
            let sentence = error(sentence, &range);
            for good in [low, high] {
                assert!(read(&typed(at, &good.to_string())).is_ok(), "{field} {good}");
            }
            let (low, high) = ((low - 1).to_string(), (high + 1).to_string());
            for bad in [&low, &high, "", "ten", "10.5", "-20", "99999999999999999999"] {
                let wrong = read(&typed(at, bad)).unwrap_err();
                assert_eq!(wrong, [PageError::of_field(field, &sentence)], "{bad:?}");
            }
        }
    }

    #[test]
    fn all_mistakes_are_said_at_once() {
        let wrong = read(&Typed::default()).unwrap_err();
        assert_eq!(wrong.len(), 10);
        let long = Typed { name: "é".repeat(65), ..typed(0, "60") };
        assert!(read(&long).unwrap_err()[0].is_about("name"));
        assert!(read(&Typed { name: "é".repeat(64), ..long }).is_ok());
    }
}
