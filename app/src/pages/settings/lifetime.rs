//! Lifetime of idle and ended sessions.

use leptos::prelude::*;
use protocol::api::{KeepAlive, WorkspaceSettings, WorkspaceUsage, limits};

use super::{
    field::{Errors, Number, Spec},
    usage::UsageNote,
};
use crate::ui::{form::choice::Choice, section::Section};

const KEEP_ALIVE: [(KeepAlive, &str); 3] = [
    (KeepAlive::Attached, "The owner has it open in a visible tab"),
    (KeepAlive::Input, "The owner types in it"),
    (KeepAlive::Working, "It is open in a visible tab, or its programs produce output"),
];

static TIMEOUT: Spec = Spec {
    name: "session_timeout_minutes",
    testid: "settings-timeout",
    label: "Idle timeout",
    unit: "minutes",
    hint: "10 to 1440. After lowering it, running sessions keep at least 5 minutes.",
    bounds: limits::SESSION_TIMEOUT_MINUTES,
    value: |it| &mut it.session_timeout_minutes,
};

static KEEP_ENDED: Spec = Spec {
    name: "keep_ended_days",
    testid: "settings-kept",
    label: "Keep ended sessions in history for",
    unit: "days",
    hint: "",
    bounds: limits::KEEP_ENDED_DAYS,
    value: |it| &mut it.keep_ended_days,
};

/// The fields as typed.
#[derive(Clone, Copy)]
pub struct Lifetime {
    pub timeout: Number,
    keep_alive: RwSignal<KeepAlive>,
    pub keep_ended: Number,
}

impl Lifetime {
    pub fn new(settings: &WorkspaceSettings) -> Self {
        Self {
            timeout: Number::new(&TIMEOUT, settings),
            keep_alive: RwSignal::new(settings.keep_alive),
            keep_ended: Number::new(&KEEP_ENDED, settings),
        }
    }

    pub fn read(self, settings: &mut WorkspaceSettings) {
        settings.keep_alive = self.keep_alive.get_untracked();
    }

    pub fn view(self, errors: Errors, usage: Option<WorkspaceUsage>) -> impl IntoView {
        view! {
            <Section
                title="Session lifetime"
                about="Idle sessions end after a timeout, with everything running in them."
            >
                <div class="panel stack">
                    {self.timeout.view(errors)}
                    <UsageNote usage />
                    <Choice
                        label="A session counts as in use while"
                        testid="settings-keep-alive"
                        options=&KEEP_ALIVE
                        value=self.keep_alive
                        hint="Attaching and typing always count."
                    />
                    {self.keep_ended.view(errors)}
                </div>
            </Section>
        }
    }
}
