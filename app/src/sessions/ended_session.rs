//! An ended session in the list.

use leptos::prelude::*;
use protocol::api::Session;

use crate::{format, ui::time::Ago};

/// Name, account, end and visitors of a session, and the button that opens a similar one.
#[component]
pub fn EndedSession(
    /// The session.
    session: Session,
    /// Opens a session with the same settings.
    again: Callback<Session>,
    /// Set to show its visitors.
    receipt: RwSignal<Option<Session>>,
) -> impl IntoView {
    let reason = session.end_reason;
    let label = format!("New session like {}", session.name);
    let sentence = format::ending(&session);
    let when = session.ended_at.unwrap_or(session.last_seen);
    let location = format::location(&session);
    let name = session.name.clone();
    let id = session.id.to_string();
    let visited = (session.visitors > 0).then(|| {
        let (label, session) = (visitors(session.visitors), session.clone());
        view! {
            <button
                type="button"
                class="button"
                data-testid="session-receipt"
                on:click=move |_| receipt.set(Some(session.clone()))
            >
                {label}
            </button>
        }
        .into_any()
    });
    view! {
        <li
            class="ended"
            data-testid="ended-session"
            data-session=id
            data-reason=reason.map(|it| it.code())
        >
            <div class="ended-name">
                <h2 class="card-name">{name}</h2>
                <p>{location}</p>
            </div>
            <p class="ended-reason" data-testid="ended-reason">
                <span class="badge">{reason.map(format::reason)}</span>
                " "
                {sentence}
            </p>
            <p class="ended-time" data-testid="ended-when">
                <Ago time=when />
            </p>
            <div class="ended-actions">
                {visited}
                <button
                    type="button"
                    class="button"
                    data-testid="new-like-this"
                    aria-label=label
                    on:click=move |_| again.run(session.clone())
                >
                    "New session like this"
                </button>
            </div>
        </li>
    }
}

fn visitors(count: u32) -> String {
    match count {
        1 => "1 guest".into(),
        many => format!("{many} guests"),
    }
}
