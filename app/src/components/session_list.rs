//! The live list of sessions: one card each, updated in place.

use std::collections::HashMap;

use leptos::prelude::*;
use protocol::{api::Session, id::SessionId};

use crate::components::{
    close_session::CloseSession, session_card::SessionCard, sharing::ShareSession,
};

/// Cards of running sessions, the question before one is closed, and the share dialog.
#[component]
pub fn SessionList(
    /// The sessions, newest first.
    #[prop(into)]
    sessions: Signal<Vec<Session>>,
    /// Whether changes are pushed now.
    #[prop(into)]
    live: Signal<bool>,
    /// Asks the server again.
    #[prop(into)]
    refresh: Callback<()>,
) -> impl IntoView {
    let closing = RwSignal::new(None::<Session>);
    let sharing = RwSignal::new(None::<Session>);
    let ids = Memo::new(move |_| {
        sessions.with(|sessions| sessions.iter().map(|it| it.id).collect::<Vec<SessionId>>())
    });
    let places = Memo::new(move |_| {
        let ids = ids.get();
        ids.into_iter().enumerate().map(|(at, id)| (id, at)).collect::<HashMap<_, _>>()
    });
    let card = move |id: SessionId| {
        let found = move || {
            let at = places.with(|places| places.get(&id).copied())?;
            sessions.with(|sessions| sessions.get(at).filter(|it| it.id == id).cloned())
        };
        // A card that is about to go shows what it showed.
        let first = untrack(found)?;
        let session = Memo::new(move |before: Option<&Session>| {
            found().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        Some(view! { <SessionCard session closing sharing /> })
    };
    view! {
        <ul class="cards" data-testid="sessions" data-live=move || live.get().to_string()>
            <For each=move || ids.get() key=|id| *id children=card />
        </ul>
        <CloseSession closing refresh />
        <ShareSession sharing />
    }
}
