//! The confirmations before sessions are closed: one by its card, or those that are selected.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::{api::Session, id::SessionId};

use crate::{
    api,
    error::PageError,
    ui::dialog::confirm::{Outcome, Question, run_all},
};

/// Sessions to close.
#[derive(Clone)]
pub enum Closing {
    /// One; its confirmation names the program in its foreground.
    One(Box<Session>),
    /// The selected ones of a list.
    Selected(Vec<Session>),
}

impl Closing {
    /// The confirmation.
    pub fn question(self) -> Question {
        match self {
            Self::One(session) => one(*session),
            Self::Selected(sessions) => selected(sessions),
        }
    }
}

fn one(session: Session) -> Question {
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
    let action = move || close(id).map(|it| it.map(|()| Outcome::default())).boxed_local();
    Question::new("close", format!("Close {name}?"), body, ["Close session", "Closing…"], action)
}

fn selected(sessions: Vec<Session>) -> Question {
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
    let action = move || {
        let closes = sessions.iter().map(|it| (it.name.clone(), close(it.id).boxed_local()));
        run_all(closes.collect()).boxed_local()
    };
    Question::new("close-many", title, body, ["Close sessions", "Closing…"], action)
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
