//! The form for the member's name.

use leptos::prelude::*;
use protocol::api::{ChangeMember, Me};

use crate::{
    api, format,
    pages::validate,
    ui::{
        form::{SubmitRow, field::Field},
        request::Request,
    },
};

#[component]
pub fn Name(me: Me) -> impl IntoView {
    let Me { id, email, name, role } = me;
    let value = RwSignal::new(name);
    let saved = RwSignal::new(None);
    let request = Request::new();
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        saved.set(None);
        let name = value.get_untracked().trim().to_owned();
        if let Err(error) = validate::name(&name) {
            return request.error.set(Some(error));
        }
        let change = ChangeMember { name: Some(name), ..ChangeMember::default() };
        request.send(api::change_member(id, change), move |member| {
            value.set(member.name);
            saved.set(Some("Saved."));
        });
    };
    view! {
        <form method="post" action="/me" class="panel stack" novalidate on:submit=submit>
            <Field
                label="Name"
                name="name"
                autocomplete="name"
                testid="me-name"
                value
                error=request.error
            />
            <dl class="facts">
                <div>
                    <dt>"Email"</dt>
                    <dd data-testid="me-email">{email}</dd>
                </div>
                <div>
                    <dt>"Role"</dt>
                    <dd data-testid="me-role">{format::role(role)}</dd>
                </div>
            </dl>
            <SubmitRow
                label="Save name"
                testid="me-name-save"
                error_testid="me-name-failure"
                error=request.error
                fields=&["name"]
                busy=request.busy
                saved_testid="me-name-saved"
                saved
            />
        </form>
    }
}
