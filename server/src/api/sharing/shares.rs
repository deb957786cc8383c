//! `/sessions/{id}/shares` and what hangs below: links with a password, their guests, and receipts.

use axum::{extract::State, http::StatusCode};
use protocol::{
    api::{
        ChangeShare, ErrorBody, FreshShare, InviteResults, NewInvites, NewShare, Share,
        SharingOptions,
    },
    id::{GuestId, SessionId, ShareId},
};
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::extract::{Json, PathGuest, PathSession, PathShare},
    http::{authenticate::SignedIn, error::ApiError},
    state::AppState,
};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(options))
        .routes(routes!(list, share))
        .routes(routes!(change, revoke))
        .routes(routes!(renew))
        .routes(routes!(remove))
        .routes(routes!(invite))
}

/// What a new share may be.
#[utoipa::path(
    get, path = "/sessions/{id}/sharing", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session")),
    responses(
        (status = 200, description = "What the workspace allows, and what a new share starts with", body = SharingOptions),
        (status = 403, description = "`forbidden`: its owner only", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
    )
)]
pub async fn options(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
) -> Result<Json<SharingOptions>, ApiError> {
    Ok(Json(state.control.sharing(&actor, id).await?))
}

/// Lists a session's shares with all their guests, those of an ended session too.
#[utoipa::path(
    get, path = "/sessions/{id}/shares", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session")),
    responses(
        (status = 200, description = "Newest first, without their secrets", body = Vec<Share>),
        (status = 403, description = "`forbidden`: its owner and superusers only", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
) -> Result<Json<Vec<Share>>, ApiError> {
    Ok(Json(state.control.shares(&actor, id).await?))
}

/// Shares a session by a link and a password.
#[utoipa::path(
    post, path = "/sessions/{id}/shares", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session")), request_body = NewShare,
    responses(
        (status = 201, description = "Link and password: the only time they are shown", body = FreshShare),
        (status = 403, description = "`forbidden`: its owner only; `sharing_disabled`; `account_forbidden`", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 409, description = "`too_many_shares`", body = ErrorBody),
        (status = 410, description = "The session is over: `exited`, `closed`, …", body = ErrorBody),
        (status = 422, description = "`invalid_expiry`, `invalid_read_only`, `invalid_max_guests`", body = ErrorBody),
    )
)]
pub async fn share(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
    Json(new): Json<NewShare>,
) -> Result<(StatusCode, Json<FreshShare>), ApiError> {
    Ok((StatusCode::CREATED, Json(state.control.share(&actor, id, new).await?)))
}

/// Extends a share, or changes what its guests may do, while they are there.
#[utoipa::path(
    patch, path = "/sessions/{id}/shares/{share}", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session"), ("share" = ShareId, Path, description = "The share")),
    request_body = ChangeShare,
    responses(
        (status = 200, description = "The share as it is now", body = Share),
        (status = 403, description = "`forbidden`: its owner only", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 410, description = "`share_expired`, `share_revoked`, or the session is over", body = ErrorBody),
        (status = 422, description = "`invalid_expiry`, `invalid_read_only`", body = ErrorBody),
    )
)]
pub async fn change(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathShare(id, share): PathShare,
    Json(change): Json<ChangeShare>,
) -> Result<Json<Share>, ApiError> {
    Ok(Json(state.control.change_share(&actor, id, share, change).await?))
}

/// Takes a share back. Its guests are cut off; the shell goes on.
#[utoipa::path(
    delete, path = "/sessions/{id}/shares/{share}", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session"), ("share" = ShareId, Path, description = "The share")),
    responses(
        (status = 204, description = "Nobody is there by it any more, and nobody comes"),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 410, description = "`share_expired`, `share_revoked`, `session_ended`: it is over already", body = ErrorBody),
    )
)]
pub async fn revoke(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathShare(id, share): PathShare,
) -> Result<StatusCode, ApiError> {
    state.control.revoke_share(&actor, id, share).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a new link with the settings of an old one, which stops working if it still does.
#[utoipa::path(
    post, path = "/sessions/{id}/shares/{share}/renew", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session"), ("share" = ShareId, Path, description = "The old share")),
    responses(
        (status = 201, description = "Link and password: the only time they are shown", body = FreshShare),
        (status = 403, description = "`forbidden`: its owner only; `sharing_disabled`; `account_forbidden`", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 410, description = "The session is over: `exited`, `closed`, …", body = ErrorBody),
    )
)]
pub async fn renew(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathShare(id, share): PathShare,
) -> Result<(StatusCode, Json<FreshShare>), ApiError> {
    Ok((StatusCode::CREATED, Json(state.control.renew_share(&actor, id, share).await?)))
}

/// Removes a guest, who can't come back by the place they had.
#[utoipa::path(
    delete, path = "/sessions/{id}/shares/{share}/guests/{guest}", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(
        ("id" = SessionId, Path, description = "The session"),
        ("share" = ShareId, Path, description = "The share"),
        ("guest" = GuestId, Path, description = "The guest"),
    ),
    responses(
        (status = 204, description = "They are not there any more"),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 410, description = "`share_left`, `share_removed`, …: they are gone already", body = ErrorBody),
    )
)]
pub async fn remove(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathGuest(id, share, guest): PathGuest,
) -> Result<StatusCode, ApiError> {
    state.control.remove_guest(&actor, id, share, guest).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invites people by mail, each by a link and a password of their own.
#[utoipa::path(
    post, path = "/sessions/{id}/invites", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "The session")), request_body = NewInvites,
    responses(
        (status = 207, description = "What became of each address; the list of shares tells the rest", body = InviteResults),
        (status = 403, description = "`forbidden`: its owner only; `sharing_disabled`; `account_forbidden`", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 409, description = "`mail_not_configured`, `too_many_shares`", body = ErrorBody),
        (status = 410, description = "The session is over: `exited`, `closed`, …", body = ErrorBody),
        (status = 422, description = "`invalid_email` when none is an address, `invalid_emails` when they are more than 20, `invalid_expiry`, `invalid_read_only`", body = ErrorBody),
        (status = 429, description = "`too_many_attempts`, with Retry-After", body = ErrorBody),
    )
)]
pub async fn invite(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
    Json(new): Json<NewInvites>,
) -> Result<(StatusCode, Json<InviteResults>), ApiError> {
    let results = state.control.invite_guests(&actor, id, new).await?;
    Ok((StatusCode::MULTI_STATUS, Json(results)))
}
