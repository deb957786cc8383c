//! `/admin/sessions` and `/workspace/usage`: everybody's sessions, for staff and superusers.
#![expect(unused_qualifications, reason = "in what utoipa makes of a query's parameters")]

use axum::{Json as Answer, extract::State};
use protocol::api::{AdminFilter, AdminSessionPage, AdminSort, ErrorBody, WorkspaceUsage};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use super::{error::ApiError, extract::Query};
use crate::web::{SignedIn, Web};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<Web> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(usage))
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
    get, path = "/admin/sessions", tag = "operator", security(("cookie" = [])), params(Listing),
    responses(
        (status = 200, description = "A page of all living sessions", body = AdminSessionPage),
        (status = 403, description = "`forbidden`: as a member", body = ErrorBody),
    )
)]
pub async fn list(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Listing>,
) -> Result<Answer<AdminSessionPage>, ApiError> {
    let Listing { q, owner, server, account, idle_minutes, attached, sort, limit, cursor } = asked;
    let filter = AdminFilter { q, owner, server, account, idle_minutes, attached };
    let page = web.control.all_sessions(&actor, &filter, sort, limit, cursor.as_deref()).await?;
    Ok(Answer(page))
}

/// What all sessions hold right now.
#[utoipa::path(
    get, path = "/workspace/usage", tag = "operator", security(("cookie" = [])),
    responses(
        (status = 200, description = "Sessions, their memory and their buffers", body = WorkspaceUsage),
        (status = 403, description = "`forbidden`: as a member", body = ErrorBody),
    )
)]
pub async fn usage(
    State(web): State<Web>,
    SignedIn(actor): SignedIn,
) -> Result<Answer<WorkspaceUsage>, ApiError> {
    Ok(Answer(web.control.usage(&actor).await?))
}
