//! The confirmation dialog, described by data: texts, fields, and the action. It does not know
//! what the action does.

use std::{cell::RefCell, fmt, sync::Arc};

use futures_util::{
    FutureExt,
    future::{LocalBoxFuture, join4},
};
use leptos::{prelude::*, task::spawn_local};

use super::{Dialog, open_for};
use crate::{browser, error::PageError, ui::failure::Failure};

type Action = Arc<dyn Fn() -> LocalBoxFuture<'static, Result<Outcome, PageError>> + Send + Sync>;
type Body = Arc<dyn Fn(Signal<Option<PageError>>) -> AnyView + Send + Sync>;

/// Name of an item that an action failed for, and the error.
pub type Failed = (String, PageError);

/// Result of an action. The dialog stays open if there is something to read.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Items that the action failed for.
    pub failed: Vec<Failed>,
    /// Summary of an action that is complete; none closes the dialog or offers another try.
    pub summary: Option<String>,
}

/// A confirmation: its texts, and the action that follows.
#[derive(Clone)]
pub struct Question {
    title: Arc<dyn Fn() -> String + Send + Sync>,
    body: Body,
    testid: &'static str,
    fields: &'static [&'static str],
    confirm: &'static str,
    pending: &'static str,
    danger: bool,
    ready: Arc<dyn Fn() -> bool + Send + Sync>,
    action: Action,
}

impl fmt::Debug for Question {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Question").field("testid", &self.testid).finish_non_exhaustive()
    }
}

impl Question {
    /// Confirms a destructive action: title, consequences, and the label of the button.
    pub fn destructive<F>(title: String, text: String, confirm: &'static str, action: F) -> Self
    where
        F: AsyncFn() -> Result<(), PageError> + Clone + Send + Sync + 'static,
    {
        let action = move || {
            let action = action.clone();
            async move { action().await.map(|()| Outcome::default()) }.boxed_local()
        };
        let body = move |_| view! { <p>{text.clone()}</p> }.into_any();
        Self::new("confirm", move || title.clone(), body, [confirm, confirm], action)
    }

    /// Confirms a destructive action with a body of its own; `testid` begins all test ids. The labels of
    /// the button are for before and during the action.
    pub fn new(
        testid: &'static str,
        title: impl Fn() -> String + Send + Sync + 'static,
        body: impl Fn(Signal<Option<PageError>>) -> AnyView + Send + Sync + 'static,
        [confirm, pending]: [&'static str; 2],
        action: impl Fn() -> LocalBoxFuture<'static, Result<Outcome, PageError>> + Send + Sync + 'static,
    ) -> Self {
        Self {
            title: Arc::new(title),
            body: Arc::new(body),
            testid,
            fields: &[],
            confirm,
            pending,
            danger: true,
            ready: Arc::new(|| true),
            action: Arc::new(action),
        }
    }

    /// Marks the action as harmless.
    #[must_use]
    pub fn safe(self) -> Self {
        Self { danger: false, ..self }
    }

    /// Names the fields of the body that show their own errors.
    #[must_use]
    pub fn with_fields(self, fields: &'static [&'static str]) -> Self {
        Self { fields, ..self }
    }

    /// Disables the button until `ready` returns true.
    #[must_use]
    pub fn when(self, ready: impl Fn() -> bool + Send + Sync + 'static) -> Self {
        Self { ready: Arc::new(ready), ..self }
    }
}

/// Runs actions, four at a time, and returns those that failed.
pub async fn run_all(actions: Vec<LocalBoxFuture<'static, Result<(), Failed>>>) -> Vec<Failed> {
    let queue = RefCell::new(actions.into_iter());
    let failed = RefCell::new(Vec::new());
    let lane = async || {
        loop {
            let next = queue.borrow_mut().next();
            let Some(next) = next else { break };
            if let Err(it) = next.await {
                failed.borrow_mut().push(it);
            }
        }
    };
    join4(lane(), lane(), lane(), lane()).await;
    failed.into_inner()
}

/// The confirmation dialog: runs the action and shows its error.
#[component]
pub fn Confirm(
    /// The question; none keeps the dialog closed.
    asked: RwSignal<Option<Question>>,
    /// Called after each action, also after one that failed.
    #[prop(into)]
    done: Callback<()>,
) -> impl IntoView {
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<PageError>);
    let outcome = RwSignal::new(Outcome::default());
    let open = open_for(asked, move |_| {
        error.set(None);
        outcome.set(Outcome::default());
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(question) = asked.get_untracked().filter(|_| !busy.get_untracked()) else {
            return;
        };
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            // Signals that are gone belong to a page that was left.
            match (question.action)().await {
                Ok(Outcome { failed, summary }) => {
                    // An error of a field is shown once, beside the field.
                    let of_field = |it: &Failed| question.fields.iter().any(|at| it.1.is_about(at));
                    let (fields, failed): (Vec<_>, Vec<_>) = failed.into_iter().partition(of_field);
                    error.try_set(fields.into_iter().next().map(|(_, why)| why));
                    let settled = failed.is_empty() && summary.is_none();
                    outcome.try_set(Outcome { failed, summary });
                    if settled && error.try_with_untracked(Option::is_none) == Some(true) {
                        open.try_set(false);
                    }
                }
                Err(why) if why.is_signed_out() => browser::go(&browser::sign_in_and_back()),
                Err(why) => drop(error.try_set(Some(why))),
            }
            busy.try_set(false);
            done.try_run(());
        });
    };
    let title = Signal::derive(move || {
        asked.with(|asked| asked.as_ref().map(|it| (it.title)()).unwrap_or_default())
    });
    let testid = Signal::derive(move || {
        let testid = asked.with(|asked| asked.as_ref().map_or("confirm", |it| it.testid));
        format!("{testid}-dialog")
    });
    view! {
        <Dialog open title testid>
            <form class="stack" novalidate on:submit=submit>
                {move || asked.get().map(|it| content(it, open, busy, error.into(), outcome))}
            </form>
        </Dialog>
    }
}

fn content(
    question: Question,
    open: RwSignal<bool>,
    busy: RwSignal<bool>,
    error: Signal<Option<PageError>>,
    outcome: RwSignal<Outcome>,
) -> AnyView {
    let Question { body, testid, fields, confirm, pending, danger, ready, .. } = question;
    let complete = Memo::new(move |_| outcome.with(|it| it.summary.is_some()));
    let summary = move || {
        let summary = outcome.with(|it| it.summary.clone())?;
        let testid = format!("{testid}-done");
        Some(view! { <p class="notice" role="status" data-testid=testid>{summary}</p> }.into_any())
    };
    let failed = move || {
        let failed = outcome.with(|it| it.failed.clone());
        let line = |(name, why): Failed| {
            view! { <li><strong>{name}</strong> ": " {why.message().to_owned()}</li> }.into_any()
        };
        let lines: Vec<_> = failed.into_iter().map(line).collect();
        let testid = format!("{testid}-failures");
        (!lines.is_empty()).then(|| {
            view! {
                <ul class="failure" role="alert" data-testid=testid>
                    {lines}
                </ul>
            }
            .into_any()
        })
    };
    let submit = move || {
        let ready = ready.clone();
        (!complete.get()).then(|| {
            view! {
                <button
                    type="submit"
                    class="button"
                    class:danger=danger
                    class:primary=!danger
                    data-testid=format!("{testid}-confirm")
                    disabled=move || busy.get() || !ready()
                >
                    {move || if busy.get() { pending } else { confirm }}
                </button>
            }
            .into_any()
        })
    };
    view! {
        {body(error)}
        <Failure error testid=format!("{testid}-error") fields />
        {summary}
        {failed}
        <div class="dialog-actions">
            <button
                type="button"
                class="button"
                data-testid=format!("{testid}-cancel")
                on:click=move |_| open.set(false)
            >
                {move || if complete.get() { "Close" } else { "Cancel" }}
            </button>
            {submit}
        </div>
    }
    .into_any()
}
