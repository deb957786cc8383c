//! `/invite#token`: a link that creates a member or sets a new password. The token stays in the fragment,
//! which browsers do not send to servers.

use futures_util::FutureExt;
use leptos::prelude::*;
use leptos_meta::Title;
use protocol::api::{AcceptInvite, InviteKind, limits};

use super::validate;
use crate::{
    api::rest::{self, InviteSummary},
    browser,
    error::PageError,
    ui::{failure::Failure, form::Form, plain_page::PlainPage, request::Request},
};

/// Loads the invitation, then shows its form.
#[component]
pub fn InvitePage() -> impl IntoView {
    let invite = RwSignal::new(None::<InviteSummary>);
    let request = Request::new();
    Effect::new(move |_| {
        // Runs again once the request is no longer busy with hydration.
        if !request.busy.get()
            && invite.with_untracked(Option::is_none)
            && untrack(|| request.error.get()).is_none()
        {
            request.send(async move { rest::invite(&browser::fragment()).await }, move |it| {
                invite.set(Some(it));
            });
        }
    });
    view! {
        <Title text="Invitation · websh" />
        <PlainPage>
            {move || match invite.get() {
                Some(invite) => view! { <Accept invite /> }.into_any(),
                None => view! { <Unknown error=request.error /> }.into_any(),
            }}
        </PlainPage>
    }
}

#[component]
fn Unknown(error: RwSignal<Option<PageError>>) -> impl IntoView {
    move || {
        match error.get() {
        None => view! { <p class="muted">"Loading…"</p> }.into_any(),
        Some(why) if ["not_found", "invite_over"].contains(&why.code()) => view! {
            <h1>"This link is no longer valid"</h1>
            <p data-testid="invite-over">
                {format!(
                    "It was used or revoked, or it is older than {} days. Ask the person who gave it to you for a new one.",
                    limits::INVITE_DAYS,
                )}
            </p>
            <p>
                <a class="button" href="/sign-in">
                    "Sign in"
                </a>
            </p>
        }
        .into_any(),
        Some(why) => view! { <Failure error=Some(why) /> }.into_any(),
    }
    }
}

#[component]
fn Accept(invite: InviteSummary) -> impl IntoView {
    let InviteSummary { kind, email, by } = invite;
    let joins = kind == InviteKind::Join;
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<PageError>);
    let submit = move |()| {
        let accept = AcceptInvite {
            token: browser::fragment(),
            name: joins.then(|| name.get_untracked().trim().to_owned()),
            password: password.get_untracked(),
        };
        async move {
            validate(&accept)?;
            rest::accept_invite(&accept).await?;
            browser::go("/");
            Ok(())
        }
        .boxed_local()
    };
    let (title, text) = if joins {
        ("Welcome to websh", format!("{by} invited you. Choose a name and a password."))
    } else {
        let text = "You will be signed out everywhere else, and your API tokens will be removed.";
        ("Choose a new password", text.into())
    };
    view! {
        <h1>{title}</h1>
        <p>{text}</p>
        <Form
            action="/invite"
            label=if joins { "Join" } else { "Set password" }
            testid="accept"
            fields=if joins { &["name", "password"] } else { &["password"] }
            error
            submit
        >
            <label>
                "Email address"
                <input
                    type="email"
                    autocomplete="username"
                    value=email
                    readonly
                    data-testid="accept-email"
                />
            </label>
            {joins.then(|| validate::name_field("accept-name", name, error))}
            {validate::new_password_field("accept-password", password, error)}
        </Form>
    }
}

fn validate(accept: &AcceptInvite) -> Result<(), PageError> {
    accept.name.as_deref().map_or(Ok(()), validate::name)?;
    validate::new_password("password", &accept.password)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_invalid_field_is_reported() {
        for (name, password, field) in [
            (Some("Ada"), "long enough pw", None),
            (None, "long enough pw", None),
            (Some(""), "long enough pw", Some("name")),
            (Some("Ada"), "elevenchars", Some("password")),
            (None, "", Some("password")),
        ] {
            let accept = AcceptInvite {
                token: String::new(),
                name: name.map(str::to_owned),
                password: password.into(),
            };
            let found = validate(&accept).err().and_then(|error| error.0.field);
            assert_eq!(found.as_deref(), field, "{name:?} {password}");
        }
    }
}
