//! Invitations: links by which people become members.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::{
    api::{Invite, InviteLink, NewInvite},
    id::InviteId,
};

use crate::{api::json::Json, error::PageError};

/// Those that wait.
///
/// # Errors
/// `signed_out`, `forbidden`, and what the server says.
#[server(name = ListInvites, prefix = "/api/pages", endpoint = "invites", input = Json, output = Json)]
pub async fn invites() -> Result<Vec<Invite>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.list(&actor).await?)
}

/// Whether one can go by mail.
///
/// # Errors
/// `signed_out`, `forbidden`.
#[server(name = MailsInvites, prefix = "/api/pages", endpoint = "mails-invites", input = Json, output = Json)]
pub async fn mails_invites() -> Result<bool, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.can_mail(&actor)?)
}

/// Makes one; the answer has its link, this once.
///
/// # Errors
/// The field that is wrong, `member_exists`, what the server says.
#[server(name = CreateInvite, prefix = "/api/pages", endpoint = "invite", input = Json, output = Json)]
pub async fn invite(new: NewInvite) -> Result<InviteLink, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.create(&actor, new).await?)
}

/// Makes its link worthless.
///
/// # Errors
/// `signed_out`, `forbidden`, and what the server says.
#[server(name = WithdrawInvite, prefix = "/api/pages", endpoint = "withdraw-invite", input = Json, output = Json)]
pub async fn withdraw(id: InviteId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.withdraw(&actor, id).await?)
}
