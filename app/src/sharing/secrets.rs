//! Link and password of a new share, shown once: to copy or scan.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::FreshShare;

use super::{options::clock, qr::Qr};
use crate::{
    browser,
    ui::{button::Button, form::shown_once::ShownOnce, show::Show},
};

/// The link and password of a new share, while they are shown.
#[derive(Clone, Copy)]
pub struct Secrets {
    pub share: RwSignal<Option<FreshShare>>,
    /// Set once a secret was copied or revealed.
    copied: RwSignal<bool>,
    warned: RwSignal<bool>,
}

impl Secrets {
    pub fn new() -> Self {
        let share = RwSignal::new(None);
        let (copied, warned) = (RwSignal::new(false), RwSignal::new(false));
        Effect::new(move |_| {
            share.track();
            copied.set(false);
            warned.set(false);
        });
        Self { share, copied, warned }
    }

    /// Warns once before secrets are lost. Returns true if it did.
    pub fn warn(self) -> bool {
        let warn = self.share.with_untracked(Option::is_some)
            && !self.copied.get_untracked()
            && !self.warned.get_untracked();
        if warn {
            self.warned.set(true);
        }
        warn
    }
}

#[component]
pub fn ShareSecrets(
    share: FreshShare,
    secrets: Secrets,
    /// Closes the dialog.
    #[prop(into)]
    close: Callback<()>,
) -> impl IntoView {
    let Secrets { copied, warned, .. } = secrets;
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
    let back = move |()| {
        if !secrets.warn() {
            secrets.share.set(None);
        }
    };
    let done = move |()| {
        if !secrets.warn() {
            close.run(());
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
                <Button testid="share-back" label="All shares" press=back />
                <Button
                    testid="share-done"
                    label=move || if unsaved() { "Close anyway" } else { "Done" }
                    press=done
                />
            </div>
        </div>
    }
}
