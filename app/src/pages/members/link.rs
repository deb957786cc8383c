//! The dialog that shows a fresh link, this one time.

use leptos::prelude::*;
use protocol::api::{InviteKind, InviteLink};

use crate::ui::{dialog::Dialog, form::shown_once::ShownOnce};

/// The link, and whom to give it.
#[component]
pub fn LinkDialog(
    /// The link; none when nothing is shown.
    made: RwSignal<Option<InviteLink>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if made.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        // The secret leaves the page.
        if !open.get() {
            made.set(None);
        }
    });
    let title =
        Signal::derive(move || made.get().map(|link| link.invite.email).unwrap_or_default());
    view! {
        <Dialog open title testid="link-dialog">
            {move || made.get().map(|link| view! { <Link link open /> })}
        </Dialog>
    }
}

/// The link itself and the way out.
#[component]
pub fn Link(
    /// The link.
    link: InviteLink,
    /// Set to false when it was seen.
    open: RwSignal<bool>,
    /// It goes by mail as well.
    #[prop(optional)]
    mailed: bool,
) -> impl IntoView {
    let InviteLink { invite, url } = link;
    let text = match invite.kind {
        InviteKind::Join if mailed => {
            format!(
                "A mail with this link is on its way to {}; the audit log says if it can't be sent. Who opens it becomes a member with this address; it works once, for 7 days.",
                invite.email,
            )
        }
        InviteKind::Join => {
            "Give this link to them. Who opens it becomes a member with this address; it works once, for 7 days.".to_owned()
        }
        InviteKind::Reset => {
            "Give this link to them. Who opens it chooses a new password for this address; it works once, for 7 days.".to_owned()
        }
    };
    view! {
        <div class="stack">
            <p data-testid="link-text">{text}</p>
            <ShownOnce label="The link" testid="link" secret=url />
            <div class="dialog-actions">
                <button
                    type="button"
                    class="button primary"
                    data-testid="link-done"
                    on:click=move |_| open.set(false)
                >
                    "Done"
                </button>
            </div>
        </div>
    }
}
