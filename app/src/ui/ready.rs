//! Whether the page answers: one that was only just sent shows its buttons before its program is there.
//! It does not know what they do.

use leptos::prelude::*;

/// False as the server sends it, and true from when the browser runs it.
pub fn ready() -> ReadSignal<bool> {
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    ready.read_only()
}
