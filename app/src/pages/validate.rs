//! Names, email addresses and new passwords: their fields, and their checks before a form is sent. The server
//! checks again.

use leptos::prelude::*;
use protocol::api::limits;

use crate::{error::PageError, format, ui::form::field::Field};

/// Hint below the field of a new password.
pub fn password_hint() -> String {
    format!("At least {} characters. A few random words work well.", limits::MIN_PASSWORD)
}

type Checked = Result<(), PageError>;

type Error = RwSignal<Option<PageError>>;

pub fn email_field(testid: &'static str, value: RwSignal<String>, error: Error) -> impl IntoView {
    view! {
        <Field
            label="Email address"
            name="email"
            kind="email"
            autocomplete="username"
            testid
            value
            error
        />
    }
}

pub fn name_field(testid: &'static str, value: RwSignal<String>, error: Error) -> impl IntoView {
    view! { <Field label="Your name" name="name" autocomplete="name" testid value error /> }
}

pub fn new_password_field(
    testid: &'static str,
    value: RwSignal<String>,
    error: Error,
) -> impl IntoView {
    view! {
        <Field
            label="Password"
            name="password"
            kind="password"
            autocomplete="new-password"
            testid
            hint=password_hint()
            value
            error
        />
    }
}

/// Returns an error for the field unless its value is valid.
pub fn check(valid: bool, field: &str, message: &str) -> Checked {
    if valid { Ok(()) } else { Err(PageError::of_field(field, message)) }
}

pub fn name(name: &str) -> Checked {
    check(!name.trim().is_empty(), "name", "Enter a name.")
}

/// Rejects an empty name and one that is too long.
pub fn bounded_name(text: &str) -> Checked {
    name(text)?;
    let message = format!("Use at most {} characters.", limits::MAX_NAME);
    check(text.trim().chars().count() <= limits::MAX_NAME, "name", &message)
}

pub fn email(email: &str) -> Checked {
    check(format::could_be_email(email), "email", "Enter a valid email address.")
}

pub fn new_password(field: &str, password: &str) -> Checked {
    let message = format!("Use at least {} characters.", limits::MIN_PASSWORD);
    check(password.chars().count() >= limits::MIN_PASSWORD, field, &message)
}
