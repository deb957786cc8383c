//! The ends of shares that nobody asks for: time over, session ended, owner put out or without the account
//! any more, sharing switched off. Sessions cut their guests at the end of their time by themselves; here it is written down.

use std::{
    collections::{HashMap, HashSet},
    time::Duration,
};

use chrono::{DateTime, Utc};
use protocol::{
    api::{GuestEnd, ShareReadOnly, ShareState},
    id::GuestId,
    wire::Report,
};
use store::{ShareChanges, ShareContext, ShareEnding};
use uuid::Uuid;

use crate::{Control, Doer, Error, Subject, audit, identity::permissions::Accounts};

/// Pause between two looks while there are shares.
const LOOK: Duration = Duration::from_secs(1);

impl Control {
    /// Ends shares that are to end, for as long as it is polled, which is for good.
    pub async fn watch_shares(self) {
        loop {
            let shared = self.inner.shared.notified();
            // A database that does not answer is asked again.
            let look = match self.settle_shares().await {
                Ok(()) => self.inner.store.shares.any_open().await.unwrap_or(true),
                Err(_) => true,
            };
            tokio::select! {
                () = shared => {}
                () = tokio::time::sleep(LOOK), if look => {}
            }
        }
    }

    /// Ends all shares that are to end by now.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; what is left is ended the next time.
    pub async fn settle_shares(&self) -> Result<(), Error> {
        let settings = self.governing().await?;
        let now = self.now();
        let mut all = self.inner.store.shares.due(now, settings.sharing_enabled).await?;
        all.extend(self.ungranted_shares().await?);
        for due in all {
            let (ending, action) = ending(&due, now);
            let subject = Subject::share(due.row.share.id, &due.name);
            let entry = audit::entry(now, &Doer::websh(), action, subject, None);
            if self.end_share(&due.row, &ending, &entry).await? {
                self.announce(due.owner);
            }
        }
        if settings.share_read_only == ShareReadOnly::Forced {
            self.force_read_only().await?;
        }
        self.free_places().await
    }

    /// Shares of sessions whose owner may not use the account of their shell any more.
    async fn ungranted_shares(&self) -> Result<Vec<ShareContext>, Error> {
        let Some(grants) = self.deciding_grants().await? else { return Ok(Vec::new()) };
        let (mut roles, mut found) = (HashMap::new(), Vec::new());
        for open in self.inner.store.shares.open().await? {
            let role = match roles.get(&open.owner) {
                Some(role) => *role,
                None => {
                    let role =
                        self.inner.store.members.get(open.owner).await?.map(|owner| owner.role);
                    *roles.entry(open.owner).or_insert(role)
                }
            };
            let may =
                |role| Accounts::of(Some(grants.as_slice()), open.owner, role).allow(&open.account);
            if !role.is_some_and(may) {
                found.push(open);
            }
        }
        Ok(found)
    }

    /// Shares that were made before the workspace allowed read-only ones alone.
    async fn force_read_only(&self) -> Result<(), Error> {
        let changes = ShareChanges { read_only: Some(true), ..ShareChanges::default() };
        for row in self.inner.store.shares.writable(self.now()).await? {
            let session = self.row(row.session).await?;
            match self.alter(&Doer::websh(), &session, &row, changes).await {
                // Over meanwhile.
                Ok(()) | Err(Error::ShareOver(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }

    /// Writes down how many keys guests typed, as their session says, and with its last word who had
    /// left. `written` is what is known to be written already.
    pub(crate) async fn write_receipts(
        &self,
        written: &mut HashMap<GuestId, u64>,
        report: &Report,
    ) -> Result<(), Error> {
        for seen in &report.seen {
            let Ok(id) = Uuid::from_slice(&seen.guest).map(GuestId) else { continue };
            if written.get(&id).is_some_and(|keys| *keys >= seen.keys) {
                continue;
            }
            self.inner.store.guests.raise_keys(id, seen.keys).await?;
            written.insert(id, seen.keys);
        }
        if report.end.is_some() {
            self.write_who_left(report).await?;
        }
        Ok(())
    }
}

/// Forgets receipts of guests that no session speaks of any more.
pub(crate) fn forget_receipts<'a>(
    written: &mut HashMap<GuestId, u64>,
    reports: impl Iterator<Item = &'a Report>,
) {
    let spoken: HashSet<GuestId> = reports
        .flat_map(|report| &report.seen)
        .filter_map(|seen| Uuid::from_slice(&seen.guest).ok().map(GuestId))
        .collect();
    written.retain(|id, _| spoken.contains(id));
}

/// How a share that is due ends, and as what it is written down.
fn ending(due: &ShareContext, now: DateTime<Utc>) -> (ShareEnding, &'static str) {
    let expires_at = due.row.share.expires_at;
    let (at, state, guests, action) = match due.session_ended {
        Some(at) if at < expires_at => {
            (at, ShareState::SessionEnded, GuestEnd::SessionEnded, "share.session_ended")
        }
        _ if expires_at <= now => {
            (expires_at, ShareState::Expired, GuestEnd::Expired, "share.expire")
        }
        _ => (now, ShareState::Revoked, GuestEnd::Revoked, "share.revoke"),
    };
    let by = (state == ShareState::Revoked).then(|| Doer::websh().name().to_owned());
    (ShareEnding { at, state, by, guests }, action)
}
