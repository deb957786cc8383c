//! `/join#token`: a guest's way into a shared session. The token stays in the fragment, which browsers
//! send nowhere; the page says nothing of the session before the password was right.

use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use protocol::api::{Join, Joined, limits};

use crate::{
    api, browser,
    error::PageError,
    pages::session::{end_page::EndPage, guest_view::GuestView},
    terminal::{Ending, ShareOver, ending::of_guest},
    ui::{
        form::{Form, field::Field},
        plain_page::PlainPage,
        time::provide_now,
    },
};

/// What the page shows.
#[derive(Clone, PartialEq)]
enum Shown {
    /// Nothing yet.
    Wait,
    /// The form.
    Ask,
    /// The terminal.
    In(Box<Joined>),
    /// Why there is neither.
    Over(Ending),
}

/// The page: a signed-in member joins as themselves.
#[component]
pub fn JoinPage() -> impl IntoView {
    provide_now();
    let me = Resource::new(|| (), |()| api::members::me());
    view! {
        <Title text="Shared session · websh" />
        <Suspense fallback=|| view! { <p class="loading">"One moment…"</p> }>
            {move || Suspend::new(async move {
                let me = me.await.ok().map(|me| me.name);
                view! { <Door me /> }
            })}
        </Suspense>
    }
}

/// From the form to the terminal to the end.
#[component]
fn Door(me: Option<String>) -> impl IntoView {
    let shown = RwSignal::new(Shown::Wait);
    Effect::new(move |_| spawn_local(async move { drop(shown.try_set(first().await)) }));
    // Another link, put into the address bar of this same page, loads nothing.
    Effect::new(move |_| {
        let link = window_event_listener(leptos::ev::hashchange, move |_| {
            if !browser::fragment().is_empty() {
                shown.set(Shown::Ask);
            }
        });
        on_cleanup(move || link.remove());
    });
    let left = Callback::new(move |()| shown.set(Shown::Over(Ending::Share(ShareOver::Left))));
    let entered = Callback::new(move |joined: Joined| {
        // What let the guest in is not for whoever looks over their shoulder, or at the history.
        browser::forget_fragment();
        shown.set(Shown::In(Box::new(joined)));
    });
    move || match shown.get() {
        Shown::In(joined) => view! { <GuestView joined=*joined left /> }.into_any(),
        Shown::Over(ending) => view! {
            <main class="plain-page">
                <EndPage ending />
            </main>
        }
        .into_any(),
        Shown::Ask => {
            let me = me.clone();
            view! {
                <PlainPage>
                    <Enter me entered />
                </PlainPage>
            }
            .into_any()
        }
        Shown::Wait => view! {
            <PlainPage>
                <p class="muted">"One moment…"</p>
            </PlainPage>
        }
        .into_any(),
    }
}

/// A link asks for its password; without one, who came in before is still in.
async fn first() -> Shown {
    if !browser::fragment().is_empty() {
        return Shown::Ask;
    }
    match api::sharing::joined().await {
        Ok(joined) => Shown::In(Box::new(joined)),
        Err(why) => Shown::Over(of_guest(why)),
    }
}

/// Asks for the name and the password.
#[component]
fn Enter(
    /// Who is signed in here, if anybody is.
    me: Option<String>,
    /// The guest is in.
    entered: Callback<Joined>,
) -> impl IntoView {
    let member = me.is_some();
    let name = RwSignal::new(me.clone().unwrap_or_default());
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<PageError>);
    let joined = RwSignal::new(None::<Joined>);
    let given = move || Join {
        token: browser::fragment(),
        name: name.get_untracked().trim().to_owned(),
        password: password.get_untracked().trim().to_owned(),
    };
    let send = move || {
        let join = given();
        async move {
            joined.set(Some(api::sharing::join(&join).await?));
            Ok(())
        }
        .boxed_local()
    };
    let done = move || {
        if let Some(joined) = joined.get_untracked() {
            entered.run(joined);
        }
    };
    view! {
        <h1>"Join a shared session"</h1>
        <p>"You were sent a link and a password. Both together let you in; you need no account."</p>
        <Form
            action="/join"
            label="Join"
            testid="join-submit"
            error_testid="join-error"
            fields=if member { &["password"] } else { &["name", "password"] }
            doubtful="password"
            error
            check=move || first_mistake(&given())
            send
            done
        >
            {match me {
                Some(me) => {
                    view! {
                        <p class="notice" data-testid="join-as">
                            "You join as " <strong>{me}</strong> ", as you are signed in here."
                        </p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <Field
                            label="Your name"
                            name="name"
                            kind="text"
                            autocomplete="name"
                            testid="join-name"
                            hint="The others in the session see it."
                            value=name
                            error
                        />
                    }
                        .into_any()
                }
            }}
            <Field
                label="Password"
                name="password"
                kind="text"
                autocomplete="off"
                testid="join-password"
                hint="Capitals and dashes do not matter."
                value=password
                error
            />
        </Form>
    }
}

/// What to say before the server is asked.
fn first_mistake(given: &Join) -> Option<PageError> {
    let (field, message) = match (given.name.chars().count(), given.password.is_empty()) {
        (0, _) => ("name", "Please enter the name that the others will see."),
        (length, _) if length > limits::MAX_NAME => return Some(PageError::long_name("name")),
        (_, true) => ("password", "Please enter the password that came with the link."),
        _ => return None,
    };
    Some(PageError::of_field(field, message))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn mistakes() {
        let long = "é".repeat(65);
        for (name, password, field) in [
            ("Grace", "k7f2", None),
            (&long[..128], "k7f2", None),
            (&long, "k7f2", Some("name")),
            ("", "k7f2", Some("name")),
            ("Grace", "", Some("password")),
        ] {
            let given = Join { token: "t".into(), name: name.into(), password: password.into() };
            let found = first_mistake(&given).and_then(|why| why.0.field);
            assert_eq!(found.as_deref(), field, "{name} {password}");
        }
    }
}
