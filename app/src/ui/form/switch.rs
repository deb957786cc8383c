//! A switch for a setting that applies at once.

use leptos::prelude::*;

/// A labelled switch.
#[component]
pub fn Switch(
    /// Label.
    #[prop(into)]
    label: Signal<&'static str>,
    /// Test id.
    testid: &'static str,
    /// True while the setting is on.
    #[prop(into)]
    on: Signal<bool>,
    /// Called with the new state.
    #[prop(into)]
    flip: Callback<bool>,
    /// Disables the switch.
    #[prop(into, optional)]
    fixed: Signal<bool>,
    /// Explanation of the current state.
    #[prop(into, optional)]
    hint: Signal<&'static str>,
) -> impl IntoView {
    view! {
        <label class="switch">
            <input
                type="checkbox"
                role="switch"
                data-testid=testid
                prop:checked=move || on.get()
                disabled=move || fixed.get()
                on:change:target=move |event| flip.run(event.target().checked())
            />
            <span>
                {label}
                <small hidden=move || hint.with(|it| it.is_empty())>{hint}</small>
            </span>
        </label>
    }
}
