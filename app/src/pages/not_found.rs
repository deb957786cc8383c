//! An address that leads nowhere.

use leptos::prelude::*;
use leptos_meta::Title;

use crate::components::plain_page::PlainPage;

/// Says so, kindly.
#[component]
pub fn NotFoundPage() -> impl IntoView {
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
