//! `/audit`: who did what, newest first, narrowed by what is in the address. For superusers.

use futures_util::FutureExt;
use leptos::prelude::*;
use leptos_router::{
    NavigateOptions,
    hooks::{use_navigate, use_query_map},
};
use protocol::{
    api::{AuditEntry, AuditFilter, AuditPage, Role},
    id::MemberId,
};

use crate::{
    api, browser,
    pages::guard::SignedIn,
    palette::{Command, offer},
    ui::{
        failure::Failure,
        list::{Answered, List, Page},
        show::Show,
    },
};

mod entry;
mod filter;

/// The page.
#[component]
pub fn LogPage() -> impl IntoView {
    view! {
        <SignedIn title="Audit log" needs=Role::Superuser page=|me| view! { <Log member=me.id /> }.into_any() />
    }
}

#[component]
fn Log(member: MemberId) -> impl IntoView {
    let query = use_query_map();
    let asked = Memo::new(move |_| query.with(|query| filter::Query::read(|name| query.get(name))));
    let first = Resource::new(
        move || asked.get(),
        |asked| async move {
            let filter = asked.filter();
            let page = api::audit(filter.clone(), None).await?;
            Ok((filter, page))
        },
    );
    // A link sends no headers, so its address names the member.
    let export = move || {
        let query = asked.get().as_query(true);
        let mark = if query.is_empty() { '?' } else { '&' };
        format!("/api/v1/audit/export{query}{mark}member={member}")
    };
    let link = NodeRef::<leptos::html::A>::new();
    let go = use_navigate();
    offer(move || {
        let follow = move || {
            if let Some(link) = link.get_untracked() {
                link.click();
            }
        };
        let export = Command::new("audit-export", "Export the audit log", "JSON lines", follow);
        let about = |(action, words): (&'static str, &'static str)| {
            let go = go.clone();
            let narrow = move || {
                let asked = filter::Query { action: action.into(), ..asked.get_untracked() };
                go(&format!("/audit{}", asked.as_query(false)), replaced());
            };
            Command::new("audit-about", format!("Show: {words}"), "audit log", narrow)
        };
        std::iter::once(export).chain(filter::KINDS.into_iter().map(about)).collect()
    });
    view! {
        <div class="page-head">
            <h1>"Audit log"</h1>
            <a node_ref=link class="button" data-testid="audit-export" href=export download="audit.jsonl" rel="external">
                "Export as JSON lines"
            </a>
        </div>
        <Narrow asked />
        <Transition fallback=|| view! { <p class="loading">"Loading…"</p> }>
            {move || {
                first.track();
                view! { <Answered of=first view=|(filter, page)| view! { <Entries filter page /> }.into_any() /> }
            }}
        </Transition>
    }
}

/// Replaces the history entry, so that the back button skips filters.
fn replaced() -> NavigateOptions {
    NavigateOptions { replace: true, ..Default::default() }
}

/// Form with the filters of the log.
#[component]
fn Narrow(asked: Memo<filter::Query>) -> impl IntoView {
    let go = use_navigate();
    let form = NodeRef::<leptos::html::Form>::new();
    let narrow = move || {
        let Some(form) = form.get_untracked() else { return };
        let given = filter::Query::read(|name| browser::value_in(&form, name));
        let query = given.as_query(false);
        go(&format!("/audit{query}"), replaced());
    };
    let at_once = narrow.clone();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        narrow();
    };
    let kind = move |(value, words): (&'static str, &'static str)| {
        view! {
            <option
                value=value
                selected=asked.get_untracked().action == value
                prop:selected=move || asked.get().action == value
            >
                {words}
            </option>
        }
    };
    view! {
        <form
            node_ref=form
            method="get"
            action="/audit"
            class="panel inline"
            role="search"
            on:submit=submit
            on:change=move |_| at_once()
        >
            <label class="wide">
                "Search"
                <input
                    type="search"
                    name="q"
                    maxlength="128"
                    autocomplete="off"
                    data-testid="audit-q"
                    value=asked.get_untracked().q
                />
            </label>
            <label>
                "Type"
                <select name="action" data-testid="audit-action">
                    {filter::KINDS.map(kind)}
                </select>
            </label>
            <label>
                "From"
                <input type="date" name="from" data-testid="audit-from" value=asked.get_untracked().from />
            </label>
            <label>
                "To"
                <input type="date" name="to" data-testid="audit-to" value=asked.get_untracked().to />
            </label>
            <button type="submit" class="button" data-testid="audit-narrow">
                "Apply"
            </button>
        </form>
    }
}

#[component]
fn Entries(filter: AuditFilter, page: AuditPage) -> impl IntoView {
    let of = |it: AuditPage| Page { items: it.items, next: it.next, total: 0 };
    let list = List::paged(of(page), 0, Some(|it: &AuditEntry| it.id), move |cursor, _| {
        let page = api::audit(filter.clone(), cursor);
        async move { page.await.map(of) }.boxed_local()
    });
    let empty = list.is_empty();
    view! {
        <Show
            when=move || !empty.get()
            fallback=|| view! { <p class="empty-list" data-testid="audit-none">"No entries match these filters."</p> }
        >
            <ol class="items" data-testid="audit">
                <For
                    each=move || list.items.get()
                    key=|it| it.id
                    children=move |it| view! { <entry::Entry it /> }
                />
            </ol>
        </Show>
        <Failure error=list.error />
        {list.more_button()}
    }
}
