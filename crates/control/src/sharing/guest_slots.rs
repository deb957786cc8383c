//! Slots of guests in a share. A slot is free again some time after the guest's last connection has ended;
//! a guest who returns with their cookie takes one again. Session processes report who is connected.

use chrono::{DateTime, TimeDelta, Utc};
use protocol::{api::AuditAction, wire::GuestSeen};
use store::{GuestRow, SessionRow};

use super::guests::{Guests, require_slot};
use crate::{
    Error,
    audit::{AuditActor, AuditTarget},
    identity::tickets::Holder,
    sessions::guest_receipts::{self, seen, time},
};

/// Time that a slot is kept without a connection, for a reloaded page or a changed network.
const RECONNECT_GRACE: TimeDelta = TimeDelta::seconds(10);

/// Time that a slot is kept for a guest who has not connected yet.
const FIRST_CONNECT_GRACE: TimeDelta = TimeDelta::seconds(60);

impl Guests {
    /// Frees the slots of guests who have left.
    pub(super) async fn free_abandoned(&self) -> Result<(), Error> {
        for (guest, session) in self.ctx.store.guests.present().await? {
            // Prevents a return between the check and the end of the slot.
            let _slots = self.slots.lock().await;
            let Some(report) = self.ctx.host.report(session) else { continue };
            let now = self.ctx.now();
            let holder = Holder::Guest(guest.guest.id);
            if report.end.is_some() || self.attachments.connections.tickets().expects(holder, now) {
                continue;
            }
            let joined_at = guest.guest.joined_at;
            if let Some(at) = left_at(seen(&report, &guest), joined_at, self.started_at, now) {
                let session = self.ctx.session_row(session).await?;
                guest_receipts::write_departure(&self.ctx, &guest, &session, at).await?;
            }
        }
        Ok(())
    }

    /// Gives a returning guest a slot again. The caller holds the lock of the slots.
    ///
    /// # Errors
    /// [`Error::ShareFull`], [`Error::ShareDenied`] if the share has ended.
    pub(super) async fn retake(&self, guest: &GuestRow, session: &SessionRow) -> Result<(), Error> {
        let target = AuditTarget::share(guest.share, &session.name);
        let (actor, detail) = (AuditActor::absent_guest(guest), Some("came back".to_owned()));
        let entry = self.ctx.entry(actor, AuditAction::ShareJoin, target, detail);
        require_slot(self.ctx.store.guests.readmit(guest, self.ctx.now(), &entry).await?)?;
        if guest.guest.left_at.is_some() {
            self.ctx.announce(session.owner);
        }
        Ok(())
    }
}

/// Returns the time that a guest without connections left, or none within the grace period.
fn left_at(
    seen: Option<&GuestSeen>,
    joined_at: DateTime<Utc>,
    started_at: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let (left, grace) = match seen {
        Some(GuestSeen { left_at: 0, .. }) => return None,
        Some(seen) => (time(seen.left_at)?, RECONNECT_GRACE),
        None => (joined_at, FIRST_CONNECT_GRACE),
    };
    (left.max(started_at) + grace <= now).then_some(left)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_slot_is_kept_during_the_grace_period() {
        // reported departure (none: never connected; 0: connected), start of this process, now, result
        let table = [
            (Some(0), 0, 100_000, None),
            (Some(200), 0, 209, None),
            (Some(200), 0, 210, Some(200)),
            (Some(200), 300, 309, None),
            (Some(200), 300, 310, Some(200)),
            (None, 0, 159, None),
            (None, 0, 160, Some(100)),
            (None, 300, 359, None),
            (None, 300, 360, Some(100)),
        ];
        for (left, started, now, expected) in table {
            let seen =
                left.map(|left: u64| GuestSeen { left_at: left * 1000, ..GuestSeen::default() });
            let found = left_at(seen.as_ref(), at(100), at(started), at(now));
            assert_eq!(found, expected.map(at), "{left:?} {started} {now}");
        }
    }
}
