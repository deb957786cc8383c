//! Sharing, as a page asks for it on the REST interface: answers carry secrets or set a cookie. The
//! second half is the guest's, who has no sign-in.

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

/// What a new share of the session may be.
///
/// # Errors
/// `not_found`, how the session ended, what the server says.
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

/// Makes a link; the answer has its secrets, this once.
///
/// # Errors
/// `invalid_expiry`, the field that is wrong, what the server says.
pub async fn share(id: SessionId, new: &NewShare) -> Result<FreshShare, PageError> {
    read(rest::post(&format!("/api/v1/sessions/{id}/shares"), new).await?).await
}

/// Extends a share, or lets its guests type or not, from this moment on.
///
/// # Errors
/// `invalid_expiry`, `not_found`, what the server says.
pub async fn change(id: SessionId, of: ShareId, change: &ChangeShare) -> Result<(), PageError> {
    let request = Request::patch(&format!("/api/v1/sessions/{id}/shares/{of}"));
    rest::send(request, change).await.map(drop)
}

/// Takes a share back: its guests are cut.
///
/// # Errors
/// `not_found`, what the server says.
pub async fn revoke(id: SessionId, of: ShareId) -> Result<(), PageError> {
    let request = Request::delete(&format!("/api/v1/sessions/{id}/shares/{of}"));
    rest::send(request, &Nothing {}).await.map(drop)
}

/// A new link with the settings of an earlier one.
///
/// # Errors
/// `not_found`, what the server says.
pub async fn renew(id: SessionId, of: ShareId) -> Result<FreshShare, PageError> {
    let path = format!("/api/v1/sessions/{id}/shares/{of}/renew");
    read(rest::post(&path, &Nothing {}).await?).await
}

/// Shows a guest out.
///
/// # Errors
/// `not_found`, what the server says.
pub async fn remove(id: SessionId, of: ShareId, guest: GuestId) -> Result<(), PageError> {
    let path = format!("/api/v1/sessions/{id}/shares/{of}/guests/{guest}");
    rest::send(Request::delete(&path), &Nothing {}).await.map(drop)
}

/// Sends a link and password of its own to each address.
///
/// # Errors
/// `mail_not_configured`, `invalid_expiry`, what the server says.
pub async fn invite(id: SessionId, new: &NewInvites) -> Result<InviteResults, PageError> {
    read(rest::post(&format!("/api/v1/sessions/{id}/invites"), new).await?).await
}

/// Comes in by a link: the answer sets the guest's cookie.
///
/// # Errors
/// `share_denied`; with the right password `share_expired`, `share_full`; what the server says.
pub async fn join(join: &Join) -> Result<Joined, PageError> {
    read(rest::post("/api/v1/join", join).await?).await
}

/// Where this browser's guest is.
///
/// # Errors
/// Why they are not there any more, what the server says.
pub async fn joined() -> Result<Joined, PageError> {
    get("/api/v1/join/session").await
}

/// Asks for a guest's ticket to attach with.
///
/// # Errors
/// As [`joined`].
pub async fn attach() -> Result<Ticket, PageError> {
    read(rest::post("/api/v1/join/attach", &Nothing {}).await?).await
}

/// Gives the guest's place back.
///
/// # Errors
/// What the server says.
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
