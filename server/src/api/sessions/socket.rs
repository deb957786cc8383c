//! `/socket`: the WebSocket of a member, and the checks that it shares with the guests' one.

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode, header},
    response::Response,
};
use protocol::SUBPROTOCOL;

use crate::{
    api::responses::*,
    http::{
        authenticate::{SignedIn, bearer},
        error::{ApiError, Result},
        origin::RequestOrigin,
    },
    net::abort::AbortHandle,
    socket::{self, Principal},
    state::AppState,
};

/// Opens a WebSocket to a session. The ticket goes in its first message.
#[utoipa::path(
    get, path = "/socket", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    responses((status = 101, description = "A WebSocket with the subprotocol `websh.v1`"), Unauthenticated, WrongOrigin, WebSocketExpected)
)]
pub async fn open_socket(
    State(state): State<AppState>,
    Extension(abort): Extension<AbortHandle>,
    headers: HeaderMap,
    actor: Result<SignedIn>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    check_origin(&state, &headers)?;
    let SignedIn { actor, .. } = actor?;
    open(state, abort, Principal::Member(actor), upgrade)
}

/// Returns an error unless the request comes from a page of this server or from a program with a token.
pub fn check_origin(state: &AppState, headers: &HeaderMap) -> Result<()> {
    // Browsers send an origin with every WebSocket; programs authenticate with a token.
    let has_token = bearer(headers).is_some() && !headers.contains_key(header::COOKIE);
    let allowed = match state.allowed.origin(headers) {
        RequestOrigin::OwnPage => headers.contains_key(header::ORIGIN),
        RequestOrigin::Program => has_token,
        RequestOrigin::OtherPage => false,
    };
    if allowed { Ok(()) } else { Err(ApiError::wrong_origin()) }
}

/// Upgrades the request of an authenticated caller to a WebSocket.
pub fn open(
    state: AppState,
    abort: AbortHandle,
    principal: Principal,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    let upgrade = upgrade.map_err(|rejection| ApiError::upgrade(upgrade_status(&rejection)))?;
    if !upgrade.requested_protocols().any(|protocol| protocol == SUBPROTOCOL) {
        return Err(ApiError::bad_request(format!("The subprotocol must be {SUBPROTOCOL}.")));
    }
    Ok(socket::upgrade(upgrade, state, principal, abort)?)
}

fn upgrade_status(rejection: &WebSocketUpgradeRejection) -> StatusCode {
    match rejection {
        WebSocketUpgradeRejection::InvalidWebSocketVersionHeader(_)
        | WebSocketUpgradeRejection::InvalidUpgradeHeader(_)
        | WebSocketUpgradeRejection::InvalidConnectionHeader(_) => StatusCode::UPGRADE_REQUIRED,
        _ => StatusCode::BAD_REQUEST,
    }
}
