//! `/members`: who is in the workspace, for superusers.

use axum::{extract::State, http::StatusCode};
use protocol::{
    api::{ChangeMember, ErrorBody, InviteLink, Member, NewInvite, TokenInfo},
    id::MemberId,
};
use utoipa_axum::{router::OpenApiRouter, routes};

use super::invites;
use crate::{
    api::extract::{Json, PathId},
    http::{authenticate::SignedIn, error::ApiError},
    state::AppState,
};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list, create))
        .routes(routes!(change, deactivate))
        .routes(routes!(reset))
        .routes(routes!(tokens))
}

/// Lists all members, by address.
#[utoipa::path(
    get, path = "/members", tag = "members", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "All members", body = Vec<Member>),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
) -> Result<Json<Vec<Member>>, ApiError> {
    Ok(Json(state.control.members(&actor).await?))
}

/// Invites somebody to be a member, as `POST /invites` does: nobody is one before they have chosen a password.
#[utoipa::path(
    post, path = "/members", tag = "members", security(("cookie" = []), ("bearer" = [])),
    request_body = NewInvite,
    responses(
        (status = 201, description = "The link: the only time it is shown", body = InviteLink),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 409, description = "`member_exists`, `mail_not_configured`", body = ErrorBody),
        (status = 422, description = "`invalid_email`", body = ErrorBody),
    )
)]
pub async fn create(
    state: State<AppState>,
    actor: SignedIn,
    given: Json<NewInvite>,
) -> Result<(StatusCode, Json<InviteLink>), ApiError> {
    invites::invite(state, actor, given).await
}

/// Changes a member's name or role, deactivates them or lets them in again.
#[utoipa::path(
    patch, path = "/members/{id}", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = MemberId, Path, description = "The member")), request_body = ChangeMember,
    responses(
        (status = 200, description = "The member as it is now", body = Member),
        (status = 403, description = "`forbidden`: others, and the own role, are for superusers", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 409, description = "`last_superuser`", body = ErrorBody),
        (status = 422, description = "`invalid_name`", body = ErrorBody),
    )
)]
pub async fn change(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<MemberId>,
    Json(given): Json<ChangeMember>,
) -> Result<Json<Member>, ApiError> {
    Ok(Json(state.control.change_member(&actor, id, given).await?))
}

/// Deactivates a member: what they have open closes at once, their sessions go on.
#[utoipa::path(
    delete, path = "/members/{id}", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = MemberId, Path, description = "The member")),
    responses(
        (status = 204, description = "Deactivated"),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 409, description = "`last_superuser`", body = ErrorBody),
    )
)]
pub async fn deactivate(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<MemberId>,
) -> Result<StatusCode, ApiError> {
    let out = ChangeMember { active: Some(false), ..ChangeMember::default() };
    state.control.change_member(&actor, id, out).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Makes a link by which a member chooses a new password. Nothing changes until it is used.
#[utoipa::path(
    post, path = "/members/{id}/reset", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = MemberId, Path, description = "The member")),
    responses(
        (status = 201, description = "The link: the only time it is shown", body = InviteLink),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 404, description = "`not_found`, also for a deactivated one", body = ErrorBody),
    )
)]
pub async fn reset(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<MemberId>,
) -> Result<(StatusCode, Json<InviteLink>), ApiError> {
    Ok((StatusCode::CREATED, Json(state.control.reset(&actor, id).await?)))
}

/// Lists a member's tokens.
#[utoipa::path(
    get, path = "/members/{id}/tokens", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = MemberId, Path, description = "The member")),
    responses(
        (status = 200, description = "Newest first, without their secrets", body = Vec<TokenInfo>),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
    )
)]
pub async fn tokens(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathId(id): PathId<MemberId>,
) -> Result<Json<Vec<TokenInfo>>, ApiError> {
    Ok(Json(state.control.tokens_of(&actor, id).await?))
}
