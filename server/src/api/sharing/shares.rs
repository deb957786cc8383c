//! `/sessions/{id}/shares` and `/sessions/{id}/invites`: shares, their guests and invites by mail.

use axum::http::StatusCode;
use protocol::{
    api::{
        ChangeShare, ErrorBody, FreshShare, InviteResults, NewInvites, NewShare, Share,
        SharingOptions,
    },
    id::{GuestId, SessionId, ShareId},
};

use crate::{
    api::extract::{Json, Path},
    api::responses::*,
    http::{authenticate::SignedIn, error::Result},
};

/// Returns the limits and defaults for a new share.
#[utoipa::path(
    get, path = "/sessions/{id}/sharing", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "Id of the session")),
    responses(
        (status = 200, description = "Limits of the workspace and defaults of a new share", body = SharingOptions),
        RequiresOwner, NoSuchSession,
    )
)]
pub async fn options(caller: SignedIn, Path(id): Path<SessionId>) -> Result<Json<SharingOptions>> {
    Ok(Json(caller.control.shares.options(&caller.actor, id).await?))
}

/// Lists a session's shares with their guests, also after the session has ended.
#[utoipa::path(
    get, path = "/sessions/{id}/shares", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "Id of the session")),
    responses(
        (status = 200, description = "Newest first, without their secrets", body = Vec<Share>),
        (status = 403, description = "`forbidden`: requires the owner or a superuser", body = ErrorBody),
        NoSuchSession,
    )
)]
pub async fn list(caller: SignedIn, Path(id): Path<SessionId>) -> Result<Json<Vec<Share>>> {
    Ok(Json(caller.control.shares.list(&caller.actor, id).await?))
}

/// Creates a share: a link and a password.
#[utoipa::path(
    post, path = "/sessions/{id}/shares", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "Id of the session")), request_body = NewShare,
    responses(
        (status = 201, description = "The link and password, which are not shown again", body = FreshShare),
        (status = 409, description = "`too_many_shares`", body = ErrorBody),
        (status = 422, description = "`invalid_expiry`, `invalid_read_only`, `invalid_max_guests`", body = ErrorBody),
        MayNotShare, NoSuchSession, SessionOver,
    )
)]
pub async fn share(
    caller: SignedIn,
    Path(id): Path<SessionId>,
    Json(new): Json<NewShare>,
) -> Result<Created<FreshShare>> {
    Ok(created(caller.control.shares.create(&caller.actor, id, new).await?))
}

/// Extends a share or changes its guests' permissions, also for attached guests.
#[utoipa::path(
    patch, path = "/sessions/{id}/shares/{share}", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "Id of the session"), ("share" = ShareId, Path, description = "Id of the share")),
    request_body = ChangeShare,
    responses(
        (status = 200, description = "The changed share", body = Share),
        (status = 410, description = "`share_expired`, `share_revoked`, or the session has ended", body = ErrorBody),
        (status = 422, description = "`invalid_expiry`, `invalid_read_only`", body = ErrorBody),
        RequiresOwner, NoSuchSession,
    )
)]
pub async fn change(
    caller: SignedIn,
    Path((id, share)): Path<(SessionId, ShareId)>,
    Json(change): Json<ChangeShare>,
) -> Result<Json<Share>> {
    Ok(Json(caller.control.shares.change(&caller.actor, id, share, change).await?))
}

/// Revokes a share and disconnects its guests. The session keeps running.
#[utoipa::path(
    delete, path = "/sessions/{id}/shares/{share}", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "Id of the session"), ("share" = ShareId, Path, description = "Id of the share")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 410, description = "`share_expired`, `share_revoked`, `session_ended`: the share has already ended", body = ErrorBody),
        NoSuchSession,
    )
)]
pub async fn revoke(
    caller: SignedIn,
    Path((id, share)): Path<(SessionId, ShareId)>,
) -> Result<StatusCode> {
    caller.control.shares.revoke(&caller.actor, id, share).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Creates a share with the settings of an old one, and revokes the old one.
#[utoipa::path(
    post, path = "/sessions/{id}/shares/{share}/renew", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "Id of the session"), ("share" = ShareId, Path, description = "Id of the old share")),
    responses(
        (status = 201, description = "The link and password, which are not shown again", body = FreshShare),
        MayNotShare, NoSuchSession, SessionOver,
    )
)]
pub async fn renew(
    caller: SignedIn,
    Path((id, share)): Path<(SessionId, ShareId)>,
) -> Result<Created<FreshShare>> {
    Ok(created(caller.control.shares.renew(&caller.actor, id, share).await?))
}

/// Removes a guest. Their cookie is no longer valid.
#[utoipa::path(
    delete, path = "/sessions/{id}/shares/{share}/guests/{guest}", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(
        ("id" = SessionId, Path, description = "Id of the session"),
        ("share" = ShareId, Path, description = "Id of the share"),
        ("guest" = GuestId, Path, description = "Id of the guest"),
    ),
    responses(
        (status = 204, description = "Removed"),
        (status = 410, description = "`share_left`, `share_removed`, …: the guest has already left", body = ErrorBody),
        NoSuchSession,
    )
)]
pub async fn remove(
    caller: SignedIn,
    Path((id, share, guest)): Path<(SessionId, ShareId, GuestId)>,
) -> Result<StatusCode> {
    caller.control.shares.remove_guest(&caller.actor, id, share, guest).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Invites people by mail, each with their own link and password.
#[utoipa::path(
    post, path = "/sessions/{id}/invites", tag = "shares", security(("cookie" = []), ("bearer" = [])),
    params(("id" = SessionId, Path, description = "Id of the session")), request_body = NewInvites,
    responses(
        (status = 207, description = "Result for each address; the list of shares reports delivery", body = InviteResults),
        (status = 409, description = "`mail_not_configured`, `too_many_shares`", body = ErrorBody),
        (status = 422, description = "`invalid_email`: no valid address; `invalid_emails`: more than 20 addresses; `invalid_expiry`, `invalid_read_only`", body = ErrorBody),
        MayNotShare, NoSuchSession, SessionOver, TooManyAttempts,
    )
)]
pub async fn invite(
    caller: SignedIn,
    Path(id): Path<SessionId>,
    Json(new): Json<NewInvites>,
) -> Result<(StatusCode, Json<InviteResults>)> {
    let results = caller.control.shares.invite(&caller.actor, id, new).await?;
    Ok((StatusCode::MULTI_STATUS, Json(results)))
}
