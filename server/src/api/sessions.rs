//! `/servers`, `/sessions` and what hangs below them, and the socket that an attach leads to.
#![expect(unused_qualifications, reason = "in what utoipa makes of a query's parameters")]

use axum::{
    Extension, Json as Answer,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{
    SUBPROTOCOL,
    api::{
        Attach, ChangeSession, ErrorBody, Life, NewSession, Scope, Server, Session, SessionPage,
        Ticket,
    },
};
use serde::Deserialize;
use utoipa::IntoParams;

use super::{
    error::ApiError,
    extract::{Id, Json, Query},
};
use crate::{
    door::Door,
    origin::From,
    socket::{self, Comer},
    web::{SignedIn, Web, bearer},
};

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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
) -> Result<Answer<Vec<Server>>, ApiError> {
    Ok(Answer(web.control.servers(&actor).await?))
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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Json(new): Json<NewSession>,
) -> Result<(StatusCode, Answer<Session>), ApiError> {
    let created = web.control.create(&actor, new).await?;
    let status = if created.new { StatusCode::CREATED } else { StatusCode::OK };
    Ok((status, Answer(created.session)))
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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Listing>,
) -> Result<Answer<SessionPage>, ApiError> {
    let Listing { scope, state, q, limit, cursor } = asked;
    let (q, cursor) = (q.as_deref(), cursor.as_deref());
    Ok(Answer(web.control.list(&actor, scope, state, q, limit, cursor).await?))
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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Id(id): Id,
) -> Result<Answer<Session>, ApiError> {
    Ok(Answer(web.control.get(&actor, id).await?))
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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Id(id): Id,
    Json(change): Json<ChangeSession>,
) -> Result<Answer<Session>, ApiError> {
    Ok(Answer(web.control.change(&actor, id, change).await?))
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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    web.control.close(&actor, id).await?;
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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Id(id): Id,
    Json(asked): Json<Attach>,
) -> Result<Answer<Ticket>, ApiError> {
    Ok(Answer(web.control.attach(&actor, id, asked).await?))
}

/// The WebSocket. Origin, sign-in and subprotocol are checked before it opens.
#[utoipa::path(
    get, path = "/socket", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 101, description = "A WebSocket of subprotocol `websh.v1`; the ticket goes in its first message"),
        (status = 401, description = "`unauthenticated`", body = ErrorBody),
        (status = 403, description = "`wrong_origin`", body = ErrorBody),
        (status = 426, description = "`websocket_expected`", body = ErrorBody),
    )
)]
pub async fn open_socket(
    State(web): State<Web>,
    Extension(door): Extension<Door>,
    headers: HeaderMap,
    actor: Result<SignedIn, ApiError>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    may_open(&web, &headers)?;
    let SignedIn(actor) = actor?;
    open(web, door, Comer::Member(actor), upgrade)
}

/// Whether a socket may be opened by whoever asks, as far as the origin goes.
pub(super) fn may_open(web: &Web, headers: &HeaderMap) -> Result<(), ApiError> {
    // A browser says by itself where a socket comes from; a program shows a token.
    let by_token = bearer(headers).is_some() && !headers.contains_key(header::COOKIE);
    let fits = match web.allowed.origin(headers) {
        From::OurPage => headers.contains_key(header::ORIGIN),
        From::NoBrowser => by_token,
        From::Elsewhere => false,
    };
    if fits { Ok(()) } else { Err(ApiError::wrong_origin()) }
}

/// Opens the socket of somebody who is known.
pub(super) fn open(
    web: Web,
    door: Door,
    comer: Comer,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    let upgrade = upgrade.map_err(|rejection| ApiError::upgrade(not_a_socket(&rejection)))?;
    if !upgrade.requested_protocols().any(|protocol| protocol == SUBPROTOCOL) {
        return Err(ApiError::bad_request(format!("The subprotocol must be {SUBPROTOCOL}.")));
    }
    let Web { control, stop, sockets, .. } = web;
    Ok(socket::upgrade(upgrade, control, (comer, door), stop, &sockets).into_response())
}

fn not_a_socket(rejection: &WebSocketUpgradeRejection) -> StatusCode {
    match rejection {
        WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(_)
        | WebSocketUpgradeRejection::InvalidUpgradeHeader(_)
        | WebSocketUpgradeRejection::InvalidConnectionHeader(_) => StatusCode::UPGRADE_REQUIRED,
        _ => StatusCode::BAD_REQUEST,
    }
}
