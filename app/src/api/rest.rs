//! Requests to the REST interface. They name the member of the page, except those of guests.

use gloo_net::http::{Request, RequestBuilder, Response};
use prost::Message as _;
use protocol::{
    api::{
        AcceptInvite, Attach, ChangePassword, ChangeSession, Drop, DropAll, DropResults,
        InviteKind, MEMBER_HEADER, Session, Ticket, WorkspaceSettings,
    },
    id::SessionId,
    wire::{Frame, Position},
};
use serde::{Deserialize, Serialize, Serializer, de::DeserializeOwned};

use crate::{
    error::{ErrorBody, PageError},
    identity,
};

/// A JSON object of strings.
pub(super) struct Object<'a>(&'a [(&'a str, &'a str)]);

pub(super) const EMPTY: Object<'_> = Object(&[]);

impl Serialize for Object<'_> {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map(self.0.iter().copied())
    }
}

/// Signs in: the answer sets the cookie.
pub async fn login(email: &str, password: &str) -> Result<(), PageError> {
    let body = [("email", email), ("password", password)];
    post("/api/v1/login", &Object(&body)).await.map(drop)
}

/// Signs out this browser.
pub async fn logout() -> Result<(), PageError> {
    post("/api/v1/logout", &EMPTY).await.map(drop)
}

/// Creates the first superuser with the token of the set-up link, and signs in.
pub async fn set_up(token: &str, email: &str, name: &str, password: &str) -> Result<(), PageError> {
    let body = [("token", token), ("email", email), ("name", name), ("password", password)];
    post("/api/v1/setup", &Object(&body)).await.map(drop)
}

/// [`protocol::api::Invite`] without its times, whose parser is large.
#[derive(Clone, Deserialize)]
pub struct InviteSummary {
    pub kind: InviteKind,
    pub email: String,
    pub by: String,
}

/// The invite of a link.
pub async fn invite(token: &str) -> Result<InviteSummary, PageError> {
    read(post("/api/v1/invites/look", &Object(&[("token", token)])).await?).await
}

/// Accepts an invite or sets a new password, and signs in.
pub async fn accept_invite(accept: &AcceptInvite) -> Result<(), PageError> {
    post("/api/v1/invites/accept", accept).await.map(drop)
}

/// Changes the member's password and ends their other sign-ins.
pub async fn change_password(change: &ChangePassword) -> Result<(), PageError> {
    post("/api/v1/me/password", change).await.map(drop)
}

pub async fn attach(id: SessionId, attach: &Attach) -> Result<Ticket, PageError> {
    read(post(&format!("/api/v1/sessions/{id}/attach"), attach).await?).await
}

/// Keeps a session from expiring.
pub async fn keep(id: SessionId) -> Result<(), PageError> {
    post(&format!("/api/v1/sessions/{id}/keep"), &EMPTY).await.map(drop)
}

/// Changes the name or the attach policy of a session.
pub async fn change(id: SessionId, change: &ChangeSession) -> Result<Session, PageError> {
    let request = Request::patch(&format!("/api/v1/sessions/{id}"));
    read(send(request, change).await?).await
}

/// The screen of an own session since a position; none if it has not changed.
pub async fn screen(id: SessionId, from: Option<Position>) -> Result<Option<Frame>, PageError> {
    let mut path = format!("/api/v1/sessions/{id}/screen");
    if let Some(Position { epoch, revision, styles }) = from {
        path.push_str(&format!("?epoch={epoch}&revision={revision}&styles={styles}"));
    }
    let answer = fetch(named(Request::get(&path))?.build()).await?;
    if answer.status() == 204 {
        return Ok(None);
    }
    let bytes = answer.binary().await.map_err(|_| PageError::unreachable())?;
    Frame::decode(bytes.as_slice()).map(Some).map_err(|_| PageError::not_understood())
}

/// Drops a session. Returns once all its processes have ended.
pub async fn drop_session(id: SessionId, reason: Option<String>) -> Result<(), PageError> {
    let request = Request::delete(&format!("/api/v1/admin/sessions/{id}"));
    send(request, &Drop { reason }).await.map(drop)
}

/// Drops all sessions, or those that match a filter.
pub async fn drop_all(all: &DropAll) -> Result<DropResults, PageError> {
    read(post("/api/v1/admin/sessions/drop-all", all).await?).await
}

pub async fn settings() -> Result<WorkspaceSettings, PageError> {
    get("/api/v1/workspace/settings").await
}

pub(super) async fn get<T: DeserializeOwned>(path: &str) -> Result<T, PageError> {
    read(fetch(named(Request::get(path))?.build()).await?).await
}

pub(super) async fn post<T: Serialize>(path: &str, body: &T) -> Result<Response, PageError> {
    send(Request::post(path), body).await
}

/// Sends a request with a JSON body.
pub(super) async fn send<T: Serialize>(
    request: RequestBuilder,
    body: &T,
) -> Result<Response, PageError> {
    fetch(named(request)?.json(body)).await
}

/// Adds the member of the page to a request.
///
/// # Errors
/// The refusal of an earlier request, once another member is signed in.
fn named(request: RequestBuilder) -> Result<RequestBuilder, PageError> {
    identity::check()?;
    Ok(match identity::member() {
        Some(member) => request.header(MEMBER_HEADER, &member),
        None => request,
    })
}

pub(super) async fn fetch(
    request: Result<Request, gloo_net::Error>,
) -> Result<Response, PageError> {
    let request = request.map_err(|_| PageError::not_understood())?;
    let answer = request.send().await.map_err(|_| PageError::unreachable())?;
    if answer.ok() {
        return Ok(answer);
    }
    let error = match answer.json::<ErrorBody>().await {
        Ok(body) => body.error,
        Err(_) => PageError::unreachable(),
    };
    identity::observe(&error);
    Err(error)
}

/// Parses the JSON of an answer.
pub(super) async fn read<T: DeserializeOwned>(answer: Response) -> Result<T, PageError> {
    answer.json().await.map_err(|_| PageError::not_understood())
}
