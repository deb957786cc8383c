//! Shares of a session as its owner manages them: creating, listing, changing, renewing and revoking.

use std::{collections::HashSet, sync::Arc};

use chrono::{DateTime, Utc};
use protocol::{
    api::{
        AuditAction, ChangeShare, FreshShare, GuestEnd, MailState, NewShare, Share, ShareKind,
        ShareState, SharingOptions, WorkspaceSettings, limits,
    },
    id::{GuestId, MemberId, SessionId, ShareId},
};
use store::{SessionRow, ShareChanges, ShareRow};
use tokio::sync::Notify;
use uuid::Uuid;

use super::{
    guests::Guests,
    password,
    rules::{self, Terms},
};
use crate::{
    Actor, Error,
    access::Action,
    audit::AuditTarget,
    context::Context,
    identity::{accounts, connections::Connections, passwords::Passwords},
    mail::queue::Mailer,
    secret,
    sessions::{lookup, rules as session_rules},
    throttle::Throttle,
};

/// Shares of all sessions: links and mail invites.
pub struct Shares {
    pub(crate) ctx: Arc<Context>,
    pub(crate) passwords: Passwords,
    pub(crate) connections: Arc<Connections>,
    pub(crate) guests: Arc<Guests>,
    pub(crate) mailer: Arc<Mailer>,
    /// Wakes the task that ends due shares.
    pub(crate) expiry: Notify,
    pub(crate) new_per_member: Throttle<MemberId>,
}

impl Shares {
    /// Returns the options for a new share.
    pub async fn options(&self, actor: &Actor, id: SessionId) -> Result<SharingOptions, Error> {
        self.ctx.authorized_session(actor, Action::Share, id).await?;
        let settings = self.ctx.workspace_settings().await?;
        let last = self.ctx.store.shares.last_read_only(actor.member).await?;
        Ok(SharingOptions {
            enabled: settings.sharing_enabled,
            max_minutes: settings.share_max_minutes,
            max_guests: settings.share_max_guests,
            read_only: rules::default_read_only(&settings, last),
            read_only_forced: rules::read_only(&settings, false).is_err(),
            mail: self.mailer.is_configured(),
        })
    }

    /// Lists the shares of a session with their guests, newest first, also after its end.
    pub async fn list(&self, actor: &Actor, id: SessionId) -> Result<Vec<Share>, Error> {
        self.ctx.authorized_session(actor, Action::SeeShares, id).await?;
        let now = self.ctx.now();
        let found = self.ctx.store.shares.of_session(id).await?;
        let report = self.ctx.host.report(id).filter(|report| report.end.is_none());
        let present = report.iter().flat_map(|report| &report.seen);
        let present = present.filter(|seen| seen.left_at == 0);
        let present: HashSet<&[u8]> = present.map(|seen| seen.guest.as_slice()).collect();
        let mut shares: Vec<Share> = found.into_iter().map(|row| shown(row, now)).collect();
        for guest in shares.iter_mut().flat_map(|share| &mut share.guests) {
            guest.here = guest.end.is_none() && present.contains(&guest.id.0.as_bytes()[..]);
            guest.left_at = guest.left_at.filter(|_| !guest.here);
        }
        Ok(shares)
    }

    /// Shares a session by a link. The link and the password are in the result and nowhere else.
    ///
    /// # Errors
    /// [`Error::Ended`], [`Error::AccountForbidden`], [`Error::SharingDisabled`],
    /// [`Error::TooManyShares`].
    pub async fn create(
        &self,
        actor: &Actor,
        id: SessionId,
        new: NewShare,
    ) -> Result<FreshShare, Error> {
        let (row, settings) = self.require_sharable(actor, id).await?;
        let last = self.ctx.store.shares.last_read_only(actor.member).await?;
        let terms = rules::terms(&settings, &new, last)?;
        self.add(actor, &row, terms, None).await
    }

    /// Creates a new link with the terms of an old share, and revokes the old one if it is active.
    ///
    /// # Errors
    /// See [`create`](Self::create); [`Error::NotFound`] also without such a share.
    pub async fn renew(
        &self,
        actor: &Actor,
        id: SessionId,
        share: ShareId,
    ) -> Result<FreshShare, Error> {
        let (row, settings) = self.require_sharable(actor, id).await?;
        let old = self.share_of(id, share).await?;
        let duration = old.share.expires_at - old.share.created_at;
        let forced = rules::read_only(&settings, false).is_err();
        let new = NewShare {
            minutes: rules::renewed_duration(&settings, duration),
            read_only: Some(old.share.read_only || forced),
            max_guests: Some(old.share.max_guests.min(settings.share_max_guests)),
            guests_alone: Some(old.share.guests_alone),
        };
        let terms = rules::terms(&settings, &new, None)?;
        if rules::state(&old, self.ctx.now()) == ShareState::Active {
            self.revoke_active(&actor.into(), &row, &old).await?;
        }
        self.add(actor, &row, terms, None).await
    }

    /// Changes an active share. The change applies to present guests too.
    ///
    /// # Errors
    /// See [`create`](Self::create); [`Error::ShareOver`] if it has ended; [`Error::Unreachable`] if the
    /// session did not receive narrower permissions. Its guests are disconnected then.
    pub async fn change(
        &self,
        actor: &Actor,
        id: SessionId,
        share: ShareId,
        change: ChangeShare,
    ) -> Result<Share, Error> {
        let (row, settings) = self.require_sharable(actor, id).await?;
        let old = self.share_of(id, share).await?;
        let now = self.ctx.now();
        let duration = change.minutes.map(|minutes| rules::duration(&settings, minutes));
        let read_only = change.read_only.map(|choice| rules::read_only(&settings, choice));
        let changes = ShareChanges {
            expires_at: duration.transpose()?.map(|duration| now + duration),
            read_only: read_only.transpose()?,
            guests_alone: change.guests_alone,
        };
        self.apply(&actor.into(), &row, &old, changes).await?;
        let all = self.list(actor, id).await?;
        all.into_iter().find(|found| found.id == share).ok_or(Error::NotFound("share"))
    }

    /// Revokes a share and disconnects its guests. The shell continues.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::ShareOver`] if it has ended already,
    /// [`Error::Unavailable`].
    pub async fn revoke(&self, actor: &Actor, id: SessionId, share: ShareId) -> Result<(), Error> {
        let row = self.ctx.authorized_session(actor, Action::Unshare, id).await?;
        let old = self.share_of(id, share).await?;
        if let Some(end) = rules::guest_end(rules::state(&old, self.ctx.now())) {
            return Err(Error::ShareOver(end));
        }
        self.revoke_active(&actor.into(), &row, &old).await
    }

    /// Removes a guest, who cannot rejoin with the same cookie.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::ShareOver`] if their access has ended already,
    /// [`Error::Unavailable`].
    pub async fn remove_guest(
        &self,
        actor: &Actor,
        id: SessionId,
        share: ShareId,
        guest: GuestId,
    ) -> Result<(), Error> {
        let row = self.ctx.authorized_session(actor, Action::Unshare, id).await?;
        self.share_of(id, share).await?;
        let unknown = || Error::NotFound("guest");
        let found = self.ctx.store.guests.get(guest).await?;
        let found = found.filter(|found| found.share == share).ok_or_else(unknown)?;
        let target = AuditTarget::share(share, &row.name);
        let detail = Some(format!("guest: {}", found.guest.name));
        let entry = self.ctx.entry(actor, AuditAction::ShareRemove, target, detail);
        let now = self.ctx.now();
        if !self.ctx.store.guests.end(guest, now, GuestEnd::Removed, &entry).await? {
            return Err(Error::ShareOver(found.guest.end.unwrap_or(GuestEnd::Left)));
        }
        self.kick(id, guest).await;
        self.ctx.announce(row.owner);
        Ok(())
    }

    /// Returns a running session that the actor may share, and the workspace settings.
    pub(super) async fn require_sharable(
        &self,
        actor: &Actor,
        id: SessionId,
    ) -> Result<(SessionRow, WorkspaceSettings), Error> {
        let row = self.ctx.authorized_session(actor, Action::Share, id).await?;
        lookup::running(&self.ctx, &row)?;
        accounts::require_granted(&self.ctx, actor, &row.account).await?;
        Ok((row, self.ctx.workspace_settings().await?))
    }

    async fn share_of(&self, id: SessionId, share: ShareId) -> Result<ShareRow, Error> {
        let found = self.ctx.store.shares.get(share).await?;
        found.filter(|found| found.session == id).ok_or(Error::NotFound("share"))
    }

    /// Adds a share: a link or, with an address, a mail. Each one takes a hash, so their rate is limited.
    pub(super) async fn add(
        &self,
        actor: &Actor,
        row: &SessionRow,
        terms: Terms,
        email: Option<String>,
    ) -> Result<FreshShare, Error> {
        let (token, password) = (secret::new(), password::new());
        let permit = self.new_per_member.try_reserve(actor.member, self.ctx.now())?;
        let password_hash = self.passwords.hash(password::normalize(&password)).await?;
        let now = self.ctx.now();
        let by_mail = email.is_some();
        let share = Share {
            id: ShareId(Uuid::now_v7()),
            kind: if by_mail { ShareKind::Mail } else { ShareKind::Link },
            email,
            mail: by_mail.then_some(MailState::Queued),
            mail_error: None,
            state: ShareState::Active,
            read_only: terms.read_only,
            max_guests: terms.max_guests,
            guests_alone: terms.guests_alone,
            by: actor.name.clone(),
            created_at: now,
            expires_at: now + terms.duration,
            ended_at: None,
            ended_by: None,
            wrong_passwords: 0,
            guests: Vec::new(),
        };
        let detail = Some(describe(&share, terms.duration.num_minutes()));
        let target = AuditTarget::share(share.id, &row.name);
        let entry = self.ctx.entry(actor, AuditAction::ShareCreate, target, detail);
        let most = if by_mail { limits::MAX_MAIL_SHARES } else { limits::MAX_LINK_SHARES };
        let new = ShareRow { share, session: row.id, by: actor.member, password_hash };
        if !self.ctx.store.shares.add(&new, &secret::hash(&token), most, &entry).await? {
            return Err(Error::TooManyShares);
        }
        drop(permit);
        if terms.guests_alone {
            session_rules::push(&self.ctx, row).await?;
        }
        self.wake_expiry();
        self.ctx.announce(row.owner);
        Ok(FreshShare {
            id: new.share.id,
            url: format!("{}/join#{token}", self.ctx.config.public_url),
            password,
            expires_at: new.share.expires_at,
            read_only: terms.read_only,
            max_guests: terms.max_guests,
            guests_alone: terms.guests_alone,
        })
    }
}

/// Returns the owner's view of a share.
fn shown(row: ShareRow, now: DateTime<Utc>) -> Share {
    let state = rules::state(&row, now);
    let mut share = row.share;
    if state == ShareState::Expired {
        // The expiry is recorded a moment later.
        share.ended_at = share.ended_at.or(Some(share.expires_at));
    }
    Share { state, ..share }
}

fn describe(share: &Share, minutes: i64) -> String {
    let mode = if share.read_only { "read-only" } else { "full access" };
    let to = share.email.as_ref().map(|to| format!(", to {to}")).unwrap_or_default();
    format!("{mode}, {minutes} minutes, at most {} guests{to}", share.max_guests)
}
