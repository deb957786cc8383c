//! A page with one thing on it: sign-in, set-up, a message.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::logo::Logo;

/// The frame of such a page.
#[component]
pub fn PlainPage(
    /// What is on it.
    children: Children,
) -> impl IntoView {
    view! {
        <main class="plain-page">
            <a class="brand" href="/" aria-label="websh">
                <Logo />
                <span>"websh"</span>
            </a>
            <section class="panel">{children()}</section>
        </main>
    }
}

/// There is nothing at this address, or not for this person.
#[component]
pub fn Nothing() -> impl IntoView {
    view! {
        <Title text="Not found · websh" />
        <PlainPage>
            <h1>"There is nothing here"</h1>
            <p>"The address may be mistyped, or what it led to is gone."</p>
            <p>
                <a class="button primary" href="/">
                    "My sessions"
                </a>
            </p>
        </PlainPage>
    }
}
