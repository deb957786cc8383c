//! Shares as the owner of a session makes and lists them. What a share allows is `share_rules`'s, what
//! becomes of it `share_changes`'s.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use protocol::{
    api::{
        FreshShare, MailState, NewShare, Share, ShareKind, ShareState, SharingOptions,
        WorkspaceSettings, limits,
    },
    id::{SessionId, ShareId},
};
use store::{SessionRow, ShareRow};
use uuid::Uuid;

use crate::{
    Actor, Control, Error, Subject,
    access::{Action, Target, authorize},
    audit, secret,
    sharing::password as share_secret,
    sharing::rules::{self as share_rules, Terms},
};

/// The secrets of a share, while somebody is told them.
pub(crate) struct Secrets {
    pub(crate) token: String,
    pub(crate) password: String,
}

impl Control {
    /// What a new share may be.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Unavailable`].
    pub async fn sharing(&self, actor: &Actor, id: SessionId) -> Result<SharingOptions, Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::Share, Target::SessionOf(row.owner))?;
        let settings = self.governing().await?;
        let last = self.inner.store.shares.last_read_only(actor.member).await?;
        Ok(SharingOptions {
            enabled: settings.sharing_enabled,
            max_minutes: settings.share_max_minutes,
            max_guests: settings.share_max_guests,
            read_only: share_rules::starts_read_only(&settings, last),
            read_only_forced: share_rules::read_only(&settings, false).is_err(),
            mail: self.inner.settings.mail.is_some(),
        })
    }

    /// All shares of a session with their guests, newest first, also once it has ended: the receipts.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Unavailable`].
    pub async fn shares(&self, actor: &Actor, id: SessionId) -> Result<Vec<Share>, Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::SeeShares, Target::SessionOf(row.owner))?;
        let now = self.now();
        let found = self.inner.store.shares.of_session(id).await?;
        let report = self.inner.host.report(id).filter(|report| report.end.is_none());
        let here = report.iter().flat_map(|report| &report.seen).filter(|seen| seen.left_at == 0);
        let here: HashSet<&[u8]> = here.map(|seen| seen.guest.as_slice()).collect();
        let mut shares: Vec<Share> = found.into_iter().map(|row| shown(row, now)).collect();
        for guest in shares.iter_mut().flat_map(|share| &mut share.guests) {
            guest.here = guest.end.is_none() && here.contains(&guest.id.0.as_bytes()[..]);
            guest.left_at = guest.left_at.filter(|_| !guest.here);
        }
        Ok(shares)
    }

    /// Shares a session. Link and password are in the answer and nowhere else.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Ended`], [`Error::AccountForbidden`],
    /// [`Error::SharingDisabled`], [`Error::Invalid`], [`Error::TooManyShares`], [`Error::Busy`],
    /// [`Error::Unavailable`].
    pub async fn share(
        &self,
        actor: &Actor,
        id: SessionId,
        new: NewShare,
    ) -> Result<FreshShare, Error> {
        let (row, settings) = self.sharable(actor, id).await?;
        let last = self.inner.store.shares.last_read_only(actor.member).await?;
        let terms = share_rules::terms(&settings, &new, last)?;
        self.hand_out_share(actor, &row, terms).await
    }

    /// A new link with the settings of an old one, which stops working if it still does.
    ///
    /// # Errors
    /// As [`share`](Self::share); [`Error::NotFound`] also when there was no such share.
    pub async fn renew_share(
        &self,
        actor: &Actor,
        id: SessionId,
        share: ShareId,
    ) -> Result<FreshShare, Error> {
        let (row, settings) = self.sharable(actor, id).await?;
        let old = self.share_of(id, share).await?;
        let before = old.share.expires_at - old.share.created_at;
        let forced = share_rules::read_only(&settings, false).is_err();
        let new = NewShare {
            minutes: share_rules::again(&settings, before),
            read_only: Some(old.share.read_only || forced),
            max_guests: Some(old.share.max_guests.min(settings.share_max_guests)),
            guests_alone: Some(old.share.guests_alone),
        };
        let terms = share_rules::terms(&settings, &new, None)?;
        if share_rules::state(&old, self.now()) == ShareState::Active {
            self.take_back(&actor.into(), &row, &old).await?;
        }
        self.hand_out_share(actor, &row, terms).await
    }

    /// The session, to be shared by whoever asks.
    pub(crate) async fn sharable(
        &self,
        actor: &Actor,
        id: SessionId,
    ) -> Result<(SessionRow, WorkspaceSettings), Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::Share, Target::SessionOf(row.owner))?;
        self.living(&row)?;
        self.still_granted(actor, &row.account).await?;
        Ok((row, self.governing().await?))
    }

    /// A share of this session.
    pub(crate) async fn share_of(&self, id: SessionId, share: ShareId) -> Result<ShareRow, Error> {
        let found = self.inner.store.shares.get(share).await?;
        found.filter(|found| found.session == id).ok_or(Error::NotFound("share"))
    }

    async fn hand_out_share(
        &self,
        actor: &Actor,
        row: &SessionRow,
        terms: Terms,
    ) -> Result<FreshShare, Error> {
        let (share, secrets) = self.new_share(actor, row, terms, None).await?;
        Ok(FreshShare {
            id: share.id,
            url: self.share_url(&secrets),
            password: secrets.password,
            expires_at: share.expires_at,
            read_only: share.read_only,
            max_guests: share.max_guests,
            guests_alone: share.guests_alone,
        })
    }

    /// The link of a share, from the configured address alone.
    pub(crate) fn share_url(&self, secrets: &Secrets) -> String {
        format!("{}/join#{}", self.inner.settings.public_url, secrets.token)
    }

    /// Writes a share down, for a link or for the mail to an address.
    pub(crate) async fn new_share(
        &self,
        actor: &Actor,
        row: &SessionRow,
        terms: Terms,
        email: Option<String>,
    ) -> Result<(Share, Secrets), Error> {
        let secrets = Secrets { token: secret::new(), password: share_secret::new() };
        let password_hash =
            self.inner.passwords.hash(share_secret::tidy(&secrets.password)).await?;
        let now = self.now();
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
            expires_at: now + terms.lasts,
            ended_at: None,
            ended_by: None,
            wrong_passwords: 0,
            guests: Vec::new(),
        };
        let detail = told(&share, terms.lasts.num_minutes());
        let subject = Subject::share(share.id, &row.name);
        let entry = audit::entry(now, &actor.into(), "share.create", subject, Some(detail));
        let (session, by) = (row.id, actor.member);
        let most = if by_mail { limits::MAX_MAIL_SHARES } else { limits::MAX_LINK_SHARES };
        let new = ShareRow { share, session, by, password_hash };
        let hash = secret::hash(&secrets.token);
        if !self.inner.store.shares.add(&new, &hash, most, &entry).await? {
            return Err(Error::TooManyShares);
        }
        if terms.guests_alone {
            self.govern(row, &self.governing().await?).await;
        }
        self.inner.shared.notify_one();
        self.announce(row.owner);
        Ok((new.share, secrets))
    }
}

/// A share as its owner sees it.
fn shown(row: ShareRow, now: DateTime<Utc>) -> Share {
    let state = share_rules::state(&row, now);
    let mut share = row.share;
    if state == ShareState::Expired {
        // That its time is over is written down a moment later.
        share.ended_at = share.ended_at.or(Some(share.expires_at));
    }
    Share { state, ..share }
}

/// A new share as the audit log has it.
fn told(share: &Share, minutes: i64) -> String {
    let mode = if share.read_only { "read-only" } else { "full access" };
    let to = share.email.as_ref().map(|to| format!(", to {to}")).unwrap_or_default();
    format!("{mode}, {minutes} minutes, at most {} guests{to}", share.max_guests)
}
