//! Warnings in a terminal: the session expires, a share ends, or wrong passwords were entered for a share.

use leptos::prelude::*;

use crate::{
    format,
    terminal::Ui,
    ui::{
        button::Button,
        show::{Show, dynamic},
        time::Now,
    },
};

/// Time until the session expires, and a button that keeps it. Any key of the owner does the same.
#[component]
pub fn ExpiryWarning(ui: Ui) -> impl IntoView {
    let now = use_context::<Now>();
    let text = Memo::new(move |_| {
        let left = format::soon(ui.expires.get()?, now?.0.get()?);
        let keeps = ui.participants.with(|it| !it.overseeing());
        let shown = keeps && ui.ending.with(Option::is_none);
        shown.then(|| format!("Idle: this session will end {left}."))
    });
    let keep = || {
        view! { <Button testid="keep" label="Keep session" kind="primary small" command="keep" /> }
    };
    warning("expiry", text, keep.into())
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
    let subject = if share.is_some() { "A share of this session ends" } else { "Your access ends" };
    // Removed once the share has ended: the owner's page stays open.
    let text = Memo::new(move |_| {
        let left = format::soon(ui.share_ends.get()?, now?.0.get()?);
        let ended = left == "now" || ui.ending.with(Option::is_some);
        (!ended).then(|| format!("{subject} {left}."))
    });
    let extend = move || {
        let share = share?;
        let press = move |()| {
            ui.share_ends.set(None);
            share.run(());
        };
        let kind = "primary small";
        Some(view! { <Button testid="share-ending-extend" label="Extend…" kind press /> })
    };
    warning("share-ending", text, extend.into())
}

/// Wrong passwords were entered for a share of this session: shown to its owner until they open the shares.
#[component]
pub fn PasswordWarning(ui: Ui, share: Callback<()>) -> impl IntoView {
    let text = Memo::new(move |_| {
        format::wrong_passwords(ui.wrong_passwords.get())
            .filter(|_| ui.ending.with(Option::is_none))
    });
    let review = move || {
        let press = move |()| {
            ui.wrong_passwords.set(0);
            share.run(());
        };
        let kind = "primary small";
        view! { <Button testid="wrong-passwords-look" label="Review shares…" kind press /> }
    };
    warning("wrong-passwords", text, review.into())
}

/// A sentence above the screen, with a button.
fn warning(testid: &'static str, text: Memo<Option<String>>, button: ViewFn) -> AnyView {
    view! {
        <Show when=move || text.with(Option::is_some)>
            <div class="expiry" role="alert" data-testid=testid>
                <p>{dynamic(move || text.get().unwrap_or_default())}</p>
                {button.run()}
            </div>
        </Show>
    }
    .into_any()
}
