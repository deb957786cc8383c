//! Number fields of the settings form, and the errors of the form by field. The server validates again.

use std::ops::RangeInclusive;

use leptos::prelude::*;
use protocol::api::WorkspaceSettings;

use crate::{error::PageError, ui::form::field::Field};

/// Errors of the form; each is shown next to its field.
#[derive(Clone, Copy)]
pub struct Errors(pub RwSignal<Vec<PageError>>);

impl Errors {
    /// The error of one field.
    pub fn of(self, field: &'static str) -> Signal<Option<PageError>> {
        Signal::derive(move || self.0.with(|all| all.iter().find(|it| it.is_about(field)).cloned()))
    }
}

/// A number of the settings: its name in errors, texts, bounds and place.
pub struct Spec {
    pub name: &'static str,
    pub testid: &'static str,
    pub label: &'static str,
    pub unit: &'static str,
    pub hint: &'static str,
    pub bounds: RangeInclusive<u32>,
    pub value: fn(&mut WorkspaceSettings) -> &mut u32,
}

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

    /// The labeled input.
    pub fn view(self, errors: Errors) -> impl IntoView {
        let &Spec { name, testid, label, unit, hint, .. } = self.spec;
        let (value, error) = (self.text, errors.of(name));
        view! {
            <Field label name kind="text" autocomplete="off" testid unit hint value error />
        }
    }
}
