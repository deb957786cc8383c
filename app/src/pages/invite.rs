//! `/invite#token`: becoming a member, or choosing a new password, by a link that was handed over. The
//! token stays in the fragment, which browsers send nowhere.

use futures_util::FutureExt;
use leptos::prelude::*;
use leptos_meta::Title;
use protocol::api::{AcceptInvite, Invite, InviteKind, limits};

use crate::{
    api::rest,
    browser,
    error::PageError,
    ui::{
        failure::Failure,
        form::{Form, field::Field},
        plain_page::PlainPage,
        request::Request,
    },
};

/// Finds out what the link is for.
#[component]
pub fn InvitePage() -> impl IntoView {
    let invite = RwSignal::new(None::<Invite>);
    let request = Request::new();
    Effect::new(move |_| {
        // After the first Effects: until then nothing may be asked.
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
        None => view! { <p class="muted">"One moment…"</p> }.into_any(),
        Some(why) if ["not_found", "invite_over"].contains(&why.code()) => view! {
            <h1>"This link works no more"</h1>
            <p data-testid="invite-over">
                "It was used, withdrawn, or is older than 7 days. Ask whoever gave it to you for a new one."
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
fn Accept(invite: Invite) -> impl IntoView {
    let Invite { kind, email, by, .. } = invite;
    let joins = kind == InviteKind::Join;
    let name = RwSignal::new(String::new());
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<PageError>);
    let given = move || AcceptInvite {
        token: browser::fragment(),
        name: joins.then(|| name.get_untracked().trim().to_owned()),
        password: password.get_untracked(),
    };
    let check = move || first_mistake(&given());
    let send = move || {
        let accept = given();
        async move { rest::accept_invite(&accept).await }.boxed_local()
    };
    let (title, text) = if joins {
        ("Welcome to websh", format!("{by} invited you. Choose how you sign in."))
    } else {
        ("Choose a new password", "Everything that is signed in as you is signed out.".into())
    };
    view! {
        <h1>{title}</h1>
        <p>{text}</p>
        <Form
            action="/invite"
            label=if joins { "Start using websh" } else { "Set password" }
            testid="accept-submit"
            error_testid="accept-error"
            fields=if joins { &["name", "password"] } else { &["password"] }
            doubtful="password"
            error
            check
            send
            done=|| browser::go("/")
        >
            <label>
                "E-mail address"
                <input
                    type="email"
                    autocomplete="username"
                    value=email
                    readonly
                    data-testid="accept-email"
                />
            </label>
            {joins
                .then(|| {
                    view! {
                        <Field
                            label="Your name"
                            name="name"
                            kind="text"
                            autocomplete="name"
                            testid="accept-name"
                            value=name
                            error
                        />
                    }
                })}
            <Field
                label="Password"
                name="password"
                kind="password"
                autocomplete="new-password"
                testid="accept-password"
                hint="At least 12 characters. A few words that only you would put together are good."
                value=password
                error
            />
        </Form>
    }
}

/// What to say before the server is asked.
fn first_mistake(given: &AcceptInvite) -> Option<PageError> {
    let (field, message) = if given.name.as_deref() == Some("") {
        ("name", "Please enter the name that others will see.")
    } else if given.password.chars().count() < limits::MIN_PASSWORD {
        return Some(PageError::short_password("password"));
    } else {
        return None;
    };
    Some(PageError::of_field(field, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes() {
        for (name, password, field) in [
            (Some("Ada"), "long enough pw", None),
            (None, "long enough pw", None),
            (Some(""), "long enough pw", Some("name")),
            (Some("Ada"), "elevenchars", Some("password")),
            (None, "", Some("password")),
        ] {
            let given = AcceptInvite {
                token: String::new(),
                name: name.map(str::to_owned),
                password: password.into(),
            };
            let found = first_mistake(&given).and_then(|error| error.0.field);
            assert_eq!(found.as_deref(), field, "{name:?} {password}");
        }
    }
}
