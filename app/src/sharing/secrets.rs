//! Link and password of a new share, shown once: to copy or scan.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::FreshShare;

use super::{options::clock, qr::Qr};
use crate::{
    browser,
    ui::{button::Button, form::shown_once::ShownOnce, show::Show},
};

#[component]
pub fn ShareSecrets(
    share: FreshShare,
    /// Set once a secret was copied or revealed.
    copied: RwSignal<bool>,
    /// Set after a warning about leaving without a copy.
    warned: RwSignal<bool>,
    /// Returns to the list.
    #[prop(into)]
    back: Callback<()>,
    #[prop(into)] close: Callback<()>,
) -> impl IntoView {
    let FreshShare { url, password, expires_at, read_only, max_guests, .. } = share;
    let message = RwSignal::new("");
    let scan = RwSignal::new(false);
    let mark = Callback::new(move |()| copied.set(true));
    let secret = |label, testid, secret| {
        view! { <ShownOnce label testid secret masked=true hint="" copied=mark /> }
    };
    let both = format!("{url}\nPassword: {password}");
    let copy_both = move |_| {
        let both = both.clone();
        spawn_local(async move {
            let done = browser::copy(&both).await;
            if done {
                copied.try_set(true);
            }
            message.try_set(if done {
                "Link and password copied. Paste them into a message to your guest."
            } else {
                "The browser blocked the clipboard. Copy the link and the password one at a time."
            });
        });
    };
    let unsaved = move || warned.get() && !copied.get();
    let leave = move |to: Callback<()>| {
        if copied.get_untracked() || warned.get_untracked() {
            to.run(());
        } else {
            warned.set(true);
        }
    };
    let mode = if read_only { "Read-only" } else { "Guests can type" };
    let guests = match max_guests {
        1 => "1 guest".to_owned(),
        many => format!("up to {many} guests"),
    };
    let facts =
        move || format!("{mode} · {guests} · until {}", clock(expires_at.timestamp_millis()));
    let code = url.clone();
    view! {
        <div class="stack" data-testid="share-fresh">
            <p>
                <strong>"Send the link and the password to your guest."</strong>
                " They are shown only once."
            </p>
            {secret("Link", "share-url", url)}
            {secret("Password", "share-password", password)}
            <div class="secret-actions">
                <Button testid="share-copy-both" label="Copy both" kind="primary" press=copy_both />
                <Button
                    testid="share-scan"
                    label=move || if scan.get() { "Hide QR code" } else { "Show QR code" }
                    expanded=scan
                    press=move |()| scan.update(|it| *it = !*it)
                />
            </div>
            <p class="help" role="status" data-testid="share-copied">
                {message}
            </p>
            <Show when=move || scan.get()>
                <Qr text=code.clone() label="QR code of the link" />
            </Show>
            <p class="muted" data-testid="share-facts">
                {facts}
            </p>
            <Show when=unsaved>
                <p class="notice warning" role="alert" data-testid="share-uncopied">
                    "Nothing copied yet. The link and the password cannot be shown again."
                </p>
            </Show>
            <div class="dialog-actions">
                <Button testid="share-back" label="All shares" press=move |()| leave(back) />
                <Button
                    testid="share-done"
                    label=move || if unsaved() { "Close anyway" } else { "Done" }
                    press=move |()| leave(close)
                />
            </div>
        </div>
    }
}
