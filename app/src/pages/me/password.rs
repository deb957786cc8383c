//! Changing the own password.

use leptos::prelude::*;
use protocol::api::{ChangePassword, limits};

use crate::{
    api::rest,
    ui::{failure::Failure, form::field::Field, request::Request},
};

/// The form.
#[component]
pub fn Password(
    /// Whose it is, for password managers.
    email: String,
) -> impl IntoView {
    let current = RwSignal::new(String::new());
    let new = RwSignal::new(String::new());
    let saved = RwSignal::new(false);
    let request = Request::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        saved.set(false);
        let change = ChangePassword { current: current.get_untracked(), new: new.get_untracked() };
        if change.current.is_empty() {
            return request.reject("current", "Please enter the password that you have now.");
        }
        if change.new.chars().count() < limits::MIN_PASSWORD {
            return request.reject(
                "new",
                &format!("A password has at least {} characters.", limits::MIN_PASSWORD),
            );
        }
        request.send(async move { rest::change_password(&change).await }, move |()| {
            current.set(String::new());
            new.set(String::new());
            saved.set(true);
        });
    };
    view! {
        <form method="post" action="/me" class="panel stack" novalidate on:submit=submit>
            <input type="email" autocomplete="username" value=email readonly hidden />
            <Field
                label="Password now"
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
                hint="At least 12 characters. A few words that only you would put together are good."
                value=new
                error=request.error
            />
            <Failure error=request.error testid="password-failure" fields=&["current", "new"] />
            <div class="form-end">
                <p class="saved" role="status" data-testid="password-saved">
                    {move || saved.get().then_some("Changed. Other browsers are signed out.")}
                </p>
                <button
                    type="submit"
                    class="button"
                    data-testid="password-save"
                    disabled=move || request.busy.get()
                >
                    "Change password"
                </button>
            </div>
        </form>
    }
}
