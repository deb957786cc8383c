//! The shares of a session: active ones first, each row updated in place.

use leptos::prelude::*;
use protocol::{
    api::{FreshShare, Share, ShareState},
    id::{SessionId, ShareId},
};

use super::share_row::ShareRow;

/// The list; hidden when empty.
#[component]
pub fn ShareList(
    id: SessionId,
    /// All shares of the session.
    shares: RwSignal<Vec<Share>>,
    /// Called with a new link made from an earlier one.
    created: Callback<FreshShare>,
    /// Called after a change.
    changed: Callback<()>,
) -> impl IntoView {
    let ids = Memo::new(move |_| shares.with(|shares| order(shares)));
    let row = move |of: ShareId| {
        let found = move || shares.with(|shares| shares.iter().find(|it| it.id == of).cloned());
        // A row about to be removed keeps its content.
        let first = untrack(found)?;
        let share = Memo::new(move |before: Option<&Share>| {
            found().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        Some(view! { <ShareRow id share created changed /> })
    };
    view! {
        <section
            class="shares"
            aria-label="Shares of this session"
            hidden=move || ids.with(Vec::is_empty)
        >
            <h3>"Shares"</h3>
            <ul data-testid="shares">
                <For each=move || ids.get() key=|id| *id children=row />
            </ul>
        </section>
    }
}

/// Active shares first, then the newest.
fn order(shares: &[Share]) -> Vec<ShareId> {
    let mut order: Vec<&Share> = shares.iter().collect();
    order.sort_by_key(|it| (it.state != ShareState::Active, std::cmp::Reverse(it.created_at)));
    order.into_iter().map(|it| it.id).collect()
}
