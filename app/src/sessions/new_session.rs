//! The dialog that opens a session. However often it is asked, one wish makes one session: the key of
//! the wish is kept until the server answered. The last choice is remembered.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::{NewSession, Server, Session};
use wasm_split_helpers::{SplitLoaderError, wasm_split};

use crate::{
    api, browser, create_key,
    error::PageError,
    sessions::{account_picker::AccountPicker, limit::SessionLimit},
    ui::{
        dialog::{Dialog, lazy::LazyDialog},
        failure::Failure,
        form::field::{Field, Help},
        show::Show,
    },
};

const LAST_CHOICE: &str = "websh.new-session";

/// Fields that show their errors themselves.
const FIELDS: [&str; 3] = ["server", "account", "name"];

/// Word and meaning of what a second attach does; the empty word is the workspace's default.
const POLICIES: [(&str, &str); 4] = [
    ("", "As the workspace has it"),
    ("handoff", "The newest takes over"),
    ("single", "Ask before taking over"),
    ("multi", "Several at once, one drives"),
];

/// Server, account, name, policy; opens the terminal in a new tab.
#[component]
pub fn NewSessionDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// Where sessions can be opened.
    #[prop(into)]
    servers: Signal<Vec<Server>>,
    /// Asks the server for the list again.
    refresh: Callback<()>,
    /// Asks where sessions can be opened again.
    refresh_servers: Callback<()>,
) -> impl IntoView {
    let load = move || new_session(open, servers, refresh, refresh_servers);
    view! { <LazyDialog wanted=open given_up=move |()| open.set(false) load /> }
}

#[wasm_split(rest, fallible)]
fn new_session(
    open: RwSignal<bool>,
    servers: Signal<Vec<Server>>,
    refresh: Callback<()>,
    refresh_servers: Callback<()>,
) -> Result<AnyView, SplitLoaderError> {
    Ok(view! { <Form open servers refresh refresh_servers /> }.into_any())
}

#[component]
fn Form(
    open: RwSignal<bool>,
    servers: Signal<Vec<Server>>,
    refresh: Callback<()>,
    refresh_servers: Callback<()>,
) -> impl IntoView {
    let server = RwSignal::new(String::new());
    let account = RwSignal::new(String::new());
    let policy = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<PageError>);
    // Where the new terminal is, when the browser did not let us open its tab.
    let made = RwSignal::new(None::<String>);
    let chosen = Signal::derive(move || {
        servers.with(|all| all.iter().find(|it| it.id == server.get()).cloned())
    });
    // The server chosen, or all of them, when none of it is online.
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
        let mut part = || last.next().unwrap_or_default();
        let (at, who, second) = (part(), part(), part());
        policy.set(second.to_owned());
        let (at, who) = servers.with_untracked(|all| choice(all, Some((at, who))));
        server.set(at);
        account.set(who);
    };
    // One that came back online while the dialog was open.
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
            made.set(None);
            error.set(None);
        }
    });
    let pick_server = move |id: String| {
        let first = servers.with_untracked(|all| choice(all, Some((&id, ""))).1);
        server.set(id);
        account.set(first);
    };
    // Closes a session first where the limit asks for it. The tab is opened now, while the click counts
    // as the person's will: later none may be opened.
    let attempt = move |first: Option<Session>| {
        if busy.get_untracked() || made.get_untracked().is_some() {
            return;
        }
        busy.set(true);
        let tab = create_key::new_tab();
        let new = NewSession {
            server: server.get_untracked(),
            account: account.get_untracked(),
            name: Some(name.get_untracked().trim().to_owned()).filter(|it| !it.is_empty()),
            attach_policy: policy.get_untracked().parse().ok(),
            cols: None,
            rows: None,
            idempotency_key: Some(create_key::key()),
        };
        let chosen = format!("{}\n{}\n{}", new.server, new.account, policy.get_untracked());
        spawn_local(async move {
            match open_session(new, first).await {
                Ok(session) => {
                    let storage = browser::local_storage();
                    browser::remember(storage.as_ref(), LAST_CHOICE, Some(&chosen));
                    let path = format!("/sessions/{}", session.id);
                    match tab {
                        Some(tab) => {
                            create_key::show(&tab, &path);
                            open.set(false);
                        }
                        None => made.set(Some(path)),
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
    let in_the_way =
        Signal::derive(move || error.get().and_then(|it| it.0.sessions).unwrap_or_default());
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
                                let id = at.id.clone();
                                let label = if at.online {
                                    at.name
                                } else {
                                    format!("{} (offline)", at.name)
                                };
                                view! {
                                    <option
                                        value=at.id
                                        disabled=!at.online
                                        prop:selected=move || server.get() == id
                                    >
                                        {label}
                                    </option>
                                }
                            };
                            servers.get().into_iter().map(option).collect_view()
                        }}
                    </select>
                </label>
                <Help name="server" testid="new-session-server" error />
                <Show when=move || offline.with(Option::is_some) && error.with(Option::is_none)>
                    <p class="failure" role="status" data-testid="new-session-offline">
                        {move || offline.get()}
                        " is offline: no session can be opened on it just now."
                    </p>
                </Show>
                <AccountPicker server=chosen account error />
                <Field
                    label="Name"
                    name="name"
                    kind="text"
                    autocomplete="off"
                    testid="new-session-name"
                    placeholder="made for you when empty"
                    autofocus=true
                    value=name
                    error
                />
                <label>
                    "When you attach a second time"
                    <select
                        data-testid="new-session-policy"
                        prop:value=move || policy.get()
                        on:change:target=move |event| policy.set(event.target().value())
                    >
                        {POLICIES
                            .map(|(word, label)| {
                                view! {
                                    <option
                                        value=word
                                        prop:selected=move || policy.with(|it| it == word)
                                    >
                                        {label}
                                    </option>
                                }
                            })
                            .into_iter()
                            .collect_view()}
                    </select>
                </label>
                <Failure error testid="new-session-error" fields=&FIELDS />
                <SessionLimit
                    sessions=in_the_way
                    busy
                    close=Callback::new(move |session| attempt(Some(session)))
                />
                <div class="dialog-actions">
                    <button
                        type="button"
                        class="button"
                        data-testid="new-session-cancel"
                        on:click=move |_| open.set(false)
                    >
                        "Cancel"
                    </button>
                    {move || match made.get() {
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
                                <button
                                    type="submit"
                                    class="button primary"
                                    data-testid="new-session-create"
                                    disabled=move || busy.get() || offline.with(Option::is_some)
                                >
                                    {move || if busy.get() { "Opening…" } else { "Open session" }}
                                </button>
                            }
                                .into_any()
                        }
                    }}
                </div>
            </form>
        </Dialog>
    }
}

/// Opens a session, after closing one where that is wanted.
async fn open_session(new: NewSession, first: Option<Session>) -> Result<Session, PageError> {
    if let Some(first) = first {
        match api::sessions::close(first.id).await {
            Err(why) if !why.is_over() => return Err(why),
            Ok(()) | Err(_) => {}
        }
    }
    let answer = api::sessions::create(new).await;
    create_key::answered(&answer);
    answer
}

/// What is chosen at first: the last choice where it is still possible, else the first that is.
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
    fn choices() {
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
