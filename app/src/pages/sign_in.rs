//! `/sign-in`: email address and password, then back to the page that required the sign-in.

use futures_util::FutureExt;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

use super::validate;
use crate::{
    api::rest,
    browser,
    error::PageError,
    format::return_path,
    ui::{
        form::{Form, field::Field},
        plain_page::PlainPage,
        show::Show,
    },
};

#[component]
pub fn SignInPage() -> impl IntoView {
    let query = use_query_map();
    let signed_out = move || query.with(|query| query.get("signed_out").is_some());
    let email = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<PageError>);
    let submit = move |()| {
        let (email, password) = (email.get_untracked(), password.get_untracked());
        let back = query.with_untracked(|query| return_path(query.get("return").as_deref()));
        async move {
            validate(&email, &password)?;
            rest::login(email.trim(), &password).await?;
            browser::go(&back);
            Ok(())
        }
        .boxed_local()
    };
    view! {
        <Title text="Sign in · websh" />
        <PlainPage>
            <h1>"Sign in"</h1>
            <Show when=signed_out>
                <p class="notice" data-testid="sign-in-notice">
                    "You were signed out. Sign in to continue."
                </p>
            </Show>
            <Form
                action="/sign-in"
                label="Sign in"
                testid="sign-in"
                fields=&["email", "password"]
                error
                submit
            >
                {validate::email_field("sign-in-email", email, error)}
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

fn validate(email: &str, password: &str) -> Result<(), PageError> {
    validate::check(!email.trim().is_empty(), "email", "Enter your email address.")?;
    validate::check(!password.is_empty(), "password", "Enter your password.")
}

#[cfg(test)]
mod tests {
    use super::validate;

    #[test]
    fn both_fields_are_required() {
        for (email, password, field) in [
            ("ada@example.org", "x", None),
            (" ", "x", Some("email")),
            ("", "", Some("email")),
            ("ada@example.org", "", Some("password")),
        ] {
            let found = validate(email, password).err().and_then(|error| error.0.field);
            assert_eq!(found.as_deref(), field, "{email} {password}");
        }
    }
}
