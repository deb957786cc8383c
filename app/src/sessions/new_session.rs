//! The dialog that creates a session. It remembers the last choice. Submitting twice creates one session: the
//! idempotency key is kept until the server has answered.

use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{ErrorInfo, NewSession, Server, Session};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    browser, create_key,
    error::PageError,
    format,
    sessions::{account_picker::AccountPicker, dialogs::close},
    ui::{
        button::Button,
        dialog::{Dialog, lazy::LazyDialog},
        failure::Failure,
        form::field::{Field, Help},
        show::Show,
        time::Ago,
    },
};

const LAST_CHOICE: &str = "websh.new-session";

const FIELDS: [&str; 3] = ["server", "account", "name"];

const DEFAULT_POLICY: &str = "Workspace default";

/// Fields for server, account, name and attach policy; opens the terminal in a new tab.
#[component]
pub fn NewSessionDialog(
    open: RwSignal<bool>,
    servers: RwSignal<Vec<Server>>,
    refresh: Callback<()>,
    refresh_servers: Callback<()>,
) -> impl IntoView {
    let load =
        Callback::new(move |()| new_session(open, servers, refresh, refresh_servers).boxed_local());
    view! { <LazyDialog open failed_to_load=move |()| open.set(false) load /> }
}

#[wasm_split(rest, fallible)]
fn new_session(
    open: RwSignal<bool>,
    servers: RwSignal<Vec<Server>>,
    refresh: Callback<()>,
    refresh_servers: Callback<()>,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Form open servers refresh refresh_servers /> }.into_any())
}

#[component]
fn Form(
    open: RwSignal<bool>,
    servers: RwSignal<Vec<Server>>,
    refresh: Callback<()>,
    refresh_servers: Callback<()>,
) -> impl IntoView {
    let server = RwSignal::new(String::new());
    let account = RwSignal::new(String::new());
    let policy = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<PageError>);
    // Address of the new terminal, when the browser blocked its tab.
    let created = RwSignal::new(None::<String>);
    let chosen = Signal::derive(move || {
        servers.with(|all| all.iter().find(|it| it.id == server.get()).cloned())
    });
    // Names of the chosen server, or of all, if none is online.
    let offline = Memo::new(move |_| {
        let all = servers.get();
        let at = chosen.get().map_or(all, |at| vec![at]);
        let names = at.iter().map(|it| it.name.as_str()).collect::<Vec<_>>().join(", ");
        (!at.is_empty() && at.iter().all(|it| !it.online)).then_some(names)
    });
    let choose = move || {
        let last = browser::recall(browser::local_storage().as_ref(), LAST_CHOICE);
        let last = last.unwrap_or_default();
        let mut last = last.split('\n');
        let mut next = || last.next().unwrap_or_default();
        let (at, who, last_policy) = (next(), next(), next());
        policy.set(last_policy.to_owned());
        let (at, who) = servers.with_untracked(|all| choice(all, Some((at, who))));
        server.set(at);
        account.set(who);
    };
    // A server may come back online while the dialog is open.
    Effect::new(move |_| {
        servers.track();
        if open.get_untracked() && server.with_untracked(String::is_empty) {
            choose();
        }
    });
    Effect::new(move |_| {
        if open.get() {
            choose();
            name.set(String::new());
            created.set(None);
            error.set(None);
        }
    });
    let pick_server = move |id: String| {
        let first = servers.with_untracked(|all| choice(all, Some((&id, ""))).1);
        server.set(id);
        account.set(first);
    };
    // Closes `first` before, if the limit was reached. The tab is opened now: browsers allow it only while
    // they handle the click.
    let attempt = move |first: Option<Session>| {
        if busy.get_untracked() || created.get_untracked().is_some() {
            return;
        }
        busy.set(true);
        let tab = browser::new_tab();
        let new = NewSession {
            server: server.get_untracked(),
            account: account.get_untracked(),
            name: Some(name.get_untracked().trim().to_owned()).filter(|it| !it.is_empty()),
            attach_policy: policy.get_untracked().parse().ok(),
            cols: None,
            rows: None,
            idempotency_key: None,
        };
        let chosen = format!("{}\n{}\n{}", new.server, new.account, policy.get_untracked());
        spawn_local(async move {
            match create_session(new, first).await {
                Ok(session) => {
                    let storage = browser::local_storage();
                    browser::remember(storage.as_ref(), LAST_CHOICE, Some(&chosen));
                    let path = format!("/sessions/{}", session.id);
                    match tab {
                        Some(tab) => {
                            browser::open_in(&tab, &path);
                            open.set(false);
                        }
                        None => created.set(Some(path)),
                    }
                    refresh.run(());
                }
                Err(why) => {
                    if let Some(tab) = tab {
                        let _ = tab.close();
                    }
                    if why.code() == "server_offline" {
                        refresh_servers.run(());
                    }
                    error.set(Some(why));
                }
            }
            busy.set(false);
        });
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        attempt(None);
    };
    let counted = Memo::new(move |_| {
        error.get().and_then(|it| ErrorInfo::from(it).sessions).unwrap_or_default()
    });
    let close = Callback::new(move |session| attempt(Some(session)));
    let label = move || if busy.get() { "Creating…" } else { "Create session" };
    let disabled = Signal::derive(move || busy.get() || offline.with(Option::is_some));
    view! {
        <Dialog open title="New session" testid="new-session-dialog">
            <form method="dialog" class="stack" on:submit=submit>
                <label>
                    "Server"
                    <select
                        data-testid="new-session-server"
                        aria-describedby="new-session-server-help"
                        prop:value=move || server.get()
                        on:change:target=move |event| pick_server(event.target().value())
                    >
                        {move || {
                            let option = |at: Server| {
                                let offline = if at.online { "" } else { " (offline)" };
                                option(at.id, format!("{}{offline}", at.name), at.online, server)
                            };
                            servers.get().into_iter().map(option).collect::<Vec<_>>()
                        }}
                    </select>
                </label>
                <Help name="server" testid="new-session-server" error />
                <Show when=move || offline.with(Option::is_some) && error.with(Option::is_none)>
                    <p class="failure" role="status" data-testid="new-session-offline">
                        {move || offline.get()}
                        " is offline. Try again when it is back."
                    </p>
                </Show>
                <AccountPicker server=chosen account error />
                <Field
                    label="Name"
                    name="name"
                    testid="new-session-name"
                    placeholder="Generated if empty"
                    autofocus=true
                    value=name
                    error
                />
                <label>
                    "When another client attaches"
                    <select
                        data-testid="new-session-policy"
                        prop:value=move || policy.get()
                        on:change:target=move |event| policy.set(event.target().value())
                    >
                        {option(String::new(), DEFAULT_POLICY.into(), true, policy)}
                        {format::POLICIES
                            .map(|(it, label)| option(it.to_string(), label.into(), true, policy))
                            .into_iter()
                            .collect::<Vec<_>>()}
                    </select>
                </label>
                <Failure error testid="new-session-error" fields=&FIELDS />
                <SessionLimit sessions=counted busy close />
                <div class="dialog-actions">
                    <Button
                        testid="new-session-cancel"
                        label="Cancel"
                        press=move |()| open.set(false)
                    />
                    {move || match created.get() {
                        Some(path) => {
                            view! {
                                <a
                                    class="button primary"
                                    data-testid="open-terminal"
                                    href=path
                                    target="_blank"
                                    on:click=move |_| open.set(false)
                                >
                                    "Open terminal"
                                </a>
                            }
                                .into_any()
                        }
                        None => {
                            view! {
                                <Button testid="new-session-create" label kind="primary" disabled />
                            }
                                .into_any()
                        }
                    }}
                </div>
            </form>
        </Dialog>
    }
}

/// The sessions that count against a limit that was reached, the longest idle first, each with a button that
/// closes it and tries again.
#[component]
fn SessionLimit(
    sessions: Memo<Vec<Session>>,
    busy: RwSignal<bool>,
    close: Callback<Session>,
) -> impl IntoView {
    let line = move |session: Session| {
        let label = format!("Close {} and create the new session", session.name);
        let running = session.foreground.clone().map(|it| format!("running {it}, "));
        let Session { id, name, last_seen, .. } = session.clone();
        view! {
            <li data-testid="limit-session" data-session=id.to_string()>
                <span>
                    <strong>{name}</strong>
                    <small>{running} "used " <Ago time=last_seen /></small>
                </span>
                <Button
                    testid="limit-close"
                    label="Close and continue"
                    full_label=label
                    kind="small"
                    disabled=busy
                    press=move |()| close.run(session.clone())
                />
            </li>
        }
        .into_any()
    };
    let lines = move || {
        let mut sessions = sessions.get();
        sessions.sort_unstable_by_key(|it| it.last_seen);
        sessions.into_iter().map(line).collect::<Vec<_>>()
    };
    view! {
        <Show when=move || sessions.with(|it| !it.is_empty())>
            <ul class="session-limit" data-testid="limit">
                {lines}
            </ul>
        </Show>
    }
}

fn option(value: String, label: String, enabled: bool, chosen: RwSignal<String>) -> AnyView {
    let this = value.clone();
    view! {
        <option
            value=value
            disabled=!enabled
            prop:selected=move || chosen.with(|it| *it == this)
        >
            {label}
        </option>
    }
    .into_any()
}

/// Creates a session, after closing `first`.
async fn create_session(new: NewSession, first: Option<Session>) -> Result<Session, PageError> {
    if let Some(first) = first {
        close(first.id).await?;
    }
    create_key::create(new).await
}

/// The initial choice: the last one if it is still possible, else the first possible one.
fn choice(servers: &[Server], last: Option<(&str, &str)>) -> (String, String) {
    let (at, who) = last.unwrap_or_default();
    let Some(server) = servers
        .iter()
        .find(|server| server.id == at && server.online)
        .or_else(|| servers.iter().find(|server| server.online))
    else {
        return (String::new(), String::new());
    };
    let account = server.accounts.iter().find(|account| *account == who);
    let account = account.or(server.accounts.first()).cloned().unwrap_or_default();
    (server.id.clone(), account)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn server(id: &str, online: bool, accounts: &[&str]) -> Server {
        Server {
            id: id.into(),
            name: id.into(),
            online,
            accounts: accounts.iter().map(|it| (*it).into()).collect(),
            unusable: Vec::new(),
            by_grant: false,
        }
    }

    #[test]
    fn remembers_the_last_choice_while_it_is_possible() {
        let servers = [
            server("a", false, &["x"]),
            server("b", true, &["ada", "build"]),
            server("c", true, &[]),
        ];
        for (last, at, who) in [
            (None, "b", "ada"),
            (Some(("b", "build")), "b", "build"),
            (Some(("b", "gone")), "b", "ada"),
            (Some(("a", "x")), "b", "ada"),
            (Some(("c", "")), "c", ""),
        ] {
            assert_eq!(choice(&servers, last), (at.into(), who.into()), "{last:?}");
        }
        assert_eq!(choice(&[], None), (String::new(), String::new()));
    }
}
