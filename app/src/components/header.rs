//! The line on top of the Websh page: who is signed in, and the way out.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::Me;

use crate::{
    api::rest,
    browser,
    components::{logo::Logo, theme::ThemeButton},
};

/// Brand, colours, person, sign out.
#[component]
pub fn Header(
    /// The signed-in member.
    me: Me,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let sign_out = move |_| {
        busy.set(true);
        spawn_local(async move {
            match rest::logout().await {
                Ok(()) => browser::go("/sign-in"),
                Err(_) => busy.set(false),
            }
        });
    };
    view! {
        <header class="header">
            <a class="brand" href="/">
                <Logo />
                <span>"websh"</span>
            </a>
            <span class="who" data-testid="who" title=me.email>
                {me.name}
            </span>
            <ThemeButton />
            <button
                type="button"
                class="button quiet"
                data-testid="sign-out"
                disabled=move || busy.get()
                on:click=sign_out
            >
                "Sign out"
            </button>
        </header>
    }
}
