//! `/setup#token`: creates the first superuser, by the one-time link that the server printed. The token
//! stays in the fragment, which browsers do not send to servers.

use futures_util::FutureExt;
use leptos::prelude::*;
use leptos_meta::Title;

use super::validate;
use crate::{
    api::rest,
    browser,
    error::PageError,
    ui::{form::Form, plain_page::PlainPage},
};

#[component]
pub fn SetUpPage() -> impl IntoView {
    let email = RwSignal::new(String::new());
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<PageError>);
    let submit = move |()| {
        let [email, name, password] = [email, name, password].map(|it| it.get_untracked());
        async move {
            validate(&email, &name, &password)?;
            rest::set_up(&browser::fragment(), email.trim(), name.trim(), &password).await?;
            browser::go("/");
            Ok(())
        }
        .boxed_local()
    };
    view! {
        <Title text="Set up · websh" />
        <PlainPage>
            <h1>"Welcome to websh"</h1>
            <p>"Create the first superuser. Superusers have full access."</p>
            <Form
                action="/setup"
                label="Create superuser"
                testid="setup"
                fields=&["email", "name", "password"]
                error
                submit
            >
                {validate::email_field("setup-email", email, error)}
                {validate::name_field("setup-name", name, error)}
                {validate::new_password_field("setup-password", password, error)}
            </Form>
        </PlainPage>
    }
}

fn validate(email: &str, name: &str, password: &str) -> Result<(), PageError> {
    validate::email(email)?;
    validate::name(name)?;
    validate::new_password("password", password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_invalid_field_is_reported() {
        for (email, name, password, field) in [
            ("ada@example.org", "Ada", "long enough pw", None),
            (" ada@example.org ", "Ada", "ää ää ää ää ä", None),
            ("ada", "Ada", "long enough pw", Some("email")),
            ("@", "Ada", "long enough pw", Some("email")),
            ("ada@example.org", "  ", "long enough pw", Some("name")),
            ("ada@example.org", "Ada", "elevenchars", Some("password")),
        ] {
            let found = validate(email, name, password).err().and_then(|error| error.0.field);
            assert_eq!(found.as_deref(), field, "{email} {name} {password}");
        }
    }
}
