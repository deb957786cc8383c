//! One part of a page: what it is about, and beside it what can be done.

use leptos::prelude::*;

/// A part with its heading.
#[component]
pub fn Part(
    /// Heading.
    title: &'static str,
    /// What to know about it.
    #[prop(into, optional)]
    about: Signal<String>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="part" aria-label=title>
            <div class="part-head">
                <h2>{title}</h2>
                <p class="quiet">{about}</p>
            </div>
            <div class="part-body">{children()}</div>
        </section>
    }
}
