//! An ended session in the list.

use leptos::prelude::*;
use protocol::api::Session;

use crate::{
    format,
    ui::{button::Button, time::Ago},
};

/// Name, account, end and visitors of a session, and the button that opens a similar one.
#[component]
pub fn EndedSession(
    session: Session,
    again: Callback<Session>,
    /// Set to show its visitors.
    receipt: RwSignal<Option<Session>>,
) -> impl IntoView {
    let Session { id, name, end_reason: reason, visitors, .. } = session.clone();
    let similar = format!("New session like {name}");
    let sentence = format::ending(&session);
    let when = session.ended_at.unwrap_or(session.last_seen);
    let location = format::location(&session);
    let visited = (visitors > 0).then(|| {
        let label = format::count(visitors as usize, "guest");
        let session = session.clone();
        let show = move |()| receipt.set(Some(session.clone()));
        view! { <Button testid="session-receipt" label press=show /> }.into_any()
    });
    view! {
        <li
            class="ended"
            data-testid="ended-session"
            data-session=id.to_string()
            data-reason=reason.map(|it| it.code())
        >
            <div class="ended-name">
                <h2 class="card-name">{name}</h2>
                <p>{location}</p>
            </div>
            <p class="ended-reason" data-testid="ended-reason">
                <span class="badge">{reason.map(format::reason)}</span>
                " "
                {sentence}
            </p>
            <p class="ended-time" data-testid="ended-when">
                <Ago time=when />
            </p>
            <div class="ended-actions">
                {visited}
                <Button
                    testid="new-like-this"
                    label="New session like this"
                    full_label=similar
                    press=move |()| again.run(session.clone())
                />
            </div>
        </li>
    }
}
