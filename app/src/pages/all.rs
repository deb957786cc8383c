//! `/all`: everybody's sessions, for staff and superusers.

use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::components::Redirect;
use protocol::api::{AdminFilter, AdminSession, AdminSessionPage, AdminSort, Me, Role};

use crate::{
    api,
    components::{
        all_filter::AllFilter,
        all_list::AllList,
        all_table::AllTable,
        drop_sessions::{DropEverything, DropSessions},
        failure::Failure,
        header::Header,
        live,
        tabs::{List, Tabs},
        time::provide_now,
    },
};

/// Asks who is there and what there is.
#[component]
pub fn AllPage() -> impl IntoView {
    let asked = Resource::new(
        || (),
        |()| async {
            let me = api::members::me().await?;
            let filter = AdminFilter::default();
            let first = api::operator::all(filter, AdminSort::default(), None, Some(100)).await?;
            Ok::<_, crate::error::PageError>((me, first))
        },
    );
    view! {
        <Title text="All sessions · websh" />
        <Suspense fallback=|| view! { <p class="loading">"One moment…"</p> }>
            {move || Suspend::new(async move {
                match asked.await {
                    Ok((me, first)) => view! { <All me first /> }.into_any(),
                    Err(why) if why.is_signed_out() => {
                        view! { <Redirect path="/sign-in?return=/all" /> }.into_any()
                    }
                    Err(why) => {
                        view! {
                            <main class="page">
                                <Failure error=Some(why) />
                                <p>
                                    <a class="button" href="/">
                                        "My sessions"
                                    </a>
                                </p>
                            </main>
                        }
                            .into_any()
                    }
                }
            })}
        </Suspense>
    }
}

#[component]
fn All(me: Me, first: AdminSessionPage) -> impl IntoView {
    provide_now();
    let role = me.role;
    let list = AllList::new(first);
    let changes = RwSignal::new(0_u32);
    let live = RwSignal::new(false);
    live::on_change(live, move || changes.update(|changes| *changes += 1));
    list.follow(changes);
    let dropping = RwSignal::new(Vec::<AdminSession>::new());
    let everything = RwSignal::new(false);
    let ready = RwSignal::new(false);
    Effect::new(move |_| ready.set(true));
    let ticked = move || list.ticked.with(|ticked| ticked.len());
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
            <AllFilter list />
            <Failure error=list.error />
            <div class="chosen" data-testid="chosen">
                <p role="status" class="quiet">
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
                    class="button more"
                    data-testid="more"
                    on:click=move |_| list.show_more()
                >
                    "Show more"
                </button>
            </Show>
        </main>
        <DropSessions dropping list />
        <DropEverything open=everything list />
    }
}
