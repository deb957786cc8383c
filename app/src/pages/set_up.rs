//! `/setup#token`: the first superuser, by the one-time link that the server printed. The token stays
//! in the fragment, which browsers send nowhere.

use futures_util::FutureExt;
use leptos::prelude::*;
use leptos_meta::Title;

use protocol::api::limits;

use crate::{
    api::rest,
    browser,
    error::PageError,
    ui::{
        form::{Form, field::Field},
        plain_page::PlainPage,
    },
};

/// The set-up form.
#[component]
pub fn SetUpPage() -> impl IntoView {
    let email = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<PageError>);
    let check = move || {
        let (who, called) = (email.get_untracked(), name.get_untracked());
        first_mistake(&who, &called, &password.get_untracked())
    };
    let send = move || {
        let (who, called) = (email.get_untracked(), name.get_untracked());
        let secret = password.get_untracked();
        let token = browser::window().location().hash().unwrap_or_default();
        async move {
            let token = token.trim_start_matches('#');
            rest::set_up(token, who.trim(), called.trim(), &secret).await
        }
        .boxed_local()
    };
    view! {
        <Title text="Set up · websh" />
        <PlainPage>
            <h1>"Welcome to websh"</h1>
            <p>"Choose how you sign in. This first account may do everything."</p>
            <Form
                action="/setup"
                label="Start using websh"
                testid="setup-submit"
                error_testid="setup-error"
                fields=&["email", "name", "password"]
                doubtful="password"
                error
                check
                send
                done=|| browser::go("/")
            >
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
            </Form>
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
    } else if password.chars().count() < limits::MIN_PASSWORD {
        return Some(PageError::short_password("password"));
    } else {
        return None;
    };
    Some(PageError::of_field(field, message))
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
