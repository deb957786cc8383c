//! The connection line: whether what is typed arrives, and when it will.

use leptos::prelude::*;

use crate::{terminal::Ui, ui::show::Show};

/// One short phrase, and a mark whose shape and colour say the same.
#[component]
pub fn Connection(
    /// The terminal's state.
    ui: Ui,
) -> impl IntoView {
    let words = move || match (ui.state.get(), ui.seconds.get()) {
        ("connected", _) if ui.watching.get() => "watching".to_owned(),
        ("reconnecting", 0) => "reconnecting…".to_owned(),
        ("reconnecting", seconds) => format!("reconnecting in {seconds} s"),
        (state, _) => state.to_owned(),
    };
    // A round trip's worth of keys is nothing to talk about.
    let unsent = move || match (ui.state.get(), ui.waiting.get()) {
        (_, 0) | ("connected" | "ended", _) => String::new(),
        (_, 1) => "1 key waits".to_owned(),
        (_, waiting) => format!("{waiting} keys wait"),
    };
    view! {
        <p
            class="connection"
            role="status"
            data-testid="connection"
            data-state=move || ui.state.get()
            data-waiting=move || ui.waiting.get().to_string()
        >
            <span class="connection-notice">{move || ui.notice.get().unwrap_or_default()}</span>
            <span class="connection-unsent">{move || unsent()}</span>
            <span class="connection-text">{move || words()}</span>
            <Show when=move || { ui.state.get() == "reconnecting" && ui.seconds.get() > 0 }>
                <button type="button" class="button quiet small" data-command="now">
                    "Now"
                </button>
            </Show>
            <i class="connection-mark" aria-hidden="true"></i>
        </p>
    }
}
