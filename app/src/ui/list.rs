//! A list held by the server: fetches it whole or page by page, fetches it again after a change as far as
//! it is shown, and keeps the selection. It does not depend on the type of the items.

use std::{
    collections::{HashSet, VecDeque},
    ops::Deref,
    sync::Arc,
};

use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local};
use uuid::Uuid;

use crate::{
    browser,
    error::PageError,
    ui::{failure::Failure, request::Answer, show::Show},
};

const PAGE: usize = 100;

pub struct Page<T> {
    pub items: Vec<T>,
    /// Cursor of the next page.
    pub next: Option<String>,
    /// Number of items in all pages, where the server counts them.
    pub total: u32,
}

type Fetch<T> = Arc<dyn Fn(Option<String>, u64) -> Answer<Page<T>> + Send + Sync>;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Job {
    Refresh,
    More,
}

/// Part of a list that a refresh fetches.
#[derive(Clone, Copy, Debug, Default)]
struct Extent {
    /// Number of the query; a restart begins another one.
    query: u32,
    /// Query of the items and of the cursor; another one is fetched from the first page.
    fetched: u32,
    everything: bool,
    /// Pages that were added, in a list whose items change their order.
    pages: usize,
}

/// The list. An item stays in it until the server no longer returns it.
pub struct List<T: Send + Sync + 'static> {
    pub items: RwSignal<Vec<T>>,
    state: State,
}

/// State of a list, the same for items of all kinds.
#[derive(Clone, Copy)]
pub struct State {
    /// Number of items on the server, where it counts them.
    pub total: RwSignal<u32>,
    pub error: RwSignal<Option<PageError>>,
    pub selection: Selection,
    next: RwSignal<Option<String>>,
    busy: RwSignal<bool>,
    /// Requests that wait until the one under way is answered.
    pending: StoredValue<VecDeque<Job>>,
    extent: StoredValue<Extent>,
    load: Callback<(Self, Job), Answer>,
    clear: Callback<()>,
}

impl<T: Send + Sync> Clone for List<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for List<T> {}

impl<T: Send + Sync> Deref for List<T> {
    type Target = State;

    fn deref(&self) -> &State {
        &self.state
    }
}

impl<T: Send + Sync> List<T> {
    /// A list that the server returns in one piece.
    pub fn whole(
        first: Vec<T>,
        fetch: impl Fn() -> Answer<Vec<T>> + Send + Sync + 'static,
    ) -> Self {
        let items = RwSignal::new(first);
        Self::new(items, None, 0, move |_| {
            let fetched = fetch();
            async move {
                items.try_set(fetched.await?);
                Ok(())
            }
            .boxed_local()
        })
    }

    /// A list that begins with the page `first`. `fetch` takes a cursor and a limit. `newest` returns the
    /// id of an item if the newest comes first, which never changes the order of two items; other lists
    /// are fetched from the start to show more of them.
    pub fn paged(
        first: Page<T>,
        least: usize,
        newest: Option<fn(&T) -> Uuid>,
        fetch: impl Fn(Option<String>, u64) -> Answer<Page<T>> + Send + Sync + 'static,
    ) -> Self {
        let items = RwSignal::new(first.items);
        let fetch: Fetch<T> = Arc::new(fetch);
        Self::new(items, first.next, first.total, move |(list, job)| {
            let fetch = fetch.clone();
            async move {
                let Some(mut extent) = list.extent.try_get_value() else { return Ok(()) };
                let restart = extent.query != extent.fetched;
                if let (Job::More, Some(_), false) = (job, newest, restart) {
                    let cursor = list.next.try_get_untracked().flatten();
                    if cursor.is_some() {
                        let page = fetch(cursor, PAGE as u64).await?;
                        items.try_update(|items| items.extend(page.items));
                        list.next.try_set(page.next);
                    }
                    return Ok(());
                }
                extent.pages += usize::from(job == Job::More);
                list.extent.try_set_value(extent);
                let (mut shown, mut first) = (least + extent.pages * PAGE, None);
                if let Some(id) = newest.filter(|_| !restart) {
                    items.try_with_untracked(|items| {
                        (shown, first) = (items.len(), items.first().map(id));
                    });
                }
                let mut read = Page { items: Vec::new(), next: None, total: 0 };
                loop {
                    let ids = newest.map(|id| read.items.iter().map(id).collect::<Vec<_>>());
                    let limit = if extent.everything {
                        Some(PAGE)
                    } else {
                        missing(shown, least, first, &ids.unwrap_or_default(), read.items.len())
                    };
                    let Some(limit) = limit else { break };
                    let page = fetch(read.next.take(), limit as u64).await?;
                    read.items.extend(page.items);
                    (read.next, read.total) = (page.next, page.total);
                    if read.next.is_none() {
                        break;
                    }
                }
                list.next.try_set(read.next);
                list.total.try_set(read.total);
                items.try_set(read.items);
                list.extent.try_update_value(|it| it.fetched = extent.query);
                Ok(())
            }
            .boxed_local()
        })
    }

    fn new(
        items: RwSignal<Vec<T>>,
        next: Option<String>,
        total: u32,
        load: impl Fn((State, Job)) -> Answer + Send + Sync + 'static,
    ) -> Self {
        let state = State {
            total: RwSignal::new(total),
            error: RwSignal::new(None),
            selection: Selection(RwSignal::new(HashSet::new())),
            next: RwSignal::new(next),
            busy: RwSignal::new(false),
            pending: StoredValue::new(VecDeque::new()),
            extent: StoredValue::new(Extent::default()),
            load: Callback::new(load),
            clear: Callback::new(move |()| drop(items.try_set(Vec::new()))),
        };
        Self { items, state }
    }

    /// The selected items that are still in the list, in order.
    pub fn selected(self, id: fn(&T) -> Uuid) -> Vec<T>
    where
        T: Clone,
    {
        let selected = |it: &&T| self.selection.contains(id(it));
        self.items.with(|items| items.iter().filter(selected).cloned().collect())
    }

    pub fn is_empty(self) -> Memo<bool> {
        Memo::new(move |_| self.items.with(Vec::is_empty))
    }
}

impl State {
    /// Fetches again whenever the count changes, and at once unless it is 0.
    pub fn follow(self, changes: RwSignal<u32>) {
        Effect::new(move |before: Option<u32>| {
            let now = changes.get();
            if before.unwrap_or_default() != now {
                self.refresh();
            }
            now
        });
    }

    /// Fetches again what is shown.
    pub fn refresh(self) {
        self.request(Job::Refresh);
    }

    /// Fetches the first page of another query. Drops waiting requests: a waiting *Show more* would use the
    /// cursor of the old query.
    pub fn restart(self) {
        self.pending.update_value(VecDeque::clear);
        self.extent.update_value(|it| *it = Extent { query: it.query + 1, pages: 0, ..*it });
        self.refresh();
    }

    /// Fetches all pages from now on: in another order, any item may be the first.
    pub fn show_everything(self) {
        self.extent.update_value(|it| it.everything = true);
        self.refresh();
    }

    /// Sends one request at a time.
    fn request(self, job: Job) {
        self.pending.try_update_value(|jobs| {
            if !jobs.contains(&job) {
                jobs.push_back(job);
            }
        });
        // Signals that are gone belong to a page that was left.
        if self.busy.try_get_untracked() != Some(false) {
            return;
        }
        self.busy.set(true);
        spawn_local(async move {
            while let Some(job) = self.pending.try_update_value(VecDeque::pop_front).flatten() {
                let Some(loading) = self.load.try_run((self, job)) else { return };
                match loading.await {
                    Ok(()) => drop(self.error.try_set(None)),
                    Err(why) if why.is_signed_out() => browser::go(&browser::sign_in_and_back()),
                    Err(why) => self.fail(why),
                }
            }
            self.busy.try_set(false);
        });
    }

    /// Shows why a request failed. Items are removed once the user may no longer see them.
    fn fail(self, why: PageError) {
        if why.code() == "forbidden" {
            self.clear.try_run(());
            self.selection.0.try_set(HashSet::new());
            self.total.try_set(0);
            self.next.try_set(None);
        }
        self.error.try_set(Some(why));
    }

    /// The button that fetches another page, while there is one.
    pub fn more_button(self) -> impl IntoView {
        view! {
            <Show when=move || self.next.with(Option::is_some)>
                <button
                    type="button"
                    class="button show-more"
                    data-testid="more"
                    aria-disabled=move || self.busy.get().to_string()
                    on:click=move |_| self.request(Job::More)
                >
                    "Show more"
                </button>
            </Show>
        }
    }
}

/// Ids of the selected items of a list; some may be gone.
#[derive(Clone, Copy, Debug)]
pub struct Selection(RwSignal<HashSet<Uuid>>);

impl Selection {
    pub fn set(self, id: Uuid, on: bool) {
        self.0.update(|ids| _ = if on { ids.insert(id) } else { ids.remove(&id) });
    }

    pub fn replace(self, ids: impl Iterator<Item = Uuid>) {
        self.0.set(ids.collect());
    }

    pub fn contains(self, id: Uuid) -> bool {
        self.0.with(|ids| ids.contains(&id))
    }
}

/// Limit of the next page, so that a list of `shown` items, the newest being `first`, shows those again
/// and newer ones before them, at least `least` of them; none once `got` items are enough.
fn missing(
    shown: usize,
    least: usize,
    first: Option<Uuid>,
    ids: &[Uuid],
    got: usize,
) -> Option<usize> {
    let new = first.map_or(0, |first| ids.iter().take_while(|id| **id > first).count());
    let missing = (shown + new).max(least).saturating_sub(got);
    (missing > 0).then_some(missing.min(PAGE))
}

/// Shows what the server answered, or its error.
#[component]
pub fn Answered<T, View>(of: Resource<Result<T, PageError>>, view: View) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
    View: Fn(T) -> AnyView + Copy + Send + Sync + 'static,
{
    view! {
        <Suspense fallback=|| view! { <p class="loading">"Loading…"</p> }>
            {move || Suspend::new(async move {
                match of.await {
                    Ok(answer) => view(answer),
                    Err(why) => view! { <Failure error=Some(why) /> }.into_any(),
                }
            })}
        </Suspense>
    }
}

#[cfg(test)]
mod tests;
