//! A request of a form or a button: one at a time, whether it is pending, and its error. The
//! request is a callback.

use futures_util::{FutureExt, future::LocalBoxFuture};
use leptos::{prelude::*, task::spawn_local};

use crate::{browser, error::PageError};

/// Answer to a request.
pub type Answer<T = ()> = LocalBoxFuture<'static, Result<T, PageError>>;

/// State of the request.
#[derive(Clone, Copy, Debug)]
pub struct Request {
    /// True while a request is pending, and until the page is hydrated, so that the browser never
    /// submits a form itself.
    pub busy: RwSignal<bool>,
    pub error: RwSignal<Option<PageError>>,
}

impl Request {
    pub fn new() -> Self {
        let busy = RwSignal::new(true);
        Effect::new(move |_| busy.set(false));
        Self { busy, error: RwSignal::new(None) }
    }

    /// Shows an error of a field without sending a request.
    pub fn reject(self, field: &str, message: &str) {
        self.error.set(Some(PageError::of_field(field, message)));
    }

    /// Sends a request unless one is pending, and calls `then` on success. Without a sign-in, opens the
    /// sign-in page, which returns here.
    pub fn send<T: 'static>(
        self,
        request: impl Future<Output = Result<T, PageError>> + 'static,
        then: impl FnOnce(T) + 'static,
    ) {
        if self.busy.get_untracked() {
            return;
        }
        let request = async move {
            let answer = request.await?;
            if !self.busy.is_disposed() {
                then(answer);
            }
            Ok(())
        };
        self.run(request.boxed_local());
    }

    fn run(self, request: Answer) {
        self.busy.set(true);
        self.error.set(None);
        spawn_local(async move {
            let answer = request.await;
            // Signals that are gone belong to a page that was left.
            if self.busy.is_disposed() {
                return;
            }
            match answer {
                Ok(()) => {}
                Err(why) if why.is_signed_out() => browser::go(&browser::sign_in_and_back()),
                Err(why) => self.error.set(Some(why)),
            }
            self.busy.set(false);
        });
    }
}
