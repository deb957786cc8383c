//! Which of everybody's sessions are shown, and in which order.

use leptos::prelude::*;
use protocol::api::AdminSort;

use crate::components::all_list::AllList;

const SORTS: [(AdminSort, &str, &str); 7] = [
    (AdminSort::CreatedAt, "created_at", "Newest first"),
    (AdminSort::LastSeen, "last_seen", "Unused for longest"),
    (AdminSort::Cpu, "cpu", "Most CPU"),
    (AdminSort::Memory, "memory", "Most memory"),
    (AdminSort::BytesBuffered, "bytes_buffered", "Most held"),
    (AdminSort::Owner, "owner", "By owner"),
    (AdminSort::Name, "name", "By name"),
];

/// A search field and three choices.
#[component]
pub fn AllFilter(
    /// The list.
    list: AllList,
) -> impl IntoView {
    let filter = list.filter;
    let attached = move |value: String| {
        let wanted = match value.as_str() {
            "yes" => Some(true),
            "no" => Some(false),
            _ => None,
        };
        filter.update(|it| it.attached = wanted);
    };
    let sort = move |value: String| {
        let found = SORTS.iter().find(|(_, word, _)| *word == value);
        list.sort.set(found.map(|(sort, ..)| *sort).unwrap_or_default());
    };
    view! {
        <form class="filter" role="search" on:submit=|event| event.prevent_default()>
            <input
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
            <select
                data-testid="all-attached"
                aria-label="Attached"
                on:change:target=move |event| attached(event.target().value())
            >
                <option value="">"Attached or not"</option>
                <option value="yes">"Attached"</option>
                <option value="no">"Detached"</option>
            </select>
            <select
                data-testid="all-idle"
                aria-label="Unused for"
                on:change:target=move |event| {
                    let minutes = event.target().value().parse().ok();
                    filter.update(|it| it.idle_minutes = minutes);
                }
            >
                <option value="">"Used any time"</option>
                <option value="15">"Unused for 15 min"</option>
                <option value="60">"Unused for 1 h"</option>
                <option value="480">"Unused for 8 h"</option>
                <option value="1440">"Unused for a day"</option>
            </select>
            <select
                data-testid="all-sort"
                aria-label="Order"
                on:change:target=move |event| sort(event.target().value())
            >
                {SORTS
                    .map(|(_, word, label)| view! { <option value=word>{label}</option> })
                    .into_iter()
                    .collect_view()}
            </select>
        </form>
    }
}
