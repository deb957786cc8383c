//! The colour theme: light, dark, or that of the system; stored in the browser.

use leptos::prelude::*;

use crate::browser;

const KEY: &str = "websh.theme";

/// Value and label of each theme; the empty value follows the system.
pub const THEMES: [(&str, &str); 3] =
    [("", "Theme: system"), ("light", "Theme: light"), ("dark", "Theme: dark")];

/// Place of a theme among all; an unknown one follows the system.
fn index(theme: &str) -> usize {
    THEMES.iter().position(|(value, _)| *value == theme).unwrap_or_default()
}

fn chosen() -> String {
    browser::recall(browser::local_storage().as_ref(), KEY).unwrap_or_default()
}

pub fn choose(theme: &str) {
    let kept = (!theme.is_empty()).then_some(theme);
    browser::remember(browser::local_storage().as_ref(), KEY, kept);
    if let Some(root) = document().document_element() {
        let _ = match kept {
            Some(theme) => root.set_attribute("data-theme", theme),
            None => root.remove_attribute("data-theme"),
        };
    }
}

#[component]
pub fn ThemeButton() -> impl IntoView {
    let theme = RwSignal::new(String::new());
    // The command palette also changes the theme.
    let update = move || theme.set(chosen());
    Effect::new(move |_| update());
    let next = move |_| {
        let next = index(&chosen()) + 1;
        choose(THEMES[next % THEMES.len()].0);
        update();
    };
    let label = move || THEMES[index(&theme.get())].1;
    view! {
        <button
            type="button"
            class="button quiet icon"
            data-testid="theme"
            title=label
            aria-label=label
            on:mouseenter=move |_| update()
            on:focus=move |_| update()
            on:click=next
        >
            <svg viewBox="0 0 20 20" aria-hidden="true">
                <circle cx="10" cy="10" r="7.25" class="line" />
                <path d="M10 2.75a7.25 7.25 0 0 1 0 14.5z" class="fill" />
            </svg>
        </button>
    }
}
