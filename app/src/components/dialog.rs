//! A modal `<dialog>` that follows a signal. The browser keeps the focus inside and closes it by Escape.

use leptos::prelude::*;

/// Opens while `open` is true and sets it to false when the person leaves.
#[component]
pub fn Dialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Its heading.
    #[prop(into)]
    title: Signal<String>,
    /// Test id.
    testid: &'static str,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    let dialog = NodeRef::<leptos::html::Dialog>::new();
    Effect::new(move |_| {
        let Some(dialog) = dialog.get() else { return };
        match (open.get(), dialog.open()) {
            (true, false) => drop(dialog.show_modal()),
            (false, true) => dialog.close(),
            _ => {}
        }
    });
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            data-testid=testid
            aria-label=move || title.get()
            on:close=move |_| open.set(false)
        >
            <h2>{move || title.get()}</h2>
            {children()}
        </dialog>
    }
}
