//! Workspace name, and the default for sessions opened by several clients.

use leptos::prelude::*;
use protocol::api::{AttachPolicy, WorkspaceSettings};

use super::field::Errors;
use crate::{
    error::PageError,
    format,
    pages::validate,
    ui::{
        form::{choice::Choice, field::Field},
        section::Section,
    },
};

/// The fields as typed.
#[derive(Clone, Copy)]
pub struct General {
    pub name: RwSignal<String>,
    attach_policy: RwSignal<AttachPolicy>,
}

impl General {
    pub fn new(settings: &WorkspaceSettings) -> Self {
        Self {
            name: RwSignal::new(settings.name.clone()),
            attach_policy: RwSignal::new(settings.attach_policy),
        }
    }

    /// Writes the fields into `settings`; adds an error for an invalid name.
    pub fn read(self, settings: &mut WorkspaceSettings, errors: &mut Vec<PageError>) {
        settings.name = self.name.with_untracked(|name| name.trim().to_owned());
        settings.attach_policy = self.attach_policy.get_untracked();
        errors.extend(validate::bounded_name(&settings.name).err());
    }

    pub fn view(self, errors: Errors) -> impl IntoView {
        view! {
            <Section title="Workspace" about="The name is typed to confirm dropping all sessions.">
                <div class="panel stack">
                    <Field
                        label="Name"
                        name="name"
                        kind="text"
                        autocomplete="off"
                        testid="settings-name"
                        value=self.name
                        error=errors.of("name")
                    />
                </div>
            </Section>
            <Section
                title="Multiple clients"
                about="Applies when a session is opened while another client is attached. Each session can override it."
            >
                <div class="panel stack">
                    <Choice
                        label="When opened on another device"
                        testid="settings-attach-policy"
                        options=&format::POLICIES
                        value=self.attach_policy
                    />
                </div>
            </Section>
        }
    }
}
