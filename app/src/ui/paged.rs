//! A list of sessions that is read page by page, and read again as far as it is shown when something
//! changed. It does not know whose sessions they are.

use futures_util::future::LocalBoxFuture;
use leptos::{prelude::*, task::spawn_local};
use protocol::{
    api::{Session, SessionPage, limits},
    id::SessionId,
};

use crate::{browser, error::PageError, ui::show::Show};

/// Sessions that a list shows at least, if there are so many.
const LEAST: usize = 50;

/// Asks the server for the page after a cursor, of at most so many sessions that match what is searched
/// for; all match when that is empty.
pub type Ask =
    fn(String, Option<String>, u64) -> LocalBoxFuture<'static, Result<SessionPage, PageError>>;

/// The list. What is shown stays shown until it is gone from the server.
#[derive(Clone, Copy)]
pub struct Paged {
    /// What is shown, newest first.
    pub items: RwSignal<Vec<Session>>,
    /// Why the last question had no answer.
    pub error: RwSignal<Option<PageError>>,
    ask: Ask,
    searched: RwSignal<String>,
    anew: StoredValue<bool>,
    next: RwSignal<Option<String>>,
    asking: RwSignal<bool>,
    again: StoredValue<bool>,
    more: StoredValue<bool>,
    whole: StoredValue<bool>,
}

impl Paged {
    /// A list that begins with this page.
    pub fn new(first: SessionPage, ask: Ask) -> Self {
        Self {
            items: RwSignal::new(first.items),
            error: RwSignal::new(None),
            ask,
            searched: RwSignal::new(String::new()),
            anew: StoredValue::new(false),
            next: RwSignal::new(first.next),
            asking: RwSignal::new(false),
            again: StoredValue::new(false),
            more: StoredValue::new(false),
            whole: StoredValue::new(false),
        }
    }

    /// Reads again whenever the count changes, and at once when it is not 0.
    pub fn follow(self, changes: RwSignal<u32>) {
        Effect::new(move |before: Option<u32>| {
            let now = changes.get();
            if before.unwrap_or_default() != now {
                self.again.set_value(true);
                self.work();
            }
            now
        });
    }

    /// Shows what matches from its newest on.
    pub fn search(self, text: &str) {
        if self.searched.with_untracked(|it| it == text) {
            return;
        }
        self.searched.set(text.to_owned());
        self.anew.set_value(true);
        self.again.set_value(true);
        self.work();
    }

    /// Shows all there are from now on: in another order any of them may be the first.
    pub fn show_all(self) {
        self.whole.set_value(true);
        self.again.set_value(true);
        self.work();
    }

    /// Whether something is searched for.
    pub fn searching(self) -> bool {
        self.searched.with(|it| !it.is_empty())
    }

    /// One question at a time; what is wanted meanwhile is asked for after it.
    fn work(self) {
        if self.asking.get_untracked() {
            return;
        }
        self.asking.set(true);
        spawn_local(async move {
            // Values that are gone are those of a page that is gone.
            loop {
                let answer = if self.again.try_get_value() == Some(true) {
                    self.again.try_set_value(false);
                    self.read_again().await
                } else if self.more.try_get_value() == Some(true) {
                    self.more.try_set_value(false);
                    self.read_more().await
                } else {
                    break;
                };
                match answer {
                    Ok(()) => drop(self.error.try_set(None)),
                    Err(why) if why.is_signed_out() => browser::go(&browser::sign_in_and_back()),
                    Err(why) => drop(self.error.try_set(Some(why))),
                }
            }
            self.asking.try_set(false);
        });
    }

    async fn read_again(self) -> Result<(), PageError> {
        let Some((shown, newest)) = self
            .items
            .try_with_untracked(|items| (items.len(), items.first().map(|session| session.id)))
        else {
            return Ok(());
        };
        let anew = self.anew.try_get_value() == Some(true);
        self.anew.try_set_value(false);
        let (shown, newest) = if anew { (0, None) } else { (shown, newest) };
        let searched = self.searched.try_get_untracked().unwrap_or_default();
        let whole = self.whole.try_get_value() == Some(true);
        let (mut items, mut next) = (Vec::new(), None);
        while let Some(limit) = match whole {
            true => Some(limits::SESSION_PAGE.max),
            false => missing(shown, newest, &items),
        } {
            let page = (self.ask)(searched.clone(), next.take(), limit).await?;
            items.extend(page.items);
            next = page.next;
            if next.is_none() {
                break;
            }
        }
        self.items.try_set(items);
        self.next.try_set(next);
        Ok(())
    }

    async fn read_more(self) -> Result<(), PageError> {
        let Some(Some(cursor)) = self.next.try_get_untracked() else { return Ok(()) };
        let searched = self.searched.try_get_untracked().unwrap_or_default();
        let page = (self.ask)(searched, Some(cursor), limits::SESSION_PAGE.max).await?;
        self.items.try_update(|items| items.extend(page.items));
        self.next.try_set(page.next);
        Ok(())
    }
}

/// How many sessions to ask for next, so that a list that showed so many, of which this was the newest,
/// shows as many old ones again and the new ones before them.
fn missing(shown: usize, newest: Option<SessionId>, got: &[Session]) -> Option<u64> {
    let new = got.iter().take_while(|session| Some(session.id) > newest).count();
    let wanted = if newest.is_some() { shown + new } else { LEAST };
    let missing = wanted.max(LEAST).saturating_sub(got.len());
    (missing > 0).then_some((missing as u64).min(limits::SESSION_PAGE.max))
}

/// The button that shows more of a list, while there is more.
#[component]
pub fn More(
    /// The list.
    list: Paged,
) -> impl IntoView {
    let show = move |_| {
        list.more.set_value(true);
        list.work();
    };
    view! {
        <Show when=move || list.next.with(Option::is_some)>
            <button
                type="button"
                class="button show-more"
                data-testid="more"
                aria-disabled=move || list.asking.get().to_string()
                on:click=show
            >
                "Show more"
            </button>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use protocol::api::samples::session;

    use super::*;

    #[test]
    fn what_is_shown_stays_shown() {
        // shown, the newest of them, the newest and the number of those read so far, to ask for next
        for (shown, newest, first, got, expected) in [
            (0, None, 0, 0, Some(50)),
            (0, None, 900, 50, None),
            (3, Some(3), 0, 0, Some(50)),
            (50, Some(500), 500, 50, None),
            (50, Some(500), 501, 50, Some(1)),
            (50, Some(500), 501, 51, None),
            (250, Some(500), 0, 0, Some(100)),
            (250, Some(500), 502, 100, Some(100)),
            (250, Some(500), 502, 200, Some(52)),
            (250, Some(500), 502, 252, None),
            (250, Some(500), 498, 250, None),
        ] {
            let read: Vec<_> = (0..got).map(|at| session(first - at)).collect();
            let newest = newest.map(|number| session(number).id);
            assert_eq!(missing(shown, newest, &read), expected, "{shown} {newest:?} {first} {got}");
        }
    }
}
