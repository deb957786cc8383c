//! Requests to the REST interface: those that set a cookie, send a password, create a ticket, return bytes
//! or drop sessions.

use gloo_net::http::{Request, RequestBuilder, Response};
use prost::Message as _;
use protocol::{
    api::{
        AcceptInvite, Attach, ChangePassword, ChangeSession, Drop, DropAll, DropResults, ErrorBody,
        Invite, Session, Ticket, WorkspaceSettings,
    },
    id::SessionId,
    wire::{Frame, Position},
};
use serde::Serialize;

use crate::error::PageError;

#[derive(Serialize)]
struct Login<'a> {
    email: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct SetUp<'a> {
    token: &'a str,
    email: &'a str,
    name: &'a str,
    password: &'a str,
}

#[derive(Serialize)]
struct Link<'a> {
    token: &'a str,
}

#[derive(Serialize)]
pub(super) struct Nothing {}

/// Signs in: the answer sets the cookie.
///
/// # Errors
/// `invalid_credentials`, `too_many_attempts`, and those of the server.
pub async fn login(email: &str, password: &str) -> Result<(), PageError> {
    post("/api/v1/login", &Login { email, password }).await.map(drop)
}

/// Signs out this browser.
///
/// # Errors
/// Those of the server.
pub async fn logout() -> Result<(), PageError> {
    post("/api/v1/logout", &Nothing {}).await.map(drop)
}

/// Creates the first superuser with the token of the set-up link, and signs in.
///
/// # Errors
/// An invalid field, or those of the server.
pub async fn set_up(token: &str, email: &str, name: &str, password: &str) -> Result<(), PageError> {
    post("/api/v1/setup", &SetUp { token, email, name, password }).await.map(drop)
}

/// The invite of a link.
///
/// # Errors
/// `not_found` for an invalid link, and those of the server.
pub async fn invite(token: &str) -> Result<Invite, PageError> {
    let answer = post("/api/v1/invites/look", &Link { token }).await?;
    answer.json().await.map_err(|_| PageError::not_understood())
}

/// Accepts an invite or sets a new password, and signs in.
///
/// # Errors
/// `not_found` for an invalid link, an invalid field, and those of the server.
pub async fn accept_invite(accept: &AcceptInvite) -> Result<(), PageError> {
    post("/api/v1/invites/accept", accept).await.map(drop)
}

/// Changes the member's password and ends their other sign-ins.
///
/// # Errors
/// `invalid_credentials`, an invalid field, and those of the server.
pub async fn change_password(change: &ChangePassword) -> Result<(), PageError> {
    post("/api/v1/me/password", change).await.map(drop)
}

/// Requests a ticket for an attach.
///
/// # Errors
/// `attached_elsewhere`, how the session ended, and those of the server.
pub async fn attach(id: SessionId, attach: &Attach) -> Result<Ticket, PageError> {
    let answer = post(&format!("/api/v1/sessions/{id}/attach"), attach).await?;
    answer.json().await.map_err(|_| PageError::not_understood())
}

/// Keeps a session from expiring.
///
/// # Errors
/// `not_found`, how the session ended, and those of the server.
pub async fn keep(id: SessionId) -> Result<(), PageError> {
    post(&format!("/api/v1/sessions/{id}/keep"), &Nothing {}).await.map(drop)
}

/// Changes the name or the attach policy of a session.
///
/// # Errors
/// An invalid field, `not_found`, how the session ended, and those of the server.
pub async fn change(id: SessionId, change: &ChangeSession) -> Result<Session, PageError> {
    let request = Request::patch(&format!("/api/v1/sessions/{id}"));
    let answer = send(request, change).await?;
    answer.json().await.map_err(|_| PageError::not_understood())
}

/// The screen of an own session since a position; none if it has not changed.
///
/// # Errors
/// `not_found`, how the session ended, and those of the server.
pub async fn screen(id: SessionId, from: Option<Position>) -> Result<Option<Frame>, PageError> {
    let mut path = format!("/api/v1/sessions/{id}/screen");
    if let Some(Position { epoch, revision, styles }) = from {
        path.push_str(&format!("?epoch={epoch}&revision={revision}&styles={styles}"));
    }
    let answer = Request::get(&path).send().await.map_err(|_| PageError::unreachable())?;
    let answer = checked(answer).await?;
    if answer.status() == 204 {
        return Ok(None);
    }
    let bytes = answer.binary().await.map_err(|_| PageError::unreachable())?;
    Frame::decode(bytes.as_slice()).map(Some).map_err(|_| PageError::not_understood())
}

/// Drops a session. Returns once all its processes have ended.
///
/// # Errors
/// `forbidden`, `not_found`, how the session ended, and those of the server.
pub async fn drop_session(id: SessionId, reason: Option<String>) -> Result<(), PageError> {
    let request = Request::delete(&format!("/api/v1/admin/sessions/{id}"));
    send(request, &Drop { reason }).await.map(drop)
}

/// Drops all sessions, or those that match a filter.
///
/// # Errors
/// `forbidden`, a wrong name or password, and those of the server.
pub async fn drop_all(all: &DropAll) -> Result<DropResults, PageError> {
    let answer = post("/api/v1/admin/sessions/drop-all", all).await?;
    answer.json().await.map_err(|_| PageError::not_understood())
}

/// The workspace's settings.
///
/// # Errors
/// Those of the server.
pub async fn settings() -> Result<WorkspaceSettings, PageError> {
    let answer = Request::get("/api/v1/workspace/settings").send().await;
    let answer = checked(answer.map_err(|_| PageError::unreachable())?).await?;
    answer.json().await.map_err(|_| PageError::not_understood())
}

pub(super) async fn post<T: Serialize>(path: &str, body: &T) -> Result<Response, PageError> {
    send(Request::post(path), body).await
}

pub(super) async fn send<T: Serialize>(
    request: RequestBuilder,
    body: &T,
) -> Result<Response, PageError> {
    let request = request.json(body).map_err(|_| PageError::not_understood())?;
    checked(request.send().await.map_err(|_| PageError::unreachable())?).await
}

pub(super) async fn checked(answer: Response) -> Result<Response, PageError> {
    if answer.ok() {
        return Ok(answer);
    }
    Err(match answer.json::<ErrorBody>().await {
        Ok(body) => PageError(Box::new(body.error)),
        Err(_) => PageError::unreachable(),
    })
}
