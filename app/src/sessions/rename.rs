//! The dialog that changes the name and the attach policy of a session.

use leptos::prelude::*;
use protocol::api::{ChangeSession, Session};

use crate::{
    api::rest,
    format,
    ui::{
        dialog::{Dialog, DialogActions, open_for},
        form::{choice::Choice, field::Field},
        request::Request,
    },
};

/// The dialog; opens when a session is set.
#[component]
pub fn RenameSession(
    renaming: RwSignal<Option<Session>>,
    /// Called with the changed session.
    renamed: Callback<Session>,
) -> impl IntoView {
    // The first session is known before the fields exist: they begin with its values.
    let first = renaming.get_untracked();
    let name = RwSignal::new(first.as_ref().map(|it| it.name.clone()).unwrap_or_default());
    let policy = RwSignal::new(first.map(|it| it.attach_policy).unwrap_or_default());
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
                    label="When opened on another device"
                    testid="rename-policy"
                    options=&format::POLICIES
                    value=policy
                />
                <DialogActions open testid="rename" confirm="Save" request fields=&["name"] />
            </form>
        </Dialog>
    }
}
