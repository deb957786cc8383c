//! A labelled text field with its hint and its own error.

use leptos::prelude::*;

use crate::error::PageError;

/// A field; the error shows here when it names this field.
#[component]
pub fn Field(
    /// What it is, for people.
    label: &'static str,
    /// Name of the field in errors.
    name: &'static str,
    /// Type of the input.
    kind: &'static str,
    /// What a browser may fill in.
    autocomplete: &'static str,
    /// Test id; the error's is this and `-error`.
    testid: &'static str,
    /// What to know before typing.
    #[prop(optional)]
    hint: &'static str,
    /// The text.
    value: RwSignal<String>,
    /// The error of the form.
    error: RwSignal<Option<PageError>>,
) -> impl IntoView {
    let input = NodeRef::<leptos::html::Input>::new();
    let wrong =
        move || error.get().filter(|it| it.0.field.as_deref() == Some(name)).map(|it| it.0.message);
    // What was typed before the page was ready.
    Effect::new(move |_| {
        if let Some(input) = input.get() {
            value.set(input.value());
        }
    });
    view! {
        <label>
            {label}
            <input
                node_ref=input
                data-testid=testid
                type=kind
                name=name
                autocomplete=autocomplete
                autocapitalize="none"
                maxlength="128"
                aria-invalid=move || wrong().map(|_| "true")
                aria-describedby=format!("{name}-help")
                on:input:target=move |event| value.set(event.target().value())
            />
        </label>
        <p class="help" id=format!("{name}-help") role="status">
            {move || match wrong() {
                Some(message) => {
                    view! {
                        <span class="failure" data-testid=format!("{testid}-error")>
                            {message}
                        </span>
                    }
                        .into_any()
                }
                None => hint.into_any(),
            }}
        </p>
    }
}
