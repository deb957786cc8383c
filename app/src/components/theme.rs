//! Light, dark, or as the system has it; remembered.

use leptos::prelude::*;

use crate::browser;

const KEY: &str = "websh.theme";

/// The button that goes through the three.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(String::new());
    Effect::new(move |_| {
        theme.set(browser::recall(browser::local_storage().as_ref(), KEY).unwrap_or_default());
    });
    let next = move |_| {
        let next = match theme.get_untracked().as_str() {
            "" => "light",
            "light" => "dark",
            _ => "",
        };
        theme.set(next.into());
        let kept = (!next.is_empty()).then_some(next);
        browser::remember(browser::local_storage().as_ref(), KEY, kept);
        if let Some(root) = browser::document().document_element() {
            let _ = match kept {
                Some(theme) => root.set_attribute("data-theme", theme),
                None => root.remove_attribute("data-theme"),
            };
        }
    };
    let label = move || match theme.get().as_str() {
        "light" => "Colours: light",
        "dark" => "Colours: dark",
        _ => "Colours: as the system",
    };
    view! {
        <button
            type="button"
            class="button quiet icon"
            data-testid="theme"
            title=label
            aria-label=label
            on:click=next
        >
            <svg viewBox="0 0 20 20" aria-hidden="true">
                <circle cx="10" cy="10" r="7.25" class="line" />
                <path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" class="fill" />
            </svg>
        </button>
    }
}
