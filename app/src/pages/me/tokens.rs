//! The member's API tokens.

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::api::{Role, TokenInfo, TokenScope};

use super::new_token::NewTokenDialog;
use crate::{
    api,
    palette::{Command, offer},
    ui::{
        button::Button,
        dialog::confirm::{Confirm, Question},
        failure::Failure,
        list::{Answered, List},
        rows::rows,
        show::Show,
        time::{Ago, Ahead},
    },
};

#[component]
pub fn Tokens(role: Role) -> impl IntoView {
    provide_context(role);
    let first = Resource::new(|| (), |()| api::tokens());
    view! { <Answered of=first view=|first| view! { <Listed first /> }.into_any() /> }
}

#[component]
fn Listed(first: Vec<TokenInfo>) -> impl IntoView {
    let role = use_context::<Role>().unwrap_or(Role::Member);
    let list = List::whole(first, || api::tokens().boxed_local());
    let empty = list.is_empty();
    let open = RwSignal::new(false);
    let asked = RwSignal::new(None::<Question>);
    let refresh = Callback::new(move |()| list.refresh());
    offer(move || {
        let new = Command::new("new-token", "New API token", "", move || open.set(true));
        let remove = |it: TokenInfo| {
            let label = format!("Remove API token {}", it.name);
            let confirm = move || asked.set(Some(question(&it)));
            Command::new("token-remove", label, "with confirmation", confirm).last()
        };
        std::iter::once(new).chain(list.items.get().into_iter().map(remove)).collect()
    });
    let row = move |it: Memo<_>| view! { <Token it=it.get_untracked() asked /> }.into_any();
    view! {
        <Failure error=list.error />
        <Show
            when=move || !empty.get()
            fallback=|| view! { <p class="empty-list">"No API tokens yet."</p> }
        >
            <ul class="items" data-testid="tokens">
                {rows(list.items, |it| it.id.0, row)}
            </ul>
        </Show>
        <div class="form-end">
            <Button testid="new-token" label="New token" press=move |()| open.set(true) />
        </div>
        <NewTokenDialog open role refresh />
        <Confirm asked done=refresh />
    }
}

#[component]
fn Token(it: TokenInfo, asked: RwSignal<Option<Question>>) -> impl IntoView {
    let token = it.clone();
    let remove = move |_| asked.set(Some(question(&token)));
    let TokenInfo { name, scope, expires_at, used_at, .. } = it;
    let access = match scope {
        TokenScope::Read => "lists sessions",
        TokenScope::Sessions => "opens and drives sessions",
        TokenScope::Admin => "everything your role allows",
    };
    let label = format!("Remove {name}");
    view! {
        <li class="item" data-testid="token">
            <div class="item-main">
                <p class="item-name">{name}</p>
                <p class="muted">
                    {access} ", expires " <Ahead time=expires_at /> ", "
                    {match used_at {
                        Some(time) => view! { "last used " <Ago time /> }.into_any(),
                        None => "never used".into_any(),
                    }}
                </p>
            </div>
            <div class="item-actions">
                <Button testid="token-remove" label="Remove" full_label=label press=remove />
            </div>
        </li>
    }
}

fn question(token: &TokenInfo) -> Question {
    let id = token.id;
    Question::destructive(
        format!("Remove {}?", token.name),
        "Programs that use this token lose access immediately.".into(),
        "Remove token",
        async move || api::remove_token(id).await,
    )
}
