//! One session of the past.

use leptos::prelude::*;
use protocol::api::Session;

use crate::{format, ui::time::Ago};

/// Name, place, how and when it ended, who came to it, and another one like it.
#[component]
pub fn EndedSession(
    /// The session.
    session: Session,
    /// Opens another one like it.
    again: Callback<Session>,
    /// Set to show who came to it.
    receipt: RwSignal<Option<Session>>,
) -> impl IntoView {
    let reason = session.end_reason;
    let label = format!("New session like {}", session.name);
    let sentence = format::ending(&session);
    let when = session.ended_at.unwrap_or(session.last_seen);
    let where_it_was = format::location(&session);
    let name = session.name.clone();
    let id = session.id.to_string();
    let came = (session.visitors > 0).then(|| {
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
                <p>{where_it_was}</p>
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
                {came}
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

fn visitors(came: u32) -> String {
    match came {
        1 => "1 guest came".into(),
        many => format!("{many} guests came"),
    }
}
