//! Settings for sharing sessions with guests.

use leptos::prelude::*;
use protocol::api::{BatonRule, ShareReadOnly, WorkspaceSettings, limits};

use super::field::{Errors, Number, Spec};
use crate::ui::{
    form::{choice::Choice, switch::Switch},
    section::Section,
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

static MAX_MINUTES: Spec = Spec {
    name: "share_max_minutes",
    testid: "settings-share-minutes",
    label: "Maximum duration",
    unit: "minutes",
    hint: "5 to 180.",
    bounds: limits::SHARE_MINUTES,
    value: |it| &mut it.share_max_minutes,
};

static MAX_GUESTS: Spec = Spec {
    name: "share_max_guests",
    testid: "settings-share-guests",
    label: "Guests per share at a time",
    unit: "guests",
    hint: "",
    bounds: limits::SHARE_GUESTS,
    value: |it| &mut it.share_max_guests,
};

/// The fields as typed.
#[derive(Clone, Copy)]
pub struct Sharing {
    enabled: RwSignal<bool>,
    pub max_minutes: Number,
    pub max_guests: Number,
    read_only: RwSignal<ShareReadOnly>,
    baton: RwSignal<BatonRule>,
}

impl Sharing {
    pub fn new(settings: &WorkspaceSettings) -> Self {
        Self {
            enabled: RwSignal::new(settings.sharing_enabled),
            max_minutes: Number::new(&MAX_MINUTES, settings),
            max_guests: Number::new(&MAX_GUESTS, settings),
            read_only: RwSignal::new(settings.share_read_only),
            baton: RwSignal::new(settings.share_baton),
        }
    }

    pub fn read(self, settings: &mut WorkspaceSettings) {
        settings.sharing_enabled = self.enabled.get_untracked();
        settings.share_read_only = self.read_only.get_untracked();
        settings.share_baton = self.baton.get_untracked();
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
                    {self.max_minutes.view(errors)}
                    {self.max_guests.view(errors)}
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
