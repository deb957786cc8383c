//! One part of a page: what it is about, and beside it what can be done.

use leptos::prelude::*;

/// A part with its heading.
#[component]
pub fn Section(
    /// Heading.
    title: &'static str,
    /// What to know about it.
    #[prop(into, optional)]
    about: Signal<String>,
    /// What is in it.
    children: Children,
) -> impl IntoView {
    view! {
        <section class="section" aria-label=title>
            <div class="section-head">
                <h2>{title}</h2>
                <p class="muted">{about}</p>
            </div>
            <div class="section-body">{children()}</div>
        </section>
    }
}
