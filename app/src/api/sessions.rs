//! Sessions, for the pages.
#![expect(missing_docs, reason = "the argument structs of server functions are generated")]

use leptos::prelude::server;
use protocol::{
    api::{Life, NewSession, Session, SessionPage},
    id::SessionId,
};

use crate::{api::json::Json, error::PageError};

/// My sessions that match, newest first: the page after a cursor, 50 of them when no limit is given, at
/// most 100.
///
/// # Errors
/// `signed_out`, and what the server says.
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

/// One session that lives.
///
/// # Errors
/// `not_found`; how it ended, with the session; what the server says.
#[server(name = GetSession, prefix = "/api/pages", endpoint = "session", input = Json, output = Json)]
pub async fn session(id: SessionId) -> Result<Session, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sessions.get(&actor, id).await?)
}

/// Opens a session; a repeated idempotency key gives the session that the first call made.
///
/// # Errors
/// As `POST /sessions` of the REST interface.
#[server(name = CreateSession, prefix = "/api/pages", endpoint = "create", input = Json, output = Json)]
pub async fn create(new: NewSession) -> Result<Session, PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.creator.create(&actor, new).await?.session)
}

/// Ends a session and everything in it; answers once nothing of it is left.
///
/// # Errors
/// `not_found`, how it had ended before, what the server says.
#[server(name = CloseSession, prefix = "/api/pages", endpoint = "close", input = Json, output = Json)]
pub async fn close(id: SessionId) -> Result<(), PageError> {
    let (control, actor) = crate::context::signed_in()?;
    Ok(control.sessions.close(&actor, id).await?)
}
