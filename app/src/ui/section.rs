//! A section of a page: heading and description beside its content.

use leptos::prelude::*;

/// The section.
#[component]
pub fn Section(
    /// Heading.
    title: &'static str,
    /// Description.
    #[prop(into, optional)]
    about: Signal<String>,
    /// Content.
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
