//! Accounts and the members and roles they are granted to, by server.

use futures_util::{
    FutureExt,
    future::{try_join_all, try_join3},
};
use leptos::prelude::*;
use protocol::api::{AccountGrant, AccountInfo, Grantee, Member, Role, Server};

use super::new_grant::NewGrantForm;
use crate::{
    api,
    error::PageError,
    format,
    palette::{Command, offer},
    ui::{
        button::Button,
        dialog::confirm::{Confirm, Question},
        failure::Failure,
        list::{Answered, List},
        rows::rows,
        section::Section,
        show::Show,
        time::Ago,
    },
};

/// One section for each server.
#[component]
pub fn Grants() -> impl IntoView {
    let loaded = Resource::new(|| (), |()| load());
    view! { <Answered of=loaded view=|all| all.into_iter().map(section).collect_view().into_any() /> }
}

fn section((server, granted): (Server, Option<Granted>)) -> AnyView {
    let name = &server.name;
    let (about, content) = match granted {
        Some(granted) => {
            let about = format!(
                "Members and roles that can create sessions on {name} as each account. Revoking a grant does not end running sessions.",
            );
            (about, view! { <ServerGrants server=server.id granted /> }.into_any())
        }
        // websh does not run as root.
        None => {
            let about = format!("Account that sessions on {name} run as.");
            let content = view! {
                <p class="panel" data-testid="grants-none">
                    "All sessions run as "
                    <code>{server.accounts.into_iter().next()}</code>
                    ", the account that websh runs as. To grant other accounts, run websh as root."
                </p>
            };
            (about, content.into_any())
        }
    };
    view! { <Section title="Accounts" about>{content}</Section> }.into_any()
}

/// The grants on a server, its accounts, and all members.
type Granted = (Vec<AccountGrant>, Vec<AccountInfo>, Vec<Member>);

/// Loads the servers, with the grants where accounts are granted.
async fn load() -> Result<Vec<(Server, Option<Granted>)>, PageError> {
    let of_server = |server: Server| async move {
        if !server.by_grant {
            return Ok((server, None));
        }
        let (grants, accounts) = (api::grants(server.id.clone()), api::accounts(server.id.clone()));
        let granted = try_join3(grants, accounts, api::members()).await?;
        Ok((server, Some(granted)))
    };
    try_join_all(api::servers().await?.into_iter().map(of_server)).await
}

#[component]
fn ServerGrants(server: String, granted: Granted) -> impl IntoView {
    let (grants, accounts, members) = granted;
    let server = StoredValue::new(server);
    let list = List::whole(grants, move || {
        async move { api::grants(server.try_get_value().unwrap_or_default()).await }.boxed_local()
    });
    let asked = RwSignal::new(None::<Question>);
    let refresh = Callback::new(move |()| list.refresh());
    let empty = list.is_empty();
    offer(move || {
        let revoke = |it: AccountGrant| {
            let label = revoke_label(&it);
            let confirm = move || asked.set(Some(question(&it, server)));
            Command::new("grant-remove", label, "with confirmation", confirm).last()
        };
        list.items.get().into_iter().map(revoke).collect()
    });
    let row = move |it: Memo<_>| view! { <Row it=it.get_untracked() server asked /> }.into_any();
    view! {
        <Failure error=list.error />
        <Show
            when=move || !empty.get()
            fallback=|| view! { <p class="empty-list">"No accounts granted."</p> }
        >
            <ul class="items" data-testid="grants">
                {rows(list.items, |it| it.id.0, row)}
            </ul>
        </Show>
        <NewGrantForm server accounts members refresh />
        <Confirm asked done=refresh />
    }
}

#[component]
fn Row(
    it: AccountGrant,
    server: StoredValue<String>,
    asked: RwSignal<Option<Question>>,
) -> impl IntoView {
    let (grantee, label) = (grantee(&it), revoke_label(&it));
    let grant = it.clone();
    let revoke = move |_| asked.set(Some(question(&grant, server)));
    let AccountGrant { account, by, created_at, .. } = it;
    let name = account.clone();
    view! {
        <li class="item" data-testid="grant" data-account=name>
            <div class="item-main">
                <p class="item-name">
                    <code>{account}</code> " for " {grantee}
                </p>
                <p class="muted">"granted by " {by} ", " <Ago time=created_at /></p>
            </div>
            <div class="item-actions">
                <Button testid="grant-remove" label="Revoke" full_label=label press=revoke />
            </div>
        </li>
    }
}

fn grantee(grant: &AccountGrant) -> String {
    match grant.to {
        Grantee::Member(_) => grant.to_name.clone(),
        Grantee::Role(Role::Member) => "all members".into(),
        Grantee::Role(role) => format!("{} and above", format::role(role).to_ascii_lowercase()),
    }
}

fn revoke_label(grant: &AccountGrant) -> String {
    format!("Revoke {} from {}", grant.account, grantee(grant))
}

fn question(grant: &AccountGrant, server: StoredValue<String>) -> Question {
    let (id, account, grantee) = (grant.id, &grant.account, grantee(grant));
    Question::destructive(
        format!("Revoke {account}?"),
        format!(
            "This stops {grantee} from opening sessions as {account}. Running sessions continue."
        ),
        "Revoke",
        async move || api::revoke_grant(server.get_value(), id).await,
    )
}
