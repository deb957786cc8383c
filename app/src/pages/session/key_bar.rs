//! Keys that on-screen keyboards lack. Ctrl and Alt apply to the next key. The terminal handles the clicks
//! by `data-key`.

use leptos::prelude::*;

use crate::terminal::model::keys::{ALT, CONTROL};

/// W3C name, label, and name for screen readers where the label is a symbol.
const KEYS: [(&str, &str, &str); 10] = [
    ("Escape", "Esc", ""),
    ("Tab", "Tab", ""),
    ("Control", "Ctrl", ""),
    ("Alt", "Alt", ""),
    ("ArrowLeft", "←", "Left"),
    ("ArrowUp", "↑", "Up"),
    ("ArrowDown", "↓", "Down"),
    ("ArrowRight", "→", "Right"),
    ("Home", "Home", ""),
    ("End", "End", ""),
];

/// The key bar, shown on touch screens. `held` are the modifiers held now.
#[component]
pub fn KeyBar(held: RwSignal<u32>) -> impl IntoView {
    let buttons = KEYS.map(|(key, label, spoken)| {
        let bit = match key {
            "Control" => CONTROL,
            "Alt" => ALT,
            _ => 0,
        };
        let pressed = move || (bit != 0).then(|| (held.get() & bit != 0).to_string());
        let spoken = (!spoken.is_empty()).then_some(spoken);
        view! {
            // Focus stays in the terminal, or the on-screen keyboard would close.
            <button
                type="button"
                class="key"
                data-key=key
                aria-label=spoken
                aria-pressed=pressed
                on:mousedown=|event| event.prevent_default()
            >
                {label}
            </button>
        }
        .into_any()
    });
    view! {
        <div class="key-bar" role="toolbar" aria-label="Keys" data-testid="key-bar">
            {buttons.into_iter().collect::<Vec<_>>()}
        </div>
    }
}
