//! What is typed into the settings' form, and whether it can be. Pure; the server has the last word.

use protocol::api::{AttachPolicy, BatonRule, KeepAlive, ShareReadOnly, WorkspaceSettings};

use crate::error::PageError;

/// Longest name, in characters.
const LONGEST_NAME: usize = 64;

/// The number fields: name, lowest and highest value, and the sentence when it is neither.
const NUMBERS: [(&str, u32, u32, &str); 9] = [
    ("session_timeout_minutes", 10, 1440, "The timeout is 10 to 1440 minutes (24 hours)."),
    ("max_sessions_per_user", 1, 1000, "A person may have 1 to 1000 sessions."),
    ("max_sessions_per_token", 1, 1000, "A token may open 1 to 1000 sessions."),
    ("max_sessions", 1, 100_000, "The workspace may have 1 to 100000 sessions."),
    ("max_creates_per_minute", 1, 600, "A person may open 1 to 600 sessions a minute."),
    ("history_mib", 1, 1024, "A session may hold 1 to 1024 MiB."),
    ("keep_ended_days", 1, 365, "Ended sessions are kept for 1 to 365 days."),
    ("share_max_minutes", 5, 180, "A share may last 5 to 180 minutes."),
    ("share_max_guests", 1, 200, "A share may have 1 to 200 guests at a time."),
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
        1..=LONGEST_NAME => {}
        _ => wrong.push(PageError::of_field("name", "A name has at most 64 characters.")),
    }
    let mut values = [0; 9];
    for ((value, text), (field, low, high, sentence)) in
        values.iter_mut().zip(&typed.numbers).zip(NUMBERS)
    {
        match text.trim().parse() {
            Ok(number) if (low..=high).contains(&number) => *value = number,
            _ => wrong.push(PageError::of_field(field, sentence)),
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
        for (at, (field, low, high, sentence)) in NUMBERS.into_iter().enumerate() {
            for good in [low, high] {
                assert!(read(&typed(at, &good.to_string())).is_ok(), "{field} {good}");
            }
            let (low, high) = ((low - 1).to_string(), (high + 1).to_string());
            for bad in [&low, &high, "", "ten", "10.5", "-20", "99999999999999999999"] {
                let wrong = read(&typed(at, bad)).unwrap_err();
                assert_eq!(wrong, [PageError::of_field(field, sentence)], "{bad:?}");
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
