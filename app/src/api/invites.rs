//! Invites: links for new members and new passwords.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::{
    api::{Invite, InviteLink, NewInvite},
    id::InviteId,
};

use crate::{error::PageError, json::Json};

/// Pending invites.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = ListInvites, prefix = "/api/pages", endpoint = "invites", input = Json, output = Json)]
pub async fn invites() -> Result<Vec<Invite>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.list(&actor).await?)
}

/// Returns true if invites can be sent by email.
///
/// # Errors
/// `signed_out`, `forbidden`.
#[server(name = MailsInvites, prefix = "/api/pages", endpoint = "mails-invites", input = Json, output = Json)]
pub async fn mails_invites() -> Result<bool, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.can_mail(&actor)?)
}

/// Creates an invite; only this answer has its link.
///
/// # Errors
/// An invalid field, `member_exists`, and those of the server.
#[server(name = CreateInvite, prefix = "/api/pages", endpoint = "invite", input = Json, output = Json)]
pub async fn invite(new: NewInvite) -> Result<InviteLink, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.create(&actor, new).await?)
}

/// Revokes an invite.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = WithdrawInvite, prefix = "/api/pages", endpoint = "withdraw-invite", input = Json, output = Json)]
pub async fn withdraw(id: InviteId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.withdraw(&actor, id).await?)
}
