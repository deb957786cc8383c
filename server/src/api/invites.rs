//! `/invites`: links by which people join or choose a new password.

use axum::{
    Json as Answer,
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

use super::{
    error::ApiError,
    extract::{Json, Named},
    sign_in::signed_in_as,
};
use crate::web::{Calling, SignedIn, Web};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Web> {
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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
) -> Result<Answer<Vec<Invite>>, ApiError> {
    Ok(Answer(web.control.invites(&actor).await?))
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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Json(given): Json<NewInvite>,
) -> Result<(StatusCode, Answer<InviteLink>), ApiError> {
    Ok((StatusCode::CREATED, Answer(web.control.invite(&actor, given).await?)))
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
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Named(id): Named<InviteId>,
) -> Result<StatusCode, ApiError> {
    web.control.withdraw(&actor, id).await?;
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
    State(web): State<Web>,
    Json(given): Json<Link>,
) -> Result<Answer<Invite>, ApiError> {
    Ok(Answer(web.control.look_at_invite(&given.token).await?))
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
    State(web): State<Web>,
    Calling(caller): Calling,
    Json(given): Json<AcceptInvite>,
) -> Result<(HeaderMap, Answer<Me>), ApiError> {
    let signed_in = web.control.accept_invite(given, &caller).await?;
    Ok(signed_in_as(&web, signed_in))
}
