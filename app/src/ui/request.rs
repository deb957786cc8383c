//! One question to the server at a time, as forms and buttons ask it: whether it is under way, and why
//! it was refused. It does not know what is asked.

use std::future::Future;

use leptos::{prelude::*, task::spawn_local};

use crate::{browser, error::PageError};

/// The state of the question.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// Whether an answer is awaited; also until the page is ready, so that a form is never sent the
    /// browser's own way.
    pub busy: RwSignal<bool>,
    /// Why the last question was refused.
    pub error: RwSignal<Option<PageError>>,
}

impl Request {
    /// Nothing is asked yet.
    #[must_use]
    pub fn new() -> Self {
        let busy = RwSignal::new(true);
        Effect::new(move |_| busy.set(false));
        Self { busy, error: RwSignal::new(None) }
    }

    /// Refuses before the server is asked.
    pub fn reject(self, field: &str, message: &str) {
        self.error.set(Some(PageError::of_field(field, message)));
    }

    /// Asks, unless an answer is awaited; then does what follows a good one. Who is signed out is sent
    /// to sign in, and comes back.
    pub fn send<T: 'static>(
        self,
        question: impl Future<Output = Result<T, PageError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            // Values that are gone are those of a page that is gone.
            match question.await {
                _ if self.busy.is_disposed() => return,
                Ok(answer) => then(answer),
                Err(why) if why.is_signed_out() => browser::go(&browser::sign_in_and_back()),
                Err(why) => drop(self.error.try_set(Some(why))),
            }
            self.busy.try_set(false);
        });
    }
}
