//! The dialog that invites somebody: by a link to hand over, or by mail where websh can send it.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::{InviteLink, NewInvite, Role};

use super::link::Link;
use crate::{
    api, format,
    ui::{
        dialog::{Dialog, actions::DialogActions},
        failure::Failure,
        form::{choice::Choice, field::Field, switch::Switch},
        request::Request,
    },
};

const ROLES: [(Role, &str); 3] =
    [(Role::Member, "Member"), (Role::Staff, "Staff"), (Role::Superuser, "Superuser")];

/// Address and role; then the link.
#[component]
pub fn InviteDialog(
    /// Whether it is shown.
    open: RwSignal<bool>,
    /// What follows when a link was made.
    #[prop(into)]
    made: Callback<()>,
) -> impl IntoView {
    let email = RwSignal::new(String::new());
    let role = RwSignal::new(Role::Member);
    let link = RwSignal::new(None::<InviteLink>);
    let by_mail = RwSignal::new(false);
    // Whether websh can send mail; none until that is known.
    let can_mail = RwSignal::new(None::<bool>);
    let request = Request::new();
    Effect::new(move |_| {
        if open.get() {
            return spawn_local(async move {
                can_mail.try_set(api::invites::mails_invites().await.ok());
            });
        }
        // Also when it is closed: the secret leaves the page.
        email.set(String::new());
        role.set(Role::Member);
        by_mail.set(false);
        link.set(None);
        request.error.set(None);
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let email = email.get_untracked().trim().to_owned();
        if !format::could_be_email(&email) {
            return request.reject("email", "Please enter an e-mail address.");
        }
        let new = NewInvite { email, role: role.get_untracked(), by_mail: by_mail.get_untracked() };
        request.send(api::invites::invite(new), move |fresh| {
            link.set(Some(fresh));
            made.run(());
        });
    };
    view! {
        <Dialog open title="Invite somebody" testid="invite-dialog">
            {move || match link.get() {
                Some(link) => {
                    view! { <Link link open mailed=by_mail.get_untracked() /> }.into_any()
                }
                None => {
                    view! {
                        <form method="dialog" class="stack" novalidate on:submit=submit>
                            <Field
                                label="E-mail address"
                                name="email"
                                kind="email"
                                autocomplete="off"
                                testid="invite-email"
                                hint="They sign in with it."
                                value=email
                                error=request.error
                            />
                            <Choice
                                label="Role"
                                testid="invite-role"
                                options=&ROLES
                                value=role
                                hint=Signal::derive(move || format::role_means(role.get()))
                            />
                            <Switch
                                label="Send it by mail"
                                testid="invite-mail"
                                on=by_mail
                                flip=move |on| by_mail.set(on)
                                fixed=Signal::derive(move || can_mail.get() != Some(true))
                                hint=Signal::derive(move || how(can_mail.get(), by_mail.get()))
                            />
                            <Failure error=request.error testid="invite-error" fields=&["email"] />
                            <DialogActions
                                open
                                testid="invite"
                                yes=Signal::derive(move || if by_mail.get() { "Send" } else { "Make link" })
                                busy=request.busy
                            />
                        </form>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}

/// What becomes of the invitation.
fn how(can_mail: Option<bool>, by_mail: bool) -> &'static str {
    match (can_mail, by_mail) {
        (_, true) => "They get a link that works once, for 7 days.",
        (Some(false), _) => {
            "websh has no mail server (smtp_url and mail_from in its configuration): you get a link to give to them."
        }
        _ => "You get a link to give to them.",
    }
}
