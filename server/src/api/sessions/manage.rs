//! `/servers`, `/sessions` and what hangs below them, and the socket that an attach leads to.
#![expect(unused_qualifications, reason = "in what utoipa makes of a query's parameters")]

use axum::{extract::State, http::StatusCode};
use protocol::api::{
    Attach, ChangeSession, ErrorBody, Life, NewSession, Scope, Server, Session, SessionPage, Ticket,
};
use serde::Deserialize;
use tokio::time::Instant;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::extract::{Json, PathSession, Query},
    http::{authenticate::SignedIn, error::ApiError},
    state::AppState,
};

/// Returns the routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(servers))
        .routes(routes!(list, create))
        .routes(routes!(get, change, close))
        .routes(routes!(attach))
}

/// Which sessions to list.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// The own ones, or everybody's.
    #[serde(default)]
    scope: Scope,
    /// Living or ended ones.
    #[serde(default)]
    state: Life,
    /// Only those with this in their name, account, server or last title.
    q: Option<String>,
    /// Items of a page: 50 when absent, 1 to 100.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// The servers this member may open sessions on.
#[utoipa::path(
    get, path = "/servers", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "Servers and accounts that this member may use", body = Vec<Server>))
)]
pub async fn servers(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Vec<Server>>, ApiError> {
    Ok(Json(state.control.servers(&actor).await?))
}

/// Opens a session: 201, or 200 when the key opened it before.
#[utoipa::path(
    post, path = "/sessions", tag = "sessions", security(("cookie" = []), ("bearer" = [])), request_body = NewSession,
    responses(
        (status = 201, description = "A new session", body = Session),
        (status = 200, description = "The session that the same key made before", body = Session),
        (status = 400, description = "`bad_request`", body = ErrorBody),
        (status = 401, description = "`unauthenticated`", body = ErrorBody),
        (status = 403, description = "`account_forbidden`: not granted to this member; `forbidden`: by a token of scope `read`", body = ErrorBody),
        (status = 409, description = "`server_offline`", body = ErrorBody),
        (status = 422, description = "`unknown_server`, `unknown_account`, `spawn_failed`, `invalid_…` with the field", body = ErrorBody),
        (status = 429, description = "`session_limit`, with the caller's own sessions", body = ErrorBody),
        (status = 503, description = "`unavailable`, `database_full`", body = ErrorBody),
    )
)]
pub async fn create(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Json(new): Json<NewSession>,
) -> Result<(StatusCode, Json<Session>), ApiError> {
    let started = Instant::now();
    let created = state.control.create(&actor, new).await?;
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
        (status = 403, description = "`forbidden`: everybody's, as a member", body = ErrorBody),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Listing>,
) -> Result<Json<SessionPage>, ApiError> {
    let Listing { scope, state: life, q, limit, cursor } = asked;
    let (q, cursor) = (q.as_deref(), cursor.as_deref());
    Ok(Json(state.control.list(&actor, scope, life, q, limit, cursor).await?))
}

/// One session.
#[utoipa::path(
    get, path = "/sessions/{id}", tag = "sessions", security(("cookie" = []), ("bearer" = [])), params(("id" = String, Path, description = "Session id")),
    responses(
        (status = 200, description = "The session", body = Session),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 410, description = "`exited`, `closed`, `expired`, `dropped` or `lost`, with the session", body = ErrorBody),
    )
)]
pub async fn get(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
) -> Result<Json<Session>, ApiError> {
    Ok(Json(state.control.get(&actor, id).await?))
}

/// Renames a session or changes its policy.
#[utoipa::path(
    patch, path = "/sessions/{id}", tag = "sessions", security(("cookie" = []), ("bearer" = [])), params(("id" = String, Path, description = "Session id")), request_body = ChangeSession,
    responses(
        (status = 200, description = "The session as it is now", body = Session),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 410, description = "`exited`, `closed`, `expired`, `dropped` or `lost`, with the session", body = ErrorBody),
    )
)]
pub async fn change(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
    Json(change): Json<ChangeSession>,
) -> Result<Json<Session>, ApiError> {
    Ok(Json(state.control.change(&actor, id, change).await?))
}

/// Ends a session.
#[utoipa::path(
    delete, path = "/sessions/{id}", tag = "sessions", security(("cookie" = []), ("bearer" = [])), params(("id" = String, Path, description = "Session id")),
    responses(
        (status = 204, description = "Its whole process tree is gone"),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 410, description = "`exited`, `closed`, `expired`, `dropped` or `lost`, with the session", body = ErrorBody),
    )
)]
pub async fn close(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
) -> Result<StatusCode, ApiError> {
    state.control.close(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Issues a ticket for one socket.
#[utoipa::path(
    post, path = "/sessions/{id}/attach", tag = "sessions", security(("cookie" = []), ("bearer" = [])), params(("id" = String, Path, description = "Session id")), request_body = Attach,
    responses(
        (status = 200, description = "A ticket for one socket", body = Ticket),
        (status = 403, description = "`account_forbidden` once the session's account is no longer granted to its owner", body = ErrorBody),
        (status = 409, description = "`attached_elsewhere`, with the active client", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 410, description = "`exited`, `closed`, `expired`, `dropped` or `lost`, with the session", body = ErrorBody),
    )
)]
pub async fn attach(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
    Json(asked): Json<Attach>,
) -> Result<Json<Ticket>, ApiError> {
    Ok(Json(state.control.attach(&actor, id, asked).await?))
}
