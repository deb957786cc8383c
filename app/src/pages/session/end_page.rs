//! The panel that replaces a terminal: how the session ended or who took it over, and the next steps.

use client::Ending;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{ActiveClient, Session};

use crate::{
    browser, create_key,
    error::PageError,
    format,
    ui::{failure::Failure, time::Ago},
};

/// The panel. The terminal below it handles its buttons with `data-command`.
#[component]
pub fn EndPage(ending: Ending) -> impl IntoView {
    let reason = ending.code();
    let body = match ending {
        Ending::Over(session) => view! { <Over session=*session /> }.into_any(),
        Ending::TakenOver(by) => {
            let now = by.as_ref().map(|by| format!("Taken over by {} on {}.", by.who, by.device));
            view! {
                <h1>"This session continues elsewhere"</h1>
                <p data-testid="taken-by">
                    {now.unwrap_or_else(|| "Taken over by another client.".into())}
                    " This page shows its last screen."
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
            <h1>"Session not found"</h1>
            <p>"Check the address. The session may belong to another member."</p>
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
            <p>"Your session is still running. Sign in to return to it."</p>
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
            <h1>"Connection closed"</h1>
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

/// The link to the list of sessions, and other buttons.
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

/// The policy requires a confirmation before this page takes over.
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

/// Reason and time of the end, and the button that opens a similar one.
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
            match create_key::create_like(&session).await {
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
