//! The settings form: its sections, validation and submit. Each invalid field shows its own error, and
//! typed values are kept.

use leptos::prelude::*;
use protocol::api::{WorkspaceSettings, WorkspaceUsage};

use super::{
    field::{Errors, Number},
    general::General,
    lifetime::Lifetime,
    limits::Limits,
    sharing::Sharing,
};
use crate::{
    api, browser,
    error::PageError,
    palette::{Command, page_commands::offer},
    ui::{form::submit::SubmitRow, request::Request, time::Ago},
};

/// The fields of all sections.
#[derive(Clone, Copy)]
struct Fields {
    general: General,
    lifetime: Lifetime,
    sharing: Sharing,
    limits: Limits,
}

impl Fields {
    fn new(settings: &WorkspaceSettings) -> Self {
        Self {
            general: General::new(settings),
            lifetime: Lifetime::new(settings),
            sharing: Sharing::new(settings),
            limits: Limits::new(settings),
        }
    }

    /// The current settings with the changes, or an error for each invalid field.
    fn read(self, current: WorkspaceSettings) -> Result<WorkspaceSettings, Vec<PageError>> {
        let mut settings = WorkspaceSettings { changed_by: None, changed_at: None, ..current };
        let mut errors = Vec::new();
        self.general.read(&mut settings, &mut errors);
        self.lifetime.read(&mut settings);
        self.sharing.read(&mut settings);
        self.numbers().into_iter().for_each(|number| number.read(&mut settings, &mut errors));
        if errors.is_empty() { Ok(settings) } else { Err(errors) }
    }

    fn numbers(self) -> [Number; 9] {
        let Self { lifetime, sharing, limits, .. } = self;
        let [per_user, per_token, total, creates, history] = limits.0;
        let (timeout, keep_ended) = (lifetime.timeout, lifetime.keep_ended);
        let (minutes, guests) = (sharing.max_minutes, sharing.max_guests);
        [timeout, keep_ended, minutes, guests, per_user, per_token, total, creates, history]
    }

    /// Returns whether a field shows this error.
    fn show(self, error: &PageError) -> bool {
        error.is_about("name")
            || self.numbers().iter().any(|number| error.is_about(number.spec.name))
    }
}

/// The form.
#[component]
pub fn SettingsForm(
    /// The settings in force.
    settings: WorkspaceSettings,
    /// Current resource usage, if the member can see it.
    usage: Option<WorkspaceUsage>,
    /// True if the member can change the settings.
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
                {fields.general.view(errors)}
                {fields.lifetime.view(errors, usage)}
                {fields.sharing.view(errors)}
                {fields.limits.view(errors)}
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
                                primary=true
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
            fields.general.name.set(" home ".into());
            fields.lifetime.timeout.text.set(" 1440 ".into());
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
            for number in fields.numbers() {
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
            for text in
                fields.numbers().map(|number| number.text).into_iter().chain([fields.general.name])
            {
                text.set(String::new());
            }
            let errors = read(fields).unwrap_err();
            assert_eq!(errors.len(), 10);
            assert!(errors.iter().all(|error| fields.show(error)));
        });
        with_fields(|fields| {
            fields.general.name.set("é".repeat(65));
            assert!(read(fields).unwrap_err()[0].is_about("name"));
            fields.general.name.set("é".repeat(64));
            assert!(read(fields).is_ok());
        });
    }
}
