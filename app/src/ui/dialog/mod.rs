//! A modal `<dialog>` that follows a signal. The browser keeps the focus inside and closes it by Escape.

pub mod actions;
pub mod confirm;
pub mod lazy;

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
    /// More room than a question needs.
    #[prop(optional)]
    wide: bool,
    /// Asked when the person leaves: whether they had better not, yet.
    #[prop(into, optional)]
    stay: Option<Callback<(), bool>>,
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
    let stays = move || open.get_untracked() && stay.is_some_and(|stay| stay.run(()));
    // Browsers let a page refuse the first Escape only: a second one closes, whatever it says.
    let closed = move |_| {
        let Some(dialog) = dialog.get_untracked() else { return };
        // It may have been opened again since.
        if dialog.open() {
            return;
        }
        if !stays() {
            return open.set(false);
        }
        drop(dialog.show_modal());
    };
    let cancel = move |event: leptos::ev::Event| {
        if stays() {
            event.prevent_default();
        }
    };
    view! {
        <dialog
            node_ref=dialog
            class="dialog"
            class:wide=wide
            data-testid=testid
            aria-label=move || title.get()
            on:cancel=cancel
            on:close=closed
        >
            <h2>{move || title.get()}</h2>
            {children()}
        </dialog>
    }
}
