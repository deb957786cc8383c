//! Updates of shares. The row is written first, so that no guest joins by an ended share. Then the session
//! process is notified; if that fails, the guests' connections are closed here.

use protocol::{
    api::{AuditAction, AuditEntry, GuestEnd, Share, ShareState},
    id::{GuestId, SessionId},
    wire::ShareChange,
};
use store::{GuestRow, SessionRow, ShareChanges, ShareEnding, ShareRow};

use super::{rules, shares::Shares};
use crate::{
    Error,
    audit::{AuditActor, AuditTarget},
    identity::tickets::Holder,
    sessions::{guest_receipts, rules as session_rules},
};

impl Shares {
    pub(super) async fn apply(
        &self,
        actor: &AuditActor,
        row: &SessionRow,
        old: &ShareRow,
        changes: ShareChanges,
    ) -> Result<(), Error> {
        let entry = |(action, detail)| {
            self.ctx.entry(actor, action, AuditTarget::share(old.share.id, &row.name), Some(detail))
        };
        let entries: Vec<_> = differences(&old.share, changes).into_iter().map(entry).collect();
        let now = self.ctx.now();
        if !self.ctx.store.shares.change(old.share.id, changes, now, &entries).await? {
            let end = rules::guest_end(rules::state(old, now)).unwrap_or(GuestEnd::Revoked);
            return Err(Error::ShareOver(end));
        }
        let change = ShareChange {
            share: old.share.id.0.as_bytes().to_vec(),
            read_only: changes.read_only,
            ends_at: changes.expires_at.map(rules::milliseconds),
            ..ShareChange::default()
        };
        if change.read_only.is_some() || change.ends_at.is_some() {
            self.notify_session(old, change).await;
        }
        if changes.guests_alone.is_some() {
            session_rules::push(&self.ctx, row).await?;
        }
        self.wake_expiry();
        self.ctx.announce(row.owner);
        Ok(())
    }

    pub(super) async fn revoke_active(
        &self,
        actor: &AuditActor,
        row: &SessionRow,
        old: &ShareRow,
    ) -> Result<(), Error> {
        let ending = ShareEnding {
            at: self.ctx.now(),
            state: ShareState::Revoked,
            by: Some(actor.name().to_owned()),
            guests: GuestEnd::Revoked,
        };
        let target = AuditTarget::share(old.share.id, &row.name);
        let entry = self.ctx.entry(actor, AuditAction::ShareRevoke, target, None);
        self.end(old, &ending, &entry).await?;
        self.ctx.announce(row.owner);
        Ok(())
    }

    /// Ends a share and disconnects its guests. Returns false if it has ended before.
    pub(super) async fn end(
        &self,
        old: &ShareRow,
        ending: &ShareEnding,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        // Guests who left before keep that time.
        if let Some(report) = self.ctx.host.report(old.session) {
            guest_receipts::write_departures(&self.ctx, &report).await?;
        }
        let present = self.ctx.store.guests.present_in(old.share.id).await?;
        let ended = self.ctx.store.shares.end(old.share.id, ending, entry).await?;
        let by_session = match ending.state {
            // The session process ends them by itself.
            ShareState::SessionEnded | ShareState::Expired | ShareState::Active => true,
            ShareState::Revoked | ShareState::Void => {
                let share = old.share.id.0.as_bytes().to_vec();
                let change = ShareChange { share, revoke: true, ..ShareChange::default() };
                let sent = self.ctx.host.change_share(old.session, change).await;
                sent.inspect_err(|error| log_failure(old.session, error)).is_ok()
            }
        };
        self.release(&present, !by_session);
        if ended && old.share.guests_alone && ending.state != ShareState::SessionEnded {
            session_rules::push(&self.ctx, &self.ctx.session_row(old.session).await?).await?;
        }
        Ok(ended)
    }

    pub(super) async fn kick(&self, session: SessionId, guest: GuestId) {
        let kicked = self.ctx.host.remove_guest(session, guest.0.as_bytes().to_vec()).await;
        let holder = Holder::Guest(guest);
        match kicked {
            Ok(_) => self.connections.tickets().revoke(holder),
            Err(error) => {
                log_failure(session, &error);
                self.connections.tickets().close(holder);
            }
        }
    }

    /// Notifies a session of a changed share, or disconnects the guests of the share.
    async fn notify_session(&self, old: &ShareRow, change: ShareChange) {
        let Err(error) = self.ctx.host.change_share(old.session, change).await else { return };
        log_failure(old.session, &error);
        match self.ctx.store.guests.present_in(old.share.id).await {
            Ok(present) => self.release(&present, true),
            // The guests who are present are unknown, so all guests must attach again.
            Err(error) => {
                tracing::error!(%error, "the guests of a share are unknown: all guests attach again");
                self.connections.tickets().close_guests();
            }
        }
    }

    /// Revokes the tickets of guests and, if requested, closes their connections.
    fn release(&self, guests: &[GuestRow], close: bool) {
        let mut tickets = self.connections.tickets();
        for holder in guests.iter().map(|guest| Holder::Guest(guest.guest.id)) {
            if close { tickets.close(holder) } else { tickets.revoke(holder) }
        }
    }
}

fn log_failure(session: SessionId, error: &host::Error) {
    if !matches!(error, host::Error::Gone) {
        tracing::warn!(%session, %error, "a session was not notified of its shares");
    }
}

fn differences(old: &Share, changes: ShareChanges) -> Vec<(AuditAction, String)> {
    let mode = |read_only| if read_only { "read-only" } else { "full access" };
    let end = changes.expires_at.filter(|at| *at != old.expires_at);
    let read_only = changes.read_only.filter(|choice| *choice != old.read_only);
    let alone = changes.guests_alone.filter(|alone| *alone != old.guests_alone);
    let all = [
        end.map(|at| (AuditAction::ShareExtend, format!("until {}", at.to_rfc3339()))),
        read_only.map(|choice| {
            (AuditAction::ShareMode, format!("{} → {}", mode(old.read_only), mode(choice)))
        }),
        alone.map(|alone| {
            (AuditAction::ShareGuestsAlone, format!("{} → {alone}", old.guests_alone))
        }),
    ];
    all.into_iter().flatten().collect()
}
