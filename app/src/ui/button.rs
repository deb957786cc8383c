//! A push button, and the moment from which buttons work.

use leptos::{prelude::*, text_prop::TextProp};

use crate::ui::show::dynamic;

/// The button. Without `press` and `command` it submits its form.
#[component]
pub fn Button(
    #[prop(into, optional)] testid: Option<String>,
    #[prop(into)] label: TextProp,
    /// Label for screen readers, if it differs from the text.
    #[prop(into, optional)]
    full_label: Option<TextProp>,
    #[prop(optional)] kind: &'static str,
    #[prop(into, optional)] disabled: Signal<bool>,
    /// Disables the button until the page is hydrated.
    #[prop(optional)]
    hydrated: bool,
    /// True while what the button opens is shown.
    #[prop(optional)]
    expanded: Option<RwSignal<bool>>,
    #[prop(into, optional)] press: Option<Callback<()>>,
    /// Command for the terminal around the button.
    #[prop(optional)]
    command: Option<&'static str>,
) -> impl IntoView {
    let ready = hydrated.then(ready);
    view! {
        <button
            type=if press.is_some() || command.is_some() { "button" } else { "submit" }
            class=format!("button {kind}")
            data-testid=testid
            data-command=command
            aria-label=move || full_label.as_ref().map(TextProp::get)
            aria-expanded=move || expanded.map(|it| it.get().to_string())
            disabled=move || disabled.get() || ready.is_some_and(|it| !it.get())
            on:click=move |_| {
                if let Some(press) = press {
                    press.run(());
                }
            }
        >
            {dynamic(move || label.get())}
        </button>
    }
}

/// False while the server renders, true once the page is hydrated: buttons are visible before the wasm has
/// loaded.
pub fn ready() -> ReadSignal<bool> {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    ready.read_only()
}
