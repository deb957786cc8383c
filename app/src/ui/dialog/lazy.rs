//! What comes to a page when it is first wanted, because most visits never want it. It does not know
//! what that is.

use std::{
    future::Future,
    sync::{Arc, Mutex, PoisonError},
};

use leptos::{prelude::*, task::spawn_local_scoped_with_cancellation};
use wasm_split_helpers::SplitLoaderError;

use crate::ui::dialog::Dialog;

/// Loads it, shows it, and keeps it. The page around it does not wait.
#[component]
pub fn LazyDialog<Load, Loading>(
    /// Whether it is wanted.
    #[prop(into)]
    wanted: Signal<bool>,
    /// It could not be loaded, so it is wanted no more; the next time it is, it is tried again.
    #[prop(into)]
    given_up: Callback<()>,
    /// Loads and makes it.
    load: Load,
) -> impl IntoView
where
    Load: Fn() -> Loading + 'static,
    Loading: Future<Output = Result<AnyView, SplitLoaderError>> + 'static,
{
    let made = Arc::new(Mutex::new(None::<AnyView>));
    let shown = made.clone();
    let state = RwSignal::new(State::Away);
    let failed = RwSignal::new(false);
    // What is made belongs to the run of the effect that made it, so that there is no other run after it.
    let tries = Memo::new(move |before: Option<&u32>| {
        let before = before.copied().unwrap_or_default();
        let starts = wanted.get() && state.get_untracked() == State::Away;
        before + u32::from(starts)
    });
    Effect::new(move |_| {
        if tries.get() == 0 {
            return;
        }
        state.set(State::Coming);
        let (loading, made) = (load(), made.clone());
        spawn_local_scoped_with_cancellation(async move {
            if let Ok(view) = loading.await {
                *made.lock().unwrap_or_else(PoisonError::into_inner) = Some(view);
                return state.set(State::Here);
            }
            state.set(State::Away);
            failed.set(true);
            given_up.run(());
        });
    });
    let view = move || {
        let here = state.get() == State::Here;
        here.then(|| shown.lock().unwrap_or_else(PoisonError::into_inner).take()).flatten()
    };
    view! {
        {move || view()}
        {move || failed.get().then(|| view! { <NotLoaded open=failed /> }.into_any())}
    }
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Away,
    Coming,
    Here,
}

/// The network is gone, or the server has another build by now, whose parts do not fit this page.
#[component]
fn NotLoaded(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <Dialog open title="This could not be loaded" testid="not-loaded">
            <p>"Try again in a moment. If that does not help, reload the page."</p>
            <div class="dialog-actions">
                <button type="button" class="button" on:click=move |_| open.set(false)>
                    "Close"
                </button>
            </div>
        </Dialog>
    }
}
