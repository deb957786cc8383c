//! Light, dark, or as the system has it; remembered.

use leptos::prelude::*;

use crate::browser;

const KEY: &str = "websh.theme";

/// Word and name of each choice; the empty word is the system's.
pub const THEMES: [(&str, &str); 3] =
    [("", "Colours: as the system"), ("light", "Colours: light"), ("dark", "Colours: dark")];

/// The word of the choice in force.
fn chosen() -> String {
    browser::recall(browser::local_storage().as_ref(), KEY).unwrap_or_default()
}

/// Shows the page in these colours from now on.
pub fn choose(theme: &str) {
    let kept = (!theme.is_empty()).then_some(theme);
    browser::remember(browser::local_storage().as_ref(), KEY, kept);
    if let Some(root) = browser::document().document_element() {
        let _ = match kept {
            Some(theme) => root.set_attribute("data-theme", theme),
            None => root.remove_attribute("data-theme"),
        };
    }
}

/// The button that goes through the three.
#[component]
pub fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(String::new());
    // The palette chooses too.
    let look = move || theme.set(chosen());
    Effect::new(move |_| look());
    let next = move |_| {
        let next = match chosen().as_str() {
            "" => "light",
            "light" => "dark",
            _ => "",
        };
        choose(next);
        look();
    };
    let label = move || {
        let theme = theme.get();
        THEMES.iter().find(|(word, _)| *word == theme).map_or(THEMES[0].1, |(_, label)| label)
    };
    view! {
        <button
            type="button"
            class="button quiet icon"
            data-testid="theme"
            title=label
            aria-label=label
            on:mouseenter=move |_| look()
            on:focus=move |_| look()
            on:click=next
        >
            <svg viewBox="0 0 20 20" aria-hidden="true">
                <circle cx="10" cy="10" r="7.25" class="line" />
                <path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" class="fill" />
            </svg>
        </button>
    }
}
