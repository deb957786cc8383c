//! The dialog that invites somebody by a link.

use leptos::prelude::*;
use protocol::api::{InviteLink, NewInvite, Role};

use super::link::Link;
use crate::{
    api,
    components::{asking::Asking, choice::Choice, dialog::Dialog, failure::Failure, field::Field},
    words,
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
    let asking = Asking::new();
    Effect::new(move |_| {
        // Also when it is closed: the secret leaves the page.
        if !open.get() {
            email.set(String::new());
            role.set(Role::Member);
            link.set(None);
            asking.error.set(None);
        }
    });
    let submit = move |event: leptos::ev::SubmitEvent| {
        event.prevent_default();
        let email = email.get_untracked().trim().to_owned();
        if !words::could_be_email(&email) {
            return asking.refuse("email", "Please enter an e-mail address.");
        }
        let new = NewInvite { email, role: role.get_untracked(), by_mail: false };
        asking.ask(api::invites::invite(new), move |fresh| {
            link.set(Some(fresh));
            made.run(());
        });
    };
    view! {
        <Dialog open title="Invite somebody" testid="invite-dialog">
            {move || match link.get() {
                Some(link) => view! { <Link link open /> }.into_any(),
                None => {
                    view! {
                        <form method="dialog" class="stack" novalidate on:submit=submit>
                            <Field
                                label="E-mail address"
                                name="email"
                                kind="email"
                                autocomplete="off"
                                testid="invite-email"
                                hint="They sign in with it. websh sends no mail: you get a link to give to them."
                                value=email
                                error=asking.error
                            />
                            <Choice
                                label="Role"
                                testid="invite-role"
                                options=&ROLES
                                value=role
                                hint=Signal::derive(move || words::role_means(role.get()))
                            />
                            <Failure error=asking.error testid="invite-error" fields=&["email"] />
                            <div class="dialog-actions">
                                <button
                                    type="button"
                                    class="button"
                                    on:click=move |_| open.set(false)
                                >
                                    "Cancel"
                                </button>
                                <button
                                    type="submit"
                                    class="button primary"
                                    data-testid="invite-create"
                                    disabled=move || asking.busy.get()
                                >
                                    "Make link"
                                </button>
                            </div>
                        </form>
                    }
                        .into_any()
                }
            }}
        </Dialog>
    }
}
