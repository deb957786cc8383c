//! The dialog that shows a new invitation or password reset link once.

use leptos::prelude::*;
use protocol::api::{InviteKind, InviteLink, limits};

use crate::ui::{
    dialog::{Dialog, DialogClose, open_for},
    form::shown_once::ShownOnce,
};

/// Opens when a link is set.
#[component]
pub fn LinkDialog(link: RwSignal<Option<InviteLink>>) -> impl IntoView {
    // Removes the secret from the page on close.
    let open = open_for(link, |_| {});
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
    link: InviteLink,
    open: RwSignal<bool>,
    /// True if the link is also sent by email.
    #[prop(optional)]
    mailed: bool,
) -> impl IntoView {
    let InviteLink { invite, url } = link;
    let days = limits::INVITE_DAYS;
    let text = match invite.kind {
        InviteKind::Join if mailed => format!(
            "This link is being emailed to {}. If that fails, the audit log shows why. It makes them a member and works once, within {days} days.",
            invite.email,
        ),
        InviteKind::Join => format!(
            "Send them this link. It makes them a member and works once, within {days} days."
        ),
        InviteKind::Reset => format!(
            "Send them this link. It lets them choose a new password and works once, within {days} days."
        ),
    };
    view! {
        <div class="stack">
            <p data-testid="link-text">{text}</p>
            <ShownOnce label="Link" testid="link" secret=url />
            <DialogClose open testid="link-done" label="Done" kind="primary" />
        </div>
    }
}
