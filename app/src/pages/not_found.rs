//! An address that leads nowhere.

use leptos::prelude::*;

use crate::components::plain_page::Nothing;

/// Says so, kindly.
#[component]
pub fn NotFoundPage() -> impl IntoView {
    view! { <Nothing /> }
}
