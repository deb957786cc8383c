//! `/join`: joining a session by a share. No other route accepts a guest's cookie. A request names its guest in
//! `?guest=`, because a browser may be a guest of several sessions.

use axum::{
    Extension,
    extract::{State, WebSocketUpgrade, ws::rejection::WebSocketUpgradeRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use control::{Actor, Admitted, GUEST_COOKIE_LIFETIME};
use protocol::{
    api::{ErrorBody, Join, Joined, Ticket},
    id::GuestId,
};

use crate::{
    api::{
        extract::Json,
        responses::*,
        sessions::{check_origin, open},
    },
    http::{authenticate::Guest, client_ip::CallerInfo, cookies::Cookie, error::Result},
    net::abort::AbortHandle,
    socket::Principal,
    state::AppState,
};

/// Joins a session by a link and its password. A member's sign-in is not affected.
#[utoipa::path(
    post, path = "/join", tag = "join", request_body = Join,
    responses(
        (status = 200, description = "Joined; sets a cookie for this guest, and removes those of guests whose access has ended", body = Joined),
        (status = 401, description = "`share_denied`: unknown link, wrong password or revoked share", body = ErrorBody),
        (status = 409, description = "`share_full`", body = ErrorBody),
        (status = 410, description = "`share_expired`, `session_ended`: only with the right password", body = ErrorBody),
        InvalidName, TooManyAttempts, PasswordUnchecked,
    )
)]
pub async fn join(
    State(state): State<AppState>,
    CallerInfo(caller): CallerInfo,
    member: Option<Extension<Actor>>,
    headers: HeaderMap,
    Json(body): Json<Join>,
) -> Result<(HeaderMap, Json<Joined>)> {
    let member = member.as_ref().map(|Extension(member)| member);
    let held = state.cookies.guests(&headers);
    let Admitted { joined, cookie, ended } =
        state.control.guests.join(body, member, &held, &caller).await?;
    let (guest, seconds) = (Cookie::Guest(joined.guest), GUEST_COOKIE_LIFETIME.num_seconds());
    let new = cookie.map(|token| state.cookies.set(guest, &token, seconds));
    let removed = ended.into_iter().map(|guest| state.cookies.remove(Cookie::Guest(guest)));
    let mut headers = HeaderMap::new();
    for (name, value) in new.into_iter().chain(removed).flatten() {
        if let Some(name) = name {
            headers.append(name, value);
        }
    }
    Ok((headers, Json(joined)))
}

/// Returns the session the guest joined.
#[utoipa::path(
    get, path = "/join/session", tag = "join", security(("guest" = [])), params(("guest" = Option<GuestId>, Query, description = "Guest that the request is for; required if the browser holds several cookies")),
    responses(
        (status = 200, description = "The session, its owner, and the guest's permissions and expiry", body = Joined),
        NotJoined, GuestMismatch, GuestOver,
    )
)]
pub async fn session(Guest(visitor): Guest) -> Json<Joined> {
    Json(visitor.joined)
}

/// Issues a ticket for attaching with one WebSocket.
#[utoipa::path(
    post, path = "/join/attach", tag = "join", security(("guest" = [])), params(("guest" = Option<GuestId>, Query, description = "Guest that the request is for; required if the browser holds several cookies")),
    responses(
        (status = 200, description = "The ticket", body = Ticket),
        (status = 409, description = "`share_full`: the guest was away, and other guests took all slots; `guest_mismatch`", body = ErrorBody),
        NotJoined, GuestOver,
    )
)]
pub async fn attach(State(state): State<AppState>, Guest(visitor): Guest) -> Result<Json<Ticket>> {
    Ok(Json(state.control.guests.issue_ticket(&visitor).await?))
}

/// Leaves the session: frees the guest's slot and closes their connections.
#[utoipa::path(
    post, path = "/join/leave", tag = "join", security(("guest" = [])), params(("guest" = Option<GuestId>, Query, description = "Guest that the request is for; required if the browser holds several cookies")),
    responses(
        (status = 204, description = "Left; removes the guest's cookie"),
        (status = 410, description = "`share_expired`, …: access has already ended", body = ErrorBody),
        NotJoined, GuestMismatch,
    )
)]
pub async fn leave(
    State(state): State<AppState>,
    CallerInfo(caller): CallerInfo,
    Guest(visitor): Guest,
) -> Result<(StatusCode, HeaderMap)> {
    state.control.guests.leave(&visitor, &caller).await?;
    let cookie = Cookie::Guest(visitor.joined.guest);
    Ok((StatusCode::NO_CONTENT, state.cookies.remove(cookie)))
}

/// Opens the guest's WebSocket. The ticket goes in its first message.
#[utoipa::path(
    get, path = "/join/socket", tag = "join", security(("guest" = [])), params(("guest" = Option<GuestId>, Query, description = "Guest that the request is for; required if the browser holds several cookies")),
    responses(
        (status = 101, description = "A WebSocket with the subprotocol `websh.v1`"),
        (status = 410, description = "`share_expired`, …", body = ErrorBody),
        NotJoined, GuestMismatch, WrongOrigin, WebSocketExpected,
    )
)]
pub async fn open_socket(
    State(state): State<AppState>,
    Extension(abort): Extension<AbortHandle>,
    headers: HeaderMap,
    visitor: Result<Guest>,
    upgrade: Result<WebSocketUpgrade, WebSocketUpgradeRejection>,
) -> Result<Response> {
    check_origin(&state, &headers)?;
    let Guest(visitor) = visitor?;
    open(state, abort, Principal::Guest(Box::new(visitor)), upgrade)
}
