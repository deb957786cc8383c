//! The two ways out of a dialog that asks: the one that changes nothing, and the one that does what it asks
//! about. What that is belongs to the dialog.

use leptos::{ev::MouseEvent, prelude::*};

/// Ends a dialog. Without `act` the second button sends the form that it stands in.
#[component]
pub fn DialogActions(
    /// Whether the dialog is shown.
    open: RwSignal<bool>,
    /// Begins the buttons' test ids: `-cancel` and `-confirm`.
    testid: &'static str,
    /// On the button that changes nothing.
    #[prop(default = "Cancel")]
    keep: &'static str,
    /// On the other.
    #[prop(into)]
    yes: Signal<String>,
    /// Whether it takes something away.
    #[prop(into, optional)]
    harm: Signal<bool>,
    /// Whether it is being done.
    #[prop(into)]
    busy: Signal<bool>,
    /// Does it.
    #[prop(into, optional)]
    act: Option<Callback<MouseEvent>>,
) -> impl IntoView {
    let kind = if act.is_some() { "button" } else { "submit" };
    view! {
        <div class="dialog-actions">
            <button
                type="button"
                class="button"
                data-testid=format!("{testid}-cancel")
                on:click=move |_| open.set(false)
            >
                {keep}
            </button>
            <button
                type=kind
                class="button"
                class:danger=move || harm.get()
                class:primary=move || !harm.get()
                data-testid=format!("{testid}-confirm")
                disabled=move || busy.get()
                on:click=move |event| {
                    if let Some(act) = act {
                        act.run(event);
                    }
                }
            >
                {move || yes.get()}
            </button>
        </div>
    }
}

/// The only button of a dialog that shows a result.
#[component]
pub fn DialogClose(
    /// Whether the dialog is open.
    open: RwSignal<bool>,
    /// Test id.
    testid: &'static str,
    /// Label.
    #[prop(default = "Close")]
    label: &'static str,
    /// Whether closing is the main action.
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
