//! The form that grants an account to a member or a role.

use leptos::prelude::*;
use protocol::api::{AccountInfo, Grantee, Member, NewGrant, Role};

use crate::{
    api, browser,
    error::PageError,
    format::ROLES,
    palette::{Command, offer},
    ui::{
        form::{SubmitRow, field::Help},
        request::Request,
        show::Show,
    },
};

/// The machine's administrator; granted to members only, never to a role.
const ROOT: &str = "root";

#[component]
pub fn NewGrantForm(
    server: StoredValue<String>,
    accounts: Vec<AccountInfo>,
    members: Vec<Member>,
    refresh: Callback<()>,
) -> impl IntoView {
    let account = RwSignal::new(String::new());
    let to = RwSignal::new(String::new());
    let request = Request::new();
    let error = request.error;
    let is_root = Memo::new(move |_| account.with(|it| it == ROOT));
    let members: Vec<_> = members.into_iter().filter(|it| it.active).collect();
    let roles = ROLES.map(|(role, _)| Grantee::Role(role));
    let grantees = members.iter().map(|it| Grantee::Member(it.id)).chain(roles);
    let grantees = StoredValue::new(grantees.collect::<Vec<_>>());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if account.with_untracked(String::is_empty) {
            return request.reject("account", "Choose an account.");
        }
        let index = to.with_untracked(|to| to.parse::<usize>().ok());
        let grantee = grantees.with_value(|all| index.and_then(|at| all.get(at)).cloned());
        let Some(grantee) = grantee else {
            return request.reject("to", "Choose a member or a role.");
        };
        if is_root.get_untracked() && matches!(grantee, Grantee::Role(_)) {
            return request.reject("to", "root can be granted only to a member, not to a role.");
        }
        let new = NewGrant { account: account.get_untracked(), to: grantee };
        request.send(api::grant(server.get_value(), new), move |_| {
            account.set(String::new());
            to.set(String::new());
            refresh.run(());
        });
    };
    let form = NodeRef::<leptos::html::Form>::new();
    offer(move || {
        let focus = move || {
            let first = form.get_untracked().and_then(|it| it.query_selector("select").ok()?);
            if let Some(first) = first {
                browser::focus(&first);
            }
        };
        vec![Command::new("grant", "Grant an account", "to a member or a role", focus)]
    });
    let option = |at: usize, text: String, role: bool| {
        let value = at.to_string();
        let selected = value.clone();
        view! {
            <option
                value=value
                disabled=move || role && is_root.get()
                prop:selected=move || to.with(|to| *to == selected)
            >
                {text}
            </option>
        }
    };
    let by_name = members.iter().map(|it| format!("{} ({})", it.name, it.email)).enumerate();
    let by_name = by_name.map(|(at, text)| option(at, text, false)).collect_view();
    let by_role = ROLES.map(|(role, label)| match role {
        Role::Member => "All members".into(),
        _ => format!("{label} and above"),
    });
    let by_role = (members.len()..).zip(by_role).map(|(at, text)| option(at, text, true));
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
                    "Choose…"
                </option>
                {accounts
                    .into_iter()
                    .map(|it| {
                        let text = format!("{} ({})", it.account, it.home);
                        view! { <option value=it.account>{text}</option> }
                    })
                    .collect_view()}
            </Select>
            <Select name="to" label="Grant to" testid="grant-to" value=to error>
                <option value="" prop:selected=move || to.with(String::is_empty)>
                    "Choose…"
                </option>
                <optgroup label="Members">{by_name}</optgroup>
                <optgroup label="Roles">{by_role}</optgroup>
            </Select>
            <Show when=move || is_root.get()>
                <p class="notice" data-testid="grant-root">
                    "root has full control of the machine, including websh's data. It can be granted only to a member, not to a role."
                </p>
            </Show>
            <SubmitRow
                label="Grant"
                testid="grant-add"
                error_testid="grant-error"
                error
                fields=&["account", "to"]
                busy=request.busy
            />
        </form>
    }
}

/// A labeled select with its error.
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
