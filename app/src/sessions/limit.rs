//! The sessions that count against a limit that was reached, each with a button that closes it and tries
//! again.

use leptos::prelude::*;
use protocol::api::Session;

use crate::ui::{button::Button, show::Show, time::Ago};

/// The sessions, the longest idle first.
#[component]
pub fn SessionLimit(
    sessions: Memo<Vec<Session>>,
    busy: RwSignal<bool>,
    /// Closes a session and tries again.
    close: Callback<Session>,
) -> impl IntoView {
    let line = move |session: Session| {
        let label = format!("Close {} and open the new session", session.name);
        let running = session.foreground.clone().map(|it| format!("running {it}, "));
        let Session { id, name, last_seen, .. } = session.clone();
        view! {
            <li data-testid="limit-session" data-session=id.to_string()>
                <span>
                    <strong>{name}</strong>
                    <small>{running} "used " <Ago time=last_seen /></small>
                </span>
                <Button
                    testid="limit-close"
                    label="Close and continue"
                    full_label=label
                    kind="small"
                    disabled=busy
                    press=move |()| close.run(session.clone())
                />
            </li>
        }
        .into_any()
    };
    let lines = move || {
        let mut sessions = sessions.get();
        sessions.sort_unstable_by_key(|it| it.last_seen);
        sessions.into_iter().map(line).collect::<Vec<_>>()
    };
    view! {
        <Show when=move || sessions.with(|it| !it.is_empty())>
            <ul class="session-limit" data-testid="limit">
                {lines}
            </ul>
        </Show>
    }
}
