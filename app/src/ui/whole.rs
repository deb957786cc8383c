//! A list that comes whole, read again after each change. It does not know what is in it.

use futures_util::future::LocalBoxFuture;
use leptos::{prelude::*, task::spawn_local};

use crate::{browser, error::PageError, ui::failure::Failure};

/// Asks the server for all of it.
pub type Ask<T> = fn() -> LocalBoxFuture<'static, Result<Vec<T>, PageError>>;

/// The list.
#[derive(Debug)]
pub struct Whole<T: Send + Sync + 'static> {
    /// What is in it.
    pub items: RwSignal<Vec<T>>,
    /// Why the last question had no answer.
    pub error: RwSignal<Option<PageError>>,
    ask: Ask<T>,
}

impl<T: Send + Sync> Clone for Whole<T> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<T: Send + Sync> Copy for Whole<T> {}

impl<T: Send + Sync> Whole<T> {
    /// A list that begins as this.
    pub fn new(first: Vec<T>, ask: Ask<T>) -> Self {
        Self { items: RwSignal::new(first), error: RwSignal::new(None), ask }
    }

    /// Reads it again.
    pub fn refresh(self) {
        spawn_local(async move {
            // Values that are gone are those of a page that is gone.
            match (self.ask)().await {
                Ok(items) => {
                    self.items.try_set(items);
                    self.error.try_set(None);
                }
                Err(why) if why.is_signed_out() => browser::go(&browser::sign_in_and_back()),
                Err(why) => drop(self.error.try_set(Some(why))),
            }
        });
    }

    /// Reloads the list whenever the count changes.
    pub fn follow(self, changes: RwSignal<u32>) {
        Effect::new(move |before: Option<u32>| {
            let now = changes.get();
            if before.is_some_and(|before| before != now) {
                self.refresh();
            }
            now
        });
    }

    /// Whether nothing is in it.
    pub fn is_empty(self) -> Memo<bool> {
        Memo::new(move |_| self.items.with(Vec::is_empty))
    }
}

/// What a page shows once the server has answered, or why there is no answer.
#[component]
pub fn Answered<T>(
    /// The answer.
    of: Resource<Result<T, PageError>>,
    /// What is shown.
    view: fn(T) -> AnyView,
) -> impl IntoView
where
    T: Clone + Send + Sync + 'static,
{
    view! {
        <Suspense fallback=|| view! { <p class="loading">"One moment…"</p> }>
            {move || Suspend::new(async move {
                match of.await {
                    Ok(answer) => view(answer),
                    Err(why) => view! { <Failure error=Some(why) /> }.into_any(),
                }
            })}
        </Suspense>
    }
}
