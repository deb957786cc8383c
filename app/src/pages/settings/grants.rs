//! Who may open sessions as which account, server by server; or that it is not by grants.

use futures_util::future::{try_join_all, try_join3};
use leptos::prelude::*;
use protocol::api::{AccountGrant, AccountInfo, Grantee, Member, Role, Server};

use super::new_grant::NewGrantForm;
use crate::{
    api,
    error::PageError,
    format,
    palette::{Command, page_commands::offer},
    ui::{
        dialog::confirm::{Confirm, Question},
        failure::Failure,
        section::Section,
        show::Show,
        time::Ago,
        whole::Answered,
    },
};

/// The servers.
#[component]
pub fn Grants() -> impl IntoView {
    let known = Resource::new(|| (), |()| known());
    view! {
        <Answered
            of=known
            view=|known| {
                known
                    .into_iter()
                    .map(|Known { server, by_grant }| {
                        let name = server.name.clone();
                        match by_grant {
                            Some(known) => {
                                let about = format!(
                                    "Who may open sessions on {name} as which account. Taking one back ends no session that runs.",
                                );
                                view! {
                                    <Section title="Accounts" about>
                                        <OfServer server=server.id known />
                                    </Section>
                                }
                                    .into_any()
                            }
                            None => {
                                let about = format!("Who opens sessions on {name} as which account.");
                                view! {
                                    <Section title="Accounts" about>
                                        <OneAccount accounts=server.accounts />
                                    </Section>
                                }
                                    .into_any()
                            }
                        }
                    })
                    .collect_view()
                    .into_any()
            }
        />
    }
}

/// A server, and its grants where they decide anything.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct Known {
    server: Server,
    by_grant: Option<ByGrant>,
}

/// What is known of a server's accounts.
#[derive(Clone, serde::Serialize, serde::Deserialize)]
struct ByGrant {
    grants: Vec<AccountGrant>,
    accounts: Vec<AccountInfo>,
    members: Vec<Member>,
}

async fn known() -> Result<Vec<Known>, PageError> {
    let of_server = |server: Server| async move {
        if !server.by_grant {
            return Ok(Known { server, by_grant: None });
        }
        let (grants, accounts, members) = try_join3(
            api::grants::grants(server.id.clone()),
            api::grants::accounts(server.id.clone()),
            api::members::members(),
        )
        .await?;
        Ok(Known { server, by_grant: Some(ByGrant { grants, accounts, members }) })
    };
    try_join_all(api::servers::servers().await?.into_iter().map(of_server)).await
}

/// There is nothing to grant.
#[component]
fn OneAccount(accounts: Vec<String>) -> impl IntoView {
    let account = accounts.into_iter().next().unwrap_or_default();
    view! {
        <p class="panel" data-testid="grants-none">
            "All sessions are opened as "
            <code>{account}</code>
            ", the account that websh runs as. Only where it runs as root are there others, and grants of them."
        </p>
    }
}

#[component]
fn OfServer(server: String, known: ByGrant) -> impl IntoView {
    let ByGrant { grants, accounts, members } = known;
    let server = StoredValue::new(server);
    let items = RwSignal::new(grants);
    let error = RwSignal::new(None::<PageError>);
    let asked = RwSignal::new(None::<Question>);
    let refresh = Callback::new(move |()| {
        leptos::task::spawn_local(async move {
            let Some(server) = server.try_get_value() else { return };
            match api::grants::grants(server).await {
                Ok(grants) => drop(items.try_set(grants)),
                Err(why) => drop(error.try_set(Some(why))),
            }
        });
    });
    let empty = Memo::new(move |_| items.with(Vec::is_empty));
    offer(move || {
        let remove = |it: AccountGrant| {
            let label = format!("Take {} back from {}", it.account, whom(&it));
            let ask = move || asked.set(Some(question(&it, server)));
            Command::new("grant-remove", label, "asks first", ask).late()
        };
        items.get().into_iter().map(remove).collect()
    });
    view! {
        <Failure error />
        <Show
            when=move || !empty.get()
            fallback=|| view! { <p class="empty-list">"No account is granted to anybody."</p> }
        >
            <ul class="items" data-testid="grants">
                <For
                    each=move || items.get()
                    key=|it| it.id
                    children=move |it| view! { <Row it server asked /> }
                />
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
    let whom = whom(&it);
    let of = it.clone();
    let remove = move |_| asked.set(Some(question(&of, server)));
    let AccountGrant { account, by, created_at, .. } = it;
    let name = account.clone();
    let label = format!("Take {account} back from {whom}");
    view! {
        <li class="item" data-testid="grant" data-account=name>
            <div class="item-main">
                <p class="item-name">
                    <code>{account}</code> " for " {whom}
                </p>
                <p class="muted">"granted by " {by} ", " <Ago time=created_at /></p>
            </div>
            <div class="item-actions">
                <button
                    type="button"
                    class="button"
                    data-testid="grant-remove"
                    aria-label=label
                    on:click=remove
                >
                    "Take back"
                </button>
            </div>
        </li>
    }
}

fn whom(grant: &AccountGrant) -> String {
    match grant.to {
        Grantee::Member(_) => grant.to_name.clone(),
        Grantee::Role(Role::Member) => "all members".into(),
        Grantee::Role(role) => format!("{} and above", format::role(role).to_ascii_lowercase()),
    }
}

fn question(grant: &AccountGrant, server: StoredValue<String>) -> Question {
    let (id, account, whom) = (grant.id, &grant.account, whom(grant));
    Question::harmful(
        format!("Take {account} back?"),
        format!("No new session is opened as {account} by {whom}. Those that run go on."),
        "Take back",
        async move || api::grants::revoke(server.get_value(), id).await,
    )
}
