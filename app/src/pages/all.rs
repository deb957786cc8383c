//! `/all`: the sessions of all members, for staff and superusers.

use leptos::prelude::*;
use leptos_meta::Title;
use protocol::api::{AdminFilter, AdminSession, AdminSessionPage, AdminSort, Me, Role};

use crate::{
    admin::{
        drop,
        filter::AllFilter,
        list::{self, AllSessions},
        table::AllTable,
    },
    api, browser, format,
    live::Live,
    pages::{guard::Guard, header::Header},
    palette::{Command, offer},
    sessions::tabs::{Shown, Tabs},
    ui::{
        button::Button,
        dialog::confirm::{Confirm, Question},
        failure::Failure,
        list::Answered,
        show::Show,
    },
};

#[component]
pub fn AllPage() -> impl IntoView {
    view! {
        <Title text="All sessions · websh" />
        <Guard needs=Role::Staff page=|me| view! { <All me /> }.into_any() />
    }
}

#[component]
fn All(me: Me) -> impl IntoView {
    let role = me.role;
    let (changes, drop_all) = (RwSignal::new(0_u32), RwSignal::new(0_u32));
    let first = Resource::new(
        || (),
        |()| {
            let (filter, sort) = (AdminFilter::default(), AdminSort::default());
            api::all_sessions(filter, sort, None, Some(list::FIRST))
        },
    );
    let live = Live::of_page();
    live.on_change(move || changes.update(|changes| *changes += 1));
    let live = live.connected;
    let button = || {
        let press = move |()| drop_all.update(|count| *count += 1);
        view! { <Button testid="drop-all" label="Drop all…" hydrated=true press /> }
    };
    view! {
        <Header me />
        <main class="page wide" data-testid="all-page" data-live=move || live.get().to_string()>
            <div class="page-head">
                <h1>"Sessions"</h1>
                <Tabs role shown=Shown::All />
                {(role == Role::Superuser).then(button)}
            </div>
            <Answered
                of=first
                view=move |first| view! { <Listed first role changes drop_all /> }.into_any()
            />
        </main>
    }
}

#[component]
fn Listed(
    first: AdminSessionPage,
    role: Role,
    /// Counts changes of sessions.
    changes: RwSignal<u32>,
    /// Counts clicks on *Drop all*.
    drop_all: RwSignal<u32>,
) -> impl IntoView {
    let all = AllSessions::new(first, changes);
    let list = all.list;
    let asked = RwSignal::new(None::<Question>);
    let ask_all = move || asked.set(Some(drop::all(all.filter, list.total)));
    Effect::new(move |before: Option<u32>| {
        let now = drop_all.get();
        if before.unwrap_or_default() != now {
            ask_all();
        }
        now
    });
    let selected = Memo::new(move |_| list.selected(list::id));
    let ask_selected = move || asked.set(Some(drop::selected(selected.get_untracked())));
    offer(move || {
        let drop_all = (role == Role::Superuser)
            .then(|| Command::new("drop-all", "Drop all sessions", "with confirmation", ask_all));
        let drop_selected = selected.with(|it| !it.is_empty()).then(|| {
            let label = "Drop the selected sessions";
            Command::new("drop-chosen", label, "with confirmation", ask_selected)
        });
        let items = list.items.get();
        let watches = items.iter().filter(|_| role == Role::Superuser).map(|it| {
            let path = format!("/sessions/{}?watch=1", it.session.id);
            let hint = format!("of {}, visible to them", it.session.owner);
            let watch = move || match browser::new_tab() {
                Some(tab) => browser::open_in(&tab, &path),
                None => browser::go(&path),
            };
            Command::new("watch", format!("Watch {}", it.session.name), hint, watch).last()
        });
        let watches: Vec<_> = watches.collect();
        let drops = items.into_iter().map(|it: AdminSession| {
            let (label, owner) = (format!("Drop {}", it.session.name), it.session.owner.clone());
            let ask = move || asked.set(Some(drop::selected(vec![it.clone()])));
            Command::new("drop", label, format!("of {owner}, with confirmation"), ask).last()
        });
        drop_all.into_iter().chain(drop_selected).chain(drops).chain(watches).collect()
    });
    let count = move || selected.with(Vec::len);
    view! {
        <AllFilter all />
        <Failure error=list.error />
        <div class="selection" data-testid="chosen">
            <p role="status" class="muted">
                {move || match (count(), list.total.get()) {
                    (0, total) => format::count(total as usize, "session"),
                    (some, total) => format!("{some} of {total} selected"),
                }}
            </p>
            <Show when=move || { count() > 0 }>
                <Button
                    testid="drop-chosen"
                    label="Drop selected…"
                    kind="small"
                    press=move |()| ask_selected()
                />
            </Show>
        </div>
        <Show
            when=move || list.items.with(|items| !items.is_empty())
            fallback=|| view! { <p class="loading">"No sessions match."</p> }
        >
            <AllTable list role asked />
        </Show>
        {list.more_button()}
        <Confirm asked done=move |()| list.refresh() />
    }
}
