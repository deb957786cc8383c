//! A form that is sent by its page: one answer at a time, what is wrong beside the field it is about,
//! and nothing that was typed is lost.

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

/// The fields between the form's tags, one sentence for what no field shows, and the button.
#[component]
pub fn Form<Check, Ask, Done>(
    /// Where a browser would send it; it is sent by `send` instead.
    action: &'static str,
    /// Words of the button.
    label: &'static str,
    /// Test id of the button.
    testid: &'static str,
    /// Test id of the sentence.
    error_testid: &'static str,
    /// Fields that show their errors themselves.
    fields: &'static [&'static str],
    /// The field to try again at when no field is to blame.
    doubtful: &'static str,
    /// What is wrong.
    error: RwSignal<Option<PageError>>,
    /// What is wrong before the server is asked.
    check: Check,
    /// Asks the server.
    send: Ask,
    /// Goes on from here.
    done: Done,
    children: Children,
) -> impl IntoView
where
    Check: Fn() -> Option<PageError> + Clone + 'static,
    Ask: Fn() -> LocalBoxFuture<'static, Result<(), PageError>> + Clone + 'static,
    Done: Fn() + Clone + 'static,
{
    let form = NodeRef::<html::Form>::new();
    // Busy until the page is ready, so that a form is never sent the browser's own way.
    let busy = RwSignal::new(true);
    let input = move |name: &str| {
        form.get_untracked()?.get_with_name(name)?.dyn_into::<HtmlInputElement>().ok()
    };
    Effect::new(move |_| {
        busy.set(false);
        // Unless somebody types already.
        let typing =
            browser::document().active_element().is_some_and(|it| it.tag_name() == "INPUT");
        if let Some(first) = fields.first().and_then(|name| input(name)).filter(|_| !typing) {
            let _ = first.focus();
        }
    });
    let refuse = move |why: PageError| {
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
            return refuse(why);
        }
        busy.set(true);
        error.set(None);
        let (send, done) = (send.clone(), done.clone());
        spawn_local(async move {
            match send().await {
                Ok(()) => done(),
                Err(why) => {
                    busy.set(false);
                    refuse(why);
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
