//! The line on top of the Websh page: who is signed in, and the way out.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::Me;

use crate::{
    api::rest,
    browser,
    components::{
        logo::Logo,
        palette::{Command, Palette, PaletteButton},
        theme::ThemeButton,
    },
};

/// Brand, colours, person, sign out.
#[component]
pub fn Header(
    /// The signed-in member.
    me: Me,
    /// What the page offers in the command palette beyond what every page does.
    #[prop(optional, into)]
    commands: Signal<Vec<Command>>,
) -> impl IntoView {
    let palette = RwSignal::new(false);
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
            <PaletteButton open=palette keys="Ctrl+K or ⌘K" />
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
        <Palette open=palette role=Some(me.role) own=commands />
    }
}
