//! The dialogs about running sessions: closing, renaming and sharing them. Closing one session works even if no
//! chunk can be loaded; the other dialogs are loaded when one of them is first opened.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::{
    api::{ChangeSession, Session},
    id::SessionId,
};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::{self, rest},
    error::PageError,
    format,
    sharing::ShareSession,
    ui::{
        dialog::{
            Dialog, DialogActions,
            confirm::{Confirm, Outcome, Question, run_all},
            lazy::LazyDialog,
            open_for,
        },
        form::{choice::Choice, field::Field},
        request::Request,
    },
};

/// The subjects of the dialogs: setting one opens its dialog.
#[derive(Clone, Copy, Default)]
pub struct Subjects {
    asked: RwSignal<Option<Question>>,
    /// Selected sessions to close.
    pub closing: RwSignal<Option<Vec<Session>>>,
    /// Session whose name or attach policy changes.
    pub renaming: RwSignal<Option<Session>>,
    pub sharing: RwSignal<Option<Session>>,
}

impl Subjects {
    /// Opens the confirmation to close a session, instead of one that is still being loaded.
    pub fn close(self, session: Session) {
        self.closing.set(None);
        self.asked.set(Some(one(session)));
    }
}

#[component]
pub fn SessionDialogs(
    dialogs: Subjects,
    /// Called after sessions were closed, or could not be.
    #[prop(into)]
    closed: Callback<()>,
    #[prop(into)] renamed: Callback<Session>,
) -> impl IntoView {
    let Subjects { asked, closing, renaming, sharing } = dialogs;
    let open = Memo::new(move |_| {
        let named = [renaming, sharing].iter().any(|it| it.with(Option::is_some));
        named || closing.with(Option::is_some)
    });
    let reset = move |()| {
        closing.set(None);
        renaming.set(None);
        sharing.set(None);
    };
    let load = Callback::new(move |()| lazy_dialogs(dialogs, renamed).boxed_local());
    view! {
        <Confirm asked done=closed />
        <LazyDialog open failed_to_load=reset load />
    }
}

#[wasm_split(rest, fallible)]
fn lazy_dialogs(
    dialogs: Subjects,
    renamed: Callback<Session>,
) -> Result<AnyView, SplitLoaderError> {
    let Subjects { asked, closing, renaming, sharing } = dialogs;
    Effect::new(move |_| {
        if let Some(sessions) = closing.get() {
            asked.set(Some(selected(sessions)));
            closing.set(None);
        }
    });
    let view = view! {
        <RenameSession renaming renamed />
        <ShareSession sharing />
    };
    Ok(view.into_any())
}

/// Names the program in the foreground.
fn one(session: Session) -> Question {
    let Session { id, name, foreground, .. } = session;
    let body = move |_| {
        let Some(job) = foreground.clone() else {
            let text = "Closing ends the shell and all programs started in this session.";
            return view! { <p>{text}</p> }.into_any();
        };
        view! {
            <p>
                <strong data-testid="close-job">{job}</strong>
                " is running in this session. Closing ends it, the shell and all programs started there."
            </p>
        }
        .into_any()
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
    Question::new("close-many", title, body, ["Close sessions", "Closing…"], action).with_results()
}

/// Closes a session. One that ended in the meantime counts as closed.
pub async fn close(id: SessionId) -> Result<(), PageError> {
    match api::close_session(id).await {
        Err(why) if !why.is_over() => Err(why),
        Ok(()) | Err(_) => Ok(()),
    }
}

/// The dialog; opens when a session is set.
#[component]
fn RenameSession(renaming: RwSignal<Option<Session>>, renamed: Callback<Session>) -> impl IntoView {
    // `Field` first copies the text of its element, which must be the name if renaming loads this chunk.
    let first = renaming.get_untracked();
    let name = RwSignal::new(first.map(|it| it.name).unwrap_or_default());
    let policy = RwSignal::default();
    let request = Request::new();
    let open = open_for(renaming, move |session| {
        request.error.set(None);
        name.set(session.name.clone());
        policy.set(session.attach_policy);
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(session) = renaming.get_untracked() else { return };
        let change = ChangeSession {
            name: Some(name.get_untracked().trim().to_owned()).filter(|it| *it != session.name),
            attach_policy: Some(policy.get_untracked()).filter(|it| *it != session.attach_policy),
        };
        request.send(async move { rest::change(session.id, &change).await }, move |session| {
            renamed.run(session);
            open.set(false);
        });
    };
    view! {
        <Dialog open title="Rename session" testid="rename-dialog">
            <form class="stack" novalidate on:submit=submit>
                <Field
                    label="Name"
                    name="name"
                    testid="rename-name"
                    autofocus=true
                    value=name
                    error=request.error
                />
                <Choice
                    label="When another client attaches"
                    testid="rename-policy"
                    options=&format::POLICIES
                    value=policy
                />
                <DialogActions open testid="rename" confirm="Save" request fields=&["name"] />
            </form>
        </Dialog>
    }
}
