//! `/members`: members, their roles, and pending invitations. For superusers.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::api::{InviteLink, Me, Member, Role};

use crate::{
    api,
    pages::guard::SignedIn,
    palette::{Command, offer},
    ui::{
        button::Button,
        dialog::confirm::{Confirm, Question},
        failure::Failure,
        list::{Answered, List},
        request::Request,
        rows::rows,
    },
};

mod invite;
mod link;
mod pending;
mod row;

/// The page.
#[component]
pub fn MembersPage() -> impl IntoView {
    view! {
        <SignedIn
            title="Members"
            needs=Role::Superuser
            page=|me| {
                provide_context(me);
                view! { <Page /> }.into_any()
            }
        />
    }
}

/// State shared by the two lists of the page.
#[derive(Clone, Copy)]
struct PageState {
    /// A link just created, shown once.
    link: RwSignal<Option<InviteLink>>,
    /// Number of links created and used up; both lists reload when it changes.
    changes: RwSignal<u32>,
    /// The confirmation to show.
    asked: RwSignal<Option<Question>>,
}

impl PageState {
    fn changed(self) {
        self.changes.update(|changes| *changes += 1);
    }

    /// Creates a password reset link for a member and shows it.
    fn reset_password(self, member: &Member, request: Request) {
        request.send(api::reset_member(member.id), move |link| {
            self.link.set(Some(link));
            self.changed();
        });
    }
}

#[component]
fn Page() -> impl IntoView {
    let state = PageState {
        link: RwSignal::new(None),
        changes: RwSignal::new(0),
        asked: RwSignal::new(None),
    };
    provide_context(state);
    let inviting = RwSignal::new(false);
    let first = Resource::new(|| (), |()| api::members());
    let changed = move |()| state.changed();
    offer(move || vec![Command::new("invite", "Invite member", "", move || inviting.set(true))]);
    view! {
        <div class="page-head">
            <h1>"Members"</h1>
            <Button
                testid="invite"
                label="Invite member"
                kind="primary"
                hydrated=true
                press=move |()| inviting.set(true)
            />
        </div>
        <pending::PendingLinks />
        <Answered of=first view=|first| view! { <Listed first /> }.into_any() />
        <invite::InviteDialog open=inviting created=changed />
        <link::LinkDialog link=state.link />
        <Confirm asked=state.asked done=changed />
    }
}

#[component]
fn Listed(first: Vec<Member>) -> impl IntoView {
    let list = List::whole(first, || api::members().boxed_local());
    let me = use_context::<Me>().map(|me| me.id);
    let Some(state) = use_context::<PageState>() else { return ().into_any() };
    let request = Request::new();
    list.follow(state.changes);
    offer(move || {
        let others = list.items.get().into_iter().filter(|it| me != Some(it.id));
        others.flat_map(|it| row::commands(&it, state, request)).collect()
    });
    let row = move |member: Memo<Member>| {
        let is_me = me == Some(member.with_untracked(|it| it.id));
        view! { <row::MemberRow member is_me /> }.into_any()
    };
    view! {
        <Failure error=list.error />
        <Failure error=request.error />
        <ul class="items" data-testid="members">
            {rows(list.items, |it| it.id.0, row)}
        </ul>
    }
    .into_any()
}
