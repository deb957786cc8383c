//! The settings' form. Every field that can't be as it is says so beside it, and nothing typed is lost.

use leptos::prelude::*;
use protocol::api::{
    AttachPolicy, BatonRule, KeepAlive, ShareReadOnly, WorkspaceSettings, WorkspaceUsage,
};

use super::{
    fields::{self, Typed},
    usage::UsageNote,
};
use crate::{
    api,
    error::PageError,
    palette::{Command, page_commands::offer},
    ui::{
        failure::Failure,
        form::{choice::Choice, field::Field, switch::Switch},
        request::Request,
        section::Section,
        time::Ago,
    },
};

const KEEP_ALIVE: [(KeepAlive, &str); 3] = [
    (KeepAlive::Attached, "A page of its owner that is looked at"),
    (KeepAlive::Input, "Only what its owner types"),
    (KeepAlive::Working, "A page that is looked at, or output of its programs"),
];

const ATTACH: [(AttachPolicy, &str); 3] = [
    (AttachPolicy::Handoff, "Hand over: the newest goes on"),
    (AttachPolicy::Single, "Ask: whoever has it keeps it"),
    (AttachPolicy::Multi, "Together: all see it, one types"),
];

const READ_ONLY: [(ShareReadOnly, &str); 3] = [
    (ShareReadOnly::Chosen, "As who shares chooses"),
    (ShareReadOnly::Preset, "Read-only, unless who shares chooses otherwise"),
    (ShareReadOnly::Forced, "Always read-only"),
];

const BATON: [(BatonRule, &str); 2] = [
    (BatonRule::Free, "By typing, once who drives pauses for 2 s"),
    (BatonRule::Ask, "By asking who drives"),
];

const FIELDS: [&str; 10] = [
    "name",
    "session_timeout_minutes",
    "max_sessions_per_user",
    "max_sessions_per_token",
    "max_sessions",
    "max_creates_per_minute",
    "history_mib",
    "keep_ended_days",
    "share_max_minutes",
    "share_max_guests",
];

/// The form.
#[component]
pub fn SettingsForm(
    /// What is in force.
    settings: WorkspaceSettings,
    /// What sessions hold now, where the person may see it.
    usage: Option<WorkspaceUsage>,
    /// Whether the person may change it.
    may: bool,
) -> impl IntoView {
    let [timeout, per_user, per_token, in_all, creates, history, kept, share_minutes, share_guests] =
        fields::numbers(&settings).map(|number| RwSignal::new(number.to_string()));
    let name = RwSignal::new(settings.name.clone());
    let keep_alive = RwSignal::new(settings.keep_alive);
    let attach_policy = RwSignal::new(settings.attach_policy);
    let sharing = RwSignal::new(settings.sharing_enabled);
    let read_only = RwSignal::new(settings.share_read_only);
    let baton = RwSignal::new(settings.share_baton);
    let current = RwSignal::new(settings);
    let saved = RwSignal::new(None::<&'static str>);
    let wrong = RwSignal::new(Vec::<PageError>::new());
    let request = Request::new();
    let form = NodeRef::<leptos::html::Form>::new();
    // A mistake that only the server sees belongs to its field as well.
    Effect::new(move |_| {
        if let Some(why) = request.error.get() {
            wrong.set(vec![why]);
        }
    });
    // Whoever tries again starts where it went wrong.
    Effect::new(move |_| {
        let first = wrong.with(|wrong| wrong.first().and_then(|it| it.0.field.clone()));
        if let (Some(first), Some(form)) = (first, form.get_untracked())
            && let Ok(Some(input)) = form.query_selector(&format!("[name=\"{first}\"]"))
        {
            crate::browser::focus(&input);
        }
    });
    offer(move || {
        let save = move || {
            if let Some(form) = form.get_untracked() {
                drop(form.request_submit());
            }
        };
        may.then(|| Command::new("save-settings", "Save settings", "", save)).into_iter().collect()
    });
    let of = move |field: &'static str| {
        Signal::derive(move || {
            wrong.with(|wrong| wrong.iter().find(|it| it.is_about(field)).cloned())
        })
    };
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        saved.set(None);
        wrong.set(Vec::new());
        let typed = Typed {
            name: name.get_untracked(),
            numbers: [
                timeout,
                per_user,
                per_token,
                in_all,
                creates,
                history,
                kept,
                share_minutes,
                share_guests,
            ]
            .map(|text| text.get_untracked()),
            keep_alive: keep_alive.get_untracked(),
            attach_policy: attach_policy.get_untracked(),
            sharing_enabled: sharing.get_untracked(),
            share_read_only: read_only.get_untracked(),
            share_baton: baton.get_untracked(),
        };
        let new = match fields::read(&typed) {
            Ok(new) => new,
            Err(mistakes) => return wrong.set(mistakes),
        };
        let before = current.with_untracked(|it| it.session_timeout_minutes);
        request.send(api::workspace::change_settings(new), move |now| {
            saved.set(Some(if now.session_timeout_minutes < before {
                "Saved. Sessions that are over by the new timeout have 5 more minutes."
            } else {
                "Saved. It holds for running sessions too."
            }));
            current.set(now);
        });
    };
    let number = move |label, field: &'static str, testid, unit, hint, value| {
        view! {
            <Field
                label
                name=field
                kind="text"
                autocomplete="off"
                testid
                unit
                hint
                value
                error=of(field)
            />
        }
    };
    view! {
        <form
            node_ref=form
            method="post"
            action="/settings"
            class="sections"
            novalidate
            data-testid="settings"
            on:submit=submit
        >
            <fieldset class="contents" disabled=!may>
                <Section title="Workspace" about="Its name is typed before all sessions are dropped.">
                    <div class="panel stack">
                        <Field
                            label="Name"
                            name="name"
                            kind="text"
                            autocomplete="off"
                            testid="settings-name"
                            value=name
                            error=of("name")
                        />
                    </div>
                </Section>
                <Section
                    title="How long sessions live"
                    about="A session that nobody uses ends after a while, with everything in it."
                >
                    <div class="panel stack">
                        {number(
                            "Timeout of unused sessions",
                            "session_timeout_minutes",
                            "settings-timeout",
                            "minutes",
                            "10 to 1440. A lower one never ends a running session within 5 minutes.",
                            timeout,
                        )}
                        <UsageNote usage />
                        <Choice
                            label="What keeps a session alive"
                            testid="settings-keep-alive"
                            options=&KEEP_ALIVE
                            value=keep_alive
                            hint="Attaching and typing always do."
                        />
                        {number(
                            "Ended sessions stay in the history for",
                            "keep_ended_days",
                            "settings-kept",
                            "days",
                            "",
                            kept,
                        )}
                    </div>
                </Section>
                <Section
                    title="A second browser"
                    about="What happens when a session is opened while another client has it. Each session can have its own way."
                >
                    <div class="panel stack">
                        <Choice
                            label="When a session is open elsewhere"
                            testid="settings-attach-policy"
                            options=&ATTACH
                            value=attach_policy
                        />
                    </div>
                </Section>
                <Section
                    title="Sharing"
                    about="Guests come by a link and a password, and see one session for a while. Switched off, all shares end at once; always read-only holds for those that run as well."
                >
                    <div class="panel stack">
                        <Switch
                            label="Sessions may be shared"
                            testid="settings-sharing"
                            on=sharing
                            flip=move |on| sharing.set(on)
                        />
                        {number(
                            "Longest share",
                            "share_max_minutes",
                            "settings-share-minutes",
                            "minutes",
                            "5 to 180.",
                            share_minutes,
                        )}
                        {number(
                            "Guests of a share at a time",
                            "share_max_guests",
                            "settings-share-guests",
                            "guests",
                            "",
                            share_guests,
                        )}
                        <Choice
                            label="What guests may do"
                            testid="settings-share-read-only"
                            options=&READ_ONLY
                            value=read_only
                        />
                        <Choice
                            label="How a guest who may type gets the keyboard"
                            testid="settings-share-baton"
                            options=&BATON
                            value=baton
                            hint="The owner takes it back with one key, always."
                        />
                    </div>
                </Section>
                <Section
                    title="Limits"
                    about="Who reaches one is told, with their own sessions to close. No session is ended for it."
                >
                    <div class="panel stack">
                        {number(
                            "Sessions of a person",
                            "max_sessions_per_user",
                            "settings-per-user",
                            "sessions",
                            "",
                            per_user,
                        )}
                        {number(
                            "Sessions of an API token",
                            "max_sessions_per_token",
                            "settings-per-token",
                            "sessions",
                            "",
                            per_token,
                        )}
                        {number(
                            "Sessions of the workspace",
                            "max_sessions",
                            "settings-in-all",
                            "sessions",
                            "",
                            in_all,
                        )}
                        {number(
                            "New sessions of a person",
                            "max_creates_per_minute",
                            "settings-creates",
                            "a minute",
                            "",
                            creates,
                        )}
                        {number(
                            "History of a session",
                            "history_mib",
                            "settings-history",
                            "MiB",
                            "",
                            history,
                        )}
                    </div>
                </Section>
            </fieldset>
            <div class="sections-footer">
                <p class="muted" data-testid="settings-changed">
                    {move || {
                        let now = current.get();
                        match (now.changed_by, now.changed_at) {
                            (Some(by), Some(time)) => {
                                view! { "Changed by " {by} ", " <Ago time /> }.into_any()
                            }
                            _ => "Never changed: these are the defaults.".into_any(),
                        }
                    }}
                </p>
                {may
                    .then(|| {
                        view! {
                            <Failure error=request.error testid="settings-error" fields=&FIELDS />
                            <div class="form-end">
                                <p class="saved" role="status" data-testid="settings-saved">
                                    {saved}
                                </p>
                                <button
                                    type="submit"
                                    class="button primary"
                                    data-testid="settings-save"
                                    disabled=move || request.busy.get()
                                >
                                    "Save settings"
                                </button>
                            </div>
                        }
                    })}
            </div>
        </form>
    }
}
