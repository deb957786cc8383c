//! `/join`: the way in for guests, and all that a guest's cookie is good for. No other route knows it.

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use control::Actor;
use protocol::api::{ErrorBody, Join, Joined, Ticket};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::{
        extract::Json,
        sessions::{check_origin, open},
    },
    http::{authenticate::Guest, client_ip::CallerInfo, cookies::Cookie, error::ApiError},
    net::abort::AbortHandle,
    socket::Principal,
    state::AppState,
};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(join))
        .routes(routes!(session))
        .routes(routes!(attach))
        .routes(routes!(leave))
        .routes(routes!(open_socket))
}

/// Comes in by a link and its password. A sign-in that is there stays as it is.
#[utoipa::path(
    post, path = "/join", tag = "join", request_body = Join,
    responses(
        (status = 200, description = "In; the guest's cookie is set", body = Joined),
        (status = 401, description = "`share_denied`: unknown, wrong or taken back, which is not said", body = ErrorBody),
        (status = 409, description = "`share_full`", body = ErrorBody),
        (status = 410, description = "`share_expired`, `session_ended`: to the right password only", body = ErrorBody),
        (status = 422, description = "`invalid_name`", body = ErrorBody),
        (status = 429, description = "`too_many_attempts`, with Retry-After", body = ErrorBody),
    )
)]
pub async fn join(
    State(state): State<AppState>,
    CallerInfo(caller): CallerInfo,
    member: Option<Extension<Actor>>,
    headers: HeaderMap,
    Json(given): Json<Join>,
) -> Result<(HeaderMap, Json<Joined>), ApiError> {
    let member = member.as_ref().map(|Extension(member)| member);
    let held = state.cookies.token(Cookie::Guest, &headers);
    let entered = state.control.join(given, member, held, &caller).await?;
    let seconds = entered.lasts.num_seconds();
    let cookie = entered.token.map(|token| state.cookies.set(Cookie::Guest, &token, seconds));
    Ok((cookie.unwrap_or_default(), Json(entered.joined)))
}

/// Where the guest is.
#[utoipa::path(
    get, path = "/join/session", tag = "join", security(("guest" = [])),
    responses(
        (status = 200, description = "The session, whose it is, and what the guest may do until when", body = Joined),
        (status = 401, description = "`not_joined`", body = ErrorBody),
        (status = 410, description = "`share_expired`, `share_revoked`, `share_removed`, `share_left`, `session_ended`", body = ErrorBody),
    )
)]
pub async fn session(Guest(visitor): Guest) -> Json<Joined> {
    Json(visitor.joined)
}

/// Issues a ticket for one socket of the guest.
#[utoipa::path(
    post, path = "/join/attach", tag = "join", security(("guest" = [])),
    responses(
        (status = 200, description = "A ticket for one socket", body = Ticket),
        (status = 401, description = "`not_joined`", body = ErrorBody),
        (status = 409, description = "`share_full`: the guest was away, and all places are held by others", body = ErrorBody),
        (status = 410, description = "`share_expired`, `share_revoked`, `share_removed`, `share_left`, `session_ended`", body = ErrorBody),
    )
)]
pub async fn attach(
    State(state): State<AppState>,
    Guest(visitor): Guest,
) -> Result<Json<Ticket>, ApiError> {
    Ok(Json(state.control.attach_visitor(&visitor).await?))
}

/// Goes: the place is free, and what the guest has open is closed.
#[utoipa::path(
    post, path = "/join/leave", tag = "join", security(("guest" = [])),
    responses(
        (status = 204, description = "Gone; the cookie is removed"),
        (status = 401, description = "`not_joined`", body = ErrorBody),
        (status = 410, description = "`share_expired`, …: gone already", body = ErrorBody),
    )
)]
pub async fn leave(
    State(state): State<AppState>,
    CallerInfo(caller): CallerInfo,
    Guest(visitor): Guest,
) -> Result<(StatusCode, HeaderMap), ApiError> {
    state.control.leave(&visitor, &caller).await?;
    Ok((StatusCode::NO_CONTENT, state.cookies.remove(Cookie::Guest)))
}

/// The guest's WebSocket. Origin, cookie and subprotocol are checked before it opens.
#[utoipa::path(
    get, path = "/join/socket", tag = "join", security(("guest" = [])),
    responses(
        (status = 101, description = "A WebSocket of subprotocol `websh.v1`; the ticket goes in its first message"),
        (status = 401, description = "`not_joined`", body = ErrorBody),
        (status = 403, description = "`wrong_origin`", body = ErrorBody),
        (status = 410, description = "`share_expired`, …", body = ErrorBody),
        (status = 426, description = "`websocket_expected`", body = ErrorBody),
    )
)]
pub async fn open_socket(
    State(state): State<AppState>,
    Extension(abort): Extension<AbortHandle>,
    headers: HeaderMap,
    visitor: Result<Guest, ApiError>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    check_origin(&state, &headers)?;
    let Guest(visitor) = visitor?;
    open(state, abort, Principal::Guest(Box::new(visitor)), upgrade)
}
