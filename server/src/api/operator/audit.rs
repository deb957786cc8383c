//! `/audit`: the audit log, for superusers. Entries cannot be changed or removed.
#![expect(unused_qualifications, reason = "in code that utoipa generates for query parameters")]

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

use crate::{
    api::extract::{Json, Query},
    api::responses::*,
    http::{authenticate::SignedIn, error::Result},
    state::AppState,
};

/// Entries that an export reads per query.
const CHUNK: u64 = 1000;

/// Filter and page of a list of entries.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Listing {
    /// Part of the actor, target or detail.
    q: Option<String>,
    /// Action, or the part of it before the dot.
    action: Option<String>,
    /// Earliest time.
    from: Option<DateTime<Utc>>,
    /// Time before which entries were made.
    to: Option<DateTime<Utc>>,
    /// Items per page, 1 to 1000; 100 by default.
    limit: Option<u64>,
    /// `next` of the previous page.
    cursor: Option<String>,
}

/// Lists entries of the audit log.
#[utoipa::path(
    get, path = "/audit", tag = "audit", security(("cookie" = []), ("bearer" = [])), params(Listing),
    responses(
        (status = 200, description = "A page, newest first", body = AuditPage),
        (status = 422, description = "`invalid_cursor`, `invalid_q`, `invalid_action`", body = ErrorBody),
        RequiresSuperuser,
    )
)]
pub async fn list(caller: SignedIn, Query(query): Query<Listing>) -> Result<Json<AuditPage>> {
    let Listing { q, action, from, to, limit, cursor } = query;
    let filter = AuditFilter { q, action, from, to };
    Ok(Json(caller.control.audit.list(&caller.actor, filter, limit, cursor.as_deref()).await?))
}

/// Exports the audit log as JSON lines, newest first.
#[utoipa::path(
    get, path = "/audit/export", tag = "audit", security(("cookie" = []), ("bearer" = [])), params(AuditFilter),
    responses(
        (status = 200, description = "JSON lines, each an `AuditEntry`", content_type = "application/x-ndjson"),
        (status = 403, description = "`forbidden`: requires a superuser; `wrong_origin`", body = ErrorBody),
        (status = 422, description = "`invalid_q`, `invalid_action`", body = ErrorBody),
    )
)]
pub async fn export(
    State(state): State<AppState>,
    SignedIn { actor, .. }: SignedIn,
    headers: HeaderMap,
    Query(filter): Query<AuditFilter>,
) -> Result<Response> {
    // An export adds an entry, so a request with a cookie must come from an own page, as for any change.
    state.allowed.require_own_page(&headers)?;
    state.control.audit.record_export(&actor, &filter).await?;
    let headers = [
        (header::CONTENT_TYPE, "application/x-ndjson"),
        (header::CONTENT_DISPOSITION, "attachment; filename=\"websh-audit.jsonl\""),
    ];
    let start = Some(Export { control: state.control, actor, filter, cursor: None });
    let body = Body::from_stream(stream::unfold(start, |export| async {
        let export = export?;
        match export.next().await {
            Ok((lines, rest)) => Some((Ok(lines), rest)),
            // Breaks the connection, so that an incomplete file is recognized as one.
            Err(error) => Some((Err(error), None)),
        }
    }));
    Ok((headers, body).into_response())
}

/// An export in progress.
struct Export {
    control: Control,
    actor: Actor,
    filter: AuditFilter,
    cursor: Option<String>,
}

impl Export {
    /// Returns the next lines, and the rest of the export if there is more.
    async fn next(mut self) -> Result<(String, Option<Self>), control::Error> {
        // Stops the export once the actor may no longer read the log.
        self.actor = self.control.sign_ins.refresh(self.actor).await?;
        let cursor = self.cursor.as_deref();
        let filter = self.filter.clone();
        let page = self.control.audit.list(&self.actor, filter, Some(CHUNK), cursor).await?;
        let lines = page.items.iter().map(line).collect();
        let rest = page.next.map(|next| Self { cursor: Some(next), ..self });
        Ok((lines, rest))
    }
}

fn line(entry: &AuditEntry) -> String {
    serde_json::to_string(entry).map(|line| line + "\n").unwrap_or_default()
}
