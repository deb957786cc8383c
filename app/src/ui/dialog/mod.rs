//! A modal `<dialog>` that follows a signal, and its two buttons. The browser keeps the focus inside and
//! closes it on Escape. It knows no particular dialog.

pub mod confirm;
pub mod lazy;

use leptos::prelude::*;

/// Opens while `open` is true and sets it to false when the dialog is dismissed.
#[component]
pub fn Dialog(
    /// True while the dialog is open.
    open: RwSignal<bool>,
    /// Heading.
    #[prop(into)]
    title: Signal<String>,
    /// Test id.
    #[prop(into)]
    testid: Signal<String>,
    /// Wider than a confirmation needs.
    #[prop(optional)]
    wide: bool,
    /// Called when the user dismisses the dialog; returns whether it stays open.
    #[prop(into, optional)]
    stay: Option<Callback<(), bool>>,
    /// Content.
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
    // A page can cancel only the first Escape: browsers close the dialog on the second.
    let closed = move |_| {
        let Some(dialog) = dialog.get_untracked() else { return };
        // It may have been opened again since the event was queued.
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
            data-testid=move || testid.get()
            aria-label=move || title.get()
            on:cancel=cancel
            on:close=closed
        >
            <h2>{move || title.get()}</h2>
            {children()}
        </dialog>
    }
}

/// The last row of a form in a dialog: a button that dismisses it and one that submits it.
#[component]
pub fn DialogActions(
    /// True while the dialog is open.
    open: RwSignal<bool>,
    /// Prefix of the buttons' test ids: `-cancel` and `-confirm`.
    testid: &'static str,
    /// Label of the button that submits.
    #[prop(into)]
    confirm: Signal<String>,
    /// True while a request is pending.
    #[prop(into)]
    busy: Signal<bool>,
) -> impl IntoView {
    view! {
        <div class="dialog-actions">
            <button
                type="button"
                class="button"
                data-testid=format!("{testid}-cancel")
                on:click=move |_| open.set(false)
            >
                "Cancel"
            </button>
            <button
                type="submit"
                class="button primary"
                data-testid=format!("{testid}-confirm")
                disabled=move || busy.get()
            >
                {move || confirm.get()}
            </button>
        </div>
    }
}

/// The only button of a dialog that shows a result.
#[component]
pub fn DialogClose(
    /// True while the dialog is open.
    open: RwSignal<bool>,
    /// Test id.
    testid: &'static str,
    /// Label.
    #[prop(default = "Close")]
    label: &'static str,
    /// Styles the button as the main action.
    #[prop(optional)]
    primary: bool,
) -> impl IntoView {
    view! {
        <div class="dialog-actions">
            <button
                type="button"
                class="button"
                class:primary=primary
                data-testid=testid
                on:click=move |_| open.set(false)
            >
                {label}
            </button>
        </div>
    }
}

/// The open state of a dialog about `subject`: opens when one is set, clears it when the dialog closes.
/// `prepare` runs before each opening.
pub fn open_for<T: Clone + Send + Sync + 'static>(
    subject: RwSignal<Option<T>>,
    prepare: impl Fn(&T) + 'static,
) -> RwSignal<bool> {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if let Some(subject) = subject.get() {
            prepare(&subject);
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            subject.set(None);
        }
    });
    open
}
