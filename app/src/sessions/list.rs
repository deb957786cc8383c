//! The live list of a member's running sessions: one card each, updated in place, and the dialogs that the
//! cards open.

use std::collections::HashMap;

use leptos::{prelude::*, task::spawn_local};
use protocol::{api::Session, id::SessionId};

use crate::{
    api::rest,
    palette::{Command, page_commands::offer},
    sessions::{
        card::{CardDialogs, SessionCard},
        close,
        rename_session::RenameSession,
        sort::{Order, Toolbar, sorted},
    },
    sharing::ShareSession,
    ui::{dialog::confirm::Confirm, list::List},
};

/// Cards of running sessions, and the dialogs that they open.
#[component]
pub fn SessionList(
    /// The sessions, newest first.
    list: List<Session>,
    /// True while changes are pushed.
    #[prop(into)]
    live: Signal<bool>,
) -> impl IntoView {
    let sessions = list.items;
    let dialogs = CardDialogs {
        asked: RwSignal::new(None),
        renaming: RwSignal::new(None),
        sharing: RwSignal::new(None),
    };
    let CardDialogs { asked, renaming, sharing } = dialogs;
    offer(move || sessions.get().into_iter().flat_map(|it| commands(it, dialogs)).collect());
    let order = RwSignal::new(Order::default());
    Effect::new(move |_| {
        if order.get() != Order::default() {
            list.show_everything();
        }
    });
    let ids = Memo::new(move |_| sessions.with(|sessions| sorted(sessions, order.get())));
    let indexes = Memo::new(move |_| {
        let index = |(at, it): (usize, &Session)| (it.id, at);
        sessions.with(|all| all.iter().enumerate().map(index).collect::<HashMap<_, _>>())
    });
    let card = move |id: SessionId| {
        let found = move || {
            let at = indexes.with(|indexes| indexes.get(&id).copied())?;
            sessions.with(|sessions| sessions.get(at).filter(|it| it.id == id).cloned())
        };
        // A card about to be removed keeps its last state.
        let first = untrack(found)?;
        let session = Memo::new(move |before: Option<&Session>| {
            found().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        Some(view! { <SessionCard session selection=list.selection dialogs /> })
    };
    let refresh = move |()| list.refresh();
    view! {
        <Toolbar list order asked />
        <ul class="cards" data-testid="sessions" data-live=move || live.get().to_string()>
            <For each=move || ids.get() key=|id| *id children=card />
        </ul>
        <Confirm asked done=refresh />
        <RenameSession renaming renamed=move |_| list.refresh() />
        <ShareSession sharing />
    }
}

/// Commands for a session, for the command palette.
fn commands(session: Session, dialogs: CardDialogs) -> impl Iterator<Item = Command> {
    let CardDialogs { asked, renaming, sharing } = dialogs;
    let (id, name) = (session.id, session.name.clone());
    let keep = move || spawn_local(async move { drop(rest::keep(id).await) });
    let keep = session
        .expires_at
        .map(|_| Command::new("keep", format!("Keep {name}"), "from expiring", keep).last());
    let (shared, renamed) = (session.clone(), session.clone());
    let share = move || sharing.set(Some(shared.clone()));
    let rename = move || renaming.set(Some(renamed.clone()));
    let close = move || asked.set(Some(close::one(session.clone())));
    let commands = [
        Command::new("share", format!("Share {name}"), "link or email", share),
        Command::new("rename", format!("Rename {name}"), "or change its attach policy", rename),
        Command::new("close", format!("Close {name}"), "ends its shell, with confirmation", close),
    ];
    keep.into_iter().chain(commands.map(Command::last))
}
