//! Number fields of the settings form, and the errors of the form by field. The server validates again.

use std::ops::RangeInclusive;

use leptos::prelude::*;

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

/// A number field: its name in errors, its bounds and the text typed into it.
#[derive(Clone, Copy)]
pub struct Number {
    name: &'static str,
    low: u32,
    high: u32,
    pub text: RwSignal<String>,
}

impl Number {
    pub fn new(name: &'static str, bounds: RangeInclusive<u32>, value: u32) -> Self {
        let text = RwSignal::new(value.to_string());
        Self { name, low: *bounds.start(), high: *bounds.end(), text }
    }

    pub fn name(self) -> &'static str {
        self.name
    }

    #[cfg(test)]
    pub fn bounds(self) -> (u32, u32) {
        (self.low, self.high)
    }

    /// Stores the number in `value`, or adds an error.
    pub fn read(self, value: &mut u32, errors: &mut Vec<PageError>) {
        match self.text.with_untracked(|text| text.trim().parse()) {
            Ok(number) if (self.low..=self.high).contains(&number) => *value = number,
            _ => errors.push(PageError::of_field(
                self.name,
                &format!("Enter a whole number from {} to {}.", self.low, self.high),
            )),
        }
    }

    /// The labeled input.
    pub fn view(
        self,
        label: &'static str,
        testid: &'static str,
        unit: &'static str,
        hint: &'static str,
        errors: Errors,
    ) -> impl IntoView {
        view! {
            <Field
                label
                name=self.name
                kind="text"
                autocomplete="off"
                testid
                unit
                hint
                value=self.text
                error=errors.of(self.name)
            />
        }
    }
}
