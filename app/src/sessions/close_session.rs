//! The question before a session is closed: it names what would end with it.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::Session;

use crate::{
    api,
    error::PageError,
    ui::{
        dialog::{Dialog, actions::DialogActions},
        failure::Failure,
    },
};

/// Asks, closes, and says when it could not.
#[component]
pub fn CloseSession(
    /// The session to ask about; none when nothing is asked.
    closing: RwSignal<Option<Session>>,
    /// Asks the server for the list again.
    refresh: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<PageError>);
    Effect::new(move |_| {
        if closing.with(Option::is_some) {
            error.set(None);
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            closing.set(None);
        }
    });
    let confirm = move |_| {
        let Some(session) = closing.get_untracked() else { return };
        busy.set(true);
        spawn_local(async move {
            match api::sessions::close(session.id).await {
                Err(why) if !why.is_over() => error.set(Some(why)),
                Ok(()) | Err(_) => open.set(false),
            }
            busy.set(false);
            refresh.run(());
        });
    };
    let name = move || closing.get().map(|it| it.name).unwrap_or_default();
    let job = move || closing.get().and_then(|it| it.foreground);
    let title = Signal::derive(move || format!("Close {}?", name()));
    view! {
        <Dialog open title testid="close-dialog">
            {move || match job() {
                Some(job) => {
                    view! {
                        <p>
                            <strong data-testid="close-job">{job}</strong>
                            " is running in it. It ends, and so does everything else that was started there."
                        </p>
                    }
                        .into_any()
                }
                None => {
                    view! { <p>"Its shell ends, and so does everything that was started there."</p> }
                        .into_any()
                }
            }}
            <Failure error />
            <DialogActions
                open
                testid="close"
                keep="Keep it"
                yes=Signal::derive(move || if busy.get() { "Closing…" } else { "Close session" })
                harm=true
                busy
                act=confirm
            />
        </Dialog>
    }
}
