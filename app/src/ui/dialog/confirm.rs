//! The question before something is done that a person may regret. It does not know what it is.

use std::{fmt, sync::Arc};

use futures_util::{FutureExt, future::LocalBoxFuture};
use leptos::prelude::*;

use crate::{
    error::PageError,
    ui::{
        dialog::{Dialog, actions::DialogActions},
        failure::Failure,
        request::Request,
    },
};

type Act = Arc<dyn Fn() -> LocalBoxFuture<'static, Result<(), PageError>> + Send + Sync>;

/// What is asked, and what is done when the answer is yes.
#[derive(Clone)]
pub struct Question {
    title: String,
    text: String,
    yes: &'static str,
    harm: bool,
    act: Act,
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("title", &self.title).finish_non_exhaustive()
    }
}

impl Question {
    /// A question about something that takes something away: heading, what follows from it, and the
    /// word on the button.
    pub fn harmful<F>(title: String, text: String, yes: &'static str, act: F) -> Self
    where
        F: AsyncFn() -> Result<(), PageError> + Clone + Send + Sync + 'static,
    {
        let act = move || {
            let act = act.clone();
            async move { act().await }.boxed_local()
        };
        Self { title, text, yes, harm: true, act: Arc::new(act) }
    }

    /// The same about something that takes nothing away.
    #[must_use]
    pub fn harmless(self) -> Self {
        Self { harm: false, ..self }
    }
}

/// Asks, does it, and says when it could not.
#[component]
pub fn Confirm(
    /// What is asked; none when nothing is.
    asked: RwSignal<Option<Question>>,
    /// What follows when it is done.
    #[prop(into)]
    done: Callback<()>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let request = Request::new();
    Effect::new(move |_| {
        if asked.with(Option::is_some) {
            request.error.set(None);
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            asked.set(None);
        }
    });
    let confirm = move |_| {
        let Some(question) = asked.get_untracked() else { return };
        request.send((question.act)(), move |()| {
            open.set(false);
            done.run(());
        });
    };
    // What is shown while the dialog closes is what was asked.
    let shown = Memo::new(move |before: Option<&Shown>| {
        asked
            .with(|asked| asked.as_ref().map(Shown::of))
            .or_else(|| before.cloned())
            .unwrap_or_default()
    });
    view! {
        <Dialog open title=Signal::derive(move || shown.get().title) testid="confirm">
            <p>{move || shown.get().text}</p>
            <Failure error=request.error testid="confirm-error" />
            <DialogActions
                open
                testid="confirm"
                yes=Signal::derive(move || shown.get().yes)
                harm=Signal::derive(move || shown.get().harm)
                busy=request.busy
                act=confirm
            />
        </Dialog>
    }
}

#[derive(Clone, Default, PartialEq)]
struct Shown {
    title: String,
    text: String,
    yes: &'static str,
    harm: bool,
}

impl Shown {
    fn of(question: &Question) -> Self {
        let Question { title, text, yes, harm, .. } = question;
        Self { title: title.clone(), text: text.clone(), yes, harm: *harm }
    }
}
