//! Granting an account to a member or a role.

use leptos::prelude::*;
use protocol::api::{AccountInfo, Grantee, Member, NewGrant, Role};

use crate::{
    api, browser,
    error::PageError,
    format,
    palette::{Command, page_commands::offer},
    ui::{failure::Failure, form::field::Help, request::Request, show::Show},
};

/// Account of the machine's administrator: only ever granted by name.
const ROOT: &str = "root";

const ROLES: [Role; 3] = [Role::Member, Role::Staff, Role::Superuser];

/// Account, to whom, and the button.
#[component]
pub fn NewGrantForm(
    /// The server's id.
    server: StoredValue<String>,
    /// Its accounts.
    accounts: Vec<AccountInfo>,
    /// Everybody.
    members: Vec<Member>,
    /// Reads the list again.
    refresh: Callback<()>,
) -> impl IntoView {
    let account = RwSignal::new(String::new());
    let to = RwSignal::new(String::new());
    let request = Request::new();
    let error = request.error;
    let is_root = Memo::new(move |_| account.with(|it| it == ROOT));
    let members: Vec<_> = members.into_iter().filter(|it| it.active).collect();
    let whom = members.iter().map(|it| Grantee::Member(it.id)).chain(ROLES.map(Grantee::Role));
    let whom = StoredValue::new(whom.collect::<Vec<_>>());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if account.with_untracked(String::is_empty) {
            return request.reject("account", "Please choose an account.");
        }
        let number = to.with_untracked(|to| to.parse::<usize>().ok());
        let chosen = whom.with_value(|whom| number.and_then(|at| whom.get(at)).cloned());
        let Some(chosen) = chosen else {
            return request.reject("to", "Please choose to whom.");
        };
        if is_root.get_untracked() && matches!(chosen, Grantee::Role(_)) {
            return request.reject("to", "root is granted to a member by name, never to a role.");
        }
        let new = NewGrant { account: account.get_untracked(), to: chosen };
        request.send(api::grants::grant(server.get_value(), new), move |_| {
            account.set(String::new());
            to.set(String::new());
            refresh.run(());
        });
    };
    let form = NodeRef::<leptos::html::Form>::new();
    offer(move || {
        let start = move || {
            let first = form.get_untracked().and_then(|it| it.query_selector("select").ok()?);
            if let Some(first) = first {
                browser::focus(&first);
            }
        };
        vec![Command::new("grant", "Grant an account", "to a member or a role", start)]
    });
    let option = |at: usize, text: String, role: bool| {
        let value = at.to_string();
        let here = value.clone();
        view! {
            <option
                value=value
                disabled=move || role && is_root.get()
                prop:selected=move || to.with(|to| *to == here)
            >
                {text}
            </option>
        }
    };
    let by_name = members.iter().enumerate();
    let by_name = by_name.map(|(at, it)| option(at, format!("{} ({})", it.name, it.email), false));
    let by_name = by_name.collect_view();
    let by_role = ROLES.into_iter().enumerate().map(|(at, role)| {
        let text = match role {
            Role::Member => "All members".into(),
            role => format!("{} and above", format::role(role)),
        };
        option(members.len() + at, text, true)
    });
    let by_role = by_role.collect_view();
    view! {
        <form
            node_ref=form
            method="post"
            action="/settings"
            class="panel stack"
            novalidate
            aria-label="Grant an account"
            on:submit=submit
        >
            <Select name="account" label="Account" testid="grant-account" value=account error>
                <option value="" prop:selected=move || account.with(String::is_empty)>
                    "choose…"
                </option>
                {accounts
                    .into_iter()
                    .map(|it| {
                        let text = format!("{} ({})", it.account, it.home);
                        view! { <option value=it.account>{text}</option> }
                    })
                    .collect_view()}
            </Select>
            <Select name="to" label="For" testid="grant-to" value=to error>
                <option value="" prop:selected=move || to.with(String::is_empty)>
                    "choose…"
                </option>
                <optgroup label="By name">{by_name}</optgroup>
                <optgroup label="By role">{by_role}</optgroup>
            </Select>
            <Show when=move || is_root.get()>
                <p class="notice" data-testid="grant-root">
                    "Whoever has root may do everything on the machine, websh's own data included. So it is granted by name, never to a role."
                </p>
            </Show>
            <Failure error testid="grant-error" fields=&["account", "to"] />
            <div class="form-end">
                <button
                    type="submit"
                    class="button"
                    data-testid="grant-add"
                    disabled=move || request.busy.get()
                >
                    "Grant"
                </button>
            </div>
        </form>
    }
}

/// A labelled choice with its own error.
#[component]
fn Select(
    name: &'static str,
    label: &'static str,
    testid: &'static str,
    value: RwSignal<String>,
    error: RwSignal<Option<PageError>>,
    children: Children,
) -> impl IntoView {
    view! {
        <label>
            {label}
            <select
                name=name
                data-testid=testid
                aria-invalid=move || {
                    error.with(|it| it.as_ref().is_some_and(|it| it.is_about(name))).then_some("true")
                }
                aria-describedby=format!("{testid}-help")
                on:change:target=move |event| value.set(event.target().value())
            >
                {children()}
            </select>
        </label>
        <Help name testid error />
    }
}
