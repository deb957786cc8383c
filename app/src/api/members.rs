//! Members.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::{
    api::{ChangeMember, InviteLink, Me, Member},
    id::MemberId,
};

use crate::{error::PageError, json::Json};

/// The signed-in member.
///
/// # Errors
/// `signed_out`, and those of the server.
#[server(name = GetMe, prefix = "/api/pages", endpoint = "me", input = Json, output = Json)]
pub async fn me() -> Result<Me, PageError> {
    let (_, actor) = crate::context::signed_in()?;
    Ok(actor.me())
}

/// All members.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = ListMembers, prefix = "/api/pages", endpoint = "members", input = Json, output = Json)]
pub async fn members() -> Result<Vec<Member>, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.members.list(&actor).await?)
}

/// Changes the name, role or active state of a member.
///
/// # Errors
/// An invalid field, `forbidden`, and those of the server.
#[server(name = ChangeMemberOf, prefix = "/api/pages", endpoint = "change-member", input = Json, output = Json)]
pub async fn change(id: MemberId, change: ChangeMember) -> Result<Member, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.members.change(&actor, id, change).await?)
}

/// Creates a link to reset the password of a member.
///
/// # Errors
/// `signed_out`, `forbidden`, and those of the server.
#[server(name = ResetMember, prefix = "/api/pages", endpoint = "reset-member", input = Json, output = Json)]
pub async fn reset(id: MemberId) -> Result<InviteLink, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.invites.create_reset(&actor, id).await?)
}
