//! The workspace's settings: what may be set, who may set it, and what is said of a change.

use std::ops::RangeInclusive;

use protocol::api::{WorkspaceSettings, limits};

use crate::{
    Actor, Control, Error, Subject,
    access::{Action, Target, authorize},
    audit, validate,
};

impl Control {
    /// The settings in force.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Unavailable`].
    pub async fn settings(&self, actor: &Actor) -> Result<WorkspaceSettings, Error> {
        authorize(actor, Action::ReadSettings, Target::Workspace)?;
        Ok(self.inner.store.settings.get().await?.unwrap_or_default())
    }

    /// Puts settings in force, at once and for sessions that run too.
    ///
    /// # Errors
    /// [`Error::Forbidden`], [`Error::Invalid`] with the field, [`Error::Unavailable`].
    pub async fn change_settings(
        &self,
        actor: &Actor,
        new: WorkspaceSettings,
    ) -> Result<WorkspaceSettings, Error> {
        authorize(actor, Action::ChangeSettings, Target::Workspace)?;
        let new = checked(new)?;
        let before = self.inner.store.settings.get().await?.unwrap_or_default();
        let now = self.now();
        let new = WorkspaceSettings {
            changed_by: Some(actor.name.clone()),
            changed_at: Some(now),
            ..new
        };
        let subject = Subject::only("settings");
        let detail = Some(difference(&before, &new)).filter(|detail| !detail.is_empty());
        let entry = audit::entry(now, &actor.into(), "settings.change", subject, detail);
        self.inner.store.settings.put(&new, &entry).await?;
        let control = self.clone();
        // Sessions hear of it at once; one that is stuck holds up nobody.
        tokio::spawn(async move { control.push_rules().await });
        self.inner.shared.notify_one();
        Ok(new)
    }
}

/// The settings with a tidy name, if all of them can be used.
fn checked(new: WorkspaceSettings) -> Result<WorkspaceSettings, Error> {
    let name = validate::label("name", &new.name)?;
    if !limits::SESSION_TIMEOUT_MINUTES.contains(&new.session_timeout_minutes) {
        let said = "The session timeout is 10 minutes to 24 hours.";
        return Err(Error::invalid("session_timeout_minutes", said));
    }
    let bounds: [(&'static str, u32, RangeInclusive<u32>); 8] = [
        ("max_sessions_per_user", new.max_sessions_per_user, limits::SESSIONS_PER_USER),
        ("max_sessions_per_token", new.max_sessions_per_token, limits::SESSIONS_PER_TOKEN),
        ("max_sessions", new.max_sessions, limits::SESSIONS),
        ("max_creates_per_minute", new.max_creates_per_minute, limits::CREATES_PER_MINUTE),
        ("history_mib", new.history_mib, limits::HISTORY_MIB),
        ("keep_ended_days", new.keep_ended_days, limits::KEEP_ENDED_DAYS),
        ("share_max_minutes", new.share_max_minutes, limits::SHARE_MINUTES),
        ("share_max_guests", new.share_max_guests, limits::SHARE_GUESTS),
    ];
    for (field, value, bound) in bounds {
        if !bound.contains(&value) {
            let said = format!("This is a number from {} to {}.", bound.start(), bound.end());
            return Err(Error::invalid(field, said));
        }
    }
    Ok(WorkspaceSettings { name, ..new })
}

/// What a change changes, old and new.
fn difference(old: &WorkspaceSettings, new: &WorkspaceSettings) -> String {
    let words = |settings: &WorkspaceSettings| {
        let lower = |text: String| text.to_lowercase();
        [
            ("name", settings.name.clone()),
            ("session_timeout_minutes", settings.session_timeout_minutes.to_string()),
            ("keep_alive", lower(format!("{:?}", settings.keep_alive))),
            ("attach_policy", lower(format!("{:?}", settings.attach_policy))),
            ("max_sessions_per_user", settings.max_sessions_per_user.to_string()),
            ("max_sessions_per_token", settings.max_sessions_per_token.to_string()),
            ("max_sessions", settings.max_sessions.to_string()),
            ("max_creates_per_minute", settings.max_creates_per_minute.to_string()),
            ("history_mib", settings.history_mib.to_string()),
            ("keep_ended_days", settings.keep_ended_days.to_string()),
            ("sharing_enabled", settings.sharing_enabled.to_string()),
            ("share_max_minutes", settings.share_max_minutes.to_string()),
            ("share_read_only", lower(format!("{:?}", settings.share_read_only))),
            ("share_baton", lower(format!("{:?}", settings.share_baton))),
            ("share_max_guests", settings.share_max_guests.to_string()),
        ]
    };
    let changed = words(old).into_iter().zip(words(new)).filter(|(old, new)| old != new);
    let said: Vec<String> =
        changed.map(|((field, old), (_, new))| format!("{field}: {old} → {new}")).collect();
    said.join(", ")
}

#[cfg(test)]
mod tests {
    use super::*;

    type Change = fn(&mut WorkspaceSettings);

    #[test]
    fn bounds() {
        let table: [(Change, Option<(&str, &str)>); 17] = [
            (|_| {}, None),
            (|s| s.session_timeout_minutes = 10, None),
            (|s| s.session_timeout_minutes = 1440, None),
            (
                |s| s.session_timeout_minutes = 9,
                Some(("session_timeout_minutes", "invalid_timeout")),
            ),
            (
                |s| s.session_timeout_minutes = 1441,
                Some(("session_timeout_minutes", "invalid_timeout")),
            ),
            (|s| s.name = " ".into(), Some(("name", "invalid_name"))),
            (
                |s| s.max_sessions_per_user = 0,
                Some(("max_sessions_per_user", "invalid_max_sessions_per_user")),
            ),
            (
                |s| s.max_sessions_per_token = 1001,
                Some(("max_sessions_per_token", "invalid_max_sessions_per_token")),
            ),
            (|s| s.max_sessions = 0, Some(("max_sessions", "invalid_max_sessions"))),
            (
                |s| s.max_creates_per_minute = 601,
                Some(("max_creates_per_minute", "invalid_max_creates_per_minute")),
            ),
            (|s| s.history_mib = 1025, Some(("history_mib", "invalid_history_mib"))),
            (|s| s.keep_ended_days = 0, Some(("keep_ended_days", "invalid_keep_ended_days"))),
            (|s| s.share_max_minutes = 5, None),
            (|s| s.share_max_minutes = 4, Some(("share_max_minutes", "invalid_share_max_minutes"))),
            (
                |s| s.share_max_minutes = 181,
                Some(("share_max_minutes", "invalid_share_max_minutes")),
            ),
            (|s| s.share_max_guests = 0, Some(("share_max_guests", "invalid_share_max_guests"))),
            (|s| s.share_max_guests = 201, Some(("share_max_guests", "invalid_share_max_guests"))),
        ];
        for (change, expected) in table {
            let mut settings = WorkspaceSettings::default();
            change(&mut settings);
            match (checked(settings), expected) {
                (Ok(_), None) => {}
                (Err(error), Some((field, code))) => {
                    assert_eq!(error.code(), code);
                    assert!(matches!(error, Error::Invalid { field: said, .. } if said == field));
                }
                (result, expected) => panic!("{result:?}, not {expected:?}"),
            }
        }
    }

    #[test]
    fn a_change_is_told_with_old_and_new() {
        let old = WorkspaceSettings::default();
        let new =
            WorkspaceSettings { session_timeout_minutes: 10, name: "Ops".into(), ..old.clone() };
        assert_eq!(difference(&old, &new), "name: websh → Ops, session_timeout_minutes: 60 → 10");
        assert_eq!(difference(&old, &old), "");
    }
}
