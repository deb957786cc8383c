//! `/`: my sessions, live; or those that have ended.

use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use protocol::api::{Life, Me, Session, SessionPage};

use crate::{
    api, browser, create_key,
    live::Live,
    pages::{guard::Guard, header::Header},
    palette::{Command, page_commands::offer},
    sessions::{
        ended_session::EndedSession,
        list::SessionList,
        new_session::NewSessionDialog,
        tabs::{List, Tabs},
    },
    sharing::SessionReceipt,
    ui::{
        failure::Failure,
        logo::Logo,
        paged::{More, Paged},
        ready::ready,
        show::Show,
    },
};

/// The page.
#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <Title text="websh" />
        <Guard page=|me| view! { <Sessions me /> }.into_any() />
    }
}

/// The page of a signed-in member.
#[component]
fn Sessions(me: Me) -> impl IntoView {
    let query = use_query_map();
    let ended = Memo::new(move |_| query.with(|it| it.get("show").as_deref() == Some("ended")));
    let life = move || if ended.get() { Life::Ended } else { Life::Active };
    // The first look at a list; what changes later comes to the list itself.
    let first = Resource::new(life, |life| api::sessions::sessions(life, None, None, None));
    let servers = Resource::new(|| (), |()| api::servers::servers());
    let known_servers = RwSignal::new(Vec::new());
    let open = RwSignal::new(false);
    let changes = RwSignal::new(0_u32);
    let ready = ready();
    Effect::new(move |_| {
        if let Some(Ok(servers)) = servers.get() {
            known_servers.set(servers);
        }
    });
    // Not by the resource: what waits for that one would leave the page meanwhile, and the dialog with it.
    let refresh_servers = Callback::new(move |()| {
        spawn_local(async move {
            if let Ok(now) = api::servers::servers().await {
                known_servers.try_set(now);
            }
        });
    });
    // One may have come or gone since.
    Effect::new(move |_| {
        if open.get() {
            refresh_servers.run(());
        }
    });
    let live = Live::of_page();
    live.on_change(move || changes.update(|changes| *changes += 1));
    let live = live.connected;
    let refresh = Callback::new(move |()| changes.update(|changes| *changes += 1));
    let role = me.role;
    offer(move || vec![Command::new("new-session", "New session", "", move || open.set(true))]);
    let shown = Signal::derive(move || if ended.get() { List::Ended } else { List::Running });
    view! {
        <Header me />
        <main class="page">
            <div class="page-head">
                <h1>"Sessions"</h1>
                <Tabs role shown />
                <button
                    type="button"
                    class="button primary"
                    data-testid="new-session"
                    disabled=move || !ready.get()
                    on:click=move |_| open.set(true)
                >
                    "New session"
                </button>
            </div>
            <Transition fallback=|| {
                view! { <p class="loading">"One moment…"</p> }
            }>
                {move || Suspend::new(async move {
                    match first.await {
                        Err(why) => view! { <Failure error=Some(why) /> }.into_any(),
                        Ok(first) if ended.get_untracked() => view! { <Ended first changes /> }.into_any(),
                        Ok(first) => {
                            view! { <Running first changes live open refresh /> }.into_any()
                        }
                    }
                })}
            </Transition>
        </main>
        <NewSessionDialog open servers=known_servers refresh refresh_servers />
    }
}

/// Sessions that run, kept up to date.
#[component]
fn Running(
    /// The list as it was when the page was made.
    first: SessionPage,
    /// Counts reasons to ask again.
    changes: RwSignal<u32>,
    /// Whether changes are pushed.
    live: RwSignal<bool>,
    /// Opens the dialog for a new one.
    open: RwSignal<bool>,
    /// Asks again.
    refresh: Callback<()>,
) -> impl IntoView {
    let list = Paged::new(first, |_, cursor, limit| {
        api::sessions::sessions(Life::Active, None, cursor, Some(limit)).boxed_local()
    });
    list.follow(changes);
    let sessions = list.items;
    let empty = Memo::new(move |_| sessions.with(Vec::is_empty));
    view! {
        <Failure error=list.error />
        <Show when=move || !empty.get() fallback=move || view! { <Empty open /> }>
            <SessionList sessions live refresh show_all=move |()| list.show_all() />
        </Show>
        <More list />
    }
}

/// Nothing is running yet.
#[component]
fn Empty(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <section class="empty-state" data-testid="empty">
            <Logo />
            <h2>"No session is running"</h2>
            <p>
                "Open one, and it stays: close the tab, lose the network, come back from another device, and you find the screen you left."
            </p>
            <button
                type="button"
                class="button primary"
                on:click=move |_| open.set(true)
            >
                "Open your first session"
            </button>
        </section>
    }
}

/// Sessions of the past, page by page.
#[component]
fn Ended(
    /// The newest of them.
    first: SessionPage,
    /// Counts reasons to ask again.
    changes: RwSignal<u32>,
) -> impl IntoView {
    let list = Paged::new(first, |searched, cursor, limit| {
        let searched = Some(searched).filter(|it| !it.is_empty());
        api::sessions::sessions(Life::Ended, searched, cursor, Some(limit)).boxed_local()
    });
    list.follow(changes);
    let (items, error) = (list.items, list.error);
    let again = Callback::new(move |session: Session| {
        error.set(None);
        let tab = create_key::new_tab();
        spawn_local(async move {
            match (create_key::like(&session).await, tab) {
                (Ok(path), Some(tab)) => create_key::show(&tab, &path),
                (Ok(path), None) => browser::go(&path),
                (Err(why), tab) => {
                    if let Some(tab) = tab {
                        let _ = tab.close();
                    }
                    error.set(Some(why));
                }
            }
        });
    });
    let receipt = RwSignal::new(None::<Session>);
    let none = move || items.with(Vec::is_empty);
    view! {
        <Failure error />
        <input
            class="session-search"
            type="search"
            data-testid="ended-search"
            aria-label="Search ended sessions"
            placeholder="Name, account or server"
            autocomplete="off"
            maxlength="64"
            on:input:target=move |event| list.search(event.target().value().trim())
        />
        <Show when=none>
            <p class="loading">
                {move || {
                    if list.searching() {
                        "No ended session is like that."
                    } else {
                        "Sessions that have ended are kept here."
                    }
                }}
            </p>
        </Show>
        <ul class="ended-list" data-testid="ended">
            <For
                each=move || items.get()
                key=|session| session.id
                children=move |session| view! { <EndedSession session again receipt /> }
            />
        </ul>
        <More list />
        <SessionReceipt of=receipt />
    }
}
