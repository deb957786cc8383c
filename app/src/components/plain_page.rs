//! A page with one thing on it: sign-in, set-up, a message.

use leptos::prelude::*;

use crate::components::logo::Logo;

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
            <section class="sheet">{children()}</section>
        </main>
    }
}
