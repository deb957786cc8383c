//! The confirmation dialog, described by data: texts, fields, and a callback for the action.

use std::{cell::RefCell, sync::Arc};

use futures_util::{FutureExt, future::join4};
use leptos::{prelude::*, text_prop::TextProp};

use super::{Dialog, open_for};
use crate::{
    error::PageError,
    ui::{
        button::Button,
        failure::Failure,
        request::{Answer, Request},
        show::dynamic,
    },
};

/// Name of an item that an action failed for, and the error.
pub type Failed = (String, PageError);

/// Result of an action. The dialog stays open if there is something to read.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    pub failed: Vec<Failed>,
    /// Summary of an action that is complete; none closes the dialog or offers another try.
    pub summary: Option<String>,
}

/// A confirmation: its texts, and the action that follows.
#[derive(Clone)]
pub struct Question {
    pub title: TextProp,
    pub body: Arc<dyn Fn(Signal<Option<PageError>>) -> AnyView + Send + Sync>,
    pub testid: &'static str,
    /// Fields of the body that show their own errors.
    pub fields: &'static [&'static str],
    pub confirm: &'static str,
    pub pending: &'static str,
    pub danger: bool,
    /// Disables the button until it returns true.
    pub ready: Arc<dyn Fn() -> bool + Send + Sync>,
    pub action: Arc<dyn Fn() -> Answer<Outcome> + Send + Sync>,
    /// Shows the outcome; set by [`Question::with_results`].
    pub results: fn(RwSignal<Outcome>, &'static str) -> AnyView,
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
        Self::new("confirm", title, body, [confirm, confirm], action)
    }

    /// Confirms a destructive action with a body of its own, which gets the error of its fields; `testid`
    /// begins all test ids. The labels of the button are for before and during the action.
    pub fn new(
        testid: &'static str,
        title: impl Into<TextProp>,
        body: impl Fn(Signal<Option<PageError>>) -> AnyView + Send + Sync + 'static,
        [confirm, pending]: [&'static str; 2],
        action: impl Fn() -> Answer<Outcome> + Send + Sync + 'static,
    ) -> Self {
        Self {
            title: title.into(),
            body: Arc::new(body),
            testid,
            fields: &[],
            confirm,
            pending,
            danger: true,
            ready: Arc::new(|| true),
            action: Arc::new(action),
            results: |_, _| ().into_any(),
        }
    }

    /// Shows the summary and the failures of an action on many items, as every action with [`run_all`] or a
    /// summary needs. Chosen per question, so that pages with simpler ones do not contain it.
    pub fn with_results(self) -> Self {
        Self { results, ..self }
    }
}

/// Runs the actions on the named items, four at a time. Their errors are in the outcome.
pub async fn run_all(actions: Vec<(String, Answer)>) -> Result<Outcome, PageError> {
    let queue = RefCell::new(actions.into_iter());
    let failed = RefCell::new(Vec::new());
    let lane = async || {
        loop {
            let next = queue.borrow_mut().next();
            let Some((name, action)) = next else { break };
            if let Err(why) = action.await {
                failed.borrow_mut().push((name, why));
            }
        }
    };
    join4(lane(), lane(), lane(), lane()).await;
    Ok(Outcome { failed: failed.into_inner(), summary: None })
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
    let request = Request::new();
    let outcome = RwSignal::new(Outcome::default());
    let open = open_for(asked, move |_| {
        request.error.set(None);
        outcome.set(Outcome::default());
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let Some(Question { action, fields, .. }) = asked.get_untracked() else { return };
        let answer = async move {
            let answer = action().await;
            done.try_run(());
            answer
        };
        request.send(answer, move |Outcome { failed, summary }| {
            // An error of a field is shown once, beside the field.
            let of_field = |it: &Failed| fields.iter().any(|at| it.1.is_about(at));
            let (fields, failed): (Vec<_>, Vec<_>) = failed.into_iter().partition(of_field);
            let error = fields.into_iter().next().map(|(_, why)| why);
            if failed.is_empty() && summary.is_none() && error.is_none() {
                open.set(false);
            }
            request.error.set(error);
            outcome.set(Outcome { failed, summary });
        });
    };
    let title = move || {
        asked.with(|asked| asked.as_ref().map(|it| it.title.get().to_string()).unwrap_or_default())
    };
    let testid = move || {
        let testid = asked.with(|asked| asked.as_ref().map_or("confirm", |it| it.testid));
        format!("{testid}-dialog")
    };
    view! {
        <Dialog open title testid>
            <form class="stack" novalidate on:submit=submit>
                {dynamic(move || asked.get().map(|it| content(it, open, request, outcome)))}
            </form>
        </Dialog>
    }
}

fn content(
    question: Question,
    open: RwSignal<bool>,
    request: Request,
    outcome: RwSignal<Outcome>,
) -> AnyView {
    let Question { body, testid, fields, confirm, pending, danger, ready, results, .. } = question;
    let Request { busy, error } = request;
    let complete = Memo::new(move |_| outcome.with(|it| it.summary.is_some()));
    let submit = move || {
        let ready = ready.clone();
        let label = move || if busy.get() { pending } else { confirm };
        let button = || {
            view! {
                <Button
                    testid=format!("{testid}-confirm")
                    label
                    kind=if danger { "danger" } else { "primary" }
                    disabled=Signal::derive(move || busy.get() || !ready())
                />
            }
            .into_any()
        };
        (!complete.get()).then(button)
    };
    let cancel = move || if complete.get() { "Close" } else { "Cancel" };
    view! {
        {body(error.into())}
        <Failure error testid=format!("{testid}-error") fields />
        {results(outcome, testid)}
        <div class="dialog-actions">
            <Button testid=format!("{testid}-cancel") label=cancel press=move |()| open.set(false) />
            {dynamic(submit)}
        </div>
    }
    .into_any()
}

fn results(outcome: RwSignal<Outcome>, testid: &'static str) -> AnyView {
    let summary = move || {
        let summary = outcome.with(|it| it.summary.clone())?;
        let testid = format!("{testid}-done");
        let line = view! { <p class="notice" role="status" data-testid=testid>{summary}</p> };
        Some(line.into_any())
    };
    let failed = move || {
        let failed = outcome.with(|it| it.failed.clone());
        let line = |(name, why): Failed| {
            view! { <li><strong>{name}</strong> ": " {why.0.message}</li> }.into_any()
        };
        let lines: Vec<_> = failed.into_iter().map(line).collect();
        let testid = format!("{testid}-failures");
        let list = || {
            view! { <ul class="failure" role="alert" data-testid=testid>{lines}</ul> }.into_any()
        };
        (!outcome.with(|it| it.failed.is_empty())).then(list)
    };
    view! {
        {dynamic(summary)}
        {dynamic(failed)}
    }
    .into_any()
}
