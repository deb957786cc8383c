//! Duration of a share: the exact number of minutes, a slider, and the resulting local time.

use leptos::prelude::*;
use protocol::api::limits;

use crate::{browser, error::PageError, ui::time::Now};

/// Name of the field in errors.
const FIELD: &str = "minutes";

/// Parses the minutes.
///
/// # Errors
/// A value that is not a whole number between the shortest and the longest duration.
pub fn parse(text: &str, longest: u32) -> Result<u32, PageError> {
    let shortest = *limits::SHARE_MINUTES.start();
    let valid = |minutes: &u32| (shortest..=longest).contains(minutes);
    text.trim().parse().ok().filter(valid).ok_or_else(|| {
        let message = format!("Enter a whole number of minutes from {shortest} to {longest}.");
        PageError::of_field(FIELD, &message)
    })
}

/// Formats a time of day in the browser's locale; empty on the server.
#[must_use]
pub fn clock(millis: i64) -> String {
    if cfg!(target_arch = "wasm32") { browser::local_clock(millis) } else { String::new() }
}

/// The number field and the slider.
#[component]
pub fn Minutes(
    /// Label of both inputs.
    label: &'static str,
    /// Test id; the slider's is this and `-slider`.
    testid: &'static str,
    /// The typed text.
    text: RwSignal<String>,
    /// Longest duration allowed, in minutes.
    longest: u32,
    /// The error of the form.
    error: RwSignal<Option<PageError>>,
) -> impl IntoView {
    let now = use_context::<Now>();
    let invalid = move || {
        let known = error.get().filter(|it| it.is_about(FIELD) || it.code() == "invalid_expiry");
        parse(&text.get(), longest).err().or(known)
    };
    let until = move || {
        let minutes = parse(&text.get(), longest).ok()?;
        let now = now?.0.get()?;
        Some(format!("Ends at {}.", clock(now + i64::from(minutes) * 60_000)))
    };
    let slider =
        move || parse(&text.get(), longest).unwrap_or(limits::DEFAULT_SHARE_MINUTES).to_string();
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
            let parsed = parse(text, longest);
            assert_eq!(parsed.as_ref().ok().copied(), minutes, "{text}");
            assert!(parsed.is_ok() || parsed.is_err_and(|why| why.is_about("minutes")));
        }
    }
}
