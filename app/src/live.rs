//! Live changes: the server only notifies that something changed, and the page fetches it again. Also
//! receives the end of the sign-in.

use futures_util::{StreamExt, stream::select};
use gloo_net::eventsource::futures::EventSource;
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::{api::rest, browser, identity};

/// Path of the event stream.
const EVENTS: &str = "/api/v1/events";

/// Pause before reconnecting after a refusal, in milliseconds.
const PAUSE: i32 = 3_000;

/// The event stream of a page, shared by all its components.
#[derive(Clone, Copy, Default)]
pub struct Live {
    /// True while the stream is connected.
    pub connected: RwSignal<bool>,
    /// Counts changes, and reconnects, because changes in between were missed.
    changes: RwSignal<u32>,
    /// Signing out: the end of the sign-in is expected.
    leaving: RwSignal<bool>,
}

impl Live {
    /// Connects the event stream and provides it to the components of the page. Ends with the component.
    ///
    /// A hidden page disconnects: over HTTP/1.1 a browser opens at most six connections to a server, and six
    /// open lists would leave none.
    pub fn provide() -> Self {
        let live = Self::default();
        provide_context(live);
        let shown = browser::page_shown();
        Effect::new(move |_| {
            if !shown.get() {
                return live.connected.set(false);
            }
            spawn_local_scoped_with_cancellation(async move {
                while identity::check().is_ok() {
                    live.follow().await;
                    live.connected.set(false);
                    browser::pause(PAUSE).await;
                    live.changed();
                }
            });
        });
        live
    }

    /// The event stream of the page; a component without one connects its own.
    pub fn of_page() -> Self {
        // A component that is shown again finds the stream of its first time, which has ended.
        let provided = use_context().filter(|live: &Self| !live.changes.is_disposed());
        provided.unwrap_or_else(Self::provide)
    }

    /// Calls `changed` after every change. Ends with the component.
    pub fn on_change(self, changed: impl Fn() + 'static) {
        Effect::new(move |before: Option<u32>| {
            let now = self.changes.get();
            if before.is_some_and(|before| before != now) {
                untrack(&changed);
            }
            now
        });
    }

    fn changed(self) {
        // After a sign-out, every request would fail.
        if self.leaving.get_untracked() {
            return;
        }
        self.changes.update(|changes| *changes = changes.wrapping_add(1));
    }

    /// Follows the stream until the browser gives up: it reconnects after a network error, but not after a
    /// refusal.
    async fn follow(self) {
        let member = identity::member().map(|member| format!("?member={member}"));
        let path = format!("{EVENTS}{}", member.unwrap_or_default());
        let Ok(mut source) = EventSource::new(&path) else { return };
        let Ok(changes) = source.subscribe("changed") else { return };
        let Ok(opened) = source.subscribe("open") else { return };
        let Ok(over) = source.subscribe("signed_out") else { return };
        let mut events = select(select(changes, opened), over);
        while let Some(Ok((kind, _))) = events.next().await {
            match kind.as_str() {
                "signed_out" if self.leaving.get_untracked() => return,
                "signed_out" => return browser::go(&browser::sign_in_and_back()),
                "open" => self.connected.set(true),
                _ => {}
            }
            self.changed();
        }
    }
}

/// Signs out and opens the sign-in page. Returns false on failure.
pub async fn sign_out(live: Option<Live>) -> bool {
    if let Some(live) = live {
        live.leaving.try_set(true);
    }
    let done = rest::logout().await.is_ok();
    if done {
        browser::go("/sign-in");
    } else if let Some(live) = live.filter(|live| !live.leaving.is_disposed()) {
        live.leaving.set(false);
        live.changed();
    }
    done
}
