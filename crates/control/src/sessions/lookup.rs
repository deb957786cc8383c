//! Lookups of running sessions: a row joined with the current report of its process.

use std::collections::HashMap;

use protocol::{
    api::{Session, SessionState},
    id::SessionId,
    wire::{EndCause, EndRequest, Report},
};
use store::SessionRow;

use super::view;
use crate::{Actor, Error, context::Context};

pub(crate) fn view(ctx: &Context, row: &SessionRow) -> Session {
    view::session(row, ctx.host.report(row.id).as_ref())
}

pub(crate) fn views(rows: &[SessionRow], reports: &HashMap<SessionId, Report>) -> Vec<Session> {
    rows.iter().map(|row| view::session(row, reports.get(&row.id))).collect()
}

/// Returns the report of a running session, or none while it is starting.
///
/// # Errors
/// [`Error::Ended`].
pub(crate) fn running(ctx: &Context, row: &SessionRow) -> Result<Option<Report>, Error> {
    let report = ctx.host.report(row.id);
    let session = view::session(row, report.as_ref());
    match session.state {
        SessionState::Ended => Err(Error::Ended(Box::new(session))),
        SessionState::Starting | SessionState::Active => Ok(report),
    }
}

/// Like [`running`], with an error that reveals no content to an actor who is not the owner.
pub(crate) fn running_for(
    ctx: &Context,
    actor: &Actor,
    row: &SessionRow,
) -> Result<Option<Report>, Error> {
    let own = row.owner == actor.member;
    running(ctx, row).map_err(|error| if own { error } else { view::without_content(error) })
}

/// Returns the number of wrong passwords tried on the active shares of a session.
pub(crate) async fn wrong_passwords(ctx: &Context, id: SessionId) -> Result<u32, Error> {
    let counts = ctx.store.shares.wrong_passwords(&[id], ctx.now()).await?;
    Ok(counts.get(&id).copied().unwrap_or_default())
}

/// Ends the process of a session that has no row, or that could not be recorded.
pub(crate) async fn stop(ctx: &Context, id: SessionId) {
    let request = EndRequest { cause: EndCause::Dropped.into(), ..EndRequest::default() };
    if let Err(error) = ctx.host.end(id, request).await {
        tracing::warn!(session = %id, %error, "a session could not be ended");
    }
}

/// Converts an error of the host. A session that has ended since gets [`Error::Ended`].
pub(crate) async fn unreachable(
    ctx: &Context,
    actor: &Actor,
    id: SessionId,
    error: &host::Error,
) -> Error {
    if !matches!(error, host::Error::Gone) {
        tracing::warn!(session = %id, %error, "a session is unreachable");
        return Error::Unreachable;
    }
    match ctx.session_row(id).await {
        Ok(row) => running_for(ctx, actor, &row).err().unwrap_or(Error::Unreachable),
        Err(error) => error,
    }
}
