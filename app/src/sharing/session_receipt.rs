//! The guests of an ended session, by share. For its owner.

use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{Session, Share};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use super::{guests::table, share_list::name};
use crate::{
    api::sharing,
    error::PageError,
    format,
    live::Live,
    ui::{
        dialog::{Dialog, DialogClose, lazy::LazyDialog, open_for},
        failure::Failure,
        time::Now,
    },
};

/// The dialog; opens when an ended session is set.
#[component]
pub fn SessionReceipt(of: RwSignal<Option<Session>>) -> impl IntoView {
    let open = Memo::new(move |_| of.with(Option::is_some));
    let load = Callback::new(move |()| receipt_dialog(of).boxed_local());
    view! { <LazyDialog open failed_to_load=move |()| of.set(None) load /> }
}

#[wasm_split(rest, fallible)]
fn receipt_dialog(of: RwSignal<Option<Session>>) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Receipt of /> }.into_any())
}

#[component]
fn Receipt(of: RwSignal<Option<Session>>) -> impl IntoView {
    let shares = RwSignal::new(Vec::<Share>::new());
    let error = RwSignal::new(None::<PageError>);
    let now = use_context::<Now>();
    let refresh = move || {
        let Some(id) = of.with_untracked(|it| it.as_ref().map(|it| it.id)) else { return };
        spawn_local(async move {
            let answer = sharing::shares(id).await;
            // The dialog may show another session by now.
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
    let open = open_for(of, move |_| {
        shares.set(Vec::new());
        refresh();
    });
    // The last departures are stored shortly after the session ends.
    Live::of_page().on_change(refresh);
    let title = move || of.get().map(|it| format!("Guests of {}", it.name)).unwrap_or_default();
    let section = move |share: Share| {
        let (name, created) = (name(&share), format::at(share.created_at));
        let mode = if share.read_only { "read-only" } else { "guests could type" };
        view! {
            <section class="receipt" data-testid="receipt">
                <h3>{name}</h3>
                <p class="muted">{format!("Shared {created} by {}, {mode}", share.by)}</p>
                {table(share.guests, now)}
            </section>
        }
        .into_any()
    };
    let sections = move || {
        let visited = shares.get().into_iter().filter(|it| !it.guests.is_empty());
        visited.map(section).collect::<Vec<_>>()
    };
    view! {
        <Dialog open title testid="receipt-dialog" wide=true>
            <Failure error />
            {sections}
            <DialogClose open testid="receipt-close" />
        </Dialog>
    }
}
