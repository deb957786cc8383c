//! A link and its password, this one time: to be copied, both at once, or scanned.

use leptos::{prelude::*, task::spawn_local};
use protocol::api::FreshShare;

use super::{minutes::clock, qr::Qr};
use crate::{
    browser,
    ui::{form::shown_once::ShownOnce, show::Show},
};

/// The secrets of a share that was just made.
#[component]
pub fn Fresh(
    /// The share.
    share: FreshShare,
    /// Set once anything was copied or shown to be.
    copied: RwSignal<bool>,
    /// Whether the person was about to leave without.
    asked: RwSignal<bool>,
    /// Back to the list.
    #[prop(into)]
    back: Callback<()>,
    /// Leave the dialog.
    #[prop(into)]
    close: Callback<()>,
) -> impl IntoView {
    let FreshShare { url, password, expires_at, read_only, max_guests, .. } = share;
    let said = RwSignal::new("");
    let scan = RwSignal::new(false);
    let mark = Callback::new(move |()| copied.set(true));
    let both = format!("{url}\nPassword: {password}");
    let copy_both = move |_| {
        let both = both.clone();
        spawn_local(async move {
            let there = browser::copy(&both).await;
            if there {
                copied.try_set(true);
            }
            said.try_set(if there {
                "Both are copied: paste them into a message to your guest."
            } else {
                "The browser does not let this page use the clipboard: copy them one by one."
            });
        });
    };
    let go = move |to: Callback<()>| {
        if copied.get_untracked() || asked.get_untracked() {
            to.run(());
        } else {
            asked.set(true);
        }
    };
    let facts = move || {
        let mode = if read_only { "Read-only" } else { "Guests can type" };
        let guests = if max_guests == 1 { "1 guest" } else { "guests" };
        let most = if max_guests == 1 { String::new() } else { format!("up to {max_guests} ") };
        format!("{mode} · {most}{guests} · until {}", clock(expires_at.timestamp_millis()))
    };
    let code = url.clone();
    view! {
        <div class="stack" data-testid="share-fresh">
            <p>
                <strong>"Send both to your guest."</strong>
                " They are shown this one time only."
            </p>
            <ShownOnce label="Link" testid="share-url" secret=url masked=true hint="" copied=mark />
            <ShownOnce
                label="Password"
                testid="share-password"
                secret=password
                masked=true
                hint=""
                copied=mark
            />
            <div class="secret-actions">
                <button
                    type="button"
                    class="button primary"
                    data-testid="share-copy-both"
                    on:click=copy_both
                >
                    "Copy both"
                </button>
                <button
                    type="button"
                    class="button"
                    data-testid="share-scan"
                    aria-expanded=move || scan.get().to_string()
                    on:click=move |_| scan.update(|it| *it = !*it)
                >
                    {move || if scan.get() { "Hide QR code" } else { "QR code of the link" }}
                </button>
            </div>
            <p class="help" role="status" data-testid="share-copied">
                {said}
            </p>
            <Show when=move || scan.get()>
                <Qr text=code.clone() label="QR code of the link" />
            </Show>
            <p class="muted" data-testid="share-facts">
                {facts}
            </p>
            <Show when=move || asked.get() && !copied.get()>
                <p class="notice warning" role="alert" data-testid="share-uncopied">
                    "Nothing has been copied. Once you leave, nobody can see this link and its password again."
                </p>
            </Show>
            <div class="dialog-actions">
                <button
                    type="button"
                    class="button"
                    data-testid="share-back"
                    on:click=move |_| go(back)
                >
                    "All shares"
                </button>
                <button
                    type="button"
                    class="button"
                    data-testid="share-done"
                    on:click=move |_| go(close)
                >
                    {move || if asked.get() && !copied.get() { "Close anyway" } else { "Done" }}
                </button>
            </div>
        </div>
    }
}
