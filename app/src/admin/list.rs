//! The list of all sessions: its filter and order. It does not contain the table.

use std::time::Duration;

use futures_util::FutureExt;
use leptos::prelude::*;
use protocol::api::{AdminFilter, AdminSession, AdminSessionPage, AdminSort};
use uuid::Uuid;

use crate::{
    api,
    ui::list::{List, Page},
};

/// Sessions of the first page.
pub const FIRST: u64 = 100;

/// Pause after a key press before the filter is applied.
const TYPING: Duration = Duration::from_millis(150);

#[derive(Clone, Copy)]
pub struct AllSessions {
    pub list: List<AdminSession>,
    pub filter: RwSignal<AdminFilter>,
    pub sort: RwSignal<AdminSort>,
}

impl AllSessions {
    /// A list that begins with this page of all sessions, newest first, and follows `changes`, the filter
    /// and the order.
    pub fn new(first: AdminSessionPage, changes: RwSignal<u32>) -> Self {
        let (filter, sort) =
            (RwSignal::new(AdminFilter::default()), RwSignal::new(AdminSort::default()));
        let first = Page { items: first.items, next: first.next, total: first.total };
        let list = List::paged(first, FIRST as usize, None, move |cursor, limit| {
            let filter = filter.try_get_untracked().unwrap_or_default();
            let sort = sort.try_get_untracked().unwrap_or_default();
            async move {
                let page = api::all_sessions(filter, sort, cursor, Some(limit)).await?;
                Ok(Page { items: page.items, next: page.next, total: page.total })
            }
            .boxed_local()
        });
        list.follow(changes);
        let query = Memo::new(move |_| (filter.get(), sort.get()));
        Effect::new(move |timer: Option<Option<TimeoutHandle>>| {
            // Tracking alone would not run the memo.
            query.with(|_| ());
            // The first run is for the page as it was rendered.
            if let Some(timer) = timer? {
                timer.clear();
            }
            set_timeout_with_handle(move || list.restart(), TYPING).ok()
        });
        Self { list, filter, sort }
    }
}

/// Id of a session, as the selection has it.
pub fn id(it: &AdminSession) -> Uuid {
    it.session.id.0
}
