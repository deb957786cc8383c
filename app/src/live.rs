//! Changes as they happen: the server says only that something changed, and the page asks again; and
//! the end of the sign-in, after which the page has nothing to show.

use futures_util::{StreamExt, stream::select};
use gloo_net::eventsource::futures::EventSource;
use leptos::{prelude::*, reactive::spawn_local_scoped_with_cancellation};

use crate::{api::rest, browser};

/// Where the server tells of changes.
const EVENTS: &str = "/api/v1/events";

/// Pause before asking again when the server refused to tell, in milliseconds.
const PAUSE: i32 = 3_000;

/// What a page hears of the server, by one connection for all that is on it.
#[derive(Clone, Copy)]
pub struct Live {
    /// Whether the connection stands.
    pub connected: RwSignal<bool>,
    /// Counts changes, and each time the connection came back, because what happened in between was
    /// not heard.
    changes: RwSignal<u32>,
    /// The page is being left: the end of the sign-in is no news.
    leaving: RwSignal<bool>,
}

impl Live {
    /// Listens from now on, and tells what is on this page of it. Ends with the component.
    ///
    /// A page that is not looked at gives its connection back: a browser has only six to a server over
    /// HTTP/1.1, and as many open lists would leave none for anything else.
    pub fn provide() -> Self {
        let live = Self {
            connected: RwSignal::new(false),
            changes: RwSignal::new(0),
            leaving: RwSignal::new(false),
        };
        provide_context(live);
        let shown = browser::page_shown();
        Effect::new(move |_| {
            if !shown.get() {
                return live.connected.set(false);
            }
            spawn_local_scoped_with_cancellation(async move {
                loop {
                    live.follow().await;
                    live.connected.set(false);
                    browser::pause(PAUSE).await;
                    live.changed();
                }
            });
        });
        live
    }

    /// What the page around hears; what stands alone listens itself.
    pub fn of_page() -> Self {
        // What is shown a second time in one place finds there what the first time provided, and that ended
        // with it.
        let there = use_context().filter(|live: &Self| !live.changes.is_disposed());
        there.unwrap_or_else(Self::provide)
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
        // Who signs out asks no more: the answer could only be that they did.
        if self.leaving.get_untracked() {
            return;
        }
        self.changes.update(|changes| *changes = changes.wrapping_add(1));
    }

    /// Listens until the browser gives up: it comes back from a lost connection by itself, but not from
    /// a refusal.
    async fn follow(self) {
        let Ok(mut source) = EventSource::new(EVENTS) else { return };
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

/// Signs out of the page that hears this, and goes to where one signs in; false where that failed.
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
