//! The confirmations before sessions are closed: one by its card, or those that are selected.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::{api::Session, id::SessionId};

use crate::{
    api,
    error::PageError,
    ui::dialog::confirm::{Outcome, Question, run_all},
};

/// Confirms closing a session; names the program in its foreground.
#[must_use]
pub fn one(session: Session) -> Question {
    let Session { id, name, foreground, .. } = session;
    let body = move |_| {
        match foreground.clone() {
        Some(job) => view! {
            <p>
                <strong data-testid="close-job">{job}</strong>
                " is running in this session. Closing ends it, the shell and all programs started there."
            </p>
        }
        .into_any(),
        None => view! { <p>"Closing ends the shell and all programs started in this session."</p> }
            .into_any(),
    }
    };
    let title = move || format!("Close {name}?");
    Question::new("close", title, body, ["Close session", "Closing…"], move || {
        async move { close(id).await.map(|()| Outcome::default()) }.boxed_local()
    })
}

/// Confirms closing several sessions.
#[must_use]
pub fn many(sessions: Vec<Session>) -> Question {
    let title = match sessions.as_slice() {
        [one] => format!("Close {}?", one.name),
        many => format!("Close {} sessions?", many.len()),
    };
    let named = sessions.clone();
    let body = move |_| {
        let line = |it: &Session| {
            let job = it.foreground.as_ref().map(|job| format!(": {job} is running"));
            view! {
                <li>
                    <strong>{it.name.clone()}</strong>
                    {job}
                </li>
            }
            .into_any()
        };
        view! {
            <ul class="session-names">{named.iter().map(line).collect::<Vec<_>>()}</ul>
            <p>"Closing ends their shells and all programs started there."</p>
        }
        .into_any()
    };
    let title = move || title.clone();
    Question::new("close-many", title, body, ["Close sessions", "Closing…"], move || {
        let closes = sessions.iter().map(|it| {
            let (id, name) = (it.id, it.name.clone());
            async move { close(id).await.map_err(|why| (name, why)) }.boxed_local()
        });
        let closes = closes.collect();
        async move { Ok(Outcome { failed: run_all(closes).await, summary: None }) }.boxed_local()
    })
}

/// Closes a session. One that ended in the meantime counts as closed.
///
/// # Errors
/// As [`api::close_session`].
pub async fn close(id: SessionId) -> Result<(), PageError> {
    match api::close_session(id).await {
        Err(why) if !why.is_over() => Err(why),
        Ok(()) | Err(_) => Ok(()),
    }
}
