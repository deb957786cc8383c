//! Fields common to both kinds of new share: duration, as a number and on a slider with the resulting local
//! time, and guest permissions.

use leptos::prelude::*;
use protocol::api::{SharingOptions, limits};

use crate::{
    browser,
    error::PageError,
    ui::{form::switch::Switch, show::Show, time::Now},
};

const FIELD: &str = "minutes";

/// Parses the duration of a share, at most `longest` minutes.
pub fn parse_minutes(text: &str, longest: u32) -> Result<u32, PageError> {
    let shortest = *limits::SHARE_MINUTES.start();
    let valid = |minutes: &u32| (shortest..=longest).contains(minutes);
    text.trim().parse().ok().filter(valid).ok_or_else(|| {
        let message = format!("Enter a whole number of minutes from {shortest} to {longest}.");
        PageError::of_field(FIELD, &message)
    })
}

/// Formats a time of day in the browser's locale; empty on the server.
pub fn clock(millis: i64) -> String {
    if cfg!(target_arch = "wasm32") { browser::local_clock(millis) } else { String::new() }
}

#[component]
pub fn Minutes(
    label: &'static str,
    /// Test id of the text field; the slider has it with the suffix `-slider`.
    testid: &'static str,
    text: RwSignal<String>,
    /// Longest duration allowed, in minutes.
    longest: u32,
    error: RwSignal<Option<PageError>>,
) -> impl IntoView {
    let now = use_context::<Now>();
    let invalid = move || {
        let known = error.get().filter(|it| it.is_about(FIELD) || it.code() == "invalid_expiry");
        parse_minutes(&text.get(), longest).err().or(known)
    };
    let until = move || {
        let minutes = parse_minutes(&text.get(), longest).ok()?;
        let now = now?.0.get()?;
        Some(format!("Ends at {}.", clock(now + i64::from(minutes) * 60_000)))
    };
    let slider = move || {
        parse_minutes(&text.get(), longest).unwrap_or(limits::DEFAULT_SHARE_MINUTES).to_string()
    };
    let line = move || match invalid() {
        Some(PageError(why)) => view! {
            <span class="failure" data-testid=format!("{testid}-error")>
                {why.message}
            </span>
        }
        .into_any(),
        None => view! { <span data-testid=format!("{testid}-until")>{until}</span> }.into_any(),
    };
    let help = format!("{testid}-help");
    view! {
        <div class="minutes-field">
            <label>
                <span>{label}</span>
                <input
                    type="text"
                    name=FIELD
                    inputmode="numeric"
                    autocomplete="off"
                    maxlength="4"
                    data-testid=testid
                    aria-invalid=move || invalid().map(|_| "true")
                    aria-describedby=help.clone()
                    prop:value=move || text.get()
                    on:input:target=move |event| text.set(event.target().value())
                />
                <span class="unit">"minutes"</span>
            </label>
            <input
                type="range"
                min=*limits::SHARE_MINUTES.start()
                max=longest
                step=5
                data-testid=format!("{testid}-slider")
                aria-label=format!("{label}, in minutes")
                prop:value=slider
                on:input:target=move |event| text.set(event.target().value())
            />
            <p class="help" id=help role="status">
                {line}
            </p>
        </div>
    }
}

/// Fields as typed, and the workspace's limits.
#[derive(Clone, Copy)]
pub struct ShareFields {
    minutes: RwSignal<String>,
    longest: u32,
    read_only: RwSignal<bool>,
    read_only_forced: bool,
    /// Allows guests to type while the owner is away.
    alone: RwSignal<bool>,
}

pub struct ShareTerms {
    pub minutes: u32,
    pub read_only: Option<bool>,
    /// None when guests cannot type at all.
    pub guests_alone: Option<bool>,
}

impl ShareFields {
    /// Starts with the workspace's settings and the member's last choice.
    pub fn new(options: &SharingOptions) -> Self {
        let minutes = limits::DEFAULT_SHARE_MINUTES.min(options.max_minutes);
        Self {
            minutes: RwSignal::new(minutes.to_string()),
            longest: options.max_minutes,
            read_only: RwSignal::new(options.read_only || options.read_only_forced),
            read_only_forced: options.read_only_forced,
            alone: RwSignal::new(false),
        }
    }

    pub fn read(self) -> Result<ShareTerms, PageError> {
        let read_only = self.read_only.get_untracked();
        Ok(ShareTerms {
            minutes: parse_minutes(&self.minutes.get_untracked(), self.longest)?,
            read_only: Some(read_only),
            guests_alone: (!read_only).then(|| self.alone.get_untracked()),
        })
    }
}

#[component]
pub fn ShareOptions(fields: ShareFields, error: RwSignal<Option<PageError>>) -> impl IntoView {
    let ShareFields { minutes, longest, read_only, read_only_forced, alone } = fields;
    let read_only_hint = move || match (read_only_forced, read_only.get()) {
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
        <Minutes label="Expires after" testid="share-minutes" text=minutes longest error />
        <Switch
            label="Read-only"
            testid="share-read-only"
            on=read_only
            flip=move |on| read_only.set(on)
            fixed=read_only_forced
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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bounds_are_inclusive_and_minutes_whole() {
        for (text, longest, minutes) in [
            ("5", 180, Some(5)),
            (" 180 ", 180, Some(180)),
            ("60", 60, Some(60)),
            ("61", 60, None),
            ("4", 180, None),
            ("181", 180, None),
            ("5.5", 180, None),
            ("-30", 180, None),
            ("", 180, None),
            ("thirty", 180, None),
        ] {
            let parsed = parse_minutes(text, longest);
            assert_eq!(parsed.as_ref().ok().copied(), minutes, "{text}");
            assert!(parsed.is_ok() || parsed.is_err_and(|why| why.is_about("minutes")));
        }
    }
}
