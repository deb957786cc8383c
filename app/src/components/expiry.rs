//! The warning before a session expires, in its terminal.

use leptos::prelude::*;

use crate::{components::time::Now, terminal::Ui, words};

/// How long is left, and *Keep*. Any key of the owner does the same.
#[component]
pub fn ExpiryWarning(
    /// The terminal's state.
    ui: Ui,
) -> impl IntoView {
    let now = use_context::<Now>();
    let left = move || {
        let (at, now) = (ui.expires.get()?, now?.0.get()?);
        Some(words::soon(at, now))
    };
    let shown = move || {
        ui.expires.with(Option::is_some)
            && ui.ending.with(Option::is_none)
            && ui.crew.with(|crew| !crew.overseeing())
    };
    view! {
        <Show when=shown>
            <div class="expiry" role="alert" data-testid="expiry">
                <p>"Unused for long: this session ends " {left} "."</p>
                <button
                    type="button"
                    class="button primary small"
                    data-testid="keep"
                    data-command="keep"
                >
                    "Keep it"
                </button>
            </div>
        </Show>
    }
}
