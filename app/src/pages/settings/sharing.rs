//! Settings for sharing sessions with guests.

use leptos::prelude::*;
use protocol::api::{BatonRule, ShareReadOnly, WorkspaceSettings, limits};

use super::field::{Errors, Number};
use crate::{
    error::PageError,
    ui::{
        form::{choice::Choice, switch::Switch},
        section::Section,
    },
};

const READ_ONLY: [(ShareReadOnly, &str); 3] = [
    (ShareReadOnly::Chosen, "Owner decides"),
    (ShareReadOnly::Preset, "Read-only unless the owner changes it"),
    (ShareReadOnly::Forced, "Always read-only"),
];

const BATON: [(BatonRule, &str); 2] = [
    (BatonRule::Free, "Guests can type once the driver pauses for 2 seconds"),
    (BatonRule::Ask, "Guests ask the driver"),
];

/// The fields as typed.
#[derive(Clone, Copy)]
pub struct Sharing {
    enabled: RwSignal<bool>,
    max_minutes: Number,
    max_guests: Number,
    read_only: RwSignal<ShareReadOnly>,
    baton: RwSignal<BatonRule>,
}

impl Sharing {
    pub fn new(settings: &WorkspaceSettings) -> Self {
        Self {
            enabled: RwSignal::new(settings.sharing_enabled),
            max_minutes: Number::new(
                "share_max_minutes",
                limits::SHARE_MINUTES,
                settings.share_max_minutes,
            ),
            max_guests: Number::new(
                "share_max_guests",
                limits::SHARE_GUESTS,
                settings.share_max_guests,
            ),
            read_only: RwSignal::new(settings.share_read_only),
            baton: RwSignal::new(settings.share_baton),
        }
    }

    pub fn numbers(self) -> [Number; 2] {
        [self.max_minutes, self.max_guests]
    }

    /// Writes the fields into `settings`; adds an error for each invalid one.
    pub fn read(self, settings: &mut WorkspaceSettings, errors: &mut Vec<PageError>) {
        settings.sharing_enabled = self.enabled.get_untracked();
        settings.share_read_only = self.read_only.get_untracked();
        settings.share_baton = self.baton.get_untracked();
        self.max_minutes.read(&mut settings.share_max_minutes, errors);
        self.max_guests.read(&mut settings.share_max_guests, errors);
    }

    pub fn view(self, errors: Errors) -> impl IntoView {
        let enabled = self.enabled;
        view! {
            <Section
                title="Sharing"
                about="Guests join one session with a link and a password, for a limited time. Turning sharing off ends all shares. “Always read-only” also applies to existing shares."
            >
                <div class="panel stack">
                    <Switch
                        label="Allow sharing"
                        testid="settings-sharing"
                        on=enabled
                        flip=move |on| enabled.set(on)
                    />
                    {self
                        .max_minutes
                        .view("Maximum duration", "settings-share-minutes", "minutes", "5 to 180.", errors)}
                    {self
                        .max_guests
                        .view("Guests per share at a time", "settings-share-guests", "guests", "", errors)}
                    <Choice
                        label="Guest access"
                        testid="settings-share-read-only"
                        options=&READ_ONLY
                        value=self.read_only
                    />
                    <Choice
                        label="How guests who can type start driving"
                        testid="settings-share-baton"
                        options=&BATON
                        value=self.baton
                        hint="The owner can always take over with one key."
                    />
                </div>
            </Section>
        }
    }
}
