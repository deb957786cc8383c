//! `/sign-in`: e-mail address and password, then back to where the person was.

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::rest,
    browser,
    components::{failure::Failure, plain_page::PlainPage},
    error::PageError,
    words::way_back,
};

/// The sign-in form.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let signed_out = move || query.with(|query| query.get("signed_out").is_some());
    let email = NodeRef::<leptos::html::Input>::new();
    let password = NodeRef::<leptos::html::Input>::new();
    // Busy until the page is ready, so that a form is never sent the browser's own way.
    let busy = RwSignal::new(true);
    let error = RwSignal::new(None::<PageError>);
    Effect::new(move |_| {
        busy.set(false);
        if let Some(field) = email.get() {
            let _ = field.focus();
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let (Some(email), Some(secret)) = (email.get_untracked(), password.get_untracked()) else {
            return;
        };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let back = query.with_untracked(|query| way_back(query.get("return").as_deref()));
        spawn_local(async move {
            match rest::login(&email.value(), &secret.value()).await {
                Ok(()) => browser::go(&back),
                Err(why) => {
                    error.set(Some(why));
                    busy.set(false);
                    secret.select();
                }
            }
        });
    };
    view! {
        <Title text="Sign in · websh" />
        <PlainPage>
            <h1>"Sign in"</h1>
            <Show when=signed_out>
                <p class="notice" data-testid="sign-in-notice">
                    "You were signed out. Sign in to go on where you were."
                </p>
            </Show>
            <form method="post" action="/sign-in" class="stack" on:submit=submit>
                <label>
                    "E-mail address"
                    <input
                        node_ref=email
                        data-testid="sign-in-email"
                        type="email"
                        name="email"
                        autocomplete="username"
                        autocapitalize="none"
                        maxlength="128"
                        required
                    />
                </label>
                <label>
                    "Password"
                    <input
                        node_ref=password
                        data-testid="sign-in-password"
                        type="password"
                        name="password"
                        autocomplete="current-password"
                        maxlength="128"
                        required
                    />
                </label>
                <Failure error testid="sign-in-error" />
                <button
                    class="button primary"
                    type="submit"
                    data-testid="sign-in-submit"
                    disabled=move || busy.get()
                >
                    "Sign in"
                </button>
            </form>
        </PlainPage>
    }
}
