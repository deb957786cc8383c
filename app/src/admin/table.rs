//! The table of everybody's sessions: what operators see of each, and what they can do to it. On a
//! phone each row is a card.

use leptos::prelude::*;
use protocol::{
    api::{AdminSession, Role},
    id::SessionId,
};

use crate::{admin::list::AllList, format, ui::time::Ago};

/// The table.
#[component]
pub fn AllTable(
    /// The list it shows.
    list: AllList,
    /// What the operator may do.
    role: Role,
    /// Set to ask before these are dropped.
    dropping: RwSignal<Vec<AdminSession>>,
) -> impl IntoView {
    let items = list.items;
    let ids = Memo::new(move |_| {
        items.with(|items| items.iter().map(|it| it.session.id).collect::<Vec<SessionId>>())
    });
    let by_id = Memo::new(move |_| {
        items.with(|items| {
            items
                .iter()
                .enumerate()
                .map(|(at, it)| (it.session.id, at))
                .collect::<std::collections::HashMap<_, _>>()
        })
    });
    let row = move |id: SessionId| {
        let item = Memo::new(move |before: Option<&Option<AdminSession>>| {
            let at = by_id.with(|by_id| by_id.get(&id).copied());
            let found = at.and_then(|at| items.with(|items| items.get(at).cloned()));
            found.or_else(|| before.cloned().flatten())
        });
        move || item.get().map(|item| view! { <Row list item role dropping /> })
    };
    let every = move || {
        let shown = items.with(Vec::len);
        shown > 0 && list.ticked.with(|ticked| ticked.len()) == shown
    };
    view! {
        <div class="session-table-scroll">
            <table class="session-table" data-testid="all-sessions-table">
                <thead>
                    <tr>
                        <th class="check-cell">
                            <input
                                type="checkbox"
                                data-testid="tick-all"
                                aria-label="Select all that are shown"
                                prop:checked=every
                                on:change:target=move |event| list.tick_all(event.target().checked())
                            />
                        </th>
                        <th>"Session"</th>
                        <th>"Owner"</th>
                        <th>"On"</th>
                        <th>"Created"</th>
                        <th>"Last used"</th>
                        <th class="number">"Attached"</th>
                        <th class="number">"Held"</th>
                        <th class="number">"CPU"</th>
                        <th class="number">"Memory"</th>
                        <th>
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    <For each=move || ids.get() key=|id| *id children=row />
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(
    list: AllList,
    item: AdminSession,
    role: Role,
    dropping: RwSignal<Vec<AdminSession>>,
) -> impl IntoView {
    let session = &item.session;
    let id = session.id;
    let name = session.name.clone();
    let (clients, guests) = (session.clients, session.guests);
    let attached = match (clients, guests) {
        (0, 0) => "nobody".to_owned(),
        (clients, 0) => clients.to_string(),
        (clients, 1) => format!("{clients} + 1 guest"),
        (clients, guests) => format!("{clients} + {guests} guests"),
    };
    let cpu = item.cpu_permille.map_or_else(|| "–".into(), format::cpu);
    let memory = item.memory_bytes.map_or_else(|| "–".into(), format::bytes);
    let processes = item.processes.map(|count| format!("{count} processes"));
    let watch = (role == Role::Superuser).then(|| {
        view! {
            <a
                class="button small"
                data-testid="all-watch"
                href=format!("/sessions/{id}?watch=1")
                target="_blank"
                title="The owner sees that you watch, and it is kept in the audit log"
                aria-label=format!("Watch {name}")
            >
                "Watch"
            </a>
        }
    });
    let label = format!("Select {name}");
    let drop_label = format!("Drop {name}");
    let ask = {
        let item = item.clone();
        move |_| dropping.set(vec![item.clone()])
    };
    view! {
        <tr data-testid="all-row" data-session=id.to_string() data-stale=item.stale.to_string()>
            <td class="check-cell">
                <input
                    type="checkbox"
                    data-testid="tick"
                    aria-label=label
                    prop:checked=move || list.ticked.with(|ticked| ticked.contains(&id))
                    on:change:target=move |event| list.tick(id, event.target().checked())
                />
            </td>
            <td class="session-cell">
                <strong>{name}</strong>
                <small title=id.to_string()>{short(id)}</small>
                {item
                    .stale
                    .then(|| {
                        view! {
                            <span
                                class="badge"
                                title="Its process does not answer: the figures are old"
                            >
                                "does not answer"
                            </span>
                        }
                    })}
            </td>
            <td data-label="Owner" title=item.owner_email.clone()>
                {session.owner.clone()}
            </td>
            <td data-label="On">{format::location(session)}</td>
            <td data-label="Created">
                <Ago time=session.created_at />
            </td>
            <td data-label="Last used">
                <Ago time=session.last_seen />
            </td>
            <td data-label="Attached" class="number">
                {attached}
            </td>
            <td data-label="Held" class="number">
                {format::bytes(session.bytes_buffered)}
            </td>
            <td data-label="CPU" class="number">
                {cpu}
            </td>
            <td data-label="Memory" class="number" title=processes>
                {memory}
            </td>
            <td class="action-cell">
                {watch}
                <button
                    type="button"
                    class="button small"
                    data-testid="all-drop"
                    aria-label=drop_label
                    on:click=ask
                >
                    "Drop"
                </button>
            </td>
        </tr>
    }
}

/// The end of an id: where those of one minute differ.
fn short(id: SessionId) -> String {
    let id = id.to_string();
    format!("…{}", id.get(id.len().saturating_sub(8)..).unwrap_or_default())
}
