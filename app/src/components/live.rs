//! Changes as they happen: the server says only that something changed, and the page asks again.

use futures_util::{StreamExt, stream::select};
use gloo_net::eventsource::futures::EventSource;
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::browser;

/// Where the server tells of changes.
const EVENTS: &str = "/api/v1/events";

/// Pause before asking again when the server refused to tell, in milliseconds.
const PAUSE: i32 = 3_000;

/// Calls `changed` after every change, and after each time the connection came back, because what
/// happened in between was not heard. `live` follows the connection. Ends with the component.
///
/// A page that is not looked at gives its connection back: a browser has only six to a server over
/// HTTP/1.1, and as many open lists would leave none for anything else.
pub fn on_change(live: RwSignal<bool>, changed: impl Fn() + Clone + 'static) {
    let shown = browser::page_shown();
    Effect::new(move |_| {
        if !shown.get() {
            return live.set(false);
        }
        let changed = changed.clone();
        spawn_local_scoped_with_cancellation(async move {
            loop {
                follow(live, &changed).await;
                live.set(false);
                browser::pause(PAUSE).await;
                changed();
            }
        });
    });
}

/// Listens until the browser gives up: it comes back from a lost connection by itself, but not from a
/// refusal.
async fn follow(live: RwSignal<bool>, changed: &impl Fn()) {
    let Ok(mut source) = EventSource::new(EVENTS) else { return };
    let Ok(changes) = source.subscribe("changed") else { return };
    let Ok(opened) = source.subscribe("open") else { return };
    let mut events = select(changes, opened);
    while let Some(Ok((kind, _))) = events.next().await {
        if kind == "open" {
            live.set(true);
        }
        changed();
    }
}
