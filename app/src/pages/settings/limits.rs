//! Limits on the number, rate and size of sessions.

use leptos::prelude::*;
use protocol::api::{WorkspaceSettings, limits};

use super::field::{Errors, Number, Spec};
use crate::ui::section::Section;

static NUMBERS: [Spec; 5] = [
    Spec {
        name: "max_sessions_per_user",
        testid: "settings-per-user",
        label: "Sessions per user",
        unit: "sessions",
        hint: "",
        bounds: limits::SESSIONS_PER_USER,
        value: |it| &mut it.max_sessions_per_user,
    },
    Spec {
        name: "max_sessions_per_token",
        testid: "settings-per-token",
        label: "Sessions per API token",
        unit: "sessions",
        hint: "",
        bounds: limits::SESSIONS_PER_TOKEN,
        value: |it| &mut it.max_sessions_per_token,
    },
    Spec {
        name: "max_sessions",
        testid: "settings-in-all",
        label: "Sessions in the workspace",
        unit: "sessions",
        hint: "",
        bounds: limits::SESSIONS,
        value: |it| &mut it.max_sessions,
    },
    Spec {
        name: "max_creates_per_minute",
        testid: "settings-creates",
        label: "New sessions per user",
        unit: "per minute",
        hint: "",
        bounds: limits::CREATES_PER_MINUTE,
        value: |it| &mut it.max_creates_per_minute,
    },
    Spec {
        name: "history_mib",
        testid: "settings-history",
        label: "History per session",
        unit: "MiB",
        hint: "",
        bounds: limits::HISTORY_MIB,
        value: |it| &mut it.history_mib,
    },
];

/// The fields as typed.
#[derive(Clone, Copy)]
pub struct Limits(pub [Number; 5]);

impl Limits {
    pub fn new(settings: &WorkspaceSettings) -> Self {
        Self(NUMBERS.each_ref().map(|spec| Number::new(spec, settings)))
    }

    pub fn view(self, errors: Errors) -> impl IntoView {
        view! {
            <Section
                title="Limits"
                about="Users who reach a limit can close one of their sessions. Limits never end a running session."
            >
                <div class="panel stack">{self.0.map(|number| number.view(errors))}</div>
            </Section>
        }
    }
}
