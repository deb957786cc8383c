//! The dialog that invites a member, by a link to pass on or by email.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::{InviteLink, NewInvite, Role, limits};

use super::link::Link;
use crate::{
    api, format,
    pages::validate,
    ui::{
        dialog::{Dialog, DialogActions},
        form::{choice::Choice, field::Field, switch::Switch},
        request::Request,
    },
};

/// Address and role, then the link. `created` is called in between.
#[component]
pub fn InviteDialog(open: RwSignal<bool>, #[prop(into)] created: Callback<()>) -> impl IntoView {
    let email = RwSignal::new(String::new());
    let role = RwSignal::new(Role::Member);
    let link = RwSignal::new(None::<InviteLink>);
    let by_mail = RwSignal::new(false);
    // True if the server can send email; none until known.
    let can_mail = RwSignal::new(None::<bool>);
    let request = Request::new();
    Effect::new(move |_| {
        if open.get() {
            return spawn_local(async move {
                can_mail.try_set(api::mails_invites().await.ok());
            });
        }
        // Removes the secret from the page on close.
        email.set(String::new());
        role.set(Role::Member);
        by_mail.set(false);
        link.set(None);
        request.error.set(None);
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let email = email.get_untracked().trim().to_owned();
        if let Err(error) = validate::email(&email) {
            return request.error.set(Some(error));
        }
        let new = NewInvite { email, role: role.get_untracked(), by_mail: by_mail.get_untracked() };
        request.send(api::invite(new), move |new| {
            link.set(Some(new));
            created.run(());
        });
    };
    view! {
        <Dialog open title="Invite member" testid="invite-dialog">
            {move || match link.get() {
                Some(link) => {
                    view! { <Link link open mailed=by_mail.get_untracked() /> }.into_any()
                }
                None => {
                    view! {
                        <form method="dialog" class="stack" novalidate on:submit=submit>
                            <Field
                                label="Email address"
                                name="email"
                                kind="email"
                                testid="invite-email"
                                hint="Used to sign in."
                                value=email
                                error=request.error
                            />
                            <Choice
                                label="Role"
                                testid="invite-role"
                                options=&format::ROLES
                                value=role
                                hint=Signal::derive(move || format::role_means(role.get()))
                            />
                            <Switch
                                label="Send by email"
                                testid="invite-mail"
                                on=by_mail
                                flip=move |on| by_mail.set(on)
                                fixed=Signal::derive(move || can_mail.get() != Some(true))
                                hint=Signal::derive(move || {
                                    delivery(can_mail.get(), by_mail.get())
                                })
                            />
                            <DialogActions
                                open
                                testid="invite"
                                confirm=move || if by_mail.get() { "Send" } else { "Create link" }
                                request
                                fields=&["email"]
                            />
                        </form>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}

/// Delivery of the link to the new member.
fn delivery(can_mail: Option<bool>, by_mail: bool) -> String {
    let days = limits::INVITE_DAYS;
    match (can_mail, by_mail) {
        (_, true) => format!("They receive a link that works once, within {days} days."),
        (Some(false), _) => {
            "Email is not set up (smtp_url and mail_from in the configuration). You will get a link to send yourself.".into()
        }
        _ => "You will get a link to send yourself.".into(),
    }
}
