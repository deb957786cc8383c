//! One's own running sessions as they are arranged: in which order, and which of them are ticked.

use std::collections::HashSet;

use leptos::prelude::*;
use protocol::{api::Session, id::SessionId};

use crate::ui::show::Show;

/// In which order they are shown.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As the server lists them.
    #[default]
    Newest,
    /// Those that nobody used for longest first.
    Idle,
}

/// Word and meaning of each order.
const ORDERS: [(Order, &str, &str); 2] =
    [(Order::Newest, "newest", "Newest first"), (Order::Idle, "idle", "Unused for longest")];

/// Fewer than so many need no order, and are closed one by one.
const FEW: usize = 2;

/// The ids of sessions in an order; those that are equal in it as they were.
pub fn arranged(sessions: &[Session], order: Order) -> Vec<SessionId> {
    let mut sessions: Vec<&Session> = sessions.iter().collect();
    if order == Order::Idle {
        sessions.sort_by_key(|it| it.last_seen);
    }
    sessions.into_iter().map(|it| it.id).collect()
}

/// The choice of an order, and what can be done with those that are ticked.
#[component]
pub fn Arranging(
    /// The sessions.
    sessions: Signal<Vec<Session>>,
    /// The chosen order.
    order: RwSignal<Order>,
    /// Those that are ticked; some may be gone.
    ticked: RwSignal<HashSet<SessionId>>,
    /// Set to ask before these are closed.
    closing: RwSignal<Vec<Session>>,
) -> impl IntoView {
    let chosen = Memo::new(move |_| {
        let are_ticked = |it: &&Session| ticked.with(|ticked| ticked.contains(&it.id));
        sessions.with(|all| all.iter().filter(are_ticked).cloned().collect::<Vec<_>>())
    });
    let count = move || chosen.with(Vec::len);
    let total = move || sessions.with(Vec::len);
    let pick = move |word: String| {
        let found = ORDERS.iter().find(|(_, known, _)| *known == word);
        order.set(found.map(|(order, ..)| *order).unwrap_or_default());
    };
    view! {
        <Show when=move || { total() >= FEW }>
            <div class="list-controls">
                <select
                    data-testid="sessions-sort"
                    aria-label="Order"
                    on:change:target=move |event| pick(event.target().value())
                >
                    {ORDERS
                        .map(|(this, word, label)| {
                            view! {
                                <option value=word prop:selected=move || order.get() == this>
                                    {label}
                                </option>
                            }
                            .into_any()
                        })
                        .into_iter()
                        .collect::<Vec<_>>()}
                </select>
                <p role="status" class="muted" data-testid="sessions-chosen">
                    {move || match count() {
                        0 => String::new(),
                        some => format!("{some} of {} selected", total()),
                    }}
                </p>
                <Show when=move || { count() > 0 }>
                    <button
                        type="button"
                        class="button small"
                        data-testid="close-chosen"
                        on:click=move |_| closing.set(chosen.get_untracked())
                    >
                        "Close selected…"
                    </button>
                </Show>
            </div>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use protocol::api::samples::session;
    use uuid::Uuid;

    use super::*;

    #[test]
    fn the_longest_unused_come_first_when_asked_for() {
        let at = |number, seconds| {
            let last_seen = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
            Session { last_seen, ..session(number) }
        };
        let sessions = [at(5, 30), at(4, 10), at(3, 20), at(2, 10)];
        for (order, expected) in [(Order::Newest, [5, 4, 3, 2]), (Order::Idle, [4, 2, 3, 5])] {
            let ids = expected.map(|number| SessionId(Uuid::from_u128(number)));
            assert_eq!(arranged(&sessions, order), ids, "{order:?}");
        }
    }
}
