//! `/sign-in`: e-mail address and password, then back to where the person was.

use futures_util::FutureExt;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use crate::{
    api::rest,
    browser,
    error::PageError,
    format::way_back,
    ui::{
        form::{Form, field::Field},
        plain_page::PlainPage,
        show::Show,
    },
};

/// The sign-in form.
#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let signed_out = move || query.with(|query| query.get("signed_out").is_some());
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<PageError>);
    let check = move || first_missing(&email.get_untracked(), &password.get_untracked());
    let send = move || {
        let (who, secret) = (email.get_untracked(), password.get_untracked());
        async move { rest::login(who.trim(), &secret).await }.boxed_local()
    };
    let done = move || {
        browser::go(&query.with_untracked(|query| way_back(query.get("return").as_deref())));
    };
    view! {
        <Title text="Sign in · websh" />
        <PlainPage>
            <h1>"Sign in"</h1>
            <Show when=signed_out>
                <p class="notice" data-testid="sign-in-notice">
                    "You were signed out. Sign in to go on where you were."
                </p>
            </Show>
            <Form
                action="/sign-in"
                label="Sign in"
                testid="sign-in-submit"
                error_testid="sign-in-error"
                fields=&["email", "password"]
                doubtful="password"
                error
                check
                send
                done
            >
                <Field
                    label="E-mail address"
                    name="email"
                    kind="email"
                    autocomplete="username"
                    testid="sign-in-email"
                    value=email
                    error
                />
                <Field
                    label="Password"
                    name="password"
                    kind="password"
                    autocomplete="current-password"
                    testid="sign-in-password"
                    value=password
                    error
                />
            </Form>
        </PlainPage>
    }
}

/// What to say before the server is asked.
fn first_missing(email: &str, password: &str) -> Option<PageError> {
    if email.trim().is_empty() {
        Some(PageError::of_field("email", "Please enter your e-mail address."))
    } else if password.is_empty() {
        Some(PageError::of_field("password", "Please enter your password."))
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::first_missing;

    #[test]
    fn both_fields_are_needed() {
        for (email, password, field) in [
            ("ada@example.org", "x", None),
            (" ", "x", Some("email")),
            ("", "", Some("email")),
            ("ada@example.org", "", Some("password")),
        ] {
            let found = first_missing(email, password).and_then(|error| error.0.field);
            assert_eq!(found.as_deref(), field, "{email} {password}");
        }
    }
}
