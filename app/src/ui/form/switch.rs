//! A switch: something that holds or does not, from the moment it is flipped.

use leptos::prelude::*;

/// A labelled switch.
#[component]
pub fn Switch(
    /// What it is, for people.
    #[prop(into)]
    label: Signal<&'static str>,
    /// Test id.
    testid: &'static str,
    /// Whether it holds.
    #[prop(into)]
    on: Signal<bool>,
    /// Somebody flipped it.
    #[prop(into)]
    flip: Callback<bool>,
    /// It can't be flipped now.
    #[prop(into, optional)]
    fixed: Signal<bool>,
    /// What follows from it as it stands.
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
