//! Invitations and password reset links that have not been used yet.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::api::{Invite, InviteKind};

use super::PageState;
use crate::{
    api, format,
    palette::{Command, offer},
    ui::{
        button::Button,
        failure::Failure,
        list::{Answered, List},
        request::Request,
        rows::rows,
        show::Show,
        time::Ahead,
    },
};

/// The list; hidden when empty.
#[component]
pub fn PendingLinks() -> impl IntoView {
    let first = Resource::new(|| (), |()| api::invites());
    view! { <Answered of=first view=|first| view! { <Listed first /> }.into_any() /> }
}

#[component]
fn Listed(first: Vec<Invite>) -> impl IntoView {
    let Some(PageState { changes, .. }) = use_context() else { return ().into_any() };
    let list = List::whole(first, || api::invites().boxed_local());
    let empty = list.is_empty();
    let request = Request::new();
    list.follow(changes);
    offer(move || {
        let revoke = |it: Invite| {
            let id = it.id;
            let send = move || request.send(api::withdraw_invite(id), move |()| list.refresh());
            Command::new("withdraw", revoke_label(&it), "", send).last()
        };
        list.items.get().into_iter().map(revoke).collect()
    });
    let row = move |it: Memo<_>| view! { <Row it=it.get_untracked() list /> }.into_any();
    view! {
        <Failure error=list.error />
        <Failure error=request.error />
        <Show when=move || !empty.get()>
            <section class="group" aria-label="Pending links">
                <h2>"Pending"</h2>
                <ul class="items" data-testid="invites">
                    {rows(list.items, |it| it.id.0, row)}
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

#[component]
fn Row(it: Invite, list: List<Invite>) -> impl IntoView {
    let label = revoke_label(&it);
    let Invite { id, kind, email, role, by, expires_at, .. } = it;
    let request = Request::new();
    let what = match kind {
        InviteKind::Join => format!("Invited by {by} as {}", format::a_role(role)),
        InviteKind::Reset => format!("Password reset link created by {by}"),
    };
    let revoke = move |_| request.send(api::withdraw_invite(id), move |()| list.refresh());
    let address = email.clone();
    view! {
        <li class="item" data-testid="waiting" data-email=address>
            <div class="item-main">
                <p class="item-name">{email}</p>
                <p class="muted">{what} ", expires " <Ahead time=expires_at /></p>
            </div>
            <div class="item-actions">
                <Button
                    testid="withdraw"
                    label="Revoke"
                    full_label=label
                    disabled=request.busy
                    press=revoke
                />
            </div>
            <Failure error=request.error testid="waiting-error" />
        </li>
    }
}

fn revoke_label(invite: &Invite) -> String {
    format!("Revoke the link for {}", invite.email)
}
