//! A page with a single panel: sign-in, set-up, a message.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::ui::logo::Logo;

#[component]
pub fn PlainPage(children: Children) -> impl IntoView {
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

/// The page for unknown addresses, and for those that the member may not see.
#[component]
pub fn NotFound() -> impl IntoView {
    view! {
        <Title text="Not found · websh" />
        <PlainPage>
            <h1>"Page not found"</h1>
            <p>"Check the address. The page may have been removed."</p>
            <p>
                <a class="button primary" href="/">
                    "My sessions"
                </a>
            </p>
        </PlainPage>
    }
}
