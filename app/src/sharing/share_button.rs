//! The Share button, with the number of guests.

use leptos::prelude::*;

use crate::{format, ui::show::dynamic};

/// Opens the share dialog.
#[component]
pub fn ShareButton(
    #[prop(into)] name: Signal<String>,
    #[prop(into)] guests: Signal<usize>,
    #[prop(into)] share: Callback<()>,
    /// Without a border, as in a terminal's bar.
    #[prop(optional)]
    quiet: bool,
) -> impl IntoView {
    let label = move || match guests.get() {
        0 => format!("Share {}", name.get()),
        some => format!("Share {} ({})", name.get(), format::count(some, "guest")),
    };
    view! {
        <button
            type="button"
            class="button icon share-button"
            class:quiet=quiet
            data-testid="share"
            title=label
            aria-label=label
            on:click=move |_| share.run(())
        >
            <svg viewBox="0 0 20 20" aria-hidden="true">
                <path
                    class="line"
                    d="M11.5 3.75h4.75V8.5M16 4 9.25 10.75M8 4.75H5A1.25 1.25 0 0 0 3.75 6v9A1.25 1.25 0 0 0 5 16.25h9A1.25 1.25 0 0 0 15.25 15v-3"
                />
            </svg>
            <span class="count-badge" data-testid="share-guests" hidden=move || guests.get() == 0>
                {dynamic(move || guests.get().to_string())}
            </span>
        </button>
    }
}
