//! The table of all sessions: facts as far as operators may see them, and buttons. On phones each row is a
//! card.

use leptos::prelude::*;
use protocol::{
    api::{AdminSession, Role},
    id::SessionId,
};

use crate::{
    admin::{drop, list},
    format,
    ui::{
        dialog::confirm::Question,
        list::{List, Selection},
        rows::rows,
        time::Ago,
    },
};

#[component]
pub fn AllTable(
    list: List<AdminSession>,
    role: Role,
    asked: RwSignal<Option<Question>>,
) -> impl IntoView {
    let items = list.items;
    let row = move |item: Memo<AdminSession>| {
        (move || view! { <Row selection=list.selection item=item.get() role asked /> }).into_any()
    };
    let every = move || {
        items.with(|all| {
            !all.is_empty() && all.iter().all(|it| list.selection.contains(list::id(it)))
        })
    };
    let select_all = move |on: bool| {
        let ids = items.with_untracked(|all| all.iter().map(list::id).collect::<Vec<_>>());
        list.selection.replace(ids.into_iter().filter(|_| on));
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
                                aria-label="Select all rows"
                                prop:checked=every
                                on:change:target=move |event| select_all(event.target().checked())
                            />
                        </th>
                        <th>"Session"</th>
                        <th>"Owner"</th>
                        <th>"Account"</th>
                        <th>"Created"</th>
                        <th>"Last used"</th>
                        <th class="number">"Attached"</th>
                        <th class="number">"Buffered"</th>
                        <th class="number">"CPU"</th>
                        <th class="number">"Memory"</th>
                        <th>
                            <span class="visually-hidden">"Actions"</span>
                        </th>
                    </tr>
                </thead>
                <tbody>
                    {rows(items, list::id, row)}
                </tbody>
            </table>
        </div>
    }
}

#[component]
fn Row(
    selection: Selection,
    item: AdminSession,
    role: Role,
    asked: RwSignal<Option<Question>>,
) -> impl IntoView {
    let session = &item.session;
    let id = session.id;
    let name = session.name.clone();
    let (clients, guests) = (session.clients, session.guests);
    let attached = match (clients, guests) {
        (0, 0) => "no one".to_owned(),
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
                title="The owner can see that you are watching. The audit log records it."
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
        move |_| asked.set(Some(drop::selected(vec![item.clone()])))
    };
    view! {
        <tr data-testid="all-row" data-session=id.to_string() data-stale=item.stale.to_string()>
            <td class="check-cell">
                <input
                    type="checkbox"
                    data-testid="tick"
                    aria-label=label
                    prop:checked=move || selection.contains(id.0)
                    on:change:target=move |event| selection.set(id.0, event.target().checked())
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
                                title="The session process is not responding. The figures are out of date."
                            >
                                "not responding"
                            </span>
                        }
                    })}
            </td>
            <td data-label="Owner" title=item.owner_email.clone()>
                {session.owner.clone()}
            </td>
            <td data-label="Account">{format::location(session)}</td>
            <td data-label="Created">
                <Ago time=session.created_at />
            </td>
            <td data-label="Last used">
                <Ago time=session.last_seen />
            </td>
            <td data-label="Attached" class="number">
                {attached}
            </td>
            <td data-label="Buffered" class="number">
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

/// End of an id, where ids of the same minute differ.
fn short(id: SessionId) -> String {
    let id = id.to_string();
    format!("…{}", id.get(id.len().saturating_sub(8)..).unwrap_or_default())
}
