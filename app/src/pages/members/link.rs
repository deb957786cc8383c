//! The dialog that shows a new invitation or password reset link once.

use leptos::prelude::*;
use protocol::api::{InviteKind, InviteLink};

use crate::ui::{
    dialog::{Dialog, DialogClose},
    form::shown_once::ShownOnce,
};

/// Opens when a link is set.
#[component]
pub fn LinkDialog(
    /// The link to show.
    link: RwSignal<Option<InviteLink>>,
) -> impl IntoView {
    let open = RwSignal::new(false);
    Effect::new(move |_| {
        if link.with(Option::is_some) {
            open.set(true);
        }
    });
    Effect::new(move |_| {
        // Removes the secret from the page on close.
        if !open.get() {
            link.set(None);
        }
    });
    let title =
        Signal::derive(move || link.get().map(|link| link.invite.email).unwrap_or_default());
    view! {
        <Dialog open title testid="link-dialog">
            {move || link.get().map(|link| view! { <Link link open /> })}
        </Dialog>
    }
}

/// The link, with instructions.
#[component]
pub fn Link(
    /// The link.
    link: InviteLink,
    /// True while the dialog is open.
    open: RwSignal<bool>,
    /// True if the link is also sent by email.
    #[prop(optional)]
    mailed: bool,
) -> impl IntoView {
    let InviteLink { invite, url } = link;
    let text = match invite.kind {
        InviteKind::Join if mailed => format!(
            "An email with this link is being sent to {}; a failure appears in the audit log. The link makes them a member and works once, within 7 days.",
            invite.email,
        ),
        InviteKind::Join => {
            "Pass this link on to them. It makes them a member and works once, within 7 days."
                .to_owned()
        }
        InviteKind::Reset => {
            "Pass this link on to them. It lets them choose a new password and works once, within 7 days."
                .to_owned()
        }
    };
    view! {
        <div class="stack">
            <p data-testid="link-text">{text}</p>
            <ShownOnce label="Link" testid="link" secret=url />
            <DialogClose open testid="link-done" label="Done" kind="primary" />
        </div>
    }
}
