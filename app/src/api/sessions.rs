//! Sessions of the member.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::{
    api::{Life, NewSession, Session, SessionPage},
    id::SessionId,
};

use crate::{error::PageError, json::Json};

/// Matching sessions of the member, newest first: the page after a cursor, by default 50 and at most 100 of
/// them.
///
/// # Errors
/// `signed_out`, and those of the server.
#[server(name = ListSessions, prefix = "/api/pages", endpoint = "sessions", input = Json, output = Json)]
pub async fn sessions(
    life: Life,
    q: Option<String>,
    cursor: Option<String>,
    limit: Option<u64>,
) -> Result<SessionPage, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control
        .sessions
        .list(&actor, protocol::api::Scope::Mine, life, q.as_deref(), limit, cursor.as_deref())
        .await?)
}

/// A running session.
///
/// # Errors
/// `not_found`; how the session ended, with the session; those of the server.
#[server(name = GetSession, prefix = "/api/pages", endpoint = "session", input = Json, output = Json)]
pub async fn session(id: SessionId) -> Result<Session, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sessions.get(&actor, id).await?)
}

/// Opens a session. A repeated idempotency key returns the session of the first request.
///
/// # Errors
/// As `POST /sessions` of the REST interface.
#[server(name = CreateSession, prefix = "/api/pages", endpoint = "create", input = Json, output = Json)]
pub async fn create(new: NewSession) -> Result<Session, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.creator.create(&actor, new).await?.session)
}

/// Closes a session. Returns once all its processes have ended.
///
/// # Errors
/// `not_found`, how it had ended before, and those of the server.
#[server(name = CloseSession, prefix = "/api/pages", endpoint = "close", input = Json, output = Json)]
pub async fn close(id: SessionId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sessions.close(&actor, id).await?)
}
