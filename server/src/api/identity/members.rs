//! `/members`: the members of the workspace, for superusers.

use axum::http::StatusCode;
use protocol::{
    api::{ChangeMember, ErrorBody, InviteLink, Member, NewInvite, TokenInfo},
    id::MemberId,
};

use super::invites;
use crate::{
    api::extract::{Json, Path},
    api::responses::*,
    http::{authenticate::SignedIn, error::Result},
};

/// Lists all members, sorted by address.
#[utoipa::path(
    get, path = "/members", tag = "members", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "All members", body = Vec<Member>), RequiresSuperuser)
)]
pub async fn list(caller: SignedIn) -> Result<Json<Vec<Member>>> {
    Ok(Json(caller.control.members.list(&caller.actor).await?))
}

/// Invites a person, as `POST /invites` does. They become a member when they choose a password.
#[utoipa::path(
    post, path = "/members", tag = "members", security(("cookie" = []), ("bearer" = [])), request_body = NewInvite,
    responses(
        (status = 201, description = "The link, which is not shown again", body = InviteLink),
        RequiresSuperuser, CannotInvite, InvalidEmail,
    )
)]
pub async fn create(caller: SignedIn, body: Json<NewInvite>) -> Result<Created<InviteLink>> {
    invites::invite(caller, body).await
}

/// Changes a member's name or role, deactivates or reactivates them.
#[utoipa::path(
    patch, path = "/members/{id}", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = MemberId, Path, description = "Id of the member")), request_body = ChangeMember,
    responses(
        (status = 200, description = "The changed member", body = Member),
        (status = 403, description = "`forbidden`: only superusers change other members or a role", body = ErrorBody),
        NotFound, LastSuperuser, InvalidName,
    )
)]
pub async fn change(
    caller: SignedIn,
    Path(id): Path<MemberId>,
    Json(body): Json<ChangeMember>,
) -> Result<Json<Member>> {
    Ok(Json(caller.control.members.change(&caller.actor, id, body).await?))
}

/// Deactivates a member. Their connections close at once; their sessions keep running.
#[utoipa::path(
    delete, path = "/members/{id}", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = MemberId, Path, description = "Id of the member")),
    responses((status = 204, description = "Deactivated"), RequiresSuperuser, NotFound, LastSuperuser)
)]
pub async fn deactivate(caller: SignedIn, Path(id): Path<MemberId>) -> Result<StatusCode> {
    let change = ChangeMember { active: Some(false), ..ChangeMember::default() };
    caller.control.members.change(&caller.actor, id, change).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Creates a link for a member to choose a new password. Nothing changes until it is used.
#[utoipa::path(
    post, path = "/members/{id}/reset", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = MemberId, Path, description = "Id of the member")),
    responses(
        (status = 201, description = "The link, which is not shown again", body = InviteLink),
        (status = 404, description = "`not_found`, also for a deactivated member", body = ErrorBody),
        RequiresSuperuser,
    )
)]
pub async fn reset(caller: SignedIn, Path(id): Path<MemberId>) -> Result<Created<InviteLink>> {
    Ok(created(caller.control.invites.create_reset(&caller.actor, id).await?))
}

/// Lists a member's tokens.
#[utoipa::path(
    get, path = "/members/{id}/tokens", tag = "members", security(("cookie" = []), ("bearer" = [])),
    params(("id" = MemberId, Path, description = "Id of the member")),
    responses((status = 200, description = "Newest first, without their secrets", body = Vec<TokenInfo>), RequiresSuperuser, NotFound)
)]
pub async fn tokens(caller: SignedIn, Path(id): Path<MemberId>) -> Result<Json<Vec<TokenInfo>>> {
    Ok(Json(caller.control.tokens.list_of(&caller.actor, id).await?))
}
