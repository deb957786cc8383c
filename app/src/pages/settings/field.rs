//! Number fields of the settings form, and the errors of the form by field. The server validates again.

use std::ops::RangeInclusive;

use leptos::prelude::*;
use protocol::api::{WorkspaceSettings, limits};

use crate::{error::PageError, ui::form::field::Field};

/// Errors of the form; each is shown next to its field.
#[derive(Clone, Copy)]
pub struct Errors(pub RwSignal<Vec<PageError>>);

impl Errors {
    pub fn of(self, field: &'static str) -> Signal<Option<PageError>> {
        Signal::derive(move || self.0.with(|all| all.iter().find(|it| it.is_about(field)).cloned()))
    }
}

/// A number of the settings: its name in errors, texts, bounds and place.
pub struct Spec {
    pub name: &'static str,
    testid: &'static str,
    label: &'static str,
    unit: &'static str,
    /// `{bounds}` stands for the bounds.
    hint: &'static str,
    pub bounds: RangeInclusive<u32>,
    value: fn(&mut WorkspaceSettings) -> &mut u32,
}

pub static NUMBERS: [Spec; 9] = [
    Spec {
        name: "session_timeout_minutes",
        testid: "settings-timeout",
        label: "Idle timeout",
        unit: "minutes",
        hint: "{bounds}. After lowering it, running sessions keep at least 5 minutes.",
        bounds: limits::SESSION_TIMEOUT_MINUTES,
        value: |it| &mut it.session_timeout_minutes,
    },
    Spec {
        name: "keep_ended_days",
        testid: "settings-kept",
        label: "Keep ended sessions in history for",
        unit: "days",
        hint: "",
        bounds: limits::KEEP_ENDED_DAYS,
        value: |it| &mut it.keep_ended_days,
    },
    Spec {
        name: "share_max_minutes",
        testid: "settings-share-minutes",
        label: "Maximum duration",
        unit: "minutes",
        hint: "{bounds}.",
        bounds: limits::SHARE_MINUTES,
        value: |it| &mut it.share_max_minutes,
    },
    Spec {
        name: "share_max_guests",
        testid: "settings-share-guests",
        label: "Guests per share at a time",
        unit: "guests",
        hint: "",
        bounds: limits::SHARE_GUESTS,
        value: |it| &mut it.share_max_guests,
    },
    Spec {
        name: "max_sessions_per_user",
        testid: "settings-per-user",
        label: "Sessions per member",
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
        label: "New sessions per member",
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

/// A number field with the text typed into it.
#[derive(Clone, Copy)]
pub struct Number {
    pub spec: &'static Spec,
    pub text: RwSignal<String>,
}

impl Number {
    pub fn new(spec: &'static Spec, settings: &WorkspaceSettings) -> Self {
        let value = *(spec.value)(&mut settings.clone());
        Self { spec, text: RwSignal::new(value.to_string()) }
    }

    /// Writes the number into `settings`, or adds an error.
    pub fn read(self, settings: &mut WorkspaceSettings, errors: &mut Vec<PageError>) {
        let Spec { name, bounds, value, .. } = self.spec;
        match self.text.with_untracked(|text| text.trim().parse()) {
            Ok(number) if bounds.contains(&number) => *value(settings) = number,
            _ => {
                let (low, high) = (bounds.start(), bounds.end());
                let message = format!("Enter a whole number from {low} to {high}.");
                errors.push(PageError::of_field(name, &message));
            }
        }
    }

    pub fn view(self, errors: Errors) -> AnyView {
        let &Spec { name, testid, label, unit, hint, ref bounds, .. } = self.spec;
        let hint = hint.replace("{bounds}", &format!("{} to {}", bounds.start(), bounds.end()));
        let (value, error) = (self.text, errors.of(name));
        view! { <Field label name testid unit hint value error /> }.into_any()
    }
}
