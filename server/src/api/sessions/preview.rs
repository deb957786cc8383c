//! `/sessions/{id}/screen` and `/sessions/{id}/keep`: what a page without a terminal does with a session.
#![expect(unused_qualifications, reason = "in what utoipa makes of a query's parameters")]

use axum::{
    extract::State,
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{api::ErrorBody, wire::Position};
use serde::Deserialize;
use utoipa::IntoParams;
use utoipa_axum::{router::OpenApiRouter, routes};

use crate::{
    api::extract::{PathSession, Query},
    http::{authenticate::SignedIn, error::ApiError},
    state::AppState,
};

/// The routes of this file.
pub fn routes() -> OpenApiRouter<AppState> {
    OpenApiRouter::new().routes(routes!(screen)).routes(routes!(keep))
}

/// What the asking page's mirror holds; nothing when absent.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct Held {
    /// Epoch of the mirror.
    epoch: Option<u64>,
    /// Its revision.
    revision: Option<u64>,
    /// Entries of its style table.
    styles: Option<u32>,
}

/// The screen of an own session, for a thumbnail. Nobody attached notices, and it keeps nothing alive.
#[utoipa::path(
    get, path = "/sessions/{id}/screen", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Session id"), Held),
    responses(
        (status = 200, description = "One `Frame` of websh.proto from that position on", content_type = "application/octet-stream"),
        (status = 204, description = "Nothing is newer, or the session is over"),
        (status = 403, description = "`account_forbidden` once the session's account is no longer granted to its owner", body = ErrorBody),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 503, description = "`session_unreachable`", body = ErrorBody),
    )
)]
pub async fn screen(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
    Query(held): Query<Held>,
) -> Result<Response, ApiError> {
    let position = match (held.epoch, held.revision, held.styles) {
        (Some(epoch), Some(revision), Some(styles)) => Some(Position { epoch, revision, styles }),
        (None, None, None) => None,
        _ => return Err(ApiError::bad_request("A position is epoch, revision and styles.")),
    };
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok(match state.control.screen(&actor, id, position).await? {
        Some(frame) => (kind, frame).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Counts as the owner's activity: the time after which the session expires begins anew.
#[utoipa::path(
    post, path = "/sessions/{id}/keep", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Session id")),
    responses(
        (status = 204, description = "The session is kept"),
        (status = 404, description = "`not_found`, also for somebody else's", body = ErrorBody),
        (status = 410, description = "`exited`, `closed`, `expired`, `dropped` or `lost`, with the session", body = ErrorBody),
        (status = 503, description = "`session_unreachable`", body = ErrorBody),
    )
)]
pub async fn keep(
    State(state): State<AppState>,
    SignedIn(actor): SignedIn,
    PathSession(id): PathSession,
) -> Result<StatusCode, ApiError> {
    state.control.keep(&actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
