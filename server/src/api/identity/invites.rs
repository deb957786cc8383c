//! `/invites`: links for joining the workspace and for resetting a password.

use axum::{
    Extension,
    extract::State,
    http::{HeaderMap, StatusCode},
};
use control::Actor;
use protocol::{
    api::{AcceptInvite, ErrorBody, Invite, InviteLink, Me, NewInvite},
    id::InviteId,
};
use serde::Deserialize;
use utoipa::ToSchema;

use super::sign_in::signed_in_as;
use crate::{
    api::extract::{Json, Path},
    api::responses::*,
    http::{authenticate::SignedIn, client_ip::CallerInfo, error::Result},
    state::AppState,
};

/// Secret of a link.
#[derive(Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct Link {
    /// The part of the link after `#`.
    token: String,
}

/// Lists the links that were not used yet.
#[utoipa::path(
    get, path = "/invites", tag = "members", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "Newest first, without their secrets", body = Vec<Invite>), RequiresSuperuser)
)]
pub async fn list(caller: SignedIn) -> Result<Json<Vec<Invite>>> {
    Ok(Json(caller.control.invites.list(&caller.actor).await?))
}

/// Invites a person. Replaces an earlier invite for the same address.
#[utoipa::path(
    post, path = "/invites", tag = "members", security(("cookie" = []), ("bearer" = [])), request_body = NewInvite,
    responses(
        (status = 201, description = "The link, which is not shown again", body = InviteLink),
        RequiresSuperuser, CannotInvite, InvalidEmail,
    )
)]
pub async fn invite(caller: SignedIn, Json(body): Json<NewInvite>) -> Result<Created<InviteLink>> {
    Ok(created(caller.control.invites.create(&caller.actor, body).await?))
}

/// Revokes a link that was not used yet.
#[utoipa::path(
    delete, path = "/invites/{id}", operation_id = "withdraw", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = InviteId, Path, description = "Id of the link")),
    responses(
        (status = 204, description = "Revoked"),
        (status = 404, description = "`not_found`, also if it was used", body = ErrorBody),
        RequiresSuperuser,
    )
)]
pub async fn revoke(caller: SignedIn, Path(id): Path<InviteId>) -> Result<StatusCode> {
    caller.control.invites.withdraw(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Returns the purpose of a link. The method is POST to keep the secret out of URLs.
#[utoipa::path(
    post, path = "/invites/look", operation_id = "look", tag = "members", request_body = Link,
    responses((status = 200, description = "The invite", body = Invite), NotFound, InviteOver)
)]
pub async fn preview(
    State(state): State<AppState>,
    Json(body): Json<Link>,
) -> Result<Json<Invite>> {
    Ok(Json(state.control.invites.preview(&body.token).await?))
}

/// Uses a link: joins the workspace or sets a new password, and signs in. The browser's previous sign-in ends.
#[utoipa::path(
    post, path = "/invites/accept", tag = "members", request_body = AcceptInvite,
    responses(
        (status = 200, description = "Signed in; sets the cookie", body = Me),
        (status = 409, description = "`member_exists`", body = ErrorBody),
        (status = 422, description = "`invalid_name`, `invalid_password`: the link stays valid", body = ErrorBody),
        NotFound, InviteOver, TooManyAttempts, PasswordUnchecked,
    )
)]
pub async fn accept(
    State(state): State<AppState>,
    CallerInfo(caller): CallerInfo,
    before: Option<Extension<Actor>>,
    Json(body): Json<AcceptInvite>,
) -> Result<(HeaderMap, Json<Me>)> {
    let signed_in = state.control.invites.accept(body, &caller).await?;
    // As with a sign-in: open pages of the browser's previous member must not stay connected.
    if let Some(Extension(before)) = before.filter(|before| before.scope.is_none()) {
        state.control.sign_ins.end_current(&before).await?;
    }
    Ok(signed_in_as(&state, signed_in))
}
