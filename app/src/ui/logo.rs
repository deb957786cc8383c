//! The logo of websh.

use leptos::prelude::*;

/// The logo, as large as the text beside it.
#[component]
pub fn Logo() -> impl IntoView {
    view! {
        <svg class="logo" viewBox="0 0 32 32" aria-hidden="true">
            <rect class="logo-plate" x="1" y="1" width="30" height="30" rx="9" />
            <path class="logo-prompt" d="M8.5 10.5 14 16l-5.5 5.5" />
            <path class="logo-caret" d="M17 21.5h7" />
        </svg>
    }
}
