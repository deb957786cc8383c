//! Forms: those of pages without a sign-in, and the last row of the others.

pub mod choice;
pub mod field;
pub mod shown_once;
pub mod switch;

use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{
    error::PageError,
    ui::{button::Button, failure::Failure, request::Answer},
};

/// A form that is submitted once, then left: its fields as children, the error that no field shows, and the
/// button.
#[component]
pub fn Form(
    /// Action of the form element; `submit` is used instead.
    action: &'static str,
    label: &'static str,
    /// Prefix of the test ids: `-submit` and `-error`.
    testid: &'static str,
    fields: &'static [&'static str],
    error: RwSignal<Option<PageError>>,
    /// Validates the fields, sends the request and leaves the form. After an error the form stays, with the
    /// field of the error focused, or else the password.
    #[prop(into)]
    submit: Callback<(), Answer>,
    children: Children,
) -> impl IntoView {
    let form = NodeRef::<html::Form>::new();
    // Busy until the page is hydrated, so that the browser never submits the form itself.
    let busy = RwSignal::new(true);
    let input = move |name: &str| {
        form.get_untracked()?.get_with_name(name)?.dyn_into::<HtmlInputElement>().ok()
    };
    Effect::new(move |_| {
        busy.set(false);
        // Unless the user is typing already.
        let typing = document().active_element().is_some_and(|it| it.tag_name() == "INPUT");
        if let Some(first) = fields.first().and_then(|name| input(name)).filter(|_| !typing) {
            let _ = first.focus();
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let Err(why) = submit.run(()).await else { return };
            busy.set(false);
            if let Some(input) = input(why.0.field.as_deref().unwrap_or("password")) {
                let _ = input.focus();
                input.select();
            }
            error.set(Some(why));
        });
    };
    view! {
        <form
            node_ref=form
            method="post"
            action=action
            class="stack"
            novalidate
            on:submit=submit
        >
            {children()}
            <Failure error testid=format!("{testid}-error") fields />
            <Button testid=format!("{testid}-submit") label kind="primary" disabled=busy />
        </form>
    }
}

/// The last row of a form: its error, a message after saving, and the submit button.
#[component]
pub fn SubmitRow(
    label: &'static str,
    testid: &'static str,
    error_testid: &'static str,
    #[prop(into)] error: Signal<Option<PageError>>,
    #[prop(default = &[])] fields: &'static [&'static str],
    #[prop(optional)] kind: &'static str,
    #[prop(into)] busy: Signal<bool>,
    /// Test id of the message after saving; no message without it.
    #[prop(optional)]
    saved_testid: &'static str,
    #[prop(into, optional)] saved: Signal<Option<&'static str>>,
) -> impl IntoView {
    let message = || view! { <p class="saved" role="status" data-testid=saved_testid>{saved}</p> };
    view! {
        <Failure error testid=error_testid fields />
        <div class="form-end">
            {(!saved_testid.is_empty()).then(message)}
            <Button testid label kind disabled=busy />
        </div>
    }
}
