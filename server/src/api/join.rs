//! `/join`: the way in for guests, and all that a guest's cookie is good for. No other route knows it.

use axum::{
    Extension, Json as Answer,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use control::Actor;
use protocol::api::{ErrorBody, Join, Joined, Ticket};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{
    error::ApiError,
    extract::Json,
    sessions::{may_open, open},
    sign_in::set_cookie,
};
use crate::{
    door::Door,
    socket::Comer,
    web::{Calling, Cookie, Visiting, Web},
};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Web> {
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
    State(web): State<Web>,
    Calling(caller): Calling,
    member: Option<Extension<Actor>>,
    headers: HeaderMap,
    Json(given): Json<Join>,
) -> Result<(HeaderMap, Answer<Joined>), ApiError> {
    let member = member.as_ref().map(|Extension(member)| member);
    let held = web.token(Cookie::Guest, &headers);
    let entered = web.control.join(given, member, held, &caller).await?;
    let seconds = entered.lasts.num_seconds();
    let cookie = entered.token.and_then(|token| web.cookie(Cookie::Guest, &token, seconds));
    Ok((set_cookie(cookie), Answer(entered.joined)))
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
pub async fn session(Visiting(visitor): Visiting) -> Answer<Joined> {
    Answer(visitor.joined)
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
    State(web): State<Web>,
    Visiting(visitor): Visiting,
) -> Result<Answer<Ticket>, ApiError> {
    Ok(Answer(web.control.attach_visitor(&visitor).await?))
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
    State(web): State<Web>,
    Calling(caller): Calling,
    Visiting(visitor): Visiting,
) -> Result<(StatusCode, HeaderMap), ApiError> {
    web.control.leave(&visitor, &caller).await?;
    Ok((StatusCode::NO_CONTENT, set_cookie(web.cookie(Cookie::Guest, "", 0))))
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
    State(web): State<Web>,
    Extension(door): Extension<Door>,
    headers: HeaderMap,
    visitor: Result<Visiting, ApiError>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response, ApiError> {
    may_open(&web, &headers)?;
    let Visiting(visitor) = visitor?;
    open(web, door, Comer::Guest(Box::new(visitor)), upgrade)
}
