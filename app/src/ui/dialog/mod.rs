//! A modal `<dialog>` that follows a signal, and its buttons. The browser keeps the focus inside and closes it
//! on Escape. It does not contain any particular dialog.

pub mod confirm;
pub mod lazy;

use leptos::{prelude::*, text_prop::TextProp};

use crate::ui::{button::Button, failure::Failure, request::Request, show::dynamic};

/// Opens while `open` is true and sets it to false when the dialog is dismissed.
#[component]
pub fn Dialog(
    open: RwSignal<bool>,
    #[prop(into)] title: TextProp,
    #[prop(into)] testid: TextProp,
    /// Wider than a confirmation needs.
    #[prop(optional)]
    wide: bool,
    /// Called when the user dismisses the dialog; returns whether it stays open.
    #[prop(into, optional)]
    stay: Option<Callback<(), bool>>,
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
    let heading = title.clone();
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
            <h2>{dynamic(move || heading.get())}</h2>
            {children()}
        </dialog>
    }
}

/// The end of a form in a dialog: its error, a button that dismisses the dialog and one that submits. Their
/// test ids are `testid` with `-error`, `-cancel` and `-confirm`.
#[component]
pub fn DialogActions(
    open: RwSignal<bool>,
    testid: &'static str,
    #[prop(into)] confirm: TextProp,
    request: Request,
    fields: &'static [&'static str],
) -> impl IntoView {
    let submit = format!("{testid}-confirm");
    view! {
        <Failure error=request.error testid=format!("{testid}-error") fields />
        <div class="dialog-actions">
            <Button testid=format!("{testid}-cancel") label="Cancel" press=move |()| open.set(false) />
            <Button testid=submit label=confirm kind="primary" disabled=request.busy />
        </div>
    }
}

/// The only button of a dialog that shows a result.
#[component]
pub fn DialogClose(
    open: RwSignal<bool>,
    testid: &'static str,
    #[prop(default = "Close")] label: &'static str,
    #[prop(optional)] kind: &'static str,
) -> impl IntoView {
    view! {
        <div class="dialog-actions">
            <Button testid label kind press=move |()| open.set(false) />
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
