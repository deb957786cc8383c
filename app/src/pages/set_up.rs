//! `/setup#token`: the first superuser, by the one-time link that the server printed. The token stays
//! in the fragment, which browsers send nowhere.

use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;

use crate::{
    api::rest,
    browser,
    components::{failure::Failure, field::Field, plain_page::PlainPage},
    error::PageError,
};

/// Shortest password, in characters. The server has the last word.
const SHORTEST_PASSWORD: usize = 12;

/// The set-up form.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let email = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let busy = RwSignal::new(true);
    let error = RwSignal::new(None::<PageError>);
    Effect::new(move |_| busy.set(false));
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        if busy.get_untracked() {
            return;
        }
        let (who, called, secret) =
            (email.get_untracked(), name.get_untracked(), password.get_untracked());
        if let Some(why) = first_mistake(&who, &called, &secret) {
            error.set(Some(why));
            return;
        }
        busy.set(true);
        error.set(None);
        spawn_local(async move {
            let token = browser::window().location().hash().unwrap_or_default();
            let token = token.trim_start_matches('#');
            match rest::set_up(token, who.trim(), called.trim(), &secret).await {
                Ok(()) => browser::go("/"),
                Err(why) => {
                    error.set(Some(why));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <Title text="Set up · websh" />
        <PlainPage>
            <h1>"Welcome to websh"</h1>
            <p>"Choose how you sign in. This first account may do everything."</p>
            <form method="post" action="/setup" class="stack" novalidate on:submit=submit>
                <Field
                    label="E-mail address"
                    name="email"
                    kind="email"
                    autocomplete="username"
                    testid="setup-email"
                    value=email
                    error
                />
                <Field
                    label="Your name"
                    name="name"
                    kind="text"
                    autocomplete="name"
                    testid="setup-name"
                    value=name
                    error
                />
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="new-password"
                    testid="setup-password"
                    hint="At least 12 characters. A few words that only you would put together are good."
                    value=password
                    error
                />
                <Failure error testid="setup-error" fields=&["email", "name", "password"] />
                <button
                    class="button primary"
                    type="submit"
                    data-testid="setup-submit"
                    disabled=move || busy.get()
                >
                    "Start using websh"
                </button>
            </form>
        </PlainPage>
    }
}

/// What to say before the server is asked.
fn first_mistake(email: &str, name: &str, password: &str) -> Option<PageError> {
    let email = email.trim();
    let (field, message) = if !email.contains('@') || email.starts_with('@') || email.ends_with('@')
    {
        ("email", "Please enter an e-mail address.")
    } else if name.trim().is_empty() {
        ("name", "Please enter the name that others will see.")
    } else if password.chars().count() < SHORTEST_PASSWORD {
        ("password", "Please choose a password of at least 12 characters.")
    } else {
        return None;
    };
    let mut error = PageError::new("invalid_field", message);
    error.0.field = Some(field.into());
    Some(error)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes() {
        for (email, name, password, field) in [
            ("ada@example.org", "Ada", "long enough pw", None),
            (" ada@example.org ", "Ada", "ää ää ää ää ä", None),
            ("ada", "Ada", "long enough pw", Some("email")),
            ("@", "Ada", "long enough pw", Some("email")),
            ("ada@example.org", "  ", "long enough pw", Some("name")),
            ("ada@example.org", "Ada", "elevenchars", Some("password")),
        ] {
            let found = first_mistake(email, name, password).and_then(|error| error.0.field);
            assert_eq!(found.as_deref(), field, "{email} {name} {password}");
        }
    }
}
