//! One running session as its owner sees it.

use leptos::prelude::*;
use protocol::api::{Session, SessionState};

use crate::{
    browser,
    components::{
        place::place,
        time::{Ago, Now},
    },
    terminal::here,
    words,
};

/// Name, place, state, last use, size, what runs; Connect and Close.
#[component]
pub fn SessionCard(
    /// The session.
    session: Session,
    /// Set to ask before closing.
    closing: RwSignal<Option<Session>>,
) -> impl IntoView {
    let id = session.id;
    let starting = session.state == SessionState::Starting;
    let client = session.active_client.clone();
    let state = {
        let device = client.as_ref().map(|client| client.device.clone());
        let now = use_context::<Now>();
        // Only the browser knows whether the client that drives is one of its own tabs.
        let mine = move |device: &str| {
            now.is_some_and(|now| now.0.get().is_some())
                && here::is_driven_here(id)
                && *device == words::device(&browser::user_agent())
        };
        Memo::new(move |_| match &device {
            _ if starting => "starting",
            Some(device) if mine(device) => "here",
            Some(_) => "elsewhere",
            None => "detached",
        })
    };
    let state_words = move || match (state.get(), &client) {
        ("here", _) => "open in this browser".to_owned(),
        ("elsewhere", Some(client)) => format!("open: {}, {}", client.who, client.device),
        ("starting", _) => "starting".to_owned(),
        _ => "detached, running".to_owned(),
    };
    let title = [session.foreground.clone().unwrap_or_default(), session.title.clone()];
    let title = title.into_iter().filter(|it| !it.is_empty()).collect::<Vec<_>>().join(" · ");
    let untitled = title.is_empty();
    let name = session.name.clone();
    let connect_label = format!("Connect to {name}");
    let close_label = format!("Close {name}");
    let href = format!("/sessions/{id}");
    let last_seen = session.last_seen;
    let size = format!("{}×{}", session.cols, session.rows);
    let held = words::bytes(session.bytes_buffered);
    let where_it_is = place(&session);
    let ask = move |_| closing.set(Some(session.clone()));
    view! {
        <li
            class="card"
            data-testid="session-card"
            data-session=id.to_string()
            data-state=move || state.get()
        >
            <div class="card-head">
                <h2 class="card-name" data-testid="session-name">
                    {name}
                </h2>
                <span class="badge" data-testid="session-state">
                    {state_words}
                </span>
            </div>
            <p class="card-title" data-testid="session-title" hidden=untitled>
                {title}
            </p>
            <dl class="facts">
                <div>
                    <dt>"On"</dt>
                    <dd data-testid="session-place">{where_it_is}</dd>
                </div>
                <div>
                    <dt>"Last used"</dt>
                    <dd data-testid="session-seen">
                        <Ago time=last_seen />
                    </dd>
                </div>
                <div>
                    <dt>"Screen"</dt>
                    <dd data-testid="session-size">{size} ", " {held} " held"</dd>
                </div>
            </dl>
            <div class="card-actions">
                <a
                    class="button primary"
                    data-testid="session-connect"
                    href=href
                    target="_blank"
                    aria-label=connect_label
                >
                    "Connect"
                </a>
                <button
                    type="button"
                    class="button"
                    data-testid="session-close"
                    aria-label=close_label
                    on:click=ask
                >
                    "Close"
                </button>
            </div>
        </li>
    }
}
