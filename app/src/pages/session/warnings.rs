//! Warnings in a terminal: the session expires, a share ends, or wrong passwords were entered for a share.

use leptos::prelude::*;

use crate::{
    format,
    terminal::Ui,
    ui::{show::Show, time::Now},
};

/// Time until the session expires, and a button that keeps it. Any key of the owner does the same.
#[component]
pub fn ExpiryWarning(ui: Ui) -> impl IntoView {
    let now = use_context::<Now>();
    let left = move || {
        let (at, now) = (ui.expires.get()?, now?.0.get()?);
        Some(format::soon(at, now))
    };
    let shown = move || {
        ui.expires.with(Option::is_some)
            && ui.ending.with(Option::is_none)
            && ui.participants.with(|crew| !crew.overseeing())
    };
    view! {
        <Show when=shown>
            <div class="expiry" role="alert" data-testid="expiry">
                <p>"Idle: this session will end " {move || left().unwrap_or_default()} "."</p>
                <button
                    type="button"
                    class="button primary small"
                    data-testid="keep"
                    data-command="keep"
                >
                    "Keep session"
                </button>
            </div>
        </Show>
    }
}

/// Time until a share ends, for the guest and for the owner, who can extend it.
#[component]
pub fn ShareWarning(
    ui: Ui,
    /// Opens the share dialog; none for guests.
    #[prop(optional, into)]
    share: Option<Callback<()>>,
) -> impl IntoView {
    let now = use_context::<Now>();
    let left = move || {
        let (at, now) = (ui.share_ends.get()?, now?.0.get()?);
        Some(format::soon(at, now))
    };
    let subject = if share.is_some() { "A share of this session ends" } else { "Your access ends" };
    // Removed once the share has ended: the owner's page stays open.
    let text = Memo::new(move |_| {
        let left = left().filter(|left| left != "now" && ui.ending.with(Option::is_none))?;
        Some(format!("{subject} {left}."))
    });
    let extend = share.map(|share| {
        let press = Callback::new(move |()| {
            ui.share_ends.set(None);
            share.run(());
        });
        ("share-ending-extend", "Extend…", press)
    });
    warning("share-ending", text, extend)
}

/// Wrong passwords were entered for a share of this session: shown to its owner until they open the shares.
#[component]
pub fn PasswordWarning(ui: Ui, share: Callback<()>) -> impl IntoView {
    let text = Memo::new(move |_| {
        format::wrong_passwords(ui.wrong_passwords.get())
            .filter(|_| ui.ending.with(Option::is_none))
    });
    let review = Callback::new(move |()| {
        ui.wrong_passwords.set(0);
        share.run(());
    });
    warning("wrong-passwords", text, Some(("wrong-passwords-look", "Review shares…", review)))
}

/// A sentence above the screen, with a button: test id, label and action.
fn warning(
    testid: &'static str,
    text: Memo<Option<String>>,
    button: Option<(&'static str, &'static str, Callback<()>)>,
) -> impl IntoView {
    view! {
        <Show when=move || text.with(Option::is_some)>
            <div class="expiry" role="alert" data-testid=testid>
                <p>{move || text.get().unwrap_or_default()}</p>
                {button
                    .map(|(testid, label, press)| {
                        view! {
                            <button
                                type="button"
                                class="button primary small"
                                data-testid=testid
                                on:click=move |_| press.run(())
                            >
                                {label}
                            </button>
                        }
                        .into_any()
                    })}
            </div>
        </Show>
    }
}
