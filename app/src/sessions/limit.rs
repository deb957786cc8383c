//! The sessions that count against a limit that was reached, each with a button that closes it and tries
//! again.

use leptos::prelude::*;
use protocol::api::Session;

use crate::ui::{show::Show, time::Ago};

/// The sessions that count against the limit, the longest idle first.
#[component]
pub fn SessionLimit(
    /// Sessions of the error.
    #[prop(into)]
    sessions: Signal<Vec<Session>>,
    /// Disables the buttons.
    #[prop(into)]
    busy: Signal<bool>,
    /// Closes a session and tries again.
    close: Callback<Session>,
) -> impl IntoView {
    let lines = move || {
        let mut sessions = sessions.get();
        sessions.sort_unstable_by_key(|it| it.last_seen);
        sessions
            .into_iter()
            .map(|session| {
                let label = format!("Close {} and open the new session", session.name);
                let running = session.foreground.clone().map(|it| format!("running {it}, "));
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
                            "Close and continue"
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
