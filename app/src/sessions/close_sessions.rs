//! The question before several of one's own sessions are closed, and which of them could not be.

use futures_util::{StreamExt, stream};
use leptos::{prelude::*, task::spawn_local};
use protocol::api::Session;
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api,
    ui::{
        dialog::{Dialog, actions::DialogActions, lazy::LazyDialog},
        show::Show,
    },
};

/// Sessions that are closed at the same time.
const AT_ONCE: usize = 4;

/// Asks, closes, and says of each that is left why.
#[component]
pub fn CloseSessions(
    /// Those to ask about; empty when nothing is asked.
    closing: RwSignal<Vec<Session>>,
    /// Asks the server for the list again.
    refresh: Callback<()>,
) -> impl IntoView {
    let wanted = Memo::new(move |_| closing.with(|it| !it.is_empty()));
    let load = move || close_sessions(closing, refresh);
    view! { <LazyDialog wanted given_up=move |()| closing.set(Vec::new()) load /> }
}

#[wasm_split(rest, fallible)]
fn close_sessions(
    closing: RwSignal<Vec<Session>>,
    refresh: Callback<()>,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Question closing refresh /> }.into_any())
}

#[component]
fn Question(closing: RwSignal<Vec<Session>>, refresh: Callback<()>) -> impl IntoView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let left = RwSignal::new(Vec::<(String, String)>::new());
    Effect::new(move |_| {
        if closing.with(|it| !it.is_empty()) {
            left.set(Vec::new());
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            closing.set(Vec::new());
        }
    });
    let confirm = move |_| {
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        let wanted = closing.get_untracked();
        spawn_local(async move {
            let closes = wanted.into_iter().map(|it| async move {
                let wrong = api::sessions::close(it.id).await.err().filter(|why| !why.is_over());
                wrong.map(|why| (it.name, why.to_string()))
            });
            let bad: Vec<(String, String)> = stream::iter(closes)
                .buffer_unordered(AT_ONCE)
                .filter_map(std::future::ready)
                .collect()
                .await;
            busy.set(false);
            if bad.is_empty() {
                open.set(false);
            }
            left.set(bad);
            refresh.run(());
        });
    };
    let title = Signal::derive(move || {
        closing.with(|it| match it.as_slice() {
            [one] => format!("Close {}?", one.name),
            many => format!("Close {} sessions?", many.len()),
        })
    });
    let named = move || {
        let line = |it: Session| {
            let job = it.foreground.map(|job| format!(": {job} is running in it"));
            view! {
                <li>
                    <strong>{it.name}</strong>
                    {job}
                </li>
            }
        };
        closing.get().into_iter().map(line).collect_view()
    };
    let failures = move || {
        let line = |(name, why): (String, String)| view! { <li>{name} ": " {why}</li> };
        left.get().into_iter().map(line).collect_view()
    };
    view! {
        <Dialog open title testid="close-many-dialog">
            <ul class="session-names">{named}</ul>
            <p>"Their shells end, and so does everything that was started there."</p>
            <Show when=move || left.with(|it| !it.is_empty())>
                <ul class="failure" role="alert" data-testid="close-many-failures">
                    {failures}
                </ul>
            </Show>
            <DialogActions
                open
                testid="close-many"
                keep="Keep them"
                yes=Signal::derive(move || if busy.get() { "Closing…" } else { "Close sessions" })
                harm=true
                busy
                act=confirm
            />
        </Dialog>
    }
}
