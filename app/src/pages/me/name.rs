//! The name that others see.

use leptos::prelude::*;
use protocol::api::{ChangeMember, Me};

use crate::{
    api, format,
    ui::{failure::Failure, form::field::Field, request::Request},
};

/// The form.
#[component]
pub fn Name(
    /// Whose it is.
    me: Me,
) -> impl IntoView {
    let Me { id, email, name, role } = me;
    let value = RwSignal::new(name);
    let saved = RwSignal::new(false);
    let request = Request::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        saved.set(false);
        let name = value.get_untracked().trim().to_owned();
        if name.is_empty() {
            return request.reject("name", "Please enter the name that others will see.");
        }
        let change = ChangeMember { name: Some(name), ..ChangeMember::default() };
        request.send(api::members::change(id, change), move |member| {
            value.set(member.name);
            saved.set(true);
        });
    };
    view! {
        <form method="post" action="/me" class="panel stack" novalidate on:submit=submit>
            <Field
                label="Name"
                name="name"
                kind="text"
                autocomplete="name"
                testid="me-name"
                value
                error=request.error
            />
            <dl class="facts">
                <div>
                    <dt>"E-mail"</dt>
                    <dd data-testid="me-email">{email}</dd>
                </div>
                <div>
                    <dt>"Role"</dt>
                    <dd data-testid="me-role">{format::role(role)}</dd>
                </div>
            </dl>
            <Failure error=request.error testid="me-name-failure" fields=&["name"] />
            <div class="form-end">
                <p class="saved" role="status" data-testid="me-name-saved">
                    {move || saved.get().then_some("Saved.")}
                </p>
                <button
                    type="submit"
                    class="button"
                    data-testid="me-name-save"
                    disabled=move || request.busy.get()
                >
                    "Save name"
                </button>
            </div>
        </form>
    }
}
