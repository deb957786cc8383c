//! The question before sessions of others are dropped: what goes with each, why, and what became of it.

use futures_util::{StreamExt, stream};
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{AdminSession, Dropped};

use crate::{
    admin::list::AllList,
    api::rest,
    error::PageError,
    format,
    ui::{
        dialog::{Dialog, actions::DialogActions},
        form::field::Field,
        show::Show,
        time::Ago,
    },
};

/// Sessions that are dropped at the same time.
const AT_ONCE: usize = 4;

/// Asks why, drops, and says which could not be dropped.
#[component]
pub fn DropSessions(
    /// Those to ask about; empty when nothing is asked.
    dropping: RwSignal<Vec<AdminSession>>,
    /// The list they are in.
    list: AllList,
) -> impl IntoView {
    let open = RwSignal::new(false);
    let busy = RwSignal::new(false);
    let reason = RwSignal::new(String::new());
    let results = RwSignal::new(Vec::<Dropped>::new());
    let error = RwSignal::new(None::<PageError>);
    Effect::new(move |_| {
        if dropping.with(|it| !it.is_empty()) {
            reason.set(String::new());
            results.set(Vec::new());
            error.set(None);
            open.set(true);
        }
    });
    Effect::new(move |_| {
        if !open.get() {
            dropping.set(Vec::new());
        }
    });
    let confirm = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let why = Some(reason.get_untracked().trim().to_owned()).filter(|it| !it.is_empty());
        let wanted = dropping.get_untracked();
        spawn_local(async move {
            let drops = wanted.into_iter().map(|it| {
                let why = why.clone();
                async move {
                    let wrong = match rest::drop_session(it.session.id, why).await {
                        Ok(()) => None,
                        // It ended meanwhile: that is what was wanted.
                        Err(error) if error.0.session.is_some() => None,
                        Err(error) => Some(error),
                    };
                    wrong.map(|why| (it, why))
                }
            });
            let bad: Vec<(AdminSession, PageError)> = stream::iter(drops)
                .buffer_unordered(AT_ONCE)
                .filter_map(std::future::ready)
                .collect()
                .await;
            busy.set(false);
            if bad.is_empty() {
                open.set(false);
            }
            // A reason that can't be is said once, where it was typed.
            let (beside, below): (Vec<_>, Vec<_>) =
                bad.into_iter().partition(|(_, why)| why.is_about("reason"));
            error.set(beside.into_iter().next().map(|(_, why)| why));
            results.set(below.into_iter().map(|(it, why)| left(it, why)).collect());
            list.read();
        });
    };
    let title = Signal::derive(move || {
        dropping.with(|it| match it.as_slice() {
            [one] => format!("Drop {}?", one.session.name),
            many => format!("Drop {} sessions?", many.len()),
        })
    });
    let named = move || {
        dropping.with(|it| {
            let line = |it: &AdminSession| {
                let (name, owner) = (it.session.name.clone(), it.session.owner.clone());
                view! {
                    <li>
                        <strong>{name}</strong>
                        " of "
                        {owner}
                        <small data-testid="drop-lost">
                            {lost(it)} ", last used " <Ago time=it.session.last_seen />
                        </small>
                    </li>
                }
            };
            it.iter().map(line).collect_view()
        })
    };
    view! {
        <Dialog open title testid="drop-dialog">
            <form class="stack" novalidate on:submit=confirm>
                <ul class="session-names">{named}</ul>
                <p>"Every program in there ends now. The owner is told by whom, and why."</p>
                <Reason reason error testid="drop-reason" />
                <Results results />
                <DialogActions
                    open
                    testid="drop"
                    keep="Keep"
                    yes=Signal::derive(move || if busy.get() { "Dropping…" } else { "Drop" })
                    harm=true
                    busy
                />
            </form>
        </Dialog>
    }
}

/// Why they are dropped.
#[component]
pub fn Reason(
    /// The words.
    reason: RwSignal<String>,
    /// The error of the form.
    error: RwSignal<Option<PageError>>,
    /// Test id.
    testid: &'static str,
) -> impl IntoView {
    view! {
        <Field
            label="Why"
            name="reason"
            kind="text"
            autocomplete="off"
            testid
            placeholder="for the owner and the audit log"
            most="400"
            value=reason
            error
        />
    }
}

/// What goes with a session, as far as an operator may know it.
fn lost(it: &AdminSession) -> String {
    // One of them is websh's own.
    let processes = match it.processes.map(|count| count.saturating_sub(1)) {
        None => "processes not counted yet".to_owned(),
        Some(1) => "1 process".to_owned(),
        Some(count) => format!("{count} processes"),
    };
    let memory = it.memory_bytes.map(|held| format!("{} of memory", format::bytes(held)));
    let attached = match it.session.clients + it.session.guests {
        0 => "nobody attached".to_owned(),
        count => format!("{count} attached"),
    };
    let facts = [Some(processes), memory, Some(attached)];
    facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A session that could not be dropped, and why.
fn left(it: AdminSession, why: PageError) -> Dropped {
    let (error, message) = (Some(why.0.code), Some(why.0.message));
    Dropped { id: it.session.id, name: it.session.name, error, message }
}

/// Those that are still there.
#[component]
pub fn Results(
    /// Each with the reason.
    results: RwSignal<Vec<Dropped>>,
) -> impl IntoView {
    let lines = move || {
        results
            .get()
            .into_iter()
            .map(|it| {
                view! {
                    <li>
                        <strong>{it.name}</strong>
                        ": "
                        {it.message.or(it.error)}
                    </li>
                }
            })
            .collect_view()
    };
    view! {
        <Show when=move || results.with(|it| !it.is_empty())>
            <div class="failure" role="alert" data-testid="drop-failures">
                <p class="failure">"These were not dropped:"</p>
                <ul class="session-names">{lines}</ul>
            </div>
        </Show>
    }
}
