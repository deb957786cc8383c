//! The state of the connection, and the input that is not acknowledged yet.

use leptos::prelude::*;

use crate::{
    terminal::Ui,
    ui::show::{Show, dynamic},
};

/// A short phrase, and a mark with the same meaning by shape and colour.
#[component]
pub fn Connection(ui: Ui) -> impl IntoView {
    let text = move || match (ui.state.get(), ui.seconds.get()) {
        ("connected", _) if ui.watching.get() => "watching".to_owned(),
        ("reconnecting", 0) => "reconnecting…".to_owned(),
        ("reconnecting", seconds) if ui.lacks_websockets.get() => {
            format!("The proxy does not forward WebSockets, reconnecting in {seconds} s")
        }
        ("reconnecting", seconds) => format!("reconnecting in {seconds} s"),
        (state, _) => state.to_owned(),
    };
    // Input of one round trip is always unacknowledged.
    let unsent = move || match (ui.state.get(), ui.waiting.get()) {
        (_, 0) | ("connected" | "ended", _) => String::new(),
        (_, 1) => "1 key pending".to_owned(),
        (_, waiting) => format!("{waiting} keys pending"),
    };
    view! {
        <p
            class="connection"
            role="status"
            data-testid="connection"
            data-state=move || ui.state.get()
            data-waiting=move || ui.waiting.get().to_string()
        >
            <span class="connection-notice">{dynamic(move || ui.notice.get().unwrap_or_default())}</span>
            <span class="connection-unsent">{dynamic(unsent)}</span>
            <span class="connection-text">{dynamic(text)}</span>
            <Show when=move || { ui.state.get() == "reconnecting" && ui.seconds.get() > 0 }>
                <button type="button" class="button quiet small" data-command="now">
                    "Reconnect now"
                </button>
            </Show>
            <i class="connection-mark" aria-hidden="true"></i>
        </p>
    }
}
