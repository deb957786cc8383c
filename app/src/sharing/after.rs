//! The receipt of a session that has ended: who came by each of its shares. For its owner.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::{Session, Share, ShareKind};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::receipt::table;
use crate::{
    api::sharing,
    error::PageError,
    format,
    live::Live,
    ui::{
        dialog::{Dialog, lazy::LazyDialog},
        failure::Failure,
        time::Now,
    },
};

/// The dialog; opens for the session that is put in.
#[component]
pub fn SessionReceipt(
    /// The session; none when nothing is asked.
    of: RwSignal<Option<Session>>,
) -> impl IntoView {
    let wanted = Memo::new(move |_| of.with(Option::is_some));
    let load = move || receipt_dialog(of);
    view! { <LazyDialog wanted given_up=move |()| of.set(None) load /> }
}

#[wasm_split(rest, fallible)]
fn receipt_dialog(of: RwSignal<Option<Session>>) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Receipt of /> }.into_any())
}

#[component]
fn Receipt(of: RwSignal<Option<Session>>) -> impl IntoView {
    let open = RwSignal::new(false);
    let shares = RwSignal::new(Vec::<Share>::new());
    let error = RwSignal::new(None::<PageError>);
    let now = use_context::<Now>();
    let refresh = move || {
        let Some(id) = of.with_untracked(|it| it.as_ref().map(|it| it.id)) else { return };
        spawn_local(async move {
            let answer = sharing::shares(id).await;
            // Somebody may look at another one by now.
            if of.try_with_untracked(|it| it.as_ref().map(|it| it.id)) != Some(Some(id)) {
                return;
            }
            match answer {
                Ok(all) => {
                    shares.set(all);
                    error.set(None);
                }
                Err(why) => error.set(Some(why)),
            }
        });
    };
    Effect::new(move |_| {
        if of.with(Option::is_some) {
            shares.set(Vec::new());
            open.set(true);
            refresh();
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            of.set(None);
        }
    });
    // How the last ones left is written down a moment after the end.
    Live::of_page().on_change(refresh);
    let title = Memo::new(move |before: Option<&String>| {
        let name = of.with(|it| it.as_ref().map(|it| format!("Who came to {}", it.name)));
        name.or_else(|| before.cloned()).unwrap_or_default()
    });
    let part = move |share: Share| {
        let (name, made) = (name(&share), format::at(share.created_at));
        let mode = if share.read_only { "read-only" } else { "could type" };
        view! {
            <section class="receipt" data-testid="receipt">
                <h3>{name}</h3>
                <p class="muted">{format!("shared {made} by {}, {mode}", share.by)}</p>
                {table(share.guests, now)}
            </section>
        }
        .into_any()
    };
    let parts = move || {
        let came = shares.get().into_iter().filter(|it| !it.guests.is_empty());
        came.map(part).collect::<Vec<_>>()
    };
    view! {
        <Dialog open title testid="receipt-dialog" wide=true>
            <Failure error />
            {move || parts()}
            <div class="dialog-actions">
                <button
                    type="button"
                    class="button"
                    data-testid="receipt-close"
                    on:click=move |_| open.set(false)
                >
                    "Close"
                </button>
            </div>
        </Dialog>
    }
}

/// How a share was handed out.
pub fn name(share: &Share) -> String {
    match (share.kind, &share.email) {
        (ShareKind::Mail, Some(email)) => email.clone(),
        _ => "One-time access link".into(),
    }
}
