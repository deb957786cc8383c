//! The filter and the order of the list of all sessions.

use leptos::prelude::*;
use protocol::api::AdminSort;

use crate::{
    admin::list::AllSessions,
    palette::{Command, offer},
};

const ATTACHED: [(Option<bool>, &str); 3] =
    [(None, "Attached or not"), (Some(true), "Attached"), (Some(false), "Detached")];

const IDLE: [(Option<u32>, &str); 5] = [
    (None, "Any idle time"),
    (Some(15), "Idle for 15 min"),
    (Some(60), "Idle for 1 h"),
    (Some(480), "Idle for 8 h"),
    (Some(1440), "Idle for a day"),
];

const SORTS: [(AdminSort, &str); 7] = [
    (AdminSort::CreatedAt, "Newest first"),
    (AdminSort::LastSeen, "Longest idle first"),
    (AdminSort::Cpu, "Most CPU"),
    (AdminSort::Memory, "Most memory"),
    (AdminSort::BytesBuffered, "Most buffered"),
    (AdminSort::Owner, "By owner"),
    (AdminSort::Name, "By name"),
];

/// A search field and three selects, also as commands of the palette.
#[component]
pub fn AllFilter(all: AllSessions) -> impl IntoView {
    let filter = all.filter;
    let search = NodeRef::<leptos::html::Input>::new();
    let attached = Signal::derive(move || filter.with(|it| it.attached));
    let attach = Callback::new(move |wanted| filter.update(|it| it.attached = wanted));
    let idle = Signal::derive(move || filter.with(|it| it.idle_minutes));
    let unused = Callback::new(move |minutes| filter.update(|it| it.idle_minutes = minutes));
    let order = Callback::new(move |sort| all.sort.set(sort));
    offer(move || {
        let start = move || {
            if let Some(search) = search.get_untracked() {
                let _ = search.focus();
            }
        };
        let mut all = vec![Command::new("all-search", "Search all sessions", "", start)];
        all.extend(commands("all-attached", "filter sessions", &ATTACHED, attach));
        all.extend(commands("all-idle", "filter sessions", &IDLE, unused));
        all.extend(commands("all-sort", "sort sessions", &SORTS, order));
        all
    });
    view! {
        <form class="filter" role="search" on:submit=|event| event.prevent_default()>
            <input
                node_ref=search
                type="search"
                data-testid="all-search"
                aria-label="Search by name, owner, account or id"
                placeholder="Name, owner, account or id"
                autocomplete="off"
                on:input:target=move |event| {
                    let text = event.target().value().trim().to_owned();
                    filter.update(|it| it.q = Some(text).filter(|it| !it.is_empty()));
                }
            />
            {select("all-attached", "Attached", &ATTACHED, attached, attach)}
            {select("all-idle", "Idle time", &IDLE, idle, unused)}
            {select("all-sort", "Order", &SORTS, all.sort.into(), order)}
        </form>
    }
}

fn select<T>(
    testid: &'static str,
    label: &'static str,
    options: &'static [(T, &'static str)],
    value: Signal<T>,
    choose: Callback<T>,
) -> AnyView
where
    T: Copy + PartialEq + Send + Sync + 'static,
{
    let option = move |(it, label): &'static (T, &'static str)| {
        view! { <option prop:selected=move || value.get() == *it>{*label}</option> }.into_any()
    };
    let pick = move |index: i32| {
        if let Some((it, _)) = usize::try_from(index).ok().and_then(|at| options.get(at)) {
            choose.run(*it);
        }
    };
    view! {
        <select
            data-testid=testid
            aria-label=label
            on:change:target=move |event| pick(event.target().selected_index())
        >
            {options.iter().map(option).collect::<Vec<_>>()}
        </select>
    }
    .into_any()
}

/// A command for each option.
fn commands<T>(
    name: &'static str,
    hint: &'static str,
    options: &'static [(T, &'static str)],
    choose: Callback<T>,
) -> impl Iterator<Item = Command>
where
    T: Copy + Send + Sync + 'static,
{
    options
        .iter()
        .map(move |(it, label)| Command::new(name, *label, hint, move || choose.run(*it)).last())
}
