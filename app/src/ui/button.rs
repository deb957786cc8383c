//! A push button. It does not know what it does.

use leptos::prelude::*;

/// The button.
#[component]
pub fn Button(
    /// Test id.
    testid: &'static str,
    /// Text.
    #[prop(into)]
    label: Signal<String>,
    /// Label for screen readers, if it differs from the text.
    #[prop(into, optional)]
    full_label: Option<Signal<String>>,
    /// Classes in addition to `button`.
    #[prop(optional)]
    kind: &'static str,
    /// True while the button cannot be pressed.
    #[prop(into, optional)]
    disabled: Signal<bool>,
    /// Called on click.
    #[prop(into)]
    press: Callback<()>,
) -> impl IntoView {
    view! {
        <button
            type="button"
            class=format!("button {kind}")
            data-testid=testid
            aria-label=move || full_label.map(|it| it.get())
            disabled=move || disabled.get()
            on:click=move |_| press.run(())
        >
            {label}
        </button>
    }
}
