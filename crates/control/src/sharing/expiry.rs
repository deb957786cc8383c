//! Shares that end without a request: expired, with their session, with the owner's access to the account,
//! or when sharing is turned off. Session processes disconnect guests on expiry; this records it.

use std::{collections::HashMap, sync::Arc, time::Duration};

use chrono::{DateTime, Utc};
use protocol::api::{AuditAction, GuestEnd, ShareReadOnly, ShareState};
use store::{ShareChanges, ShareContext, ShareEnding};

use super::shares::Shares;
use crate::{
    Error,
    audit::{AuditActor, AuditTarget},
    identity::accounts::{self, AllowedAccounts},
};

/// Interval between checks while there are shares.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

impl Shares {
    /// Ends due shares, forever.
    pub async fn watch(self: Arc<Self>) {
        loop {
            let woken = self.expiry.notified();
            // A failed check is repeated.
            let repeat = match self.end_due().await {
                Ok(()) => self.ctx.store.shares.any_open().await.unwrap_or(true),
                Err(_) => true,
            };
            tokio::select! {
                () = woken => {}
                () = tokio::time::sleep(CHECK_INTERVAL), if repeat => {}
            }
        }
    }

    /// Ends all shares that are due. After an error the next run ends the rest.
    pub async fn end_due(&self) -> Result<(), Error> {
        let settings = self.ctx.workspace_settings().await?;
        let now = self.ctx.now();
        let mut all = self.ctx.store.shares.due(now, settings.sharing_enabled).await?;
        all.extend(self.without_account().await?);
        for due in all {
            let (ending, action) = ending(&due, now);
            let target = AuditTarget::share(due.row.share.id, &due.name);
            let entry = self.ctx.entry(AuditActor::websh(), action, target, None);
            if self.end(&due.row, &ending, &entry).await? {
                self.ctx.announce(due.owner);
            }
        }
        if settings.share_read_only == ShareReadOnly::Forced {
            self.force_read_only().await?;
        }
        self.guests.free_abandoned().await
    }

    pub(crate) fn wake_expiry(&self) {
        self.expiry.notify_one();
    }

    /// Returns the shares of sessions whose owner no longer has access to the session's account.
    async fn without_account(&self) -> Result<Vec<ShareContext>, Error> {
        let grants = accounts::effective_grants(&self.ctx).await?;
        let Some(grants) = grants else { return Ok(Vec::new()) };
        let members = self.ctx.store.members.list().await?;
        let roles: HashMap<_, _> = members.iter().map(|member| (member.id, member.role)).collect();
        let mut open = self.ctx.store.shares.open().await?;
        open.retain(|open| {
            let allowed = |role: &_| {
                AllowedAccounts::new(Some(&grants), open.owner, *role).allow(&open.account)
            };
            !roles.get(&open.owner).is_some_and(allowed)
        });
        Ok(open)
    }

    /// Makes older shares read-only after the workspace has forced it.
    async fn force_read_only(&self) -> Result<(), Error> {
        let changes = ShareChanges { read_only: Some(true), ..ShareChanges::default() };
        for row in self.ctx.store.shares.writable(self.ctx.now()).await? {
            let session = self.ctx.session_row(row.session).await?;
            match self.apply(&AuditActor::websh(), &session, &row, changes).await {
                // It ended concurrently.
                Ok(()) | Err(Error::ShareOver(_)) => {}
                Err(error) => return Err(error),
            }
        }
        Ok(())
    }
}

/// Returns the ending of a due share, and its audit action.
fn ending(due: &ShareContext, now: DateTime<Utc>) -> (ShareEnding, AuditAction) {
    let expires_at = due.row.share.expires_at;
    let (at, state, guests, action) = match due.session_ended {
        Some(at) if at < expires_at => {
            let action = AuditAction::ShareSessionEnded;
            (at, ShareState::SessionEnded, GuestEnd::SessionEnded, action)
        }
        _ if expires_at <= now => {
            (expires_at, ShareState::Expired, GuestEnd::Expired, AuditAction::ShareExpire)
        }
        _ => (now, ShareState::Revoked, GuestEnd::Revoked, AuditAction::ShareRevoke),
    };
    let by = (state == ShareState::Revoked).then(|| AuditActor::websh().name().to_owned());
    (ShareEnding { at, state, by, guests }, action)
}
