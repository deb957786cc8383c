//! The list of everybody's sessions as it is read: filter, order, pages, selection. It knows no table.

use std::{collections::HashSet, time::Duration};

use leptos::{prelude::*, task::spawn_local};
use protocol::{
    api::{AdminFilter, AdminSession, AdminSessionPage, AdminSort},
    id::SessionId,
};

use crate::{api, browser, error::PageError};

/// Sessions of a page.
const PAGE: u64 = 100;

/// What was typed is asked for after this pause.
const TYPING: Duration = Duration::from_millis(150);

/// The list.
#[derive(Clone, Copy)]
pub struct AllList {
    /// What is shown, in order.
    pub items: RwSignal<Vec<AdminSession>>,
    /// How many match in all.
    pub total: RwSignal<u32>,
    /// Which ones.
    pub filter: RwSignal<AdminFilter>,
    /// In which order.
    pub sort: RwSignal<AdminSort>,
    /// Those that are ticked.
    pub ticked: RwSignal<HashSet<SessionId>>,
    /// Why the last question had no answer.
    pub error: RwSignal<Option<PageError>>,
    /// Whether there are more than are shown.
    pub more: RwSignal<bool>,
    pages: StoredValue<u64>,
    asking: StoredValue<bool>,
    again: StoredValue<bool>,
}

impl AllList {
    /// A list that begins with this page of all sessions, newest first.
    pub fn new(first: AdminSessionPage) -> Self {
        Self {
            more: RwSignal::new(first.next.is_some()),
            total: RwSignal::new(first.total),
            items: RwSignal::new(first.items),
            filter: RwSignal::new(AdminFilter::default()),
            sort: RwSignal::new(AdminSort::default()),
            ticked: RwSignal::new(HashSet::new()),
            error: RwSignal::new(None),
            pages: StoredValue::new(1),
            asking: StoredValue::new(false),
            again: StoredValue::new(false),
        }
    }

    /// Reads again whenever the count, the filter or the order changes.
    pub fn follow(self, changes: RwSignal<u32>) {
        let what = Memo::new(move |_| (self.filter.get(), self.sort.get()));
        Effect::new(move |before: Option<u32>| {
            let now = changes.get();
            if before.is_some_and(|before| before != now) {
                self.read();
            }
            now
        });
        Effect::new(move |timer: Option<Option<TimeoutHandle>>| {
            // A memo that nobody reads follows nothing.
            what.with(|_| ());
            // The first run is the page's own beginning.
            if let Some(timer) = timer? {
                timer.clear();
            }
            self.pages.set_value(1);
            set_timeout_with_handle(move || self.read(), TYPING).ok()
        });
    }

    /// Shows another page.
    pub fn show_more(self) {
        self.pages.update_value(|pages| *pages += 1);
        self.read();
    }

    /// Reads what is shown again; one question at a time.
    pub fn read(self) {
        if self.again.try_set_value(true).is_some() || self.asking.get_value() {
            return;
        }
        self.asking.set_value(true);
        spawn_local(async move {
            // Values that are gone are those of a page that is gone.
            while self.again.try_get_value() == Some(true) {
                self.again.try_set_value(false);
                match self.ask().await {
                    Ok(()) => drop(self.error.try_set(None)),
                    Err(why) if why.is_signed_out() => browser::go(&browser::sign_in_and_back()),
                    Err(why) => self.refused(why),
                }
            }
            self.asking.try_set_value(false);
        });
    }

    /// Says why there was no answer. What the reader may not see any more is not shown any more.
    fn refused(self, why: PageError) {
        if why.code() == "forbidden" {
            self.items.try_set(Vec::new());
            self.ticked.try_set(HashSet::new());
            self.total.try_set(0);
            self.more.try_set(false);
        }
        self.error.try_set(Some(why));
    }

    async fn ask(self) -> Result<(), PageError> {
        let (Some(filter), Some(sort), Some(pages)) = (
            self.filter.try_get_untracked(),
            self.sort.try_get_untracked(),
            self.pages.try_get_value(),
        ) else {
            return Ok(());
        };
        let (mut items, mut cursor, mut total) = (Vec::new(), None, 0);
        for _ in 0..pages {
            let page = api::operator::all(filter.clone(), sort, cursor.take(), Some(PAGE)).await?;
            (cursor, total) = (page.next, page.total);
            items.extend(page.items);
            if cursor.is_none() {
                break;
            }
        }
        self.more.try_set(cursor.is_some());
        self.total.try_set(total);
        let there: HashSet<SessionId> = items.iter().map(|it| it.session.id).collect();
        self.ticked.try_maybe_update(|ticked| {
            let before = ticked.len();
            ticked.retain(|id| there.contains(id));
            (ticked.len() != before, ())
        });
        self.items.try_set(items);
        Ok(())
    }

    /// Ticks a session, or takes its tick away.
    pub fn tick(self, id: SessionId, on: bool) {
        self.ticked.update(|ticked| {
            if on {
                ticked.insert(id);
            } else {
                ticked.remove(&id);
            }
        });
    }

    /// Ticks all that are shown, or none.
    pub fn tick_all(self, on: bool) {
        let all = self.items.with_untracked(|items| items.iter().map(|it| it.session.id).collect());
        self.ticked.set(if on { all } else { HashSet::new() });
    }

    /// The ticked sessions, in the order shown.
    pub fn chosen(self) -> Vec<AdminSession> {
        self.ticked.with(|ticked| {
            self.items.with(|items| {
                items.iter().filter(|it| ticked.contains(&it.session.id)).cloned().collect()
            })
        })
    }
}

#[cfg(test)]
mod tests {
    use protocol::api::samples;

    use super::*;

    fn page() -> AdminSessionPage {
        AdminSessionPage {
            items: vec![samples::admin_session(1)],
            next: Some("next".into()),
            total: 2,
        }
    }

    #[test]
    fn nothing_is_shown_any_more_to_whom_it_is_forbidden() {
        let owner = Owner::new();
        owner.set();
        for (code, kept) in [("forbidden", false), ("unavailable", true)] {
            let list = AllList::new(page());
            list.tick_all(true);
            list.refused(PageError::new(code, "No."));
            assert_eq!(list.error.get_untracked().unwrap().code(), code);
            assert_eq!(list.items.get_untracked().len(), usize::from(kept), "{code}");
            assert_eq!(list.ticked.get_untracked().len(), usize::from(kept), "{code}");
            assert_eq!(list.total.get_untracked(), if kept { 2 } else { 0 }, "{code}");
            assert_eq!(list.more.get_untracked(), kept, "{code}");
        }
    }
}
