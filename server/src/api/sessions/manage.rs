//! `/servers` and `/sessions`: opening, listing, changing, closing and attaching.
#![expect(unused_qualifications, reason = "in code that utoipa generates for query parameters")]

use axum::{extract::State, http::StatusCode};
use protocol::{
    api::{
        Attach, ChangeSession, ErrorBody, Life, NewSession, Scope, Server, Session, SessionPage,
        Ticket,
    },
    id::SessionId,
};
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::IntoParams;

use crate::{
    api::extract::{Json, Path, Query},
    api::responses::*,
    http::{authenticate::SignedIn, error::Result},
    state::AppState,
};

/// Filter and page of a list of sessions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The caller's sessions or those of all members.
    #[serde(default)]
    scope: Scope,
    /// Running or ended sessions.
    #[serde(default)]
    state: Life,
    /// Part of the name, account, server or last title.
    q: Option<String>,
    /// Items per page, 1 to 100; 50 by default.
    limit: Option<u64>,
    /// `next` of the previous page.
    cursor: Option<String>,
}

/// Lists the servers on which the caller may create sessions.
#[utoipa::path(
    get, path = "/servers", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "Servers and the accounts the caller may use", body = Vec<Server>), AccountsUnavailable)
)]
pub async fn servers(caller: SignedIn) -> Result<Json<Vec<Server>>> {
    Ok(Json(caller.control.sessions.servers(&caller.actor).await?))
}

/// Creates a session. Repeating an `idempotency_key` returns the session it created.
#[utoipa::path(
    post, path = "/sessions", tag = "sessions", security(("cookie" = []), ("bearer" = [])), request_body = NewSession,
    responses(
        (status = 201, description = "The new session", body = Session),
        (status = 200, description = "The session that the same key opened before", body = Session),
        (status = 403, description = "`account_forbidden`: not granted to the caller; `forbidden`: token of scope `read`", body = ErrorBody),
        (status = 409, description = "`server_offline`", body = ErrorBody),
        (status = 422, description = "`unknown_server`, `unknown_account`, `spawn_failed`, `invalid_…` with the field", body = ErrorBody),
        (status = 429, description = "`session_limit`, with the caller's sessions", body = ErrorBody),
        (status = 503, description = "`unavailable`, `database_full`, `accounts_unavailable`", body = ErrorBody),
        BadRequest, Unauthenticated,
    )
)]
pub async fn create(
    State(state): State<AppState>,
    SignedIn { actor, .. }: SignedIn,
    Json(new): Json<NewSession>,
) -> Result<(StatusCode, Json<Session>)> {
    let started = Instant::now();
    let created = state.control.sessions.create(&actor, new).await?;
    if !created.new {
        return Ok((StatusCode::OK, Json(created.session)));
    }
    state.metrics.session_opened(started);
    Ok((StatusCode::CREATED, Json(created.session)))
}

/// Lists sessions.
#[utoipa::path(
    get, path = "/sessions", tag = "sessions", security(("cookie" = []), ("bearer" = [])), params(Listing),
    responses(
        (status = 200, description = "A page of sessions, newest first", body = SessionPage),
        (status = 403, description = "`forbidden`: members may only list their own", body = ErrorBody),
    )
)]
pub async fn list(caller: SignedIn, Query(query): Query<Listing>) -> Result<Json<SessionPage>> {
    let Listing { scope, state: life, q, limit, cursor } = query;
    let (q, cursor) = (q.as_deref(), cursor.as_deref());
    Ok(Json(caller.control.sessions.list(&caller.actor, scope, life, q, limit, cursor).await?))
}

/// Returns a session.
#[utoipa::path(
    get, path = "/sessions/{id}", tag = "sessions", security(("cookie" = []), ("bearer" = [])), params(("id" = String, Path, description = "Id of the session")),
    responses((status = 200, description = "The session", body = Session), NoSuchSession, SessionEnded)
)]
pub async fn get(caller: SignedIn, Path(id): Path<SessionId>) -> Result<Json<Session>> {
    Ok(Json(caller.control.sessions.get(&caller.actor, id).await?))
}

/// Renames a session or changes its attach policy.
#[utoipa::path(
    patch, path = "/sessions/{id}", tag = "sessions", security(("cookie" = []), ("bearer" = [])), params(("id" = String, Path, description = "Id of the session")), request_body = ChangeSession,
    responses((status = 200, description = "The changed session", body = Session), NoSuchSession, SessionEnded)
)]
pub async fn change(
    caller: SignedIn,
    Path(id): Path<SessionId>,
    Json(change): Json<ChangeSession>,
) -> Result<Json<Session>> {
    Ok(Json(caller.control.sessions.change(&caller.actor, id, change).await?))
}

/// Closes a session: ends all of its processes.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "sessions", security(("cookie" = []), ("bearer" = [])), params(("id" = String, Path, description = "Id of the session")),
    responses((status = 204, description = "Closed"), NoSuchSession, SessionEnded)
)]
pub async fn close(caller: SignedIn, Path(id): Path<SessionId>) -> Result<StatusCode> {
    caller.control.sessions.close(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Issues a ticket for attaching with one WebSocket.
#[utoipa::path(
    post, path = "/sessions/{id}/attach", tag = "sessions", security(("cookie" = []), ("bearer" = [])), params(("id" = String, Path, description = "Id of the session")), request_body = Attach,
    responses(
        (status = 200, description = "The ticket", body = Ticket),
        (status = 409, description = "`attached_elsewhere`, with the attached client", body = ErrorBody),
        AccountForbidden, NoSuchSession, SessionEnded,
    )
)]
pub async fn attach(
    caller: SignedIn,
    Path(id): Path<SessionId>,
    Json(body): Json<Attach>,
) -> Result<Json<Ticket>> {
    Ok(Json(caller.control.attachments.issue(&caller.actor, id, body).await?))
}
