//! Places of guests: free again a while after their last connection has ended, and taken again by whoever
//! comes back with their cookie. Who is connected, their session's process says.

use chrono::{DateTime, TimeDelta, Utc};
use protocol::wire::{GuestSeen, Report};
use store::{Admission, GuestRow, SessionRow};

use crate::{Control, Doer, Error, Subject, audit, identity::tickets::Holder};

/// So long a guest without a connection keeps their place: a page that is loaded again, or whose
/// network changes, is back by then.
const GRACE: TimeDelta = TimeDelta::seconds(10);

/// So long a guest keeps it who was let in and has never been connected.
const COMING: TimeDelta = TimeDelta::seconds(60);

impl Control {
    /// Frees the places of guests who are gone.
    pub(crate) async fn free_places(&self) -> Result<(), Error> {
        for (guest, session) in self.inner.store.guests.present().await? {
            // Nobody who comes back is let in between the look at them and the end of their place.
            let _turn = self.inner.joining.lock().await;
            let Some(report) = self.inner.host.report(session) else { continue };
            let now = self.now();
            if report.end.is_some() || self.doors().expects(Holder::Guest(guest.guest.id), now) {
                continue;
            }
            let joined_at = guest.guest.joined_at;
            if let Some(at) = gone(seen(&report, &guest), joined_at, self.inner.began, now) {
                self.write_left(&guest, &self.row(session).await?, at).await?;
            }
        }
        Ok(())
    }

    /// Writes down who has left a session that says so, however short ago: what ends now was not there
    /// for them.
    pub(crate) async fn write_who_left(&self, report: &Report) -> Result<(), Error> {
        let ended = report.end.as_ref().map_or(u64::MAX, |end| end.at);
        for (guest, session) in self.inner.store.guests.present().await? {
            if session.0.as_bytes()[..] != report.session[..] {
                continue;
            }
            let left = seen(report, &guest).map(|seen| seen.left_at);
            if let Some(at) = left.filter(|at| (1..ended).contains(at)).and_then(time) {
                self.write_left(&guest, &self.row(session).await?, at).await?;
            }
        }
        Ok(())
    }

    /// Gives a guest who was away a place again. `joining` is held by whoever calls.
    ///
    /// # Errors
    /// [`Error::ShareFull`], [`Error::ShareDenied`] when what they came by is over,
    /// [`Error::Unavailable`].
    pub(crate) async fn take_place(
        &self,
        guest: &GuestRow,
        session: &SessionRow,
    ) -> Result<(), Error> {
        let subject = Subject::share(guest.share, &session.name);
        let (now, detail) = (self.now(), Some("came back".to_owned()));
        let entry = audit::entry(now, &Doer::guest_in(guest), "share.join", subject, detail);
        match self.inner.store.guests.readmit(guest, now, &entry).await? {
            Admission::Admitted => {}
            Admission::Full => return Err(Error::ShareFull),
            Admission::Ended => return Err(Error::ShareDenied),
        }
        if guest.guest.left_at.is_some() {
            self.announce(session.owner);
        }
        Ok(())
    }

    async fn write_left(
        &self,
        guest: &GuestRow,
        session: &SessionRow,
        at: DateTime<Utc>,
    ) -> Result<(), Error> {
        let subject = Subject::share(guest.share, &session.name);
        let detail = Some("connection ended".to_owned());
        let doer = Doer::guest_in(guest);
        let entry = audit::entry(self.now(), &doer, "share.leave", subject, detail);
        if self.inner.store.guests.free_slot(guest.guest.id, at, &entry).await? {
            self.announce(session.owner);
        }
        Ok(())
    }
}

/// What a session says of a guest.
fn seen<'a>(report: &'a Report, guest: &GuestRow) -> Option<&'a GuestSeen> {
    report.seen.iter().find(|seen| seen.guest[..] == guest.guest.id.0.as_bytes()[..])
}

/// Since when a guest is gone whom nothing is open for; none while their place is kept. `began` is
/// since when they could come back.
fn gone(
    seen: Option<&GuestSeen>,
    joined_at: DateTime<Utc>,
    began: DateTime<Utc>,
    now: DateTime<Utc>,
) -> Option<DateTime<Utc>> {
    let (left, patience) = match seen {
        Some(GuestSeen { left_at: 0, .. }) => return None,
        Some(seen) => (time(seen.left_at)?, GRACE),
        None => (joined_at, COMING),
    };
    (left.max(began) + patience <= now).then_some(left)
}

/// A time as sessions tell it.
fn time(milliseconds: u64) -> Option<DateTime<Utc>> {
    DateTime::from_timestamp_millis(i64::try_from(milliseconds).ok()?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn a_place_is_kept_for_a_while() {
        // left (none: never came; 0: is here), since when this process runs, now, gone since
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
        for (left, began, now, since) in table {
            let seen =
                left.map(|left: u64| GuestSeen { left_at: left * 1000, ..GuestSeen::default() });
            let gone = gone(seen.as_ref(), at(100), at(began), at(now));
            assert_eq!(gone, since.map(at), "{left:?} {began} {now}");
        }
    }
}
