//! Sharing over the REST interface, whose answers contain secrets or set cookies: requests of the owner, then
//! those of the guest, who has no sign-in.

use gloo_net::http::Request;
use protocol::{
    api::{
        ChangeShare, FreshShare, InviteResults, Join, Joined, NewInvites, NewShare, Share,
        SharingOptions, Ticket,
    },
    id::{GuestId, SessionId, ShareId},
};

use super::rest::{EMPTY, get, post, read, send};
use crate::error::PageError;

/// Options and limits of new shares of the session.
pub async fn options(id: SessionId) -> Result<SharingOptions, PageError> {
    get(&format!("/api/v1/sessions/{id}/sharing")).await
}

/// All shares of the session, without secrets.
pub async fn shares(id: SessionId) -> Result<Vec<Share>, PageError> {
    get(&format!("/api/v1/sessions/{id}/shares")).await
}

/// Creates a share link; only this answer has its secrets.
pub async fn share(id: SessionId, new: &NewShare) -> Result<FreshShare, PageError> {
    read(post(&format!("/api/v1/sessions/{id}/shares"), new).await?).await
}

/// Extends a share, or changes whether its guests may type.
pub async fn change(id: SessionId, of: ShareId, change: &ChangeShare) -> Result<(), PageError> {
    let request = Request::patch(&format!("/api/v1/sessions/{id}/shares/{of}"));
    send(request, change).await.map(drop)
}

/// Revokes a share and disconnects its guests.
pub async fn revoke(id: SessionId, of: ShareId) -> Result<(), PageError> {
    let request = Request::delete(&format!("/api/v1/sessions/{id}/shares/{of}"));
    send(request, &EMPTY).await.map(drop)
}

/// A new link with the settings of an earlier one.
pub async fn renew(id: SessionId, of: ShareId) -> Result<FreshShare, PageError> {
    read(post(&format!("/api/v1/sessions/{id}/shares/{of}/renew"), &EMPTY).await?).await
}

/// Removes a guest.
pub async fn remove(id: SessionId, of: ShareId, guest: GuestId) -> Result<(), PageError> {
    let path = format!("/api/v1/sessions/{id}/shares/{of}/guests/{guest}");
    send(Request::delete(&path), &EMPTY).await.map(drop)
}

/// Emails a separate link and password to each address.
pub async fn invite(id: SessionId, new: &NewInvites) -> Result<InviteResults, PageError> {
    read(post(&format!("/api/v1/sessions/{id}/invites"), new).await?).await
}

/// Joins a shared session: the answer sets the cookie of the guest. Only the right password reveals whether
/// the share has expired or is full.
pub async fn join(join: &Join) -> Result<Joined, PageError> {
    read(post("/api/v1/join", join).await?).await
}

/// The session that this browser's guest has joined.
pub async fn joined() -> Result<Joined, PageError> {
    get("/api/v1/join/session").await
}

/// Requests a ticket for the attach of a guest.
pub async fn attach() -> Result<Ticket, PageError> {
    read(post("/api/v1/join/attach", &EMPTY).await?).await
}

/// Leaves the session and frees the guest slot.
pub async fn leave() -> Result<(), PageError> {
    post("/api/v1/join/leave", &EMPTY).await.map(drop)
}
