//! The questions before sessions of others are dropped: some by their names, or all behind a typed name
//! and the password. Each says what became of every session.

use futures_util::{StreamExt, stream};
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{AdminFilter, AdminSession, DropAll, Dropped};

use crate::{
    api::rest,
    components::{all_list::AllList, dialog::Dialog, failure::Failure, field::Field, show::Show},
    error::PageError,
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
                    </li>
                }
            };
            it.iter().map(line).collect_view()
        })
    };
    view! {
        <Dialog open title testid="drop-dialog">
            <form class="stack" novalidate on:submit=confirm>
                <ul class="named">{named}</ul>
                <p>"Every program in there ends now. The owner is told by whom, and why."</p>
                <Reason reason error testid="drop-reason" />
                <Results results />
                <div class="dialog-actions">
                    <button
                        type="button"
                        class="button"
                        data-testid="drop-cancel"
                        on:click=move |_| open.set(false)
                    >
                        "Keep"
                    </button>
                    <button
                        type="submit"
                        class="button danger"
                        data-testid="drop-confirm"
                        disabled=move || busy.get()
                    >
                        {move || if busy.get() { "Dropping…" } else { "Drop" }}
                    </button>
                </div>
            </form>
        </Dialog>
    }
}

/// Drops everything, or everything that a filter lets through.
#[component]
pub fn DropEverything(
    /// Whether it is asked.
    open: RwSignal<bool>,
    /// The list, with its filter.
    list: AllList,
) -> impl IntoView {
    let name = RwSignal::new(None::<String>);
    let confirm = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let reason = RwSignal::new(String::new());
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<PageError>);
    let results = RwSignal::new(Vec::<Dropped>::new());
    let done = RwSignal::new(None::<usize>);
    Effect::new(move |_| {
        if !open.get() {
            return password.set(String::new());
        }
        for field in [confirm, password, reason] {
            field.set(String::new());
        }
        error.set(None);
        results.set(Vec::new());
        done.set(None);
        spawn_local(async move {
            if let Ok(settings) = rest::settings().await {
                name.try_set(Some(settings.name));
            }
        });
    });
    let filtered = move || list.filter.with(|it| *it != AdminFilter::default());
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        busy.set(true);
        error.set(None);
        let wish = DropAll {
            confirm: confirm.get_untracked(),
            password: password.get_untracked(),
            filter: Some(list.filter.get_untracked()).filter(|it| *it != AdminFilter::default()),
            reason: Some(reason.get_untracked().trim().to_owned()).filter(|it| !it.is_empty()),
        };
        spawn_local(async move {
            match rest::drop_all(&wish).await {
                Ok(all) => {
                    let (bad, good): (Vec<_>, Vec<_>) =
                        all.results.into_iter().partition(|it| it.error.is_some());
                    done.set(Some(good.len()));
                    results.set(bad);
                    password.set(String::new());
                }
                Err(why) => error.set(Some(why)),
            }
            busy.set(false);
            list.read();
        });
    };
    let title = Signal::derive(move || {
        let of = if filtered() { " of this filter" } else { "" };
        match list.total.get() {
            1 => format!("Drop the only session{of}?"),
            total => format!("Drop all {total} sessions{of}?"),
        }
    });
    let typed = Signal::derive(move || match name.get() {
        Some(name) => format!("Type the workspace's name: {name}"),
        None => "Type the workspace's name".to_owned(),
    });
    view! {
        <Dialog open title testid="drop-all-dialog">
            <form class="stack" novalidate on:submit=submit>
                <p>
                    "Every program in all of them ends now, yours included. Each owner is told by whom, and why."
                </p>
                <Field
                    label=typed
                    name="confirm"
                    kind="text"
                    autocomplete="off"
                    testid="drop-all-name"
                    value=confirm
                    error
                />
                <Field
                    label="Your password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    testid="drop-all-password"
                    value=password
                    error
                />
                <Reason reason error testid="drop-all-reason" />
                <Failure
                    error
                    testid="drop-all-error"
                    fields=&["confirm", "password", "reason"]
                />
                <Show when=move || done.get().is_some()>
                    <p class="notice" role="status" data-testid="drop-all-done">
                        {move || match done.get() {
                            Some(1) => "1 session was dropped.".to_owned(),
                            Some(count) => format!("{count} sessions were dropped."),
                            None => String::new(),
                        }}
                    </p>
                </Show>
                <Results results />
                <div class="dialog-actions">
                    <button
                        type="button"
                        class="button"
                        data-testid="drop-all-cancel"
                        on:click=move |_| open.set(false)
                    >
                        {move || if done.get().is_some() { "Close" } else { "Keep" }}
                    </button>
                    <Show when=move || done.get().is_none()>
                        <button
                            type="submit"
                            class="button danger"
                            data-testid="drop-all-confirm"
                            disabled=move || busy.get() || confirm.with(String::is_empty)
                        >
                            {move || if busy.get() { "Dropping…" } else { "Drop all" }}
                        </button>
                    </Show>
                </div>
            </form>
        </Dialog>
    }
}

#[component]
fn Reason(
    reason: RwSignal<String>,
    error: RwSignal<Option<PageError>>,
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

/// A session that could not be dropped, and why.
fn left(it: AdminSession, why: PageError) -> Dropped {
    let (error, message) = (Some(why.0.code), Some(why.0.message));
    Dropped { id: it.session.id, name: it.session.name, error, message }
}

/// Those that are still there.
#[component]
fn Results(results: RwSignal<Vec<Dropped>>) -> impl IntoView {
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
                <ul class="named">{lines}</ul>
            </div>
        </Show>
    }
}
