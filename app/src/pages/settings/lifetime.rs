//! Lifetime of idle and ended sessions.

use leptos::prelude::*;
use protocol::api::{KeepAlive, WorkspaceSettings, WorkspaceUsage, limits};

use super::{
    field::{Errors, Number},
    usage::UsageNote,
};
use crate::{
    error::PageError,
    ui::{form::choice::Choice, section::Section},
};

const KEEP_ALIVE: [(KeepAlive, &str); 3] = [
    (KeepAlive::Attached, "The owner has it open in a visible tab"),
    (KeepAlive::Input, "The owner types in it"),
    (KeepAlive::Working, "It is open in a visible tab, or its programs produce output"),
];

/// The fields as typed.
#[derive(Clone, Copy)]
pub struct Lifetime {
    pub timeout: Number,
    keep_alive: RwSignal<KeepAlive>,
    keep_ended: Number,
}

impl Lifetime {
    pub fn new(settings: &WorkspaceSettings) -> Self {
        Self {
            timeout: Number::new(
                "session_timeout_minutes",
                limits::SESSION_TIMEOUT_MINUTES,
                settings.session_timeout_minutes,
            ),
            keep_alive: RwSignal::new(settings.keep_alive),
            keep_ended: Number::new(
                "keep_ended_days",
                limits::KEEP_ENDED_DAYS,
                settings.keep_ended_days,
            ),
        }
    }

    pub fn numbers(self) -> [Number; 2] {
        [self.timeout, self.keep_ended]
    }

    /// Writes the fields into `settings`; adds an error for each invalid one.
    pub fn read(self, settings: &mut WorkspaceSettings, errors: &mut Vec<PageError>) {
        settings.keep_alive = self.keep_alive.get_untracked();
        self.timeout.read(&mut settings.session_timeout_minutes, errors);
        self.keep_ended.read(&mut settings.keep_ended_days, errors);
    }

    pub fn view(self, errors: Errors, usage: Option<WorkspaceUsage>) -> impl IntoView {
        view! {
            <Section
                title="Session lifetime"
                about="Idle sessions end after a timeout, with everything running in them."
            >
                <div class="panel stack">
                    {self
                        .timeout
                        .view(
                            "Idle timeout",
                            "settings-timeout",
                            "minutes",
                            "10 to 1440. After lowering it, running sessions keep at least 5 minutes.",
                            errors,
                        )}
                    <UsageNote usage />
                    <Choice
                        label="A session counts as in use while"
                        testid="settings-keep-alive"
                        options=&KEEP_ALIVE
                        value=self.keep_alive
                        hint="Attaching and typing always count."
                    />
                    {self
                        .keep_ended
                        .view("Keep ended sessions in history for", "settings-kept", "days", "", errors)}
                </div>
            </Section>
        }
    }
}
