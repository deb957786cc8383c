//! A dialog in a wasm chunk of its own, loaded when it is first opened, because most visits never open it.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::future::LocalBoxFuture;
use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_split_helpers::SplitLoaderError;

use crate::ui::{button::Button, dialog::Dialog, show::dynamic};

/// Loads the dialog, shows it and keeps it. The page around it does not wait.
#[component]
pub fn LazyDialog(
    #[prop(into)] open: Signal<bool>,
    /// Called if loading failed; it is tried again at the next opening.
    #[prop(into)]
    failed_to_load: Callback<()>,
    load: Callback<(), LocalBoxFuture<'static, Result<AnyView, SplitLoaderError>>>,
) -> impl IntoView {
    let created = Arc::new(Mutex::new(None::<AnyView>));
    let shown = created.clone();
    let state = RwSignal::new(State::Absent);
    let failed = RwSignal::new(false);
    // The effect owns what it creates, so it must not run again afterwards.
    let tries = Memo::new(move |before: Option<&u32>| {
        let before = before.copied().unwrap_or_default();
        let starts = open.get() && state.get_untracked() == State::Absent;
        before + u32::from(starts)
    });
    Effect::new(move |_| {
        if tries.get() == 0 {
            return;
        }
        state.set(State::Loading);
        let (loading, created) = (load.run(()), created.clone());
        spawn_local_scoped_with_cancellation(async move {
            if let Ok(view) = loading.await {
                *created.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
                return state.set(State::Loaded);
            }
            state.set(State::Absent);
            failed.set(true);
            failed_to_load.run(());
        });
    });
    let view = move || {
        let loaded = state.get() == State::Loaded;
        loaded.then(|| shown.lock().unwrap_or_else(PoisonError::into_inner).take()).flatten()
    };
    // The network failed, or the server runs another build, whose chunks do not match this page.
    let not_loaded = move || {
        view! {
            <Dialog open=failed title="Loading failed" testid="not-loaded">
                <p>"Try again, or reload the page."</p>
                <div class="dialog-actions">
                    <Button label="Close" press=move |()| failed.set(false) />
                </div>
            </Dialog>
        }
        .into_any()
    };
    view! {
        {dynamic(view)}
        {dynamic(move || failed.get().then(not_loaded))}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Absent,
    Loading,
    Loaded,
}
