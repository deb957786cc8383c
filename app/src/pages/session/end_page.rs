//! The panel that replaces a terminal: how the session ended or who took it over, and the next steps.

use client::Ending;
use leptos::{prelude::*, task::spawn_local};
use protocol::api::{ActiveClient, Session};

use crate::{
    browser, create_key,
    error::PageError,
    format,
    ui::{button::Button, failure::Failure, time::Ago},
};

/// The panel. The terminal below it handles its buttons with `data-command`.
#[component]
pub fn EndPage(ending: Ending) -> impl IntoView {
    let reason = ending.code();
    let body = match ending {
        Ending::Over(session) => view! { <Over session=*session /> }.into_any(),
        Ending::TakenOver(by) => {
            let now = by.as_ref().map(|by| format!("Taken over by {} on {}.", by.who, by.device));
            let now = now.unwrap_or_else(|| "Taken over by another client.".into());
            view! {
                <h1>"This session continues elsewhere"</h1>
                <p data-testid="taken-by">{now} " This page shows its last screen."</p>
                <Commands>
                    <Button
                        testid="take-back"
                        label="Take back"
                        kind="primary"
                        command="take-over"
                    />
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
                <Button
                    testid="sign-in-again"
                    label="Sign in"
                    kind="primary"
                    press=|()| browser::go(&browser::sign_in_and_back())
                />
            </div>
        }
        .into_any(),
        Ending::Stopped(message) => view! {
            <h1>"Connection closed"</h1>
            <p>{message}</p>
            <Commands>
                <Button
                    testid="try-again"
                    label="Try again"
                    kind="primary"
                    press=|()| drop(window().location().reload())
                />
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
            <Button testid="watch" label="Watch" command="watch" />
            <Button testid="take-over" label="Take over" kind="primary" command="take-over" />
        </div>
    }
}

/// Reason and time of the end, and the button that opens a similar one.
#[component]
fn Over(session: Session) -> impl IntoView {
    let busy = RwSignal::new(false);
    let error = RwSignal::new(None::<PageError>);
    let reason = session.end_reason.map_or("Ended", format::reason).to_ascii_lowercase();
    let heading = format!("{}: {reason}", session.name);
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
            <Button
                testid="new-like-this"
                label="New session like this"
                kind="primary"
                disabled=busy
                press=again
            />
        </Commands>
    }
}
