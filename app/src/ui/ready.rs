//! Hydration of the page: buttons are visible before the wasm has loaded.

use leptos::prelude::*;

/// False while the server renders, true once the page is hydrated.
pub fn ready() -> ReadSignal<bool> {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    ready.read_only()
}
