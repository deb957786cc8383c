//! `/members`: who may come in, as what, and how others are let in. For superusers.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::api::{InviteLink, Me, Member, Role};

use crate::{
    api,
    pages::guard::SignedIn,
    palette::{Command, page_commands::offer},
    ui::{
        dialog::confirm::{Confirm, Question},
        failure::Failure,
        ready::ready,
        request::Request,
        whole::{Answered, Whole},
    },
};

mod invite;
mod link;
mod row;
mod waiting;

/// The page.
#[component]
pub fn MembersPage() -> impl IntoView {
    view! {
        <SignedIn
            title="Members"
            needs=Role::Superuser
            page=|me| {
                provide_context(me);
                view! { <Parts /> }.into_any()
            }
        />
    }
}

/// What both lists of the page do to each other.
#[derive(Clone, Copy)]
struct Links {
    /// A link that was just made, to be shown once.
    made: RwSignal<Option<InviteLink>>,
    /// Counts links made and used up.
    changes: RwSignal<u32>,
    /// What is asked before it is done.
    asked: RwSignal<Option<Question>>,
}

#[component]
fn Parts() -> impl IntoView {
    let links =
        Links { made: RwSignal::new(None), changes: RwSignal::new(0), asked: RwSignal::new(None) };
    provide_context(links);
    let inviting = RwSignal::new(false);
    let first = Resource::new(|| (), |()| api::members::members());
    let changed = move |()| links.changes.update(|changes| *changes += 1);
    offer(move || vec![Command::new("invite", "Invite somebody", "", move || inviting.set(true))]);
    let ready = ready();
    view! {
        <div class="page-head">
            <h1>"Members"</h1>
            <button
                type="button"
                class="button primary"
                data-testid="invite"
                disabled=move || !ready.get()
                on:click=move |_| inviting.set(true)
            >
                "Invite somebody"
            </button>
        </div>
        <waiting::Waiting />
        <Answered of=first view=|first| view! { <List first /> }.into_any() />
        <invite::InviteDialog open=inviting made=changed />
        <link::LinkDialog made=links.made />
        <Confirm asked=links.asked done=changed />
    }
}

#[component]
fn List(first: Vec<Member>) -> impl IntoView {
    let list = Whole::new(first, || api::members::members().boxed_local());
    let me = use_context::<Me>().map(|me| me.id);
    let Some(links) = use_context::<Links>() else { return ().into_any() };
    let changes = links.changes;
    let request = Request::new();
    offer(move || {
        let others = list.items.get().into_iter().filter(|it| me != Some(it.id));
        others.flat_map(|it| row::commands(&it, links, request)).collect()
    });
    Effect::new(move |before: Option<u32>| {
        let now = changes.get();
        if before.is_some_and(|before| before != now) {
            list.refresh();
        }
        now
    });
    let ids = Memo::new(move |_| {
        list.items.with(|items| items.iter().map(|it| it.id).collect::<Vec<_>>())
    });
    view! {
        <Failure error=list.error />
        <Failure error=request.error />
        <ul class="items" data-testid="members">
            <For
                each=move || ids.get()
                key=|id| *id
                children=move |id| {
                    let member = Memo::new(move |before: Option<&Option<Member>>| {
                        let found = list
                            .items
                            .with(|items| items.iter().find(|it| it.id == id).cloned());
                        found.or_else(|| before.cloned().flatten())
                    });
                    view! { <row::MemberRow member is_me=me == Some(id) /> }
                }
            />
        </ul>
    }
    .into_any()
}
