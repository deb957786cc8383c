//! `/join#token`: a guest joins a shared session. The token stays in the fragment, which browsers do not
//! send to servers. The page shows nothing about the session before the password is accepted. Afterwards its
//! address names the guest, because a browser may be a guest of several sessions.

use client::{Ending, ending::ShareOver};
use futures_util::FutureExt;
use leptos::{prelude::*, task::spawn_local};
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use protocol::{
    api::{Join, Joined},
    id::GuestId,
};

use super::validate;
use crate::{
    api, browser,
    error::PageError,
    pages::session::{end_page::EndPage, guest_view::GuestView},
    ui::{
        form::{Form, field::Field},
        plain_page::PlainPage,
        time::provide_now,
    },
};

#[derive(Clone, PartialEq)]
enum View {
    Loading,
    Form,
    Terminal(Box<Joined>),
    Ended(Ending),
}

/// The page. A signed-in member joins under their own name.
#[component]
pub fn JoinPage() -> impl IntoView {
    provide_now();
    let me = Resource::new(|| (), |()| api::me());
    view! {
        <Title text="Shared session · websh" />
        <Suspense fallback=|| view! { <p class="loading">"Loading…"</p> }>
            {move || Suspend::new(async move {
                let me = me.await.ok().map(|me| me.name);
                view! { <GuestPage me /> }
            })}
        </Suspense>
    }
}

/// The form, the terminal, then the end page.
#[component]
fn GuestPage(me: Option<String>) -> impl IntoView {
    let shown = RwSignal::new(View::Loading);
    let query = use_query_map();
    let guest = move || query.with_untracked(|query| query.get("guest")?.parse::<GuestId>().ok());
    Effect::new(move |_| {
        let guest = guest();
        spawn_local(async move { drop(shown.try_set(first(guest).await)) });
    });
    // The browser does not reload the page when only the fragment changes.
    Effect::new(move |_| {
        let link = window_event_listener(leptos::ev::hashchange, move |_| {
            if !browser::fragment().is_empty() {
                shown.set(View::Form);
            }
        });
        on_cleanup(move || link.remove());
    });
    let left = Callback::new(move |()| shown.set(View::Ended(Ending::Share(ShareOver::Left))));
    let joined = Callback::new(move |joined: Joined| shown.set(terminal(joined)));
    move || match shown.get() {
        View::Terminal(joined) => view! { <GuestView joined=*joined left /> }.into_any(),
        View::Ended(ending) => view! {
            <main class="plain-page">
                <EndPage ending />
            </main>
        }
        .into_any(),
        View::Form => {
            let me = me.clone();
            view! {
                <PlainPage>
                    <JoinForm me joined />
                </PlainPage>
            }
            .into_any()
        }
        View::Loading => view! {
            <PlainPage>
                <p class="muted">"Loading…"</p>
            </PlainPage>
        }
        .into_any(),
    }
}

/// A link leads to the form; without one, a guest who joined before rejoins.
async fn first(guest: Option<GuestId>) -> View {
    if !browser::fragment().is_empty() {
        return View::Form;
    }
    match api::sharing::joined(guest).await {
        Ok(joined) => terminal(joined),
        Err(why) => View::Ended(Ending::of_guest(why.into())),
    }
}

/// The terminal of a guest. The address names the guest, so that a reloaded page is of the same one, and no longer
/// has the token.
fn terminal(joined: Joined) -> View {
    browser::replace_address(&format!("/join?guest={}", joined.guest));
    View::Terminal(Box::new(joined))
}

#[component]
fn JoinForm(me: Option<String>, joined: Callback<Joined>) -> impl IntoView {
    let member = me.is_some();
    let name = RwSignal::new(me.clone().unwrap_or_default());
    let password = RwSignal::new(String::new());
    let error = RwSignal::new(None::<PageError>);
    let submit = move |()| {
        let join = Join {
            token: browser::fragment(),
            name: name.get_untracked().trim().to_owned(),
            password: password.get_untracked().trim().to_owned(),
        };
        async move {
            validate(&join)?;
            joined.run(api::sharing::join(&join).await?);
            Ok(())
        }
        .boxed_local()
    };
    view! {
        <h1>"Join a shared session"</h1>
        <p>"Enter the password that came with your link. You don't need to sign in."</p>
        <Form
            action="/join"
            label="Join"
            testid="join"
            fields=if member { &["password"] } else { &["name", "password"] }
            error
            submit
        >
            {match me {
                Some(me) => {
                    view! {
                        <p class="notice" data-testid="join-as">
                            "Joining as " <strong>{me}</strong> "."
                        </p>
                    }
                        .into_any()
                }
                None => {
                    view! {
                        <Field
                            label="Your name"
                            name="name"
                            autocomplete="name"
                            testid="join-name"
                            hint="Shown to others in the session."
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
                testid="join-password"
                hint="Not case-sensitive; dashes are optional."
                value=password
                error
            />
        </Form>
    }
}

fn validate(join: &Join) -> Result<(), PageError> {
    validate::bounded_name(&join.name)?;
    let message = "Enter the password that came with the link.";
    validate::check(!join.password.is_empty(), "password", message)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_first_invalid_field_is_reported() {
        let long = "é".repeat(65);
        for (name, password, field) in [
            ("Grace", "k7f2", None),
            (&long[..128], "k7f2", None),
            (&long, "k7f2", Some("name")),
            ("", "k7f2", Some("name")),
            ("Grace", "", Some("password")),
        ] {
            let join = Join { token: "t".into(), name: name.into(), password: password.into() };
            let found = validate(&join).err().and_then(|error| error.0.field);
            assert_eq!(found.as_deref(), field, "{name} {password}");
        }
    }
}
