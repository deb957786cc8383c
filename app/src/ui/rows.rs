//! Rows for the items of a list, by id. They know neither the list nor the items.

use std::collections::HashMap;

use leptos::prelude::*;
use uuid::Uuid;

/// One row for each item, updated in place.
pub fn rows<T: Clone + PartialEq + Send + Sync + 'static>(
    items: RwSignal<Vec<T>>,
    id: fn(&T) -> Uuid,
    row: impl Fn(Memo<T>) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    sorted_rows(items, id, move |items| items.iter().map(id).collect(), row)
}

/// As [`rows`], in the order that `order` lists the ids in.
pub fn sorted_rows<T: Clone + PartialEq + Send + Sync + 'static>(
    items: RwSignal<Vec<T>>,
    id: fn(&T) -> Uuid,
    order: impl Fn(&[T]) -> Vec<Uuid> + Send + Sync + 'static,
    row: impl Fn(Memo<T>) -> AnyView + Send + Sync + 'static,
) -> AnyView {
    let ids = Memo::new(move |_| items.with(|items| order(items)));
    let indexes = Memo::new(move |_| {
        let index = |(at, it): (usize, &T)| (id(it), at);
        items.with(|items| items.iter().enumerate().map(index).collect::<HashMap<_, _>>())
    });
    let row = move |key: Uuid| {
        let found = move || {
            let at = indexes.with(|it| it.get(&key).copied())?;
            items.with(|items| items.get(at).filter(|it| id(it) == key).cloned())
        };
        // A row about to be removed keeps its last state.
        let first = untrack(found)?;
        Some(row(Memo::new(move |before: Option<&T>| {
            found().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        })))
    };
    keyed(ids, Callback::new(row))
}

/// Compiled once, for rows of all kinds.
fn keyed(ids: Memo<Vec<Uuid>>, row: Callback<Uuid, Option<AnyView>>) -> AnyView {
    view! { <For each=move || ids.get() key=|id| *id children=move |id| row.run(id) /> }.into_any()
}
