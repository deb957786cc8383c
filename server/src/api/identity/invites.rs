//! `/invites`: links by which people join or choose a new password.

use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
};
use protocol::{
    api::{AcceptInvite, ErrorBody, Invite, InviteLink, Me, NewInvite},
    id::InviteId,
};
use serde::Deserialize;
use utoipa::ToSchema;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::sign_in::signed_in_as;
use crate::{
    api::extract::{Json, PathId},
    http::{authenticate::SignedIn, client_ip::CallerInfo, error::ApiError},
    state::AppState,
};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, invite))
        .routes(routes!(withdraw))
        .routes(routes!(look))
        .routes(routes!(accept))
}

/// The secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// What stands behind the link's `#`.
    token: String,
}

/// Lists the links that wait to be used.
#[utoipa::path(
    get, path = "/invites", tag = "members", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Newest first, without their secrets", body = Vec<Invite>),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Vec<Invite>>, ApiError> {
    Ok(Json(state.control.invites(&actor).await?))
}

/// Invites somebody. An earlier invitation for the same address stops working.
#[utoipa::path(
    post, path = "/invites", tag = "members", security(("cookie" = []), ("bearer" = [])),
    request_body = NewInvite,
    responses(
        (status = 201, description = "The link: the only time it is shown", body = InviteLink),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 409, description = "`member_exists`, `mail_not_configured`", body = ErrorBody),
        (status = 422, description = "`invalid_email`", body = ErrorBody),
    )
)]
pub async fn invite(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Json(given): Json<NewInvite>,
) -> Result<(StatusCode, Json<InviteLink>), ApiError> {
    Ok((StatusCode::CREATED, Json(state.control.invite(&actor, given).await?)))
}

/// Withdraws a link that was not used.
#[utoipa::path(
    delete, path = "/invites/{id}", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = InviteId, Path, description = "The link")),
    responses(
        (status = 204, description = "It does not work any more"),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 404, description = "`not_found`, also when it was used", body = ErrorBody),
    )
)]
pub async fn withdraw(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<InviteId>,
) -> Result<StatusCode, ApiError> {
    state.control.withdraw(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Says what a link is for, to whoever holds it. It is a POST to keep the secret out of URLs.
#[utoipa::path(
    post, path = "/invites/look", tag = "members", request_body = Link,
    responses(
        (status = 200, description = "What it is for", body = Invite),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 410, description = "`invite_over`: used or too old", body = ErrorBody),
    )
)]
pub async fn look(
    State(state): State<AppState>,
    Json(given): Json<Link>,
) -> Result<Json<Invite>, ApiError> {
    Ok(Json(state.control.look_at_invite(&given.token).await?))
}

/// Uses a link, once: its holder joins or has a new password, and is signed in.
#[utoipa::path(
    post, path = "/invites/accept", tag = "members", request_body = AcceptInvite,
    responses(
        (status = 200, description = "Signed in; the cookie is set", body = Me),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 409, description = "`member_exists`", body = ErrorBody),
        (status = 410, description = "`invite_over`: used or too old", body = ErrorBody),
        (status = 422, description = "`invalid_name`, `invalid_password`: the link still works", body = ErrorBody),
    )
)]
pub async fn accept(
    State(state): State<AppState>,
    CallerInfo(caller): CallerInfo,
    Json(given): Json<AcceptInvite>,
) -> Result<(HeaderMap, Json<Me>), ApiError> {
    let signed_in = state.control.accept_invite(given, &caller).await?;
    Ok(signed_in_as(&state, signed_in))
}
