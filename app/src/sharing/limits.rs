//! What guests of a new share may do and for how long: the part that both ways to share have in common.

use leptos::prelude::*;
use protocol::api::{SharingOptions, limits};

use super::minutes::{self, Minutes};
use crate::{
    error::PageError,
    ui::{form::switch::Switch, show::Show},
};

/// What is chosen.
#[derive(Clone, Copy)]
pub struct Limits {
    /// Minutes, as typed.
    pub minutes: RwSignal<String>,
    /// Guests only look.
    pub read_only: RwSignal<bool>,
    /// Guests may go on typing while the owner is away.
    pub alone: RwSignal<bool>,
}

impl Limits {
    /// As the workspace or the member's last choice has it.
    pub fn new(options: &SharingOptions) -> Self {
        Self {
            minutes: RwSignal::new(
                limits::DEFAULT_SHARE_MINUTES.min(options.max_minutes).to_string(),
            ),
            read_only: RwSignal::new(options.read_only || options.read_only_forced),
            alone: RwSignal::new(false),
        }
    }

    /// The minutes that were typed.
    ///
    /// # Errors
    /// When they can't be.
    pub fn minutes(self, options: &SharingOptions) -> Result<u32, PageError> {
        minutes::read(&self.minutes.get_untracked(), options.max_minutes)
    }

    /// Whether guests may type alone; none where they may not type at all.
    pub fn alone(self) -> Option<bool> {
        (!self.read_only.get_untracked()).then(|| self.alone.get_untracked())
    }
}

/// The fields.
#[component]
pub fn LimitFields(
    /// What is chosen.
    limits: Limits,
    /// What is allowed.
    options: SharingOptions,
    /// The error of the form.
    #[prop(into)]
    error: Signal<Option<PageError>>,
) -> impl IntoView {
    let Limits { minutes, read_only, alone } = limits;
    let forced = options.read_only_forced;
    let meaning = move || match (forced, read_only.get()) {
        (true, _) => "Guests see everything and can't type. The workspace allows no other way.",
        (_, true) => "Guests see everything and can't type.",
        _ => "Off: guests can type as well, one at a time. You take over with one key.",
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
            hint=Signal::derive(meaning)
        />
        <Show when=move || !read_only.get()>
            <Switch
                label="Guests may type while I am away"
                testid="share-alone"
                on=alone
                flip=move |on| alone.set(on)
                hint=Signal::derive(move || {
                    if alone.get() {
                        "They go on typing when no page of yours is open."
                    } else {
                        "Off: a minute after your last page closes they only watch, until you are back."
                    }
                })
            />
        </Show>
    }
}
