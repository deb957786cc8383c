//! The choice of an account on a server, by typing or with the arrow keys. Unusable accounts are listed
//! with the reason.

use leptos::prelude::*;
use protocol::api::{Server, UnusableAccount};
use web_sys::KeyboardEvent;

use crate::{
    browser::lower_case,
    error::PageError,
    palette::fuzzy,
    ui::{form::field::Help, show::Show},
};

/// A search field and a list of accounts: the combobox pattern of WAI-ARIA.
#[component]
pub fn AccountPicker(
    #[prop(into)] server: Signal<Option<Server>>,
    account: RwSignal<String>,
    error: RwSignal<Option<PageError>>,
) -> impl IntoView {
    let typed = RwSignal::new(String::new());
    let usable = Memo::new(move |_| {
        let all = server.get().map(|it| it.accounts).unwrap_or_default();
        matching(all, String::as_str, &typed.get())
    });
    let unusable = Memo::new(move |_| {
        let all = server.get().map(|it| it.unusable).unwrap_or_default();
        matching(all, |it| &it.account, &typed.get())
    });
    let search = move |text: String| {
        typed.set(text);
        if let Some(best) = usable.with_untracked(|it| it.first().cloned()) {
            account.set(best);
        }
    };
    let key = move |event: KeyboardEvent| {
        let step = match event.key().as_str() {
            "ArrowDown" => 1,
            "ArrowUp" => -1,
            _ => return,
        };
        event.prevent_default();
        let next = usable.with_untracked(|all| next(all, &account.get_untracked(), step));
        if let Some(next) = next {
            account.set(next);
        }
    };
    let option = move |name: String| {
        let (value, chosen, id) = (name.clone(), name.clone(), format!("account-{name}"));
        view! {
            <li
                id=id
                role="option"
                data-testid="account"
                aria-selected=move || account.with(|it| *it == value).to_string()
                on:click=move |_| account.set(chosen.clone())
            >
                {name}
            </li>
        }
    };
    let disabled = |it: UnusableAccount| {
        view! {
            <li role="option" aria-disabled="true" aria-selected="false">
                <span>{it.account}</span>
                <small>{it.reason}</small>
            </li>
        }
    };
    let none = move || {
        if typed.with(String::is_empty) {
            "You have no accounts on this server. Ask a superuser for access."
        } else {
            "No accounts match."
        }
    };
    view! {
        <div class="picker">
            <label>
                "Account"
                <input
                    type="text"
                    role="combobox"
                    data-testid="new-session-account"
                    aria-expanded="true"
                    aria-controls="accounts"
                    aria-autocomplete="list"
                    aria-describedby="new-session-account-help"
                    aria-activedescendant=move || format!("account-{}", account.get())
                    placeholder=move || account.get()
                    autocomplete="off"
                    autocapitalize="none"
                    spellcheck="false"
                    prop:value=move || typed.get()
                    on:input:target=move |event| search(event.target().value())
                    on:blur=move |_| typed.set(String::new())
                    on:keydown=key
                />
            </label>
            <ul id="accounts" role="listbox" aria-label="Accounts">
                {move || usable.get().into_iter().map(option).collect_view()}
                {move || unusable.get().into_iter().map(disabled).collect_view()}
            </ul>
            <Show when=move || usable.with(Vec::is_empty) && unusable.with(Vec::is_empty)>
                <p class="muted">{none}</p>
            </Show>
            <Help name="account" testid="new-session-account" error />
        </div>
    }
}

/// The accounts whose names match, best first.
fn matching<T: Clone>(all: Vec<T>, name: fn(&T) -> &str, typed: &str) -> Vec<T> {
    let found = fuzzy::rank(typed, all.iter().map(name), lower_case);
    found.into_iter().filter_map(|at| all.get(at).cloned()).collect()
}

/// The account before or after the chosen one.
fn next(all: &[String], chosen: &str, step: isize) -> Option<String> {
    let last = all.len().checked_sub(1)?;
    let at = all.iter().position(|it| it == chosen);
    let to = at.map_or(0, |at| at.saturating_add_signed(step).min(last));
    all.get(to).cloned()
}

#[cfg(test)]
mod tests {
    use super::next;

    #[test]
    fn arrow_keys_stop_at_the_ends() {
        let all = ["ada".to_owned(), "build".to_owned()];
        for (chosen, step, expected) in [
            ("ada", 1, "build"),
            ("build", 1, "build"),
            ("build", -1, "ada"),
            ("ada", -1, "ada"),
            ("gone", 1, "ada"),
        ] {
            assert_eq!(next(&all, chosen, step).as_deref(), Some(expected), "{chosen} {step}");
        }
        assert_eq!(next(&[], "ada", 1), None);
    }
}
