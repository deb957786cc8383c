//! Limits on the number, rate and size of sessions.

use leptos::prelude::*;
use protocol::api::{WorkspaceSettings, limits};

use super::field::{Errors, Number};
use crate::{error::PageError, ui::section::Section};

/// The fields as typed.
#[derive(Clone, Copy)]
pub struct Limits {
    per_user: Number,
    per_token: Number,
    total: Number,
    creates: Number,
    history: Number,
}

impl Limits {
    pub fn new(settings: &WorkspaceSettings) -> Self {
        Self {
            per_user: Number::new(
                "max_sessions_per_user",
                limits::SESSIONS_PER_USER,
                settings.max_sessions_per_user,
            ),
            per_token: Number::new(
                "max_sessions_per_token",
                limits::SESSIONS_PER_TOKEN,
                settings.max_sessions_per_token,
            ),
            total: Number::new("max_sessions", limits::SESSIONS, settings.max_sessions),
            creates: Number::new(
                "max_creates_per_minute",
                limits::CREATES_PER_MINUTE,
                settings.max_creates_per_minute,
            ),
            history: Number::new("history_mib", limits::HISTORY_MIB, settings.history_mib),
        }
    }

    pub fn numbers(self) -> [Number; 5] {
        [self.per_user, self.per_token, self.total, self.creates, self.history]
    }

    /// Writes the fields into `settings`; adds an error for each invalid one.
    pub fn read(self, settings: &mut WorkspaceSettings, errors: &mut Vec<PageError>) {
        self.per_user.read(&mut settings.max_sessions_per_user, errors);
        self.per_token.read(&mut settings.max_sessions_per_token, errors);
        self.total.read(&mut settings.max_sessions, errors);
        self.creates.read(&mut settings.max_creates_per_minute, errors);
        self.history.read(&mut settings.history_mib, errors);
    }

    pub fn view(self, errors: Errors) -> impl IntoView {
        let number =
            move |it: Number, label, testid, unit| it.view(label, testid, unit, "", errors);
        view! {
            <Section
                title="Limits"
                about="Users who reach a limit can close one of their sessions. Limits never end a running session."
            >
                <div class="panel stack">
                    {number(self.per_user, "Sessions per user", "settings-per-user", "sessions")}
                    {number(self.per_token, "Sessions per API token", "settings-per-token", "sessions")}
                    {number(self.total, "Sessions in the workspace", "settings-in-all", "sessions")}
                    {number(self.creates, "New sessions per user", "settings-creates", "per minute")}
                    {number(self.history, "History per session", "settings-history", "MiB")}
                </div>
            </Section>
        }
    }
}
