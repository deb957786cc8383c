//! How long a share lasts: a slider and the exact number, and the local time that it means.

use leptos::prelude::*;

use protocol::api::limits;

use crate::{browser, error::PageError, ui::time::Now};

/// The field's name in errors.
const FIELD: &str = "minutes";

/// The minutes that were typed.
///
/// # Errors
/// When they are no whole number between the shortest and the longest.
pub fn read(text: &str, longest: u32) -> Result<u32, PageError> {
    let shortest = *limits::SHARE_MINUTES.start();
    let fits = |minutes: &u32| (shortest..=longest).contains(minutes);
    text.trim().parse().ok().filter(fits).ok_or_else(|| {
        PageError::of_field(FIELD, &format!("Please choose {shortest} to {longest} whole minutes."))
    })
}

/// A time of day as people here read it; nothing while the server renders.
#[must_use]
pub fn clock(millis: i64) -> String {
    if cfg!(target_arch = "wasm32") { browser::local_clock(millis) } else { String::new() }
}

/// Both ways to say it.
#[component]
pub fn Minutes(
    /// What it is, for people.
    label: &'static str,
    /// Test id; the slider's is this and `-slider`.
    testid: &'static str,
    /// What was typed.
    text: RwSignal<String>,
    /// The longest that is allowed, in minutes.
    longest: u32,
    /// The error of the form.
    #[prop(into)]
    error: Signal<Option<PageError>>,
) -> impl IntoView {
    let now = use_context::<Now>();
    let wrong = move || {
        let known = error.get().filter(|it| it.is_about(FIELD) || it.code() == "invalid_expiry");
        read(&text.get(), longest).err().or(known)
    };
    let until = move || {
        let minutes = read(&text.get(), longest).ok()?;
        let now = now?.0.get()?;
        Some(format!("Ends at {}.", clock(now + i64::from(minutes) * 60_000)))
    };
    let type_in = move |typed: String| text.set(typed);
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
                    aria-invalid=move || wrong().map(|_| "true")
                    aria-describedby=help.clone()
                    prop:value=move || text.get()
                    on:input:target=move |event| type_in(event.target().value())
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
                prop:value=move || read(&text.get(), longest).map_or(limits::DEFAULT_SHARE_MINUTES, |it| it).to_string()
                on:input:target=move |event| type_in(event.target().value())
            />
            <p class="help" id=help role="status">
                {move || match wrong() {
                    Some(why) => {
                        view! {
                            <span class="failure" data-testid=format!("{testid}-error")>
                                {why.0.message}
                            </span>
                        }
                            .into_any()
                    }
                    None => view! { <span data-testid=format!("{testid}-until")>{until}</span> }.into_any(),
                }}
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
            let read = read(text, longest);
            assert_eq!(read.as_ref().ok().copied(), minutes, "{text}");
            assert!(read.is_ok() || read.is_err_and(|why| why.is_about("minutes")));
        }
    }
}
