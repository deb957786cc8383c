//! The toolbar above a member's running sessions: their order, and closing those that are selected.

use leptos::prelude::*;
use protocol::{api::Session, id::SessionId};

use crate::{
    sessions::close,
    ui::{dialog::confirm::Question, list::List, show::Show},
};

/// Order of the cards.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Order {
    /// As the server lists them.
    #[default]
    Newest,
    /// The longest idle first.
    Idle,
}

/// Value and label of each order.
const ORDERS: [(Order, &str, &str); 2] =
    [(Order::Newest, "newest", "Newest first"), (Order::Idle, "idle", "Longest idle first")];

/// Fewest sessions that the toolbar is shown for.
const SEVERAL: usize = 2;

/// Ids of sessions in an order; equal ones keep their places.
pub fn sorted(sessions: &[Session], order: Order) -> Vec<SessionId> {
    let mut sessions: Vec<&Session> = sessions.iter().collect();
    if order == Order::Idle {
        sessions.sort_by_key(|it| it.last_seen);
    }
    sessions.into_iter().map(|it| it.id).collect()
}

/// The choice of an order, and the button that closes the selected sessions.
#[component]
pub fn Toolbar(
    /// The sessions.
    list: List<Session>,
    /// Order in force.
    order: RwSignal<Order>,
    /// Set to confirm closing.
    asked: RwSignal<Option<Question>>,
) -> impl IntoView {
    let selected = Memo::new(move |_| list.selected(|it| it.id.0));
    let count = move || selected.with(Vec::len);
    let total = move || list.items.with(Vec::len);
    let pick = move |value: String| {
        let found = ORDERS.iter().find(|(_, known, _)| *known == value);
        order.set(found.map(|(order, ..)| *order).unwrap_or_default());
    };
    view! {
        <Show when=move || { total() >= SEVERAL }>
            <div class="list-controls">
                <select
                    data-testid="sessions-sort"
                    aria-label="Order"
                    on:change:target=move |event| pick(event.target().value())
                >
                    {ORDERS
                        .map(|(this, value, label)| {
                            view! {
                                <option value=value prop:selected=move || order.get() == this>
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
                        on:click=move |_| asked.set(Some(close::many(selected.get_untracked())))
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
    fn sorts_by_idle_time() {
        let at = |number, seconds| {
            let last_seen = chrono::DateTime::from_timestamp(seconds, 0).unwrap();
            Session { last_seen, ..session(number) }
        };
        let sessions = [at(5, 30), at(4, 10), at(3, 20), at(2, 10)];
        for (order, expected) in [(Order::Newest, [5, 4, 3, 2]), (Order::Idle, [4, 2, 3, 5])] {
            let ids = expected.map(|number| SessionId(Uuid::from_u128(number)));
            assert_eq!(sorted(&sessions, order), ids, "{order:?}");
        }
    }
}
