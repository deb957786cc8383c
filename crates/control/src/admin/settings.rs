//! Workspace settings: validation, authorization, and putting a change into force.

use std::{ops::RangeInclusive, sync::Arc};

use protocol::api::{AuditAction, WorkspaceSettings, limits};

use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    audit::AuditTarget,
    context::Context,
    sessions::rules,
    sharing::shares::Shares,
    validate,
};

/// Settings of the workspace, which superusers change. [`Config`](crate::Config) is the operator's.
pub struct Settings {
    pub(crate) ctx: Arc<Context>,
    pub(crate) shares: Arc<Shares>,
}

impl Settings {
    /// Returns the settings in force.
    pub async fn get(&self, actor: &Actor) -> Result<WorkspaceSettings, Error> {
        authorize(actor, Action::ReadSettings, Target::Workspace)?;
        self.ctx.workspace_settings().await
    }

    /// Puts settings in force immediately, also for running sessions.
    pub async fn change(
        &self,
        actor: &Actor,
        new: WorkspaceSettings,
    ) -> Result<WorkspaceSettings, Error> {
        authorize(actor, Action::ChangeSettings, Target::Workspace)?;
        let new = validated(new)?;
        let before = self.ctx.workspace_settings().await?;
        let (changed_by, changed_at) = (Some(actor.name.clone()), Some(self.ctx.now()));
        let new = WorkspaceSettings { changed_by, changed_at, ..new };
        let target = AuditTarget::singleton("settings");
        let detail = Some(difference(&before, &new)).filter(|detail| !detail.is_empty());
        let entry = self.ctx.entry(actor, AuditAction::SettingsChange, target, detail);
        self.ctx.store.settings.put(&new, &entry).await?;
        let ctx = Arc::clone(&self.ctx);
        // In the background, because a stuck session delays it.
        tokio::spawn(async move { rules::push_to_all(&ctx).await });
        self.shares.wake_expiry();
        Ok(new)
    }
}

/// Validates all settings and normalizes the name.
fn validated(new: WorkspaceSettings) -> Result<WorkspaceSettings, Error> {
    let name = validate::label("name", &new.name)?;
    let bounds: [(&'static str, u32, RangeInclusive<u32>); 9] = [
        ("session_timeout_minutes", new.session_timeout_minutes, limits::SESSION_TIMEOUT_MINUTES),
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
            let message = format!("Enter a number from {} to {}.", bound.start(), bound.end());
            return Err(Error::invalid(field, message));
        }
    }
    Ok(WorkspaceSettings { name, ..new })
}

fn difference(old: &WorkspaceSettings, new: &WorkspaceSettings) -> String {
    let values = |settings: &WorkspaceSettings| {
        [
            ("name", settings.name.clone()),
            ("session_timeout_minutes", settings.session_timeout_minutes.to_string()),
            ("keep_alive", settings.keep_alive.to_string()),
            ("attach_policy", settings.attach_policy.to_string()),
            ("max_sessions_per_user", settings.max_sessions_per_user.to_string()),
            ("max_sessions_per_token", settings.max_sessions_per_token.to_string()),
            ("max_sessions", settings.max_sessions.to_string()),
            ("max_creates_per_minute", settings.max_creates_per_minute.to_string()),
            ("history_mib", settings.history_mib.to_string()),
            ("keep_ended_days", settings.keep_ended_days.to_string()),
            ("sharing_enabled", settings.sharing_enabled.to_string()),
            ("share_max_minutes", settings.share_max_minutes.to_string()),
            ("share_read_only", settings.share_read_only.to_string()),
            ("share_baton", settings.share_baton.to_string()),
            ("share_max_guests", settings.share_max_guests.to_string()),
        ]
    };
    let changed = values(old).into_iter().zip(values(new)).filter(|(old, new)| old != new);
    let parts: Vec<String> =
        changed.map(|((field, old), (_, new))| format!("{field}: {old} → {new}")).collect();
    parts.join(", ")
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
            match (validated(settings), expected) {
                (Ok(_), None) => {}
                (Err(error), Some((field, code))) => {
                    assert_eq!(error.code(), code);
                    assert!(matches!(error, Error::Invalid { field: found, .. } if found == field));
                }
                (result, expected) => panic!("{result:?}, not {expected:?}"),
            }
        }
    }

    #[test]
    fn a_change_is_described_by_old_and_new_values() {
        let old = WorkspaceSettings::default();
        let new =
            WorkspaceSettings { session_timeout_minutes: 10, name: "Ops".into(), ..old.clone() };
        assert_eq!(difference(&old, &new), "name: websh → Ops, session_timeout_minutes: 60 → 10");
        assert_eq!(difference(&old, &old), "");
    }
}
