//! What stands where a terminal was: how the session ended, or who has it now, and the way on.

use client::Ending;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{ActiveClient, Session};

use crate::{
    browser, create_key,
    error::PageError,
    format,
    ui::{failure::Failure, time::Ago},
};

/// The panel. Its buttons with `data-command` are heard by the terminal below it.
#[component]
pub fn EndPage(
    /// What happened.
    ending: Ending,
) -> impl IntoView {
    let reason = ending.code();
    let body = match ending {
        Ending::Over(session) => view! { <Over session=*session /> }.into_any(),
        Ending::TakenOver(by) => {
            let now = by.as_ref().map(|by| format!("Taken over by {} on {}.", by.who, by.device));
            view! {
                <h1>"This session went on somewhere else"</h1>
                <p data-testid="taken-by">
                    {now.unwrap_or_else(|| "Taken over by another client.".into())}
                    " This page shows the last screen it saw."
                </p>
                <Commands>
                    <button
                        type="button"
                        class="button primary"
                        data-testid="take-back"
                        data-command="take-over"
                    >
                        "Take back"
                    </button>
                </Commands>
            }
            .into_any()
        }
        Ending::Elsewhere(by) => view! { <Elsewhere by /> }.into_any(),
        Ending::NotFound => view! {
            <h1>"There is no such session"</h1>
            <p>"It may belong to somebody else, or the address may be mistyped."</p>
            <Commands />
        }
        .into_any(),
        Ending::Share(over) => {
            let (heading, text) = over.text();
            view! {
                <h1>{heading}</h1>
                <p>{text}</p>
            }
            .into_any()
        }
        Ending::SignedOut => view! {
            <h1>"You were signed out"</h1>
            <p>"Your session goes on. Sign in, and you are back here."</p>
            <div class="dialog-actions">
                <button
                    type="button"
                    class="button primary"
                    data-testid="sign-in-again"
                    on:click=|_| browser::go(&browser::sign_in_and_back())
                >
                    "Sign in"
                </button>
            </div>
        }
        .into_any(),
        Ending::Stopped(message) => view! {
            <h1>"The connection stopped"</h1>
            <p>{message}</p>
            <Commands>
                <button
                    type="button"
                    class="button primary"
                    data-testid="try-again"
                    on:click=|_| drop(browser::window().location().reload())
                >
                    "Try again"
                </button>
            </Commands>
        }
        .into_any(),
    };
    view! {
        <section class="panel end-page" role="status" data-testid="end-page" data-reason=reason>
            {body}
        </section>
    }
}

/// The way back to the list, and what else can be done.
#[component]
fn Commands(#[prop(optional)] children: Option<Children>) -> impl IntoView {
    view! {
        <div class="dialog-actions">
            <a class="button" href="/" data-testid="all-sessions">
                "My sessions"
            </a>
            {children.map(|children| children())}
        </div>
    }
}

/// The policy asks before it takes a session from another client.
#[component]
fn Elsewhere(by: Option<ActiveClient>) -> impl IntoView {
    let sentence = match by {
        Some(by) => format!("In use by {} on {}.", by.who, by.device),
        None => "In use by another client.".into(),
    };
    view! {
        <h1>"This session is in use"</h1>
        <p data-testid="taken-by">{sentence}</p>
        <div class="dialog-actions">
            <a class="button" href="/" data-testid="cancel">
                "Cancel"
            </a>
            <button type="button" class="button" data-testid="watch" data-command="watch">
                "Watch"
            </button>
            <button
                type="button"
                class="button primary"
                data-testid="take-over"
                data-command="take-over"
            >
                "Take over"
            </button>
        </div>
    }
}

/// How it ended, when, and another one like it.
#[component]
fn Over(session: Session) -> impl IntoView {
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<PageError>);
    let heading = format!(
        "{}: {}",
        session.name,
        session.end_reason.map_or("Ended", format::reason).to_ascii_lowercase()
    );
    let sentence = format::ending(&session);
    let ended_at = session.ended_at;
    let again = move |_| {
        busy.set(true);
        error.set(None);
        let session = session.clone();
        spawn_local(async move {
            match create_key::like(&session).await {
                Ok(path) => browser::go(&path),
                Err(why) => {
                    error.set(Some(why));
                    busy.set(false);
                }
            }
        });
    };
    view! {
        <h1>{heading}</h1>
        <p data-testid="end-status">{sentence}</p>
        {ended_at
            .map(|time| {
                view! {
                    <p class="muted" data-testid="end-when">
                        <Ago time />
                    </p>
                }
            })}
        <Failure error />
        <Commands>
            <button
                type="button"
                class="button primary"
                data-testid="new-like-this"
                disabled=move || busy.get()
                on:click=again
            >
                "New session like this"
            </button>
        </Commands>
    }
}
