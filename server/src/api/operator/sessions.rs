//! `/admin/sessions` and `/workspace/usage`: everybody's sessions, for staff and superusers.
#![expect(unused_qualifications, reason = "in what utoipa makes of a query's parameters")]

use axum::{extract::State, http::StatusCode};
use protocol::api::{
    AdminFilter, AdminSessionPage, AdminSort, Drop, DropAll, DropResults, ErrorBody, WorkspaceUsage,
};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::extract::{Json, OptionalJson, PathSession, Query},
    http::{authenticate::SignedIn, error::ApiError},
    state::AppState,
};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new()
        .routes(routes!(list))
        .routes(routes!(drop_session))
        .routes(routes!(drop_all))
        .routes(routes!(usage))
}

/// Which sessions, in which order. What is absent does not restrict.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Part of its name, owner, address, account or id.
    q: Option<String>,
    /// The owner's address.
    owner: Option<String>,
    /// Server id.
    server: Option<String>,
    /// Account.
    account: Option<String>,
    /// Unused for at least so many minutes.
    idle_minutes: Option<u32>,
    /// Whether anybody is attached.
    attached: Option<bool>,
    /// The order; newest first when absent.
    #[serde(default)]
    sort: AdminSort,
    /// Items of a page: 50 when absent, 1 to 500.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Lists everybody's living sessions. What happens in them is not shown.
#[utoipa::path(
    get, path = "/admin/sessions", tag = "operator", security(("cookie" = []), ("bearer" = [])), params(Listing),
    responses(
        (status = 200, description = "A page of all living sessions", body = AdminSessionPage),
        (status = 403, description = "`forbidden`: as a member", body = ErrorBody),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Listing>,
) -> Result<Json<AdminSessionPage>, ApiError> {
    let Listing { q, owner, server, account, idle_minutes, attached, sort, limit, cursor } = asked;
    let filter = AdminFilter { q, owner, server, account, idle_minutes, attached };
    let page = state.control.all_sessions(&actor, &filter, sort, limit, cursor.as_deref()).await?;
    Ok(Json(page))
}

/// Ends anybody's session, with a reason for its owner.
#[utoipa::path(
    delete, path = "/admin/sessions/{id}", tag = "operator", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Session id")), request_body = Option<Drop>,
    responses(
        (status = 204, description = "Its whole process tree is gone"),
        (status = 403, description = "`forbidden`: as a member", body = ErrorBody),
        (status = 404, description = "`not_found`", body = ErrorBody),
        (status = 410, description = "`exited`, `closed`, `expired`, `dropped` or `lost`, with the session", body = ErrorBody),
        (status = 422, description = "`invalid_reason`", body = ErrorBody),
        (status = 503, description = "`session_unreachable`: not even KILL ended it", body = ErrorBody),
    )
)]
pub async fn drop_session(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
    OptionalJson(asked): OptionalJson<Drop>,
) -> Result<StatusCode, ApiError> {
    state.control.drop_session(&actor, id, asked).await?;
    Ok(StatusCode::NO_CONTENT)
}

/// Ends all sessions that match.
#[utoipa::path(
    post, path = "/admin/sessions/drop-all", tag = "operator", security(("cookie" = []), ("bearer" = [])), request_body = DropAll,
    responses(
        (status = 200, description = "What became of each", body = DropResults),
        (status = 403, description = "`forbidden`: for everybody but superusers", body = ErrorBody),
        (status = 422, description = "`invalid_confirm`, `invalid_password`, `invalid_reason`", body = ErrorBody),
        (status = 429, description = "`too_many_attempts` at the password", body = ErrorBody),
    )
)]
pub async fn drop_all(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Json(asked): Json<DropAll>,
) -> Result<Json<DropResults>, ApiError> {
    Ok(Json(state.control.drop_all(&actor, asked).await?))
}

/// What all sessions hold right now.
#[utoipa::path(
    get, path = "/workspace/usage", tag = "operator", security(("cookie" = []), ("bearer" = [])),
    responses(
        (status = 200, description = "Sessions, their memory and their buffers", body = WorkspaceUsage),
        (status = 403, description = "`forbidden`: as a member", body = ErrorBody),
    )
)]
pub async fn usage(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
) -> Result<Json<WorkspaceUsage>, ApiError> {
    Ok(Json(state.control.usage(&actor).await?))
}
