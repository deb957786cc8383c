//! The settings form: its sections, validation and submit. Each invalid field shows its own error, and
//! typed values are kept.

use leptos::prelude::*;
use protocol::api::{
    AttachPolicy, BatonRule, KeepAlive, ShareReadOnly, WorkspaceSettings, WorkspaceUsage,
};

use super::{
    field::{Errors, NUMBERS, Number},
    usage,
};
use crate::{
    api, browser,
    error::PageError,
    format,
    pages::validate,
    palette::{Command, offer},
    ui::{
        form::{SubmitRow, choice::Choice, field::Field, switch::Switch},
        request::Request,
        section::Section,
        time::Ago,
    },
};

const KEEP_ALIVE: [(KeepAlive, &str); 3] = [
    (KeepAlive::Attached, "The owner has it open in a visible tab"),
    (KeepAlive::Input, "The owner types in it"),
    (KeepAlive::Working, "It is open in a visible tab, or its programs produce output"),
];

const READ_ONLY: [(ShareReadOnly, &str); 3] = [
    (ShareReadOnly::Chosen, "Owner decides"),
    (ShareReadOnly::Preset, "Read-only unless the owner changes it"),
    (ShareReadOnly::Forced, "Always read-only"),
];

const BATON: [(BatonRule, &str); 2] = [
    (BatonRule::Free, "By typing, after the driver pauses for 2 seconds"),
    (BatonRule::Ask, "By asking the driver"),
];

/// The fields as typed.
#[derive(Clone, Copy)]
struct Fields {
    name: RwSignal<String>,
    attach_policy: RwSignal<AttachPolicy>,
    keep_alive: RwSignal<KeepAlive>,
    sharing: RwSignal<bool>,
    read_only: RwSignal<ShareReadOnly>,
    baton: RwSignal<BatonRule>,
    numbers: [Number; 9],
}

impl Fields {
    fn new(settings: &WorkspaceSettings) -> Self {
        Self {
            name: RwSignal::new(settings.name.clone()),
            attach_policy: RwSignal::new(settings.attach_policy),
            keep_alive: RwSignal::new(settings.keep_alive),
            sharing: RwSignal::new(settings.sharing_enabled),
            read_only: RwSignal::new(settings.share_read_only),
            baton: RwSignal::new(settings.share_baton),
            numbers: NUMBERS.each_ref().map(|spec| Number::new(spec, settings)),
        }
    }

    /// The current settings with the changes, or an error for each invalid field.
    fn read(self, current: WorkspaceSettings) -> Result<WorkspaceSettings, Vec<PageError>> {
        let mut settings = WorkspaceSettings {
            name: self.name.with_untracked(|name| name.trim().to_owned()),
            attach_policy: self.attach_policy.get_untracked(),
            keep_alive: self.keep_alive.get_untracked(),
            sharing_enabled: self.sharing.get_untracked(),
            share_read_only: self.read_only.get_untracked(),
            share_baton: self.baton.get_untracked(),
            changed_by: None,
            changed_at: None,
            ..current
        };
        let mut errors = Vec::from_iter(validate::bounded_name(&settings.name).err());
        self.numbers.into_iter().for_each(|number| number.read(&mut settings, &mut errors));
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }

    /// Returns whether a field shows this error.
    fn show(self, error: &PageError) -> bool {
        error.is_about("name") || self.numbers.iter().any(|number| error.is_about(number.spec.name))
    }

    fn view(self, errors: Errors, usage: Option<WorkspaceUsage>) -> impl IntoView {
        let [timeout, keep_ended, minutes, guests, limits @ ..] =
            self.numbers.map(|number| number.view(errors));
        view! {
            <Section title="Workspace" about="The name is typed to confirm dropping all sessions.">
                <div class="panel stack">
                    <Field
                        label="Name"
                        name="name"
                        testid="settings-name"
                        value=self.name
                        error=errors.of("name")
                    />
                </div>
            </Section>
            <Section
                title="Multiple clients"
                about="Applies when a session already has a client attached. Each session can override it."
            >
                <div class="panel stack">
                    <Choice
                        label="When another client attaches"
                        testid="settings-attach-policy"
                        options=&format::POLICIES
                        value=self.attach_policy
                    />
                </div>
            </Section>
            <Section
                title="Session lifetime"
                about="Idle sessions end after a timeout, with everything running in them."
            >
                <div class="panel stack">
                    {timeout}
                    <p class="notice" data-testid="settings-usage">{usage::note(usage)}</p>
                    <Choice
                        label="Keep a session alive while"
                        testid="settings-keep-alive"
                        options=&KEEP_ALIVE
                        value=self.keep_alive
                        hint="Attaching and typing always count."
                    />
                    {keep_ended}
                </div>
            </Section>
            <Section
                title="Sharing"
                about="Guests join one session with a link and a password, for a limited time. Turning sharing off ends all shares. “Always read-only” also applies to existing shares."
            >
                <div class="panel stack">
                    <Switch
                        label="Allow sharing"
                        testid="settings-sharing"
                        on=self.sharing
                        flip=move |on| self.sharing.set(on)
                    />
                    {minutes}
                    {guests}
                    <Choice
                        label="Guest access"
                        testid="settings-share-read-only"
                        options=&READ_ONLY
                        value=self.read_only
                    />
                    <Choice
                        label="How guests start driving"
                        testid="settings-share-baton"
                        options=&BATON
                        value=self.baton
                        hint="The owner can always take over with one key."
                    />
                </div>
            </Section>
            <Section
                title="Limits"
                about="Members who reach a limit can close one of their sessions. Limits never end a running session."
            >
                <div class="panel stack">{limits.into_iter().collect::<Vec<_>>()}</div>
            </Section>
        }
    }
}

#[component]
pub fn SettingsForm(
    settings: WorkspaceSettings,
    usage: Option<WorkspaceUsage>,
    editable: bool,
) -> impl IntoView {
    let fields = Fields::new(&settings);
    let current = RwSignal::new(settings);
    let saved = RwSignal::new(None::<&'static str>);
    let errors = Errors(RwSignal::new(Vec::new()));
    let request = Request::new();
    let form = NodeRef::<leptos::html::Form>::new();
    Effect::new(move |_| {
        if let Some(error) = request.error.get() {
            errors.0.set(vec![error]);
        }
    });
    // Focus the first invalid field.
    Effect::new(move |_| {
        let first = errors.0.with(|errors| errors.first().and_then(|it| it.0.field.clone()));
        if let (Some(first), Some(form)) = (first, form.get_untracked())
            && let Ok(Some(input)) = form.query_selector(&format!("[name=\"{first}\"]"))
        {
            browser::focus(&input);
        }
    });
    offer(move || {
        let save = move || {
            if let Some(form) = form.get_untracked() {
                drop(form.request_submit());
            }
        };
        let command = || Command::new("save-settings", "Save settings", "", save);
        editable.then(command).into_iter().collect()
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        saved.set(None);
        errors.0.set(Vec::new());
        let new = match fields.read(current.get_untracked()) {
            Ok(new) => new,
            Err(invalid) => return errors.0.set(invalid),
        };
        let before = current.with_untracked(|it| it.session_timeout_minutes);
        request.send(api::change_settings(new), move |now| {
            saved.set(Some(if now.session_timeout_minutes < before {
                "Saved. Sessions past the new timeout have 5 more minutes."
            } else {
                "Saved. The changes also apply to running sessions."
            }));
            current.set(now);
        });
    };
    let other = move || request.error.get().filter(|error| !fields.show(error));
    let changed = move || {
        let now = current.get();
        match (now.changed_by, now.changed_at) {
            (Some(by), Some(time)) => {
                view! { "Last changed by " {by} ", " <Ago time /> }.into_any()
            }
            _ => "Default settings.".into_any(),
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
            <fieldset class="contents" disabled=!editable>
                {fields.view(errors, usage)}
            </fieldset>
            <div class="sections-footer">
                <p class="muted" data-testid="settings-changed">
                    {changed}
                </p>
                {editable
                    .then(|| {
                        view! {
                            <SubmitRow
                                label="Save settings"
                                testid="settings-save"
                                error_testid="settings-error"
                                error=Signal::derive(other)
                                busy=request.busy
                                kind="primary"
                                saved_testid="settings-saved"
                                saved
                            />
                        }
                    })}
            </div>
        </form>
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::pages::settings::field::Spec;

    fn with_fields(test: impl FnOnce(Fields)) {
        Owner::new().with(|| test(Fields::new(&WorkspaceSettings::default())));
    }

    fn read(fields: Fields) -> Result<WorkspaceSettings, Vec<PageError>> {
        fields.read(WorkspaceSettings::default())
    }

    #[test]
    fn valid_fields_are_read_back() {
        with_fields(|fields| {
            assert_eq!(read(fields), Ok(WorkspaceSettings::default()));
            fields.name.set(" home ".into());
            fields.numbers[0].text.set(" 1440 ".into());
            let expected = WorkspaceSettings {
                name: "home".into(),
                session_timeout_minutes: 1440,
                ..WorkspaceSettings::default()
            };
            assert_eq!(read(fields), Ok(expected));
        });
    }

    #[test]
    fn every_number_is_checked_against_its_bounds() {
        with_fields(|fields| {
            for number in fields.numbers {
                let &Spec { name, ref bounds, .. } = number.spec;
                let (low, high) = (bounds.start(), bounds.end());
                let before = number.text.get_untracked();
                for valid in [low, high] {
                    number.text.set(valid.to_string());
                    assert!(read(fields).is_ok(), "{name} {valid}");
                }
                let (below, above) = ((low - 1).to_string(), (high + 1).to_string());
                for invalid in [&below, &above, "", "ten", "10.5", "-20", "99999999999999999999"] {
                    number.text.set(invalid.to_owned());
                    let message = format!("Enter a whole number from {low} to {high}.");
                    let expected = PageError::of_field(name, &message);
                    assert_eq!(read(fields), Err(vec![expected]), "{invalid:?}");
                }
                number.text.set(before);
            }
        });
    }

    #[test]
    fn all_errors_are_reported_at_once() {
        with_fields(|fields| {
            for text in fields.numbers.map(|number| number.text).into_iter().chain([fields.name]) {
                text.set(String::new());
            }
            let errors = read(fields).unwrap_err();
            assert_eq!(errors.len(), 10);
            assert!(errors.iter().all(|error| fields.show(error)));
        });
        with_fields(|fields| {
            fields.name.set("é".repeat(65));
            assert!(read(fields).unwrap_err()[0].is_about("name"));
            fields.name.set("é".repeat(64));
            assert!(read(fields).is_ok());
        });
    }
}
