//! A form submitted by its page: one request at a time, errors beside their fields, and no loss of input.

pub mod choice;
pub mod field;
pub mod shown_once;
pub mod submit;
pub mod switch;

use futures_util::future::LocalBoxFuture;
use leptos::{html, prelude::*, task::spawn_local};
use wasm_bindgen::JsCast;
use web_sys::HtmlInputElement;

use crate::{browser, error::PageError, ui::failure::Failure};

/// A form: its fields as children, the error that no field shows, and the button.
#[component]
pub fn Form<Check, Ask, Done>(
    /// Action of the form element; `send` is used instead.
    action: &'static str,
    /// Label of the button.
    label: &'static str,
    /// Test id of the button.
    testid: &'static str,
    /// Test id of the error.
    error_testid: &'static str,
    /// Fields that show their own errors.
    fields: &'static [&'static str],
    /// Field to focus after an error of no field.
    doubtful: &'static str,
    /// Error of the form.
    error: RwSignal<Option<PageError>>,
    /// Validates before sending.
    check: Check,
    /// Sends the request.
    send: Ask,
    /// Called on success.
    done: Done,
    children: Children,
) -> impl IntoView
where
    Check: Fn() -> Option<PageError> + Clone + 'static,
    Ask: Fn() -> LocalBoxFuture<'static, Result<(), PageError>> + Clone + 'static,
    Done: Fn() + Clone + 'static,
{
    let form = NodeRef::<html::Form>::new();
    // Busy until the page is hydrated, so that the browser never submits the form itself.
    let busy = RwSignal::new(true);
    let input = move |name: &str| {
        form.get_untracked()?.get_with_name(name)?.dyn_into::<HtmlInputElement>().ok()
    };
    Effect::new(move |_| {
        busy.set(false);
        // Unless the user is typing already.
        let typing =
            browser::document().active_element().is_some_and(|it| it.tag_name() == "INPUT");
        if let Some(first) = fields.first().and_then(|name| input(name)).filter(|_| !typing) {
            let _ = first.focus();
        }
    });
    let reject = move |why: PageError| {
        if let Some(input) = input(why.0.field.as_deref().unwrap_or(doubtful)) {
            let _ = input.focus();
            input.select();
        }
        error.set(Some(why));
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        if let Some(why) = check() {
            return reject(why);
        }
        busy.set(true);
        error.set(None);
        let (send, done) = (send.clone(), done.clone());
        spawn_local(async move {
            match send().await {
                Ok(()) => done(),
                Err(why) => {
                    busy.set(false);
                    reject(why);
                }
            }
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
            <Failure error testid=error_testid fields />
            <button
                class="button primary"
                type="submit"
                data-testid=testid
                disabled=move || busy.get()
            >
                {label}
            </button>
        </form>
    }
}
