//! The last row of a form: its error, a message after saving, and the submit button.

use leptos::prelude::*;

use crate::{error::PageError, ui::failure::Failure};

/// The row.
#[component]
pub fn SubmitRow(
    /// Label of the button.
    label: &'static str,
    /// Test id of the button.
    testid: &'static str,
    /// Test id of the error.
    error_testid: &'static str,
    /// The error of the form.
    #[prop(into)]
    error: Signal<Option<PageError>>,
    /// Fields that show their own errors.
    #[prop(default = &[])]
    fields: &'static [&'static str],
    /// True while a request is in progress.
    #[prop(into)]
    busy: Signal<bool>,
    /// Styles the button as the main action.
    #[prop(optional)]
    primary: bool,
    /// Test id of the message after saving; no message without it.
    #[prop(optional)]
    saved_testid: &'static str,
    /// The message after saving.
    #[prop(into, optional)]
    saved: Signal<Option<&'static str>>,
) -> impl IntoView {
    let message = || view! { <p class="saved" role="status" data-testid=saved_testid>{saved}</p> };
    view! {
        <Failure error testid=error_testid fields />
        <div class="form-end">
            {(!saved_testid.is_empty()).then(message)}
            <button
                type="submit"
                class="button"
                class:primary=primary
                data-testid=testid
                disabled=move || busy.get()
            >
                {label}
            </button>
        </div>
    }
}
