//! The warnings in a terminal: before its session expires or a share of it ends, and when somebody tries
//! passwords.

use leptos::prelude::*;

use crate::{
    format,
    terminal::Ui,
    ui::{show::Show, time::Now},
};

/// How long is left, and *Keep*. Any key of the owner does the same.
#[component]
pub fn ExpiryWarning(
    /// The terminal's state.
    ui: Ui,
) -> impl IntoView {
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
                <p>"Unused for long: this session ends " {move || left().unwrap_or_default()} "."</p>
                <button
                    type="button"
                    class="button primary small"
                    data-testid="keep"
                    data-command="keep"
                >
                    "Keep it"
                </button>
            </div>
        </Show>
    }
}

/// The warning before a share ends: to a guest, and to the owner, who can extend it.
#[component]
pub fn ShareWarning(
    /// The terminal's state.
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
    let what = if share.is_some() { "A share of this session ends" } else { "Your access ends" };
    // Gone once it has ended: the owner's page stays.
    let said = Memo::new(move |_| {
        let left = left().filter(|left| left != "now" && ui.ending.with(Option::is_none))?;
        Some(format!("{what} {left}."))
    });
    let extend = share.map(|share| {
        let press = Callback::new(move |()| {
            ui.share_ends.set(None);
            share.run(());
        });
        ("share-ending-extend", "Extend…", press)
    });
    warning("share-ending", said, extend)
}

/// Somebody tries passwords at a link of this session: told to its owner, until they look.
#[component]
pub fn PasswordWarning(
    /// The terminal's state.
    ui: Ui,
    /// Opens the share dialog.
    share: Callback<()>,
) -> impl IntoView {
    let said = Memo::new(move |_| {
        format::wrong_passwords(ui.wrong_passwords.get())
            .filter(|_| ui.ending.with(Option::is_none))
    });
    let look = Callback::new(move |()| {
        ui.wrong_passwords.set(0);
        share.run(());
    });
    warning("wrong-passwords", said, Some(("wrong-passwords-look", "Shares…", look)))
}

/// A sentence above the screen, and what can be done about it: a button's test id, label and effect.
fn warning(
    testid: &'static str,
    said: Memo<Option<String>>,
    button: Option<(&'static str, &'static str, Callback<()>)>,
) -> impl IntoView {
    view! {
        <Show when=move || said.with(Option::is_some)>
            <div class="expiry" role="alert" data-testid=testid>
                <p>{move || said.get().unwrap_or_default()}</p>
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
