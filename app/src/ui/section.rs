//! A section of a page: heading and description beside its content.

use leptos::prelude::*;

#[component]
pub fn Section(
    title: &'static str,
    #[prop(into, optional)] about: Signal<String>,
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
