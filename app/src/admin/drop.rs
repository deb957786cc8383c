//! The confirmations before sessions of members are dropped: selected ones, or all that a filter matches,
//! which takes the workspace's name and a password.

use std::sync::Arc;

use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{AdminFilter, AdminSession, DropAll};

use crate::{
    api::rest,
    error::PageError,
    format,
    ui::{
        dialog::confirm::{Outcome, Question, run_all},
        form::{field::Field, switch::Switch},
        time::Ago,
    },
};

/// Confirms dropping these sessions, with a reason.
pub fn selected(sessions: Vec<AdminSession>) -> Question {
    let title = match sessions.as_slice() {
        [one] => format!("Drop {}?", one.session.name),
        many => format!("Drop {} sessions?", many.len()),
    };
    let reason = ArcRwSignal::new(String::new());
    let (named, field) = (sessions.clone(), reason.clone());
    let body = move |error| {
        let line = |it: &AdminSession| {
            let (name, owner) = (it.session.name.clone(), it.session.owner.clone());
            view! {
                <li>
                    <strong>{name}</strong>
                    " of "
                    {owner}
                    <small data-testid="drop-lost">
                        {usage(it)} ", last used " <Ago time=it.session.last_seen />
                    </small>
                </li>
            }
            .into_any()
        };
        view! {
            <ul class="session-names">{named.iter().map(line).collect::<Vec<_>>()}</ul>
            <p>"All programs in them end now. Owners see who dropped their sessions, and why."</p>
            {reason_field("drop-reason", &field, error)}
        }
        .into_any()
    };
    let action = move || {
        let reason = given(&reason);
        let drops = sessions.iter().map(|it| {
            let (id, reason) = (it.session.id, reason.clone());
            let drop = async move {
                match rest::drop_session(id, reason).await {
                    // It ended in the meantime.
                    Err(why) if !why.has_ended_session() => Err(why),
                    Ok(()) | Err(_) => Ok(()),
                }
            };
            (it.session.name.clone(), drop.boxed_local())
        });
        run_all(drops.collect()).boxed_local()
    };
    let question = Question::new("drop", title, body, ["Drop", "Dropping…"], action);
    Question { fields: &["reason"], ..question.with_results() }
}

/// Confirms dropping all sessions that `filter` matches; `total` of them are known.
pub fn all(filter: RwSignal<AdminFilter>, total: RwSignal<u32>) -> Question {
    let (name, password, reason) = (
        ArcRwSignal::new(String::new()),
        ArcRwSignal::new(String::new()),
        ArcRwSignal::new(String::new()),
    );
    let keep_own = ArcRwSignal::new(false);
    let kept = keep_own.clone();
    let title = move || {
        title_of_all(total.get(), filter.with(|it| *it != AdminFilter::default()), kept.get())
    };
    let named = name.clone();
    let ready = move || named.with(|it| !it.is_empty());
    let fields = (name.clone(), password.clone(), reason.clone(), keep_own.clone());
    let body = move |error: Signal<Option<PageError>>| {
        let (name, password, reason, keep_own) = fields.clone();
        let (value, secret) = (RwSignal::from(name), RwSignal::from(password));
        let keep_own = RwSignal::from(keep_own);
        let workspace = RwSignal::new(None::<String>);
        spawn_local(async move {
            if let Ok(settings) = rest::settings().await {
                workspace.try_set(Some(settings.name));
            }
        });
        let label = Signal::derive(move || match workspace.get() {
            Some(name) => format!("Type the workspace name to confirm: {name}"),
            None => "Type the workspace name to confirm".to_owned(),
        });
        view! {
            <p>"All programs in these sessions end now. Owners see who dropped their sessions, and why."</p>
            <Switch
                label="Keep my sessions"
                testid="drop-all-keep-own"
                on=keep_own
                flip=move |on| keep_own.set(on)
            />
            <Field label name="confirm" testid="drop-all-name" value error />
            <Field
                label="Your password"
                name="password"
                kind="password"
                autocomplete="current-password"
                testid="drop-all-password"
                value=secret
                error
            />
            {reason_field("drop-all-reason", &reason, error)}
        }
        .into_any()
    };
    let action = move || {
        let filter = Some(filter.get_untracked()).filter(|it| *it != AdminFilter::default());
        let drop = DropAll {
            confirm: name.get_untracked(),
            password: password.get_untracked(),
            filter,
            keep_own: keep_own.get_untracked(),
            reason: given(&reason),
        };
        let password = password.clone();
        async move {
            let results = rest::drop_all(&drop).await?.results;
            password.set(String::new());
            let failed: Vec<_> = results
                .iter()
                .filter_map(|it| {
                    let code = it.error.as_deref()?;
                    let message = it.message.as_deref().unwrap_or(code);
                    Some((it.name.clone(), PageError::new(code, message)))
                })
                .collect();
            let summary = match results.len() - failed.len() {
                1 => "1 session was dropped.".to_owned(),
                count => format!("{count} sessions were dropped."),
            };
            Ok(Outcome { failed, summary: Some(summary) })
        }
        .boxed_local()
    };
    let question = Question::new("drop-all", title, body, ["Drop all", "Dropping…"], action);
    let fields = &["confirm", "password", "reason"];
    Question { fields, ready: Arc::new(ready), ..question.with_results() }
}

fn reason_field(
    testid: &'static str,
    reason: &ArcRwSignal<String>,
    error: Signal<Option<PageError>>,
) -> impl IntoView + use<> {
    view! {
        <Field
            label="Reason (optional)"
            name="reason"
            testid
            placeholder="Shown to the owner and in the audit log"
            most="400"
            value=RwSignal::from(reason.clone())
            error
        />
    }
}

fn given(reason: &ArcRwSignal<String>) -> Option<String> {
    Some(reason.get_untracked().trim().to_owned()).filter(|it| !it.is_empty())
}

/// Formats the resources that a session uses, as shown to an operator.
fn usage(it: &AdminSession) -> String {
    // The session process itself is not counted.
    let processes = match it.processes.map(|count| count.saturating_sub(1)) {
        None => "processes not counted yet".to_owned(),
        Some(1) => "1 process".to_owned(),
        Some(count) => format!("{count} processes"),
    };
    let memory = it.memory_bytes.map(|held| format!("{} of memory", format::bytes(held)));
    let attached = match it.session.clients + it.session.guests {
        0 => "not attached".to_owned(),
        count => format!("{count} attached"),
    };
    let facts = [Some(processes), memory, Some(attached)];
    facts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

fn title_of_all(total: u32, filtered: bool, keep_own: bool) -> String {
    let which = if filtered { " matching the filter" } else { "" };
    let except = if keep_own { " except yours" } else { "" };
    match total {
        1 => format!("Drop the only session{which}{except}?"),
        total => format!("Drop all {total} sessions{which}{except}?"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn titles_name_the_scope() {
        for (filtered, keep_own, title) in [
            (false, false, "Drop all 7 sessions?"),
            (true, false, "Drop all 7 sessions matching the filter?"),
            (false, true, "Drop all 7 sessions except yours?"),
            (true, true, "Drop all 7 sessions matching the filter except yours?"),
        ] {
            assert_eq!(title_of_all(7, filtered, keep_own), title);
        }
        assert_eq!(title_of_all(1, false, false), "Drop the only session?");
    }
}
