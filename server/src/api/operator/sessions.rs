//! `/admin/sessions` and `/workspace/usage`: sessions of all members, for staff and superusers.
#![expect(unused_qualifications, reason = "in code that utoipa generates for query parameters")]

use axum::http::StatusCode;
use protocol::{
    api::{
        AdminFilter, AdminSessionPage, AdminSort, Drop, DropAll, DropResults, ErrorBody,
        WorkspaceUsage,
    },
    id::SessionId,
};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::extract::{Json, OptionalJson, Path, Query},
    api::responses::*,
    http::{authenticate::SignedIn, error::Result},
};

/// Filter, order and page of a list of all sessions.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Part of the name, owner, address, account or id.
    q: Option<String>,
    /// Address of the owner.
    owner: Option<String>,
    /// Id of the server.
    server: Option<String>,
    /// Name of the account.
    account: Option<String>,
    /// Minimum idle time in minutes.
    idle_minutes: Option<u32>,
    /// Attached or detached sessions.
    attached: Option<bool>,
    /// Order; newest first by default.
    #[serde(default)]
    sort: AdminSort,
    /// Items per page, 1 to 500; 50 by default.
    limit: Option<u64>,
    /// `next` of the previous page.
    cursor: Option<String>,
}

/// Lists the running sessions of all members, without their content.
#[utoipa::path(
    get, path = "/admin/sessions", tag = "operator", security(("cookie" = []), ("bearer" = [])), params(Listing),
    responses((status = 200, description = "A page of running sessions", body = AdminSessionPage), RequiresStaff)
)]
pub async fn list(
    caller: SignedIn,
    Query(query): Query<Listing>,
) -> Result<Json<AdminSessionPage>> {
    let Listing { q, owner, server, account, idle_minutes, attached, sort, limit, cursor } = query;
    let filter = AdminFilter { q, owner, server, account, idle_minutes, attached };
    let page = caller
        .control
        .all_sessions
        .list(&caller.actor, &filter, sort, limit, cursor.as_deref())
        .await?;
    Ok(Json(page))
}

/// Drops a session: ends all of its processes and records a reason for its owner.
#[utoipa::path(
    delete, path = "/admin/sessions/{id}", tag = "operator", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Id of the session")), request_body = Option<Drop>,
    responses(
        (status = 204, description = "Dropped"),
        (status = 422, description = "`invalid_reason`", body = ErrorBody),
        (status = 503, description = "`session_unreachable`: the processes survived KILL", body = ErrorBody),
        RequiresStaff, NotFound, SessionEnded,
    )
)]
pub async fn drop_session(
    caller: SignedIn,
    Path(id): Path<SessionId>,
    OptionalJson(body): OptionalJson<Drop>,
) -> Result<StatusCode> {
    caller.control.all_sessions.drop_one(&caller.actor, id, body).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Drops all sessions that match a filter.
#[utoipa::path(
    post, path = "/admin/sessions/drop-all", tag = "operator", security(("cookie" = []), ("bearer" = [])), request_body = DropAll,
    responses(
        (status = 200, description = "Result for each session", body = DropResults),
        (status = 422, description = "`invalid_confirm`, `invalid_password`, `invalid_reason`", body = ErrorBody),
        (status = 429, description = "`too_many_attempts` at entering the password", body = ErrorBody),
        RequiresSuperuser, PasswordUnchecked,
    )
)]
pub async fn drop_all(caller: SignedIn, Json(body): Json<DropAll>) -> Result<Json<DropResults>> {
    Ok(Json(caller.control.all_sessions.drop_all(&caller.actor, body).await?))
}

/// Returns the current resource usage of all sessions.
#[utoipa::path(
    get, path = "/workspace/usage", tag = "operator", security(("cookie" = []), ("bearer" = [])),
    responses((status = 200, description = "Number of sessions, their memory and their buffers", body = WorkspaceUsage), RequiresStaff)
)]
pub async fn usage(caller: SignedIn) -> Result<Json<WorkspaceUsage>> {
    Ok(Json(caller.control.all_sessions.usage(&caller.actor).await?))
}
