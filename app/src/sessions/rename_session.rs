//! The dialog that changes the name and the attach policy of a session.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::{ChangeSession, Session};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api::rest,
    error::PageError,
    format,
    ui::{
        dialog::{Dialog, DialogActions, lazy::LazyDialog, open_for},
        failure::Failure,
        form::{choice::Choice, field::Field},
    },
};

/// Opens the dialog for a session.
#[component]
pub fn RenameSession(
    /// The session; none keeps the dialog closed.
    renaming: RwSignal<Option<Session>>,
    /// Called with the changed session.
    #[prop(into)]
    renamed: Callback<Session>,
) -> impl IntoView {
    let wanted = Memo::new(move |_| renaming.with(Option::is_some));
    let load = move || rename_session(renaming, renamed);
    view! { <LazyDialog open=wanted failed_to_load=move |()| renaming.set(None) load /> }
}

#[wasm_split(rest, fallible)]
fn rename_session(
    renaming: RwSignal<Option<Session>>,
    renamed: Callback<Session>,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Form renaming renamed /> }.into_any())
}

#[component]
fn Form(renaming: RwSignal<Option<Session>>, renamed: Callback<Session>) -> impl IntoView {
    let busy = RwSignal::new(false);
    // The first session is known before the fields exist: they begin with its values.
    let first = renaming.get_untracked();
    let name = RwSignal::new(first.as_ref().map(|it| it.name.clone()).unwrap_or_default());
    let policy = RwSignal::new(first.map(|it| it.attach_policy).unwrap_or_default());
    let error = RwSignal::new(None::<PageError>);
    let open = open_for(renaming, move |session| {
        error.set(None);
        name.set(session.name.clone());
        policy.set(session.attach_policy);
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(session) = renaming.get_untracked() else { return };
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let (new_name, new_policy) = (name.get_untracked(), policy.get_untracked());
        let change = ChangeSession {
            name: Some(new_name.trim().to_owned()).filter(|it| *it != session.name),
            attach_policy: Some(new_policy).filter(|it| *it != session.attach_policy),
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
        <Dialog open title="Rename session" testid="rename-dialog">
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
                    label="When opened on another device"
                    testid="rename-policy"
                    options=&format::POLICIES
                    value=policy
                />
                <Failure error testid="rename-error" fields=&["name"] />
                <DialogActions open testid="rename" confirm="Save" busy />
            </form>
        </Dialog>
    }
}
