//! `/audit`: who did what, for superusers. There is no way to change or remove an entry.
#![expect(unused_qualifications, reason = "in what utoipa makes of a query's parameters")]

use axum::{
    body::Body,
    extract::State,
    http::{HeaderMap, header},
    response::{IntoResponse, Response},
};
use chrono::{DateTime, Utc};
use control::{Actor, Control};
use futures_util::stream;
use protocol::api::{AuditEntry, AuditFilter, AuditPage, ErrorBody};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::extract::{Json, Query},
    http::{authenticate::SignedIn, error::ApiError, origin::RequestOrigin},
    state::AppState,
};

/// Entries that an export reads at a time.
const CHUNK: u64 = 1000;

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(list)).routes(routes!(export))
}

/// Which entries. What is absent does not restrict.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Part of actor, target or detail.
    q: Option<String>,
    /// The action, or the part of it before the dot.
    action: Option<String>,
    /// Not before.
    from: Option<DateTime<Utc>>,
    /// Before.
    to: Option<DateTime<Utc>>,
    /// Items of a page: 100 when absent, 1 to 1000.
    limit: Option<u64>,
    /// `next` of the page before.
    cursor: Option<String>,
}

/// Which entries to export. What is absent does not restrict.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Exporting {
    /// Part of actor, target or detail.
    q: Option<String>,
    /// The action, or the part of it before the dot.
    action: Option<String>,
    /// Not before.
    from: Option<DateTime<Utc>>,
    /// Before.
    to: Option<DateTime<Utc>>,
}

/// Lists what was done.
#[utoipa::path(
    get, path = "/audit", tag = "audit", security(("cookie" = []), ("bearer" = [])), params(Listing),
    responses(
        (status = 200, description = "A page, newest first", body = AuditPage),
        (status = 403, description = "`forbidden`: superusers only", body = ErrorBody),
        (status = 422, description = "`invalid_cursor`, `invalid_q`, `invalid_action`", body = ErrorBody),
    )
)]
pub async fn list(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    Query(asked): Query<Listing>,
) -> Result<Json<AuditPage>, ApiError> {
    let Listing { q, action, from, to, limit, cursor } = asked;
    let filter = AuditFilter { q, action, from, to };
    Ok(Json(state.control.audit_log(&actor, filter, limit, cursor.as_deref()).await?))
}

/// Exports what was done, one JSON object a line, newest first.
#[utoipa::path(
    get, path = "/audit/export", tag = "audit", security(("cookie" = []), ("bearer" = [])),
    params(Exporting),
    responses(
        (status = 200, description = "JSON lines, each an `AuditEntry`", content_type = "application/x-ndjson"),
        (status = 403, description = "`forbidden`: superusers only; `wrong_origin`", body = ErrorBody),
        (status = 422, description = "`invalid_q`, `invalid_action`", body = ErrorBody),
    )
)]
pub async fn export(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    headers: HeaderMap,
    Query(asked): Query<Exporting>,
) -> Result<Response, ApiError> {
    // It writes an entry: with a cookie only our own pages may ask, as for any change.
    if headers.contains_key(header::COOKIE)
        && state.allowed.origin(&headers) != RequestOrigin::OwnPage
    {
        return Err(ApiError::wrong_origin());
    }
    let Exporting { q, action, from, to } = asked;
    let filter = AuditFilter { q, action, from, to };
    state.control.export_audit(&actor, &filter).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"websh-audit.jsonl\""),
    ];
    let start = Some(Reading { control: state.control, actor, filter, cursor: None });
    let body = Body::from_stream(stream::unfold(start, |reading| async {
        let reading = reading?;
        match reading.next().await {
            Ok((lines, rest)) => Some((Ok(lines), rest)),
            // The connection breaks: a file that is not whole must not look so.
            Err(error) => Some((Err(error), None)),
        }
    }));
    Ok((headers, body).into_response())
}

/// An export that is under way.
struct Reading {
    control: Control,
    actor: Actor,
    filter: AuditFilter,
    cursor: Option<String>,
}

impl Reading {
    /// The next lines, and the rest if there is more.
    async fn next(mut self) -> Result<(String, Option<Self>), control::Error> {
        // Who may no longer read it is sent no more of it.
        self.actor = self.control.again(self.actor).await?;
        let cursor = self.cursor.as_deref();
        let filter = self.filter.clone();
        let page = self.control.audit_log(&self.actor, filter, Some(CHUNK), cursor).await?;
        let lines = page.items.iter().map(line).collect();
        let rest = page.next.map(|next| Self { cursor: Some(next), ..self });
        Ok((lines, rest))
    }
}

fn line(entry: &AuditEntry) -> String {
    serde_json::to_string(entry).map(|line| line + "\n").unwrap_or_default()
}
