//! `/servers`, `/sessions` and what hangs below them, and the socket that an attach leads to.

use axum::{
    Json as Answer,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{
    SUBPROTOCOL,
    api::{Attach, ChangeSession, Life, NewSession, Scope, Server, Session, SessionPage, Ticket},
};
use serde::Deserialize;

use super::{
    error::ApiError,
    extract::{Id, Json, Query},
};
use crate::{
    origin::From,
    socket,
    web::{SignedIn, Web},
};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    #[serde(default)]
    scope: Scope,
    #[serde(default)]
    state: Life,
    limit: Option<u64>,
    cursor: Option<String>,
}

/// The servers this member may open sessions on.
pub async fn servers(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
) -> Result<Answer<Vec<Server>>, ApiError> {
    Ok(Answer(web.control.servers(&actor)?))
}

/// Opens a session: 201, or 200 when the key opened it before.
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
pub async fn list(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Listing>,
) -> Result<Answer<SessionPage>, ApiError> {
    let Listing { scope, state, limit, cursor } = asked;
    Ok(Answer(web.control.list(&actor, scope, state, limit, cursor.as_deref()).await?))
}

/// One session.
pub async fn get(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Id(id): Id,
) -> Result<Answer<Session>, ApiError> {
    Ok(Answer(web.control.get(&actor, id).await?))
}

/// Renames a session or changes its policy.
pub async fn change(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Id(id): Id,
    Json(change): Json<ChangeSession>,
) -> Result<Answer<Session>, ApiError> {
    Ok(Answer(web.control.change(&actor, id, change).await?))
}

/// Ends a session.
pub async fn close(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Id(id): Id,
) -> Result<StatusCode, ApiError> {
    web.control.close(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Issues a ticket for one socket.
pub async fn attach(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Id(id): Id,
    Json(asked): Json<Attach>,
) -> Result<Answer<Ticket>, ApiError> {
    Ok(Answer(web.control.attach(&actor, id, asked).await?))
}

/// The WebSocket. Origin, sign-in and subprotocol are checked before it opens.
pub async fn open_socket(
    State(web): State<Web>,
    headers: HeaderMap,
    actor: Result<SignedIn, ApiError>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    if web.allowed.origin(&headers) != From::OurPage || !headers.contains_key(header::ORIGIN) {
        return Err(ApiError::wrong_origin());
    }
    let SignedIn(actor) = actor?;
    let upgrade = upgrade.map_err(|rejection| ApiError::upgrade(not_a_socket(&rejection)))?;
    if !upgrade.requested_protocols().any(|protocol| protocol == SUBPROTOCOL) {
        return Err(ApiError::bad_request(format!("The subprotocol must be {SUBPROTOCOL}.")));
    }
    let Web { control, stop, sockets, .. } = web;
    Ok(socket::upgrade(upgrade, control, actor, stop, &sockets).into_response())
}

fn not_a_socket(rejection: &WebSocketUpgradeRejection) -> StatusCode {
    match rejection {
        WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(_)
        | WebSocketUpgradeRejection::InvalidUpgradeHeader(_)
        | WebSocketUpgradeRejection::InvalidConnectionHeader(_) => StatusCode::UPGRADE_REQUIRED,
        _ => StatusCode::BAD_REQUEST,
    }
}
