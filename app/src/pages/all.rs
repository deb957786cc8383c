//! `/all`: everybody's sessions, for staff and superusers.

use leptos::prelude::*;
use leptos_meta::Title;
use protocol::api::{AdminFilter, AdminSession, AdminSessionPage, AdminSort, Me, Role};

use crate::{
    admin::{
        drop_all::DropEverything, drop_sessions::DropSessions, filter::AllFilter, list::AllList,
        table::AllTable,
    },
    api, browser, create_key,
    live::Live,
    pages::{guard::Guard, header::Header},
    palette::{Command, page_commands::offer},
    sessions::tabs::{List, Tabs},
    ui::{failure::Failure, ready::ready, show::Show, whole::Answered},
};

/// The page.
#[component]
pub fn AllPage() -> impl IntoView {
    view! {
        <Title text="All sessions · websh" />
        <Guard needs=Role::Staff page=|me| view! { <All me /> }.into_any() />
    }
}

/// What the head of the page and the list have in common.
#[derive(Clone, Copy)]
struct Shared {
    role: Role,
    /// Counts reasons to ask again.
    changes: RwSignal<u32>,
    /// Whether it is asked to drop all.
    everything: RwSignal<bool>,
}

#[component]
fn All(me: Me) -> impl IntoView {
    let role = me.role;
    let (changes, everything) = (RwSignal::new(0_u32), RwSignal::new(false));
    provide_context(Shared { role, changes, everything });
    let first = Resource::new(
        || (),
        |()| api::operator::all(AdminFilter::default(), AdminSort::default(), None, Some(100)),
    );
    let live = Live::of_page();
    live.on_change(move || changes.update(|changes| *changes += 1));
    let live = live.connected;
    let ready = ready();
    view! {
        <Header me />
        <main class="page wide" data-testid="all-page" data-live=move || live.get().to_string()>
            <div class="page-head">
                <h1>"Sessions"</h1>
                <Tabs role shown=List::All />
                {(role == Role::Superuser)
                    .then(|| {
                        view! {
                            <button
                                type="button"
                                class="button"
                                data-testid="drop-all"
                                disabled=move || !ready.get()
                                on:click=move |_| everything.set(true)
                            >
                                "Drop all…"
                            </button>
                        }
                    })}
            </div>
            <Answered of=first view=|first| view! { <Listed first /> }.into_any() />
        </main>
    }
}

#[component]
fn Listed(first: AdminSessionPage) -> impl IntoView {
    let Some(Shared { role, changes, everything }) = use_context() else { return ().into_any() };
    let list = AllList::new(first);
    list.follow(changes);
    let dropping = RwSignal::new(Vec::<AdminSession>::new());
    offer(move || {
        let drop_all = (role == Role::Superuser).then(|| {
            Command::new("drop-all", "Drop all sessions", "asks first", move || {
                everything.set(true);
            })
        });
        let drop_chosen = list.ticked.with(|it| !it.is_empty()).then(|| {
            Command::new("drop-chosen", "Drop the selected sessions", "asks first", move || {
                dropping.set(untrack(|| list.chosen()));
            })
        });
        let items = list.items.get();
        let watches = items.iter().filter(|_| role == Role::Superuser).map(|it| {
            let path = format!("/sessions/{}?watch=1", it.session.id);
            let hint = format!("of {}, who sees it", it.session.owner);
            let watch = move || match create_key::new_tab() {
                Some(tab) => create_key::show(&tab, &path),
                None => browser::go(&path),
            };
            Command::new("watch", format!("Watch {}", it.session.name), hint, watch).late()
        });
        let watches: Vec<_> = watches.collect();
        let drops = items.into_iter().map(|it| {
            let (label, owner) = (format!("Drop {}", it.session.name), it.session.owner.clone());
            let ask = move || dropping.set(vec![it.clone()]);
            Command::new("drop", label, format!("of {owner}, asks first"), ask).late()
        });
        drop_all.into_iter().chain(drop_chosen).chain(drops).chain(watches).collect()
    });
    let ticked = move || list.ticked.with(|ticked| ticked.len());
    view! {
        <AllFilter list />
        <Failure error=list.error />
        <div class="selection" data-testid="chosen">
            <p role="status" class="muted">
                {move || match (ticked(), list.total.get()) {
                    (0, 1) => "1 session".to_owned(),
                    (0, total) => format!("{total} sessions"),
                    (some, total) => format!("{some} of {total} selected"),
                }}
            </p>
            <Show when=move || { ticked() > 0 }>
                <button
                    type="button"
                    class="button small"
                    data-testid="drop-chosen"
                    on:click=move |_| dropping.set(untrack(|| list.chosen()))
                >
                    "Drop selected…"
                </button>
            </Show>
        </div>
        <Show
            when=move || list.items.with(|items| !items.is_empty())
            fallback=|| view! { <p class="loading">"No session is like that."</p> }
        >
            <AllTable list role dropping />
        </Show>
        <Show when=move || list.more.get()>
            <button
                type="button"
                class="button show-more"
                data-testid="more"
                on:click=move |_| list.show_more()
            >
                "Show more"
            </button>
        </Show>
        <DropSessions dropping list />
        <DropEverything open=everything list />
    }
    .into_any()
}
