//! Records of guests that outlive their session: the number of keys they typed, and the time they left.
//! Session processes report both.

use std::collections::{HashMap, HashSet};

use chrono::{DateTime, Utc};
use protocol::{
    api::AuditAction,
    id::GuestId,
    wire::{GuestSeen, Report},
};
use store::{GuestRow, SessionRow};
use uuid::Uuid;

use crate::{
    Error,
    audit::{AuditActor, AuditTarget},
    context::Context,
};

/// Number of keys already recorded, by guest.
pub(crate) type Recorded = HashMap<GuestId, u64>;

/// Records the keys of a report and, if it is the final one, the guests who have left.
pub(crate) async fn write(
    ctx: &Context,
    recorded: &mut Recorded,
    report: &Report,
) -> Result<(), Error> {
    for seen in &report.seen {
        let Ok(id) = Uuid::from_slice(&seen.guest).map(GuestId) else { continue };
        if recorded.get(&id).is_some_and(|keys| *keys >= seen.keys) {
            continue;
        }
        ctx.store.guests.raise_keys(id, seen.keys).await?;
        recorded.insert(id, seen.keys);
    }
    if report.end.is_some() {
        write_departures(ctx, report).await?;
    }
    Ok(())
}

pub(crate) fn retain<'a>(recorded: &mut Recorded, reports: impl Iterator<Item = &'a Report>) {
    let reported: HashSet<GuestId> = reports
        .flat_map(|report| &report.seen)
        .filter_map(|seen| Uuid::from_slice(&seen.guest).ok().map(GuestId))
        .collect();
    recorded.retain(|id, _| reported.contains(id));
}

/// Records the guests who left before the end of their session or share, without a grace period: the end
/// did not disconnect them.
pub(crate) async fn write_departures(ctx: &Context, report: &Report) -> Result<(), Error> {
    let ended = report.end.as_ref().map_or(u64::MAX, |end| end.at);
    for (guest, session) in ctx.store.guests.present().await? {
        if session.0.as_bytes()[..] != report.session[..] {
            continue;
        }
        let left = seen(report, &guest).map(|seen| seen.left_at);
        if let Some(at) = left.filter(|at| (1..ended).contains(at)).and_then(time) {
            write_departure(ctx, &guest, &ctx.session_row(session).await?, at).await?;
        }
    }
    Ok(())
}

/// Records that a guest has left, which frees their slot.
pub(crate) async fn write_departure(
    ctx: &Context,
    guest: &GuestRow,
    session: &SessionRow,
    at: DateTime<Utc>,
) -> Result<(), Error> {
    let target = AuditTarget::share(guest.share, &session.name);
    let detail = Some("connection ended".to_owned());
    let actor = AuditActor::absent_guest(guest);
    let entry = ctx.entry(actor, AuditAction::ShareLeave, target, detail);
    if ctx.store.guests.free_slot(guest.guest.id, at, &entry).await? {
        ctx.announce(session.owner);
    }
    Ok(())
}

pub(crate) fn seen<'a>(report: &'a Report, guest: &GuestRow) -> Option<&'a GuestSeen> {
    report.seen.iter().find(|seen| seen.guest[..] == guest.guest.id.0.as_bytes()[..])
}

pub(crate) fn time(milliseconds: u64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(i64::try_from(milliseconds).ok()?)
}
