//! `/`: the running sessions of the member, live; or the ended ones.

use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use protocol::api::{Life, Me, Session, SessionPage};

use crate::{
    api, browser, create_key,
    live::Live,
    pages::{guard::Guard, header::Header},
    palette::{Command, offer},
    sessions::{
        ended_session::EndedSession,
        list::SessionList,
        new_session::NewSessionDialog,
        tabs::{Shown, Tabs},
    },
    sharing::SessionReceipt,
    ui::{
        button::Button,
        failure::Failure,
        list::{List, Page},
        logo::Logo,
        rows::rows,
        show::Show,
    },
};

/// Sessions that a list shows at least.
const LEAST: usize = 50;

#[component]
pub fn HomePage() -> impl IntoView {
    view! {
        <Title text="websh" />
        <Guard page=|me| view! { <Sessions me /> }.into_any() />
    }
}

#[component]
fn Sessions(me: Me) -> impl IntoView {
    let query = use_query_map();
    let ended = Memo::new(move |_| query.with(|it| it.get("show").as_deref() == Some("ended")));
    let life = move || if ended.get() { Life::Ended } else { Life::Active };
    // The initial page of the list; the list fetches changes itself.
    let first = Resource::new(life, |life| api::sessions(life, None, None, None));
    let servers = Resource::new(|| (), |()| api::servers());
    let known_servers = RwSignal::new(Vec::new());
    let open = RwSignal::new(false);
    let changes = RwSignal::new(0_u32);
    Effect::new(move |_| {
        if let Some(Ok(servers)) = servers.get() {
            known_servers.set(servers);
        }
    });
    // Not by refetching the resource: its suspense would unmount the dialog while it waits.
    let refresh_servers = Callback::new(move |()| {
        spawn_local(async move {
            if let Ok(now) = api::servers().await {
                known_servers.try_set(now);
            }
        });
    });
    // Servers may have changed since the page was loaded.
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
    let shown = Signal::derive(move || if ended.get() { Shown::Ended } else { Shown::Running });
    view! {
        <Header me />
        <main class="page">
            <div class="page-head">
                <h1>"Sessions"</h1>
                <Tabs role shown />
                <Button
                    testid="new-session"
                    label="New session"
                    kind="primary"
                    hydrated=true
                    press=move |()| open.set(true)
                />
            </div>
            <Transition fallback=|| {
                view! { <p class="loading">"Loading…"</p> }
            }>
                {move || Suspend::new(async move {
                    match first.await {
                        Err(why) => view! { <Failure error=Some(why) /> }.into_any(),
                        Ok(first) if ended.get_untracked() => view! { <Ended first changes /> }.into_any(),
                        Ok(first) => {
                            view! { <Running first changes live open /> }.into_any()
                        }
                    }
                })}
            </Transition>
        </main>
        <NewSessionDialog open servers=known_servers refresh refresh_servers />
    }
}

#[component]
fn Running(
    first: SessionPage,
    changes: RwSignal<u32>,
    live: RwSignal<bool>,
    open: RwSignal<bool>,
) -> impl IntoView {
    let list = paged(first, Life::Active, RwSignal::new(String::new()));
    list.follow(changes);
    let empty = list.is_empty();
    view! {
        <Failure error=list.error />
        <Show when=move || !empty.get() fallback=move || view! { <Empty open /> }>
            <SessionList list live />
        </Show>
        {list.more_button()}
    }
}

/// A list of sessions that begins with this page, newest first.
fn paged(first: SessionPage, life: Life, query: RwSignal<String>) -> List<Session> {
    let page = |it: SessionPage| Page { items: it.items, next: it.next, total: 0 };
    List::paged(page(first), LEAST, Some(|it| it.id.0), move |cursor, limit| {
        let query = query.try_get_untracked().filter(|it| !it.is_empty());
        let answer = api::sessions(life, query, cursor, Some(limit));
        async move { answer.await.map(page) }.boxed_local()
    })
}

/// Shown while there are no running sessions.
#[component]
fn Empty(open: RwSignal<bool>) -> impl IntoView {
    view! {
        <section class="empty-state" data-testid="empty">
            <Logo />
            <h2>"No running sessions"</h2>
            <p>
                "Sessions keep running when you close the tab, lose the network or switch devices. Come back to the screen you left."
            </p>
            <Button label="Create your first session" kind="primary" press=move |()| open.set(true) />
        </section>
    }
}

#[component]
fn Ended(first: SessionPage, changes: RwSignal<u32>) -> impl IntoView {
    let query = RwSignal::new(String::new());
    let list = paged(first, Life::Ended, query);
    list.follow(changes);
    let (items, error) = (list.items, list.error);
    let search = move |text: &str| {
        if query.with_untracked(|it| it != text) {
            query.set(text.to_owned());
            list.restart();
        }
    };
    let again = Callback::new(move |session: Session| {
        error.set(None);
        let tab = browser::new_tab();
        spawn_local(async move {
            match (create_key::create_like(&session).await, tab) {
                (Ok(path), Some(tab)) => browser::open_in(&tab, &path),
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
    let none = move || {
        if query.with(String::is_empty) {
            "Ended sessions appear here."
        } else {
            "No ended sessions match."
        }
    };
    let row = move |session: Memo<Session>| {
        view! { <EndedSession session=session.get_untracked() again receipt /> }.into_any()
    };
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
            on:input:target=move |event| search(event.target().value().trim())
        />
        <Show when=move || items.with(Vec::is_empty)>
            <p class="loading">{none}</p>
        </Show>
        <ul class="ended-list" data-testid="ended">
            {rows(items, |it| it.id.0, row)}
        </ul>
        {list.more_button()}
        <SessionReceipt of=receipt />
    }
}
