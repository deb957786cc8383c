//! Links that were handed out and are not used yet.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::api::{Invite, InviteKind};

use super::Links;
use crate::{
    api, format,
    palette::{Command, page_commands::offer},
    ui::{
        failure::Failure,
        request::Request,
        show::Show,
        time::Ahead,
        whole::{Answered, Whole},
    },
};

/// The list; not there when it is empty.
#[component]
pub fn Waiting() -> impl IntoView {
    let first = Resource::new(|| (), |()| api::invites::invites());
    view! { <Answered of=first view=|first| view! { <List first /> }.into_any() /> }
}

#[component]
fn List(first: Vec<Invite>) -> impl IntoView {
    let Some(Links { changes, .. }) = use_context::<Links>() else { return ().into_any() };
    let list = Whole::new(first, || api::invites::invites().boxed_local());
    let empty = list.is_empty();
    let request = Request::new();
    offer(move || {
        let withdraw = |it: Invite| {
            let id = it.id;
            let ask = move || request.send(api::invites::withdraw(id), move |()| list.refresh());
            Command::new("withdraw", label(&it), "", ask).late()
        };
        list.items.get().into_iter().map(withdraw).collect()
    });
    Effect::new(move |before: Option<u32>| {
        let now = changes.get();
        if before.is_some_and(|before| before != now) {
            list.refresh();
        }
        now
    });
    view! {
        <Failure error=list.error />
        <Failure error=request.error />
        <Show when=move || !empty.get()>
            <section class="group" aria-label="Links that wait">
                <h2>"Waiting"</h2>
                <ul class="items" data-testid="invites">
                    <For
                        each=move || list.items.get()
                        key=|it| it.id
                        children=move |it| view! { <Row it list /> }
                    />
                </ul>
            </section>
        </Show>
    }
    .into_any()
}

#[component]
fn Row(it: Invite, list: Whole<Invite>) -> impl IntoView {
    let label = label(&it);
    let Invite { id, kind, email, role, by, expires_at, .. } = it;
    let request = Request::new();
    let what = match kind {
        InviteKind::Join => format!("Invited by {by} as {}", format::a_role(role)),
        InviteKind::Reset => format!("Password link made by {by}"),
    };
    let address = email.clone();
    view! {
        <li class="item" data-testid="waiting" data-email=address>
            <div class="item-main">
                <p class="item-name">{email}</p>
                <p class="muted">{what} ", ends " <Ahead time=expires_at /></p>
            </div>
            <div class="item-actions">
                <button
                    type="button"
                    class="button"
                    data-testid="withdraw"
                    aria-label=label
                    disabled=move || request.busy.get()
                    on:click=move |_| request.send(api::invites::withdraw(id), move |()| list.refresh())
                >
                    "Withdraw"
                </button>
            </div>
            <Failure error=request.error testid="waiting-error" />
        </li>
    }
}

fn label(of: &Invite) -> String {
    format!("Withdraw the link for {}", of.email)
}
