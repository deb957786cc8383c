//! Fields common to both kinds of new share: duration and guest permissions.

use leptos::prelude::*;
use protocol::api::{SharingOptions, limits};

use super::minutes::{self, Minutes};
use crate::{
    error::PageError,
    ui::{form::switch::Switch, show::Show},
};

/// The fields as typed.
#[derive(Clone, Copy)]
pub struct ShareFields {
    minutes: RwSignal<String>,
    pub read_only: RwSignal<bool>,
    /// Allows guests to type while the owner is away.
    alone: RwSignal<bool>,
}

impl ShareFields {
    /// Starts with the workspace's settings and the member's last choice.
    pub fn new(options: &SharingOptions) -> Self {
        let minutes = limits::DEFAULT_SHARE_MINUTES.min(options.max_minutes);
        Self {
            minutes: RwSignal::new(minutes.to_string()),
            read_only: RwSignal::new(options.read_only || options.read_only_forced),
            alone: RwSignal::new(false),
        }
    }

    /// Parses the minutes.
    ///
    /// # Errors
    /// As [`minutes::parse`].
    pub fn minutes(self, options: &SharingOptions) -> Result<u32, PageError> {
        minutes::parse(&self.minutes.get_untracked(), options.max_minutes)
    }

    /// Returns whether guests can type while the owner is away; none when they cannot type at all.
    pub fn alone(self) -> Option<bool> {
        (!self.read_only.get_untracked()).then(|| self.alone.get_untracked())
    }
}

/// The inputs.
#[component]
pub fn ShareOptions(
    fields: ShareFields,
    /// The workspace's limits.
    options: SharingOptions,
    /// The error of the form.
    error: RwSignal<Option<PageError>>,
) -> impl IntoView {
    let ShareFields { minutes, read_only, alone } = fields;
    let forced = options.read_only_forced;
    let read_only_hint = move || match (forced, read_only.get()) {
        (true, _) => "Guests can watch but not type. The workspace requires it.",
        (_, true) => "Guests can watch but not type.",
        _ => "Off: guests can type, one at a time. You can take over with one key.",
    };
    let alone_hint = move || {
        if alone.get() {
            "Guests can keep typing when you have no page open."
        } else {
            "Off: one minute after you close your last page, guests can only watch until you return."
        }
    };
    view! {
        <Minutes
            label="Expires after"
            testid="share-minutes"
            text=minutes
            longest=options.max_minutes
            error
        />
        <Switch
            label="Read-only"
            testid="share-read-only"
            on=read_only
            flip=move |on| read_only.set(on)
            fixed=forced
            hint=read_only_hint
        />
        <Show when=move || !read_only.get()>
            <Switch
                label="Guests can type while I am away"
                testid="share-alone"
                on=alone
                flip=move |on| alone.set(on)
                hint=alone_hint
            />
        </Show>
    }
}
