//! The form that changes the member's password.

use leptos::prelude::*;
use protocol::api::ChangePassword;

use crate::{
    api::rest,
    pages::validate,
    ui::{
        form::{SubmitRow, field::Field},
        request::Request,
    },
};

/// The form. The email address is for password managers.
#[component]
pub fn Password(email: String) -> impl IntoView {
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let saved = RwSignal::new(None);
    let request = Request::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        saved.set(None);
        let change = ChangePassword { current: current.get_untracked(), new: new.get_untracked() };
        let checked =
            validate::check(!change.current.is_empty(), "current", "Enter your current password.")
                .and_then(|()| validate::new_password("new", &change.new));
        if let Err(error) = checked {
            return request.error.set(Some(error));
        }
        request.send(async move { rest::change_password(&change).await }, move |()| {
            current.set(String::new());
            new.set(String::new());
            saved.set(Some("Password changed. Other browsers were signed out."));
        });
    };
    view! {
        <form method="post" action="/me" class="panel stack" novalidate on:submit=submit>
            <input type="email" autocomplete="username" value=email readonly hidden />
            <Field
                label="Current password"
                name="current"
                kind="password"
                autocomplete="current-password"
                testid="password-current"
                value=current
                error=request.error
            />
            <Field
                label="New password"
                name="new"
                kind="password"
                autocomplete="new-password"
                testid="password-new"
                hint=validate::password_hint()
                value=new
                error=request.error
            />
            <SubmitRow
                label="Change password"
                testid="password-save"
                error_testid="password-failure"
                error=request.error
                fields=&["current", "new"]
                busy=request.busy
                saved_testid="password-saved"
                saved
            />
        </form>
    }
}
