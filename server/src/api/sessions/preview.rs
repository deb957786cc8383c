//! `/sessions/{id}/screen` and `/sessions/{id}/keep`: for pages that show a session without attaching.
#![expect(unused_qualifications, reason = "in code that utoipa generates for query parameters")]

use axum::{
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use protocol::{id::SessionId, wire::Position};
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{
    api::extract::{Path, Query},
    api::responses::*,
    http::{
        authenticate::SignedIn,
        error::{ApiError, Result},
    },
};

/// Position of the client's mirror; a full screen by default.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MirrorPosition {
    /// Epoch of the mirror.
    epoch: Option<u64>,
    /// Revision of the mirror.
    revision: Option<u64>,
    /// Entries in the mirror's style table.
    styles: Option<u32>,
}

/// Returns the screen of one of the caller's sessions. Does not count as activity.
#[utoipa::path(
    get, path = "/sessions/{id}/screen", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Id of the session"), MirrorPosition),
    responses(
        (status = 200, description = "A `Frame` of `websh.proto`, relative to the position", content_type = "application/octet-stream"),
        (status = 204, description = "No change since the position, or the session has ended"),
        AccountForbidden, NoSuchSession, SessionUnreachable,
    )
)]
pub async fn screen(
    caller: SignedIn,
    Path(id): Path<SessionId>,
    Query(held): Query<MirrorPosition>,
) -> Result<Response> {
    let position = match (held.epoch, held.revision, held.styles) {
        (Some(epoch), Some(revision), Some(styles)) => Some(Position { epoch, revision, styles }),
        (None, None, None) => None,
        _ => return Err(ApiError::bad_request("Set all of epoch, revision and styles, or none.")),
    };
    let kind = [(header::CONTENT_TYPE, "application/octet-stream")];
    Ok(match caller.control.sessions.preview(&caller.actor, id, position).await? {
        Some(frame) => (kind, frame).into_response(),
        None => StatusCode::NO_CONTENT.into_response(),
    })
}

/// Keeps a session open: restarts its idle timeout.
#[utoipa::path(
    post, path = "/sessions/{id}/keep", tag = "sessions", security(("cookie" = []), ("bearer" = [])),
    params(("id" = String, Path, description = "Id of the session")),
    responses((status = 204, description = "Idle timeout restarted"), NoSuchSession, SessionEnded, SessionUnreachable)
)]
pub async fn keep(caller: SignedIn, Path(id): Path<SessionId>) -> Result<StatusCode> {
    caller.control.sessions.keep_alive(&caller.actor, id).await?;
    Ok(StatusCode::NO_CONTENT)
}
