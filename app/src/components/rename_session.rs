//! The field that gives a session another name.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::{ChangeSession, Session};

use crate::{
    api::rest,
    components::{dialog::Dialog, failure::Failure, field::Field},
    error::PageError,
};

/// Asks for a name and says when it could not be given.
#[component]
pub fn RenameSession(
    /// The session to rename; none when nothing is asked.
    renaming: RwSignal<Option<Session>>,
    /// Follows the name.
    renamed: RwSignal<String>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let name = RwSignal::new(String::new());
    let error = RwSignal::new(None::<PageError>);
    Effect::new(move |_| {
        if renaming.with(Option::is_some) {
            error.set(None);
            name.set(renamed.get_untracked());
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
        spawn_local(async move {
            let wanted = Some(name.get_untracked().trim().to_owned());
            let change = ChangeSession { name: wanted, ..ChangeSession::default() };
            match rest::change(session.id, &change).await {
                Ok(session) => {
                    renamed.set(session.name);
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
                <Failure error testid="rename-error" fields=&["name"] />
                <div class="dialog-actions">
                    <button
                        type="button"
                        class="button"
                        data-testid="rename-cancel"
                        on:click=move |_| open.set(false)
                    >
                        "Cancel"
                    </button>
                    <button
                        type="submit"
                        class="button primary"
                        data-testid="rename-confirm"
                        disabled=move || busy.get()
                    >
                        "Rename"
                    </button>
                </div>
            </form>
        </Dialog>
    }
}
