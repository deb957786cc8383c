//! What becomes of shares: changed while guests are there, taken back, guests removed. The row is written
//! first, so that nobody comes in by what is no more; then the session hears of it, or its guests are cut off.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, ChangeShare, GuestEnd, Share, ShareState},
    id::{GuestId, SessionId, ShareId},
    wire::ShareChange,
};
use store::{GuestRow, SessionRow, ShareChanges, ShareEnding, ShareRow};

use crate::{
    Actor, Control, Doer, Error, Subject,
    access::{Action, Target, authorize},
    audit,
    identity::tickets::Holder,
    sharing::rules as share_rules,
};

impl Control {
    /// Changes a living share, for the guests who are there too.
    ///
    /// # Errors
    /// As [`share`](Self::share); [`Error::ShareOver`] when it is over, [`Error::Unreachable`] when the
    /// session did not hear of a mode that is narrower now: its guests are cut off then.
    pub async fn change_share(
        &self,
        actor: &Actor,
        id: SessionId,
        share: ShareId,
        change: ChangeShare,
    ) -> Result<Share, Error> {
        let (row, settings) = self.sharable(actor, id).await?;
        let old = self.share_of(id, share).await?;
        let now = self.now();
        let lasts = change.minutes.map(|minutes| share_rules::length(&settings, minutes));
        let read_only = change.read_only.map(|only| share_rules::read_only(&settings, only));
        let changes = ShareChanges {
            expires_at: lasts.transpose()?.map(|lasts| now + lasts),
            read_only: read_only.transpose()?,
            guests_alone: change.guests_alone,
        };
        self.alter(&actor.into(), &row, &old, changes).await?;
        let all = self.shares(actor, id).await?;
        all.into_iter().find(|found| found.id == share).ok_or(Error::NotFound("share"))
    }

    /// Takes a share back: its guests are cut off, the shell goes on.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::ShareOver`] when it is over already,
    /// [`Error::Unavailable`].
    pub async fn revoke_share(
        &self,
        actor: &Actor,
        id: SessionId,
        share: ShareId,
    ) -> Result<(), Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::Unshare, Target::SessionOf(row.owner))?;
        let old = self.share_of(id, share).await?;
        if let Some(end) = share_rules::over(share_rules::state(&old, self.now())) {
            return Err(Error::ShareOver(end));
        }
        self.take_back(&actor.into(), &row, &old).await
    }

    /// Removes a guest, who can't come back by the same entry.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::ShareOver`] when they are gone already,
    /// [`Error::Unavailable`].
    pub async fn remove_guest(
        &self,
        actor: &Actor,
        id: SessionId,
        share: ShareId,
        guest: GuestId,
    ) -> Result<(), Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::Unshare, Target::SessionOf(row.owner))?;
        self.share_of(id, share).await?;
        let unknown = || Error::NotFound("guest");
        let found = self.inner.store.guests.get(guest).await?;
        let found = found.filter(|found| found.share == share).ok_or_else(unknown)?;
        let subject = Subject::share(share, &row.name);
        let detail = Some(format!("guest: {}", found.guest.name));
        let entry = audit::entry(self.now(), &actor.into(), "share.remove", subject, detail);
        let end = GuestEnd::Removed;
        if !self.inner.store.guests.end(guest, self.now(), end, &entry).await? {
            return Err(Error::ShareOver(found.guest.end.unwrap_or(GuestEnd::Left)));
        }
        if let Err(error) = self.inner.host.remove_guest(id, guest.0.as_bytes().to_vec()).await {
            self.not_told(id, &error);
            self.doors().shut(Holder::Guest(guest));
        }
        self.doors().forget(Holder::Guest(guest));
        self.announce(row.owner);
        Ok(())
    }

    /// Changes a share, first in its row and then in its session.
    pub(crate) async fn alter(
        &self,
        doer: &Doer,
        row: &SessionRow,
        old: &ShareRow,
        changes: ShareChanges,
    ) -> Result<(), Error> {
        let now = self.now();
        let entry = |(action, detail): (&str, String)| {
            let subject = Subject::share(old.share.id, &row.name);
            audit::entry(now, doer, action, subject, Some(detail))
        };
        let entries: Vec<_> = differences(&old.share, changes).into_iter().map(entry).collect();
        if !self.inner.store.shares.change(old.share.id, changes, now, &entries).await? {
            let state = share_rules::state(old, now);
            return Err(Error::ShareOver(share_rules::over(state).unwrap_or(GuestEnd::Revoked)));
        }
        let told = ShareChange {
            share: old.share.id.0.as_bytes().to_vec(),
            read_only: changes.read_only,
            ends_at: changes.expires_at.map(milliseconds),
            ..ShareChange::default()
        };
        if told.read_only.is_some() || told.ends_at.is_some() {
            self.tell_share(old, told).await;
        }
        if changes.guests_alone.is_some() {
            self.govern(row, &self.governing().await?).await;
        }
        self.inner.shared.notify_one();
        self.announce(row.owner);
        Ok(())
    }

    /// Takes a living share back.
    pub(crate) async fn take_back(
        &self,
        doer: &Doer,
        row: &SessionRow,
        old: &ShareRow,
    ) -> Result<(), Error> {
        let ending = ShareEnding {
            at: self.now(),
            state: ShareState::Revoked,
            by: Some(doer.name().to_owned()),
            guests: GuestEnd::Revoked,
        };
        let subject = Subject::share(old.share.id, &row.name);
        let entry = audit::entry(ending.at, doer, "share.revoke", subject, None);
        self.end_share(old, &ending, &entry).await?;
        self.announce(row.owner);
        Ok(())
    }

    /// Ends a share in its row, and cuts off who is there by it. False when it has ended before.
    pub(crate) async fn end_share(
        &self,
        old: &ShareRow,
        ending: &ShareEnding,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        // Who went before has not been put out by this.
        if let Some(report) = self.inner.host.report(old.session) {
            self.write_who_left(&report).await?;
        }
        let present = self.inner.store.guests.present_in(old.share.id).await?;
        // Written down first: from here on nobody comes in.
        let ended = self.inner.store.shares.end(old.share.id, ending, entry).await?;
        let share = old.share.id.0.as_bytes().to_vec();
        let cut = ShareChange { share, revoke: true, ..ShareChange::default() };
        let by_session = match ending.state {
            // Its process ends them by itself, at the same time or with itself.
            ShareState::SessionEnded | ShareState::Expired | ShareState::Active => true,
            ShareState::Revoked | ShareState::Void => {
                let told = self.inner.host.change_share(old.session, cut).await;
                told.inspect_err(|error| self.not_told(old.session, error)).is_ok()
            }
        };
        self.close_doors(&present, !by_session);
        if ended && old.share.guests_alone && ending.state != ShareState::SessionEnded {
            let row = self.row(old.session).await?;
            self.govern(&row, &self.governing().await?).await;
        }
        Ok(ended)
    }

    /// Tells a session of a change of a share. Guests of one that does not hear it are cut off.
    async fn tell_share(&self, old: &ShareRow, change: ShareChange) {
        let Err(error) = self.inner.host.change_share(old.session, change).await else { return };
        self.not_told(old.session, &error);
        let present = self.inner.store.guests.present_in(old.share.id).await.unwrap_or_default();
        self.close_doors(&present, true);
    }

    /// Takes the tickets of guests away, and closes what they have open if that is needed.
    fn close_doors(&self, guests: &[GuestRow], cut: bool) {
        let mut doors = self.doors();
        for holder in guests.iter().map(|guest| Holder::Guest(guest.guest.id)) {
            if cut { doors.shut(holder) } else { doors.forget(holder) }
        }
    }

    fn not_told(&self, session: SessionId, error: &host::Error) {
        if !matches!(error, host::Error::Gone) {
            tracing::warn!(%session, %error, "a session did not hear of its shares");
        }
    }
}

/// What a change is to be written down as.
fn differences(old: &Share, changes: ShareChanges) -> Vec<(&'static str, String)> {
    let mode = |only| if only { "read-only" } else { "full access" };
    let end = changes.expires_at.filter(|at| *at != old.expires_at);
    let only = changes.read_only.filter(|only| *only != old.read_only);
    let alone = changes.guests_alone.filter(|alone| *alone != old.guests_alone);
    let all = [
        end.map(|at| ("share.extend", format!("until {}", at.to_rfc3339()))),
        only.map(|only| ("share.mode", format!("{} → {}", mode(old.read_only), mode(only)))),
        alone.map(|alone| ("share.guests_alone", format!("{} → {alone}", old.guests_alone))),
    ];
    all.into_iter().flatten().collect()
}

/// A time as sessions are told it.
pub(crate) fn milliseconds(at: DateTime<Utc>) -> u64 {
    u64::try_from(at.timestamp_millis()).unwrap_or_default()
}
