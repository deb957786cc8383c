//! A switch for a setting that applies at once.

use leptos::{prelude::*, text_prop::TextProp};

#[component]
pub fn Switch(
    #[prop(into)] label: TextProp,
    testid: &'static str,
    #[prop(into)] on: Signal<bool>,
    #[prop(into)] flip: Callback<bool>,
    #[prop(into, optional)] fixed: Signal<bool>,
    #[prop(into, optional)] hint: TextProp,
) -> impl IntoView {
    let text = hint.clone();
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
                {move || label.get()}
                <small hidden=move || hint.get().is_empty()>{move || text.get()}</small>
            </span>
        </label>
    }
}
