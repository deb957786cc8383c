//! The live list of sessions: one card each, updated in place.

use std::collections::{HashMap, HashSet};

use leptos::{prelude::*, task::spawn_local};
use protocol::{api::Session, id::SessionId};

use crate::{
    api::rest,
    palette::{Command, page_commands::offer},
    sessions::{
        card::SessionCard,
        close_session::CloseSession,
        close_sessions::CloseSessions,
        rename_session::RenameSession,
        sort::{Arranging, Order, arranged},
    },
    sharing::ShareSession,
};

/// Cards of running sessions, and the dialogs that they open.
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
    /// Asks the server for all there are.
    #[prop(into)]
    show_all: Callback<()>,
) -> impl IntoView {
    let closing = RwSignal::new(None::<Session>);
    let sharing = RwSignal::new(None::<Session>);
    let renaming = RwSignal::new(None::<Session>);
    offer(move || {
        let each = move |it: Session| {
            let id = it.id;
            let keep = move || spawn_local(async move { drop(rest::keep(id).await) });
            let kept = it.expires_at.map(|_| {
                Command::new("keep", format!("Keep {}", it.name), "from expiring", keep).late()
            });
            let asks = [
                ("share", "Share", "link or e-mail", sharing),
                ("rename", "Rename", "also its policy", renaming),
                ("close", "Close", "ends its shell, asks first", closing),
            ];
            let asks = asks.map(|(word, verb, hint, dialog)| {
                let (label, it) = (format!("{verb} {}", it.name), it.clone());
                Command::new(word, label, hint, move || dialog.set(Some(it.clone()))).late()
            });
            kept.into_iter().chain(asks)
        };
        sessions.get().into_iter().flat_map(each).collect()
    });
    let (order, ticked) = (RwSignal::new(Order::default()), RwSignal::new(HashSet::new()));
    let closing_many = RwSignal::new(Vec::new());
    Effect::new(move |_| {
        if order.get() != Order::default() {
            show_all.run(());
        }
    });
    let ids = Memo::new(move |_| sessions.with(|sessions| arranged(sessions, order.get())));
    let places = Memo::new(move |_| {
        let place = |(at, it): (usize, &Session)| (it.id, at);
        sessions.with(|all| all.iter().enumerate().map(place).collect::<HashMap<_, _>>())
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
        Some(view! { <SessionCard session ticked closing renaming sharing /> })
    };
    view! {
        <Arranging sessions order ticked closing=closing_many />
        <ul class="cards" data-testid="sessions" data-live=move || live.get().to_string()>
            <For each=move || ids.get() key=|id| *id children=card />
        </ul>
        <CloseSession closing refresh />
        <CloseSessions closing=closing_many refresh />
        <RenameSession renaming renamed=move |_| refresh.run(()) />
        <ShareSession sharing />
    }
}
