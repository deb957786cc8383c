//! Sharing over the REST interface, whose answers contain secrets or set cookies: requests of the owner, then
//! those of the guest, who has no sign-in.

use gloo_net::http::{Request, Response};
use protocol::{
    api::{
        ChangeShare, FreshShare, InviteResults, Join, Joined, NewInvites, NewShare, Share,
        SharingOptions, Ticket,
    },
    id::{GuestId, SessionId, ShareId},
};

use super::rest::{EMPTY, fetch, get, post, read, send};
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

/// The session that this guest has joined; without a name, the only guest of this browser.
pub async fn joined(guest: Option<GuestId>) -> Result<Joined, PageError> {
    let named = guest.map(|guest| format!("?guest={guest}")).unwrap_or_default();
    let path = format!("/api/v1/join/session{named}");
    read(fetch(Request::get(&path).build()).await?).await
}

/// Requests a ticket for the attach of a guest.
pub async fn attach(guest: GuestId) -> Result<Ticket, PageError> {
    read(as_guest("attach", guest).await?).await
}

/// Leaves the session and frees the guest slot.
pub async fn leave(guest: GuestId) -> Result<(), PageError> {
    as_guest("leave", guest).await.map(drop)
}

/// Sends a request of a guest, who need not be the member that is signed in.
async fn as_guest(action: &str, guest: GuestId) -> Result<Response, PageError> {
    let path = format!("/api/v1/join/{action}?guest={guest}");
    fetch(Request::post(&path).json(&EMPTY)).await
}
