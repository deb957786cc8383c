//! What stands in the way of another session: one's own sessions, each with the button that closes it
//! and goes on.

use leptos::prelude::*;
use protocol::api::Session;

use crate::ui::{show::Show, time::Ago};

/// The sessions that count against the limit, the longest unused first.
#[component]
pub fn SessionLimit(
    /// Those of the error.
    #[prop(into)]
    sessions: Signal<Vec<Session>>,
    /// Nothing can be closed now.
    #[prop(into)]
    busy: Signal<bool>,
    /// Closes this one and tries again.
    close: Callback<Session>,
) -> impl IntoView {
    let lines = move || {
        let mut sessions = sessions.get();
        sessions.sort_unstable_by_key(|it| it.last_seen);
        sessions
            .into_iter()
            .map(|session| {
                let label = format!("Close {} and open the new one", session.name);
                let running = session.foreground.clone().map(|it| format!("runs {it}, "));
                let name = session.name.clone();
                let (id, last_seen) = (session.id.to_string(), session.last_seen);
                view! {
                    <li data-testid="limit-session" data-session=id>
                        <span>
                            <strong>{name}</strong>
                            <small>{running} "used " <Ago time=last_seen /></small>
                        </span>
                        <button
                            type="button"
                            class="button small"
                            data-testid="limit-close"
                            aria-label=label
                            disabled=move || busy.get()
                            on:click=move |_| close.run(session.clone())
                        >
                            "Close, then open"
                        </button>
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <Show when=move || sessions.with(|it| !it.is_empty())>
            <ul class="session-limit" data-testid="limit">
                {lines}
            </ul>
        </Show>
    }
}
