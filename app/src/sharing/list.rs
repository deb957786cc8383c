//! What has been shared of a session: those that work first, each updated in place.

use leptos::prelude::*;
use protocol::{
    api::{FreshShare, Share, ShareState},
    id::{SessionId, ShareId},
};

use super::row::ShareRow;

/// The shares of a session, without secrets.
#[component]
pub fn ShareList(
    /// The session.
    id: SessionId,
    /// All of them.
    shares: RwSignal<Vec<Share>>,
    /// A new link was made from an earlier one.
    made: Callback<FreshShare>,
    /// Something of them has changed.
    changed: Callback<()>,
) -> impl IntoView {
    let ids = Memo::new(move |_| shares.with(|shares| order(shares)));
    let row = move |of: ShareId| {
        let found = move || shares.with(|shares| shares.iter().find(|it| it.id == of).cloned());
        // One that is about to go shows what it showed.
        let first = untrack(found)?;
        let share = Memo::new(move |before: Option<&Share>| {
            found().or_else(|| before.cloned()).unwrap_or_else(|| first.clone())
        });
        Some(view! { <ShareRow id share made changed /> })
    };
    view! {
        <section
            class="shares"
            aria-label="Shares of this session"
            hidden=move || ids.with(Vec::is_empty)
        >
            <h3>"Shared so far"</h3>
            <ul data-testid="shares">
                <For each=move || ids.get() key=|id| *id children=row />
            </ul>
        </section>
    }
}

/// Those that work before those that are over, the newest first.
fn order(shares: &[Share]) -> Vec<ShareId> {
    let mut order: Vec<&Share> = shares.iter().collect();
    order.sort_by_key(|it| (it.state != ShareState::Active, std::cmp::Reverse(it.created_at)));
    order.into_iter().map(|it| it.id).collect()
}
