//! The question for a session's name and for what a second client does.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::{AttachPolicy, ChangeSession, Session};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::rest,
    error::PageError,
    ui::{
        dialog::{Dialog, actions::DialogActions, lazy::LazyDialog},
        failure::Failure,
        form::{choice::Choice, field::Field},
    },
};

/// Each policy in words.
const POLICIES: [(AttachPolicy, &str); 3] = [
    (AttachPolicy::Handoff, "The newest takes over"),
    (AttachPolicy::Single, "Ask before taking over"),
    (AttachPolicy::Multi, "Several at once, one drives"),
];

/// Asks, and says what can't be.
#[component]
pub fn RenameSession(
    /// The session as it is; none when nothing is asked.
    renaming: RwSignal<Option<Session>>,
    /// Follows what it is now.
    #[prop(into)]
    renamed: Callback<Session>,
) -> impl IntoView {
    let wanted = Memo::new(move |_| renaming.with(Option::is_some));
    let load = move || rename_session(renaming, renamed);
    view! { <LazyDialog wanted given_up=move |()| renaming.set(None) load /> }
}

#[wasm_split(rest, fallible)]
fn rename_session(
    renaming: RwSignal<Option<Session>>,
    renamed: Callback<Session>,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Question renaming renamed /> }.into_any())
}

#[component]
fn Question(renaming: RwSignal<Option<Session>>, renamed: Callback<Session>) -> impl IntoView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    // The first session is there before the fields are: they begin with it.
    let first = renaming.get_untracked();
    let name = RwSignal::new(first.as_ref().map(|it| it.name.clone()).unwrap_or_default());
    let policy = RwSignal::new(first.map(|it| it.attach_policy).unwrap_or_default());
    let error = RwSignal::new(None::<PageError>);
    Effect::new(move |_| {
        if let Some(session) = renaming.get() {
            error.set(None);
            name.set(session.name);
            policy.set(session.attach_policy);
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            renaming.set(None);
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(session) = renaming.get_untracked() else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let (wanted, second) = (name.get_untracked(), policy.get_untracked());
        let change = ChangeSession {
            name: Some(wanted.trim().to_owned()).filter(|it| *it != session.name),
            attach_policy: Some(second).filter(|it| *it != session.attach_policy),
        };
        spawn_local(async move {
            match rest::change(session.id, &change).await {
                Ok(session) => {
                    renamed.run(session);
                    open.set(false);
                }
                Err(why) => error.set(Some(why)),
            }
            busy.set(false);
        });
    };
    view! {
        <Dialog open title="Name and clients" testid="rename-dialog">
            <form class="stack" novalidate on:submit=submit>
                <Field
                    label="Name"
                    name="name"
                    kind="text"
                    autocomplete="off"
                    testid="rename-name"
                    autofocus=true
                    value=name
                    error
                />
                <Choice
                    label="When you attach a second time"
                    testid="rename-policy"
                    options=&POLICIES
                    value=policy
                />
                <Failure error testid="rename-error" fields=&["name"] />
                <DialogActions open testid="rename" yes="Save" busy />
            </form>
        </Dialog>
    }
}
