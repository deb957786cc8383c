//! The live list of a member's running sessions: one card each, updated in place, their order, and closing
//! those that are selected.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::Session;
use uuid::Uuid;

use crate::{
    api::rest,
    palette::{Command, offer},
    sessions::{
        card::SessionCard,
        dialogs::{SessionDialogs, Subjects},
    },
    ui::{
        button::Button,
        list::List,
        rows::sorted_rows,
        show::{Show, dynamic},
    },
};

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Order {
    /// Order of the server.
    #[default]
    Newest,
    /// The longest idle first.
    Idle,
}

const ORDERS: [(Order, &str, &str); 2] =
    [(Order::Newest, "newest", "Newest first"), (Order::Idle, "idle", "Longest idle first")];

/// Fewest sessions that the toolbar is shown for.
const SEVERAL: usize = 2;

/// Cards of running sessions, and the dialogs that they open.
#[component]
pub fn SessionList(list: List<Session>, live: RwSignal<bool>) -> impl IntoView {
    let dialogs = Subjects::default();
    offer(move || list.items.get().into_iter().flat_map(|it| commands(it, dialogs)).collect());
    let order = RwSignal::new(Order::default());
    Effect::new(move |_| {
        if order.get() != Order::default() {
            list.show_everything();
        }
    });
    let card = move |session| {
        view! { <SessionCard session selection=list.selection dialogs /> }.into_any()
    };
    view! {
        <Toolbar list order closing=dialogs.closing />
        <ul class="cards" data-testid="sessions" data-live=move || live.get().to_string()>
            {sorted_rows(list.items, |it| it.id.0, move |all| sorted(all, order.get()), card)}
        </ul>
        <SessionDialogs dialogs closed=move |()| list.refresh() renamed=move |_| list.refresh() />
    }
}

/// Ids of sessions in an order; equal ones keep their places.
fn sorted(sessions: &[Session], order: Order) -> Vec<Uuid> {
    let mut sessions: Vec<&Session> = sessions.iter().collect();
    if order == Order::Idle {
        sessions.sort_by_key(|it| it.last_seen);
    }
    sessions.into_iter().map(|it| it.id.0).collect()
}

/// The choice of an order, and the button that closes the selected sessions.
#[component]
fn Toolbar(
    list: List<Session>,
    order: RwSignal<Order>,
    closing: RwSignal<Option<Vec<Session>>>,
) -> impl IntoView {
    let selected = Memo::new(move |_| list.selected(|it| it.id.0));
    let count = move || selected.with(Vec::len);
    let total = move || list.items.with(Vec::len);
    let pick = move |value: String| {
        let found = ORDERS.iter().find(|(_, known, _)| *known == value);
        order.set(found.map(|(order, ..)| *order).unwrap_or_default());
    };
    let options = move || {
        let option = |(this, value, label): (Order, &'static str, &'static str)| {
            let selected = move || order.get() == this;
            view! { <option value=value prop:selected=selected>{label}</option> }.into_any()
        };
        ORDERS.map(option).into_iter().collect::<Vec<_>>()
    };
    view! {
        <Show when=move || { total() >= SEVERAL }>
            <div class="list-controls">
                <select
                    data-testid="sessions-sort"
                    aria-label="Order"
                    on:change:target=move |event| pick(event.target().value())
                >
                    {options()}
                </select>
                <p role="status" class="muted" data-testid="sessions-chosen">
                    {dynamic(move || match count() {
                        0 => String::new(),
                        some => format!("{some} of {} selected", total()),
                    })}
                </p>
                <Show when=move || { count() > 0 }>
                    <Button
                        testid="close-chosen"
                        label="Close selected…"
                        kind="small"
                        press=move |()| closing.set(Some(selected.get_untracked()))
                    />
                </Show>
            </div>
        </Show>
    }
}

/// Commands for a session, for the command palette.
fn commands(session: Session, dialogs: Subjects) -> impl Iterator<Item = Command> {
    let Session { id, name, .. } = session.clone();
    let keep = move || spawn_local(async move { drop(rest::keep(id).await) });
    let keep = session
        .expires_at
        .map(|_| Command::new("keep", format!("Keep {name}"), "from expiring", keep).last());
    let (shared, renamed) = (session.clone(), session.clone());
    let share = move || dialogs.sharing.set(Some(shared.clone()));
    let rename = move || dialogs.renaming.set(Some(renamed.clone()));
    let close = move || dialogs.close(session.clone());
    let commands = [
        Command::new("share", format!("Share {name}"), "link or email", share),
        Command::new("rename", format!("Rename {name}"), "or change its attach policy", rename),
        Command::new("close", format!("Close {name}"), "ends its shell, with confirmation", close),
    ];
    keep.into_iter().chain(commands.map(Command::last))
}

#[cfg(test)]
mod tests {
    use protocol::api::samples::session;

    use super::*;

    #[test]
    fn sorts_by_idle_time() {
        let at = |number, seconds| {
            let last_seen = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
            Session { last_seen, ..session(number) }
        };
        let sessions = [at(5, 30), at(4, 10), at(3, 20), at(2, 10)];
        for (order, expected) in [(Order::Newest, [5, 4, 3, 2]), (Order::Idle, [4, 2, 3, 5])] {
            let ids = expected.map(Uuid::from_u128);
            assert_eq!(sorted(&sessions, order), ids, "{order:?}");
        }
    }
}
