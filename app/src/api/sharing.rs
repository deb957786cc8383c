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
use serde::de::DeserializeOwned;

use super::rest::{self, Nothing};
use crate::error::PageError;

/// Options and limits of new shares of the session.
///
/// # Errors
/// `not_found`, how the session ended, and those of the server.
pub async fn options(id: SessionId) -> Result<SharingOptions, PageError> {
    get(&format!("/api/v1/sessions/{id}/sharing")).await
}

/// All shares of the session, without secrets.
///
/// # Errors
/// As [`options`].
pub async fn shares(id: SessionId) -> Result<Vec<Share>, PageError> {
    get(&format!("/api/v1/sessions/{id}/shares")).await
}

/// Creates a share link; only this answer has its secrets.
///
/// # Errors
/// `invalid_expiry`, an invalid field, and those of the server.
pub async fn share(id: SessionId, new: &NewShare) -> Result<FreshShare, PageError> {
    read(rest::post(&format!("/api/v1/sessions/{id}/shares"), new).await?).await
}

/// Extends a share, or changes whether its guests may type.
///
/// # Errors
/// `invalid_expiry`, `not_found`, and those of the server.
pub async fn change(id: SessionId, of: ShareId, change: &ChangeShare) -> Result<(), PageError> {
    let request = Request::patch(&format!("/api/v1/sessions/{id}/shares/{of}"));
    rest::send(request, change).await.map(drop)
}

/// Revokes a share and disconnects its guests.
///
/// # Errors
/// `not_found`, and those of the server.
pub async fn revoke(id: SessionId, of: ShareId) -> Result<(), PageError> {
    let request = Request::delete(&format!("/api/v1/sessions/{id}/shares/{of}"));
    rest::send(request, &Nothing {}).await.map(drop)
}

/// A new link with the settings of an earlier one.
///
/// # Errors
/// `not_found`, and those of the server.
pub async fn renew(id: SessionId, of: ShareId) -> Result<FreshShare, PageError> {
    let path = format!("/api/v1/sessions/{id}/shares/{of}/renew");
    read(rest::post(&path, &Nothing {}).await?).await
}

/// Removes a guest.
///
/// # Errors
/// `not_found`, and those of the server.
pub async fn remove(id: SessionId, of: ShareId, guest: GuestId) -> Result<(), PageError> {
    let path = format!("/api/v1/sessions/{id}/shares/{of}/guests/{guest}");
    rest::send(Request::delete(&path), &Nothing {}).await.map(drop)
}

/// Emails a separate link and password to each address.
///
/// # Errors
/// `mail_not_configured`, `invalid_expiry`, and those of the server.
pub async fn invite(id: SessionId, new: &NewInvites) -> Result<InviteResults, PageError> {
    read(rest::post(&format!("/api/v1/sessions/{id}/invites"), new).await?).await
}

/// Joins a shared session: the answer sets the cookie of the guest.
///
/// # Errors
/// `share_denied`; with the right password `share_expired`, `share_full`; those of the server.
pub async fn join(join: &Join) -> Result<Joined, PageError> {
    read(rest::post("/api/v1/join", join).await?).await
}

/// The session that this browser's guest has joined.
///
/// # Errors
/// The end of the share or of the session, and those of the server.
pub async fn joined() -> Result<Joined, PageError> {
    get("/api/v1/join/session").await
}

/// Requests a ticket for the attach of a guest.
///
/// # Errors
/// As [`joined`].
pub async fn attach() -> Result<Ticket, PageError> {
    read(rest::post("/api/v1/join/attach", &Nothing {}).await?).await
}

/// Leaves the session and frees the guest slot.
///
/// # Errors
/// Those of the server.
pub async fn leave() -> Result<(), PageError> {
    rest::post("/api/v1/join/leave", &Nothing {}).await.map(drop)
}

async fn get<T: DeserializeOwned>(path: &str) -> Result<T, PageError> {
    let answer = Request::get(path).send().await.map_err(|_| PageError::unreachable())?;
    read(rest::checked(answer).await?).await
}

async fn read<T: DeserializeOwned>(answer: gloo_net::http::Response) -> Result<T, PageError> {
    answer.json().await.map_err(|_| PageError::not_understood())
}
