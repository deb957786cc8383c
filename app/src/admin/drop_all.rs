//! The question before all sessions are dropped, or all that a filter lets through: behind the workspace's
//! name and the password. It says what became of every session.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::{AdminFilter, DropAll, Dropped};

use crate::{
    admin::{
        drop_sessions::{Reason, Results},
        list::AllList,
    },
    api::rest,
    error::PageError,
    ui::{
        dialog::Dialog,
        failure::Failure,
        form::{field::Field, switch::Switch},
        show::Show,
    },
};

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
    let keep_own = RwSignal::new(false);
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
        keep_own.set(false);
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
            keep_own: keep_own.get_untracked(),
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
    let title = Signal::derive(move || question(list.total.get(), filtered(), keep_own.get()));
    let typed = Signal::derive(move || match name.get() {
        Some(name) => format!("Type the workspace's name: {name}"),
        None => "Type the workspace's name".to_owned(),
    });
    view! {
        <Dialog open title testid="drop-all-dialog">
            <form class="stack" novalidate on:submit=submit>
                <p>
                    "Every program in all of them ends now. Each owner is told by whom, and why."
                </p>
                <Switch
                    label="Leave mine alone"
                    testid="drop-all-keep-own"
                    on=keep_own
                    flip=move |on| keep_own.set(on)
                />
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

fn question(total: u32, filtered: bool, keep_own: bool) -> String {
    let which = if filtered { " of this filter" } else { "" };
    let but = if keep_own { " but yours" } else { "" };
    match total {
        1 => format!("Drop the only session{which}{but}?"),
        total => format!("Drop all {total} sessions{which}{but}?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn questions() {
        for (filtered, keep_own, said) in [
            (false, false, "Drop all 7 sessions?"),
            (true, false, "Drop all 7 sessions of this filter?"),
            (false, true, "Drop all 7 sessions but yours?"),
            (true, true, "Drop all 7 sessions of this filter but yours?"),
        ] {
            assert_eq!(question(7, filtered, keep_own), said);
        }
        assert_eq!(question(1, false, false), "Drop the only session?");
    }
}
