//! Guests: joining by a link and its password, attaching, and leaving.

use std::sync::Arc;

use chrono::{DateTime, TimeDelta, Utc};
use protocol::{
    api::{AuditAction, Guest, GuestEnd, Join, Joined, ShareState, SharedSession, Ticket},
    id::{GuestId, SessionId, ShareId},
    wire,
};
use store::{Admission, GuestRow, SessionRow, ShareRow};
use tokio::sync::Mutex;
use uuid::Uuid;

use super::{
    held_cookies::{self, HeldCookie},
    password, rules,
};
use crate::{
    Actor, Caller, Error,
    audit::{AuditActor, AuditTarget},
    context::Context,
    identity::{
        anonymous_audit::AnonymousAudit,
        failed_attempts::{self, Attempted},
        passwords::Passwords,
        permissions::LivePermissions,
        tickets::Holder,
    },
    secret,
    sessions::{
        attachments::{Attachments, RedeemedTicket},
        lookup,
    },
    throttle::{Network, Throttle, reserve_both},
    validate,
};

/// Lifetime of a guest's cookie. It outlives most extended shares, so that the page can show their end.
pub const GUEST_COOKIE_LIFETIME: TimeDelta = TimeDelta::days(1);

/// A guest of an active share, authenticated by their cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct JoinedGuest {
    /// Public data about the guest and the session.
    pub joined: Joined,
    session: SessionRow,
    row: GuestRow,
}

/// Maximum number of cookies that a join reads. Further ones stay as they are.
const MAX_READ: usize = 64;

/// Cookies of a browser that joins a share.
#[derive(Debug, Default)]
struct Known {
    /// The browser's guest of this share, if their access has not ended.
    guest: Option<GuestRow>,
    /// Guests whose cookies are of no further use.
    ended: Vec<GuestId>,
}

/// Result of a join.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Admitted {
    /// Public data about the guest and the session.
    pub joined: Joined,
    /// Secret of a new cookie; none if the guest's cookie is valid and keeps its slot.
    pub cookie: Option<String>,
    /// Guests of the same browser whose access has ended: their cookies are of no further use.
    pub ended: Vec<GuestId>,
}

/// Guests of all shares, with the rate limits on wrong passwords.
pub struct Guests {
    pub(super) ctx: Arc<Context>,
    passwords: Passwords,
    pub(super) attachments: Arc<Attachments>,
    /// Start of this process. Guests could not reconnect before.
    pub(super) started_at: DateTime<Utc>,
    /// Held while a slot is taken or freed.
    pub(super) slots: Mutex<()>,
    anonymous: Arc<AnonymousAudit>,
    failures_by_share: Throttle<[u8; 32]>,
    failures_by_source: Throttle<Network>,
    /// New guests, each of which adds rows to the database.
    joins_by_source: Throttle<Network>,
}

impl Guests {
    pub(crate) fn new(
        ctx: Arc<Context>,
        passwords: Passwords,
        attachments: Arc<Attachments>,
        anonymous: Arc<AnonymousAudit>,
    ) -> Self {
        Self {
            started_at: ctx.now(),
            ctx,
            passwords,
            attachments,
            slots: Mutex::default(),
            anonymous,
            failures_by_share: Throttle::new(10, TimeDelta::seconds(60)),
            failures_by_source: Throttle::new(30, TimeDelta::seconds(10)),
            joins_by_source: Throttle::new(200, TimeDelta::seconds(5)),
        }
    }

    /// Admits a person by a link and its password: a member under their own name, others under the name
    /// they enter. A guest of this share whose cookie is among those `held` keeps their slot. Without the
    /// right password, all refusals are the same and take the same time.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::ShareDenied`]; with the right password [`Error::ShareOver`],
    /// [`Error::ShareFull`].
    pub async fn join(
        self: &Arc<Self>,
        request: Join,
        member: Option<&Actor>,
        held: &[HeldCookie<'_>],
        caller: &Caller,
    ) -> Result<Admitted, Error> {
        let name = match member {
            Some(member) => member.name.clone(),
            None => validate::label("name", &request.name)?,
        };
        let hash = secret::hash(&request.token);
        let now = self.ctx.now();
        let by_source = (&self.failures_by_source, caller.source.into());
        let permits = reserve_both(by_source, (&self.failures_by_share, hash), now).await?;
        let checked = self.check(&hash, &request.password).await;
        let now = self.ctx.now();
        let denied = match &checked {
            Ok((row, right)) => {
                matches!(rules::admit(row.as_ref(), *right, now), Err(Error::ShareDenied))
            }
            Err(_) => false,
        };
        if !denied {
            permits.0.refund();
            permits.1.refund();
        }
        let (row, right) = checked?;
        if denied {
            failed_attempts::log(Attempted::Join, caller.source, "");
            self.record_denial(row, &name, caller);
            return Err(Error::ShareDenied);
        }
        let row = rules::admit(row.as_ref(), right, now)?;
        self.admit(row, name, member, held, caller).await
    }

    /// Returns the share with this hash, and whether the password is that of a share.
    async fn check(
        &self,
        hash: &[u8; 32],
        password: &str,
    ) -> Result<(Option<ShareRow>, bool), Error> {
        let row = self.ctx.store.shares.by_token(hash).await?;
        let expected = row.as_ref().map(|row| row.password_hash.clone());
        let right = self.passwords.check(password::normalize(password), expected).await?;
        Ok((row, right))
    }

    /// Records a refusal and notifies the owner, in the background: the time to do so would reveal that
    /// the share exists.
    fn record_denial(self: &Arc<Self>, row: Option<ShareRow>, name: &str, caller: &Caller) {
        let (actor, source) = (AuditActor::guest(name, caller.source), caller.source);
        let (guests, action) = (Arc::clone(self), AuditAction::ShareDenied);
        let admitted = self.anonymous.admit(action, source);
        tokio::spawn(async move {
            let ctx = &guests.ctx;
            let Some(row) = row else {
                let target = AuditTarget::singleton("share");
                if admitted {
                    guests.anonymous.write_admitted(actor, source, action, target).await;
                }
                return;
            };
            let session = match ctx.session_row(row.session).await {
                Ok(session) => session,
                Err(error) => {
                    tracing::warn!(share = %row.share.id, %error, "a wrong password was not recorded");
                    if admitted {
                        guests.anonymous.not_written(action, source);
                    }
                    return;
                }
            };
            let target = AuditTarget::share(row.share.id, &session.name);
            let entry = admitted.then(|| ctx.entry(actor, action, target, None));
            let counted = ctx.store.shares.count_wrong_password(row.share.id, entry.as_ref()).await;
            if counted.is_err() && admitted {
                guests.anonymous.not_written(action, source);
            }
            ctx.announce(session.owner);
            // The session process notifies its viewers; lists reload.
            let count = lookup::wrong_passwords(ctx, session.id).await.unwrap_or_default();
            if rules::state(&row, ctx.now()) == ShareState::Active && count > 0 {
                let share = row.share.id.0.as_bytes().to_vec();
                let change =
                    wire::ShareChange { share, wrong_passwords: count, ..Default::default() };
                let _ = ctx.host.change_share(session.id, change).await;
            }
        });
    }

    async fn admit(
        &self,
        share: &ShareRow,
        name: String,
        member: Option<&Actor>,
        held: &[HeldCookie<'_>],
        caller: &Caller,
    ) -> Result<Admitted, Error> {
        let session = self.running_session(share.session).await?;
        let Known { guest, ended } = self.known(share.share.id, held).await?;
        if let Some(guest) = guest {
            let _slots = self.slots.lock().await;
            self.retake(&guest, &session).await?;
            return Ok(Admitted { joined: joined(&session, share, &guest), cookie: None, ended });
        }
        let guest = GuestRow {
            guest: Guest {
                id: GuestId(Uuid::now_v7()),
                name,
                member: member.is_some(),
                source: caller.source.to_string(),
                device: caller.device.clone(),
                here: false,
                joined_at: self.ctx.now(),
                left_at: None,
                end: None,
                keys: 0,
            },
            share: share.share.id,
            member: member.map(|member| member.member),
        };
        let actor = match member {
            Some(member) => member.into(),
            None => AuditActor::guest(&guest.guest.name, caller.source),
        };
        let target = AuditTarget::share(share.share.id, &session.name);
        let entry = self.ctx.entry(actor, AuditAction::ShareJoin, target, None);
        let cookie = secret::new();
        // Used up by each new guest: someone with the password could add rows without end.
        let permit = self.joins_by_source.try_reserve(caller.source.into(), self.ctx.now())?;
        let admission = {
            // Serialized here, so that many guests at once do not contend for the database's lock.
            let _slots = self.slots.lock().await;
            self.ctx.store.guests.add(&guest, &secret::hash(&cookie), &entry).await
        };
        if !matches!(admission, Ok(Admission::Admitted)) {
            permit.refund();
        }
        require_slot(admission?)?;
        self.ctx.announce(session.owner);
        Ok(Admitted { joined: joined(&session, share, &guest), cookie: Some(cookie), ended })
    }

    /// Sorts the cookies of a browser that joins a share.
    async fn known(&self, share: ShareId, held: &[HeldCookie<'_>]) -> Result<Known, Error> {
        let mut known = Known::default();
        for (id, cookie) in held.iter().take(MAX_READ) {
            let found = self.ctx.store.guests.by_cookie(&secret::hash(cookie)).await?;
            match found.filter(|(row, _)| row.guest.id == *id) {
                Some((row, of))
                    if row.guest.end.is_none()
                        && rules::guest_end(rules::state(&of, self.ctx.now())).is_none() =>
                {
                    if row.share == share {
                        known.guest = Some(row);
                    }
                }
                _ => known.ended.push(*id),
            }
        }
        Ok(known)
    }

    /// Returns the guest that a request names. A request without a name is of the only guest whose cookie it
    /// carries.
    ///
    /// # Errors
    /// [`Error::NotJoined`], [`Error::GuestNotNamed`], [`Error::GuestMismatch`]; [`Error::ShareOver`] with the
    /// reason.
    pub async fn authenticate_named(
        &self,
        held: &[HeldCookie<'_>],
        named: Option<GuestId>,
    ) -> Result<JoinedGuest, Error> {
        let (id, cookie) = held_cookies::choose(held, named)?;
        let guest = self.authenticate(cookie).await?;
        // The name of a cookie proves nothing.
        if guest.joined.guest == id { Ok(guest) } else { Err(Error::GuestMismatch) }
    }

    /// Returns the guest who holds a cookie.
    ///
    /// # Errors
    /// [`Error::NotJoined`], [`Error::ShareOver`] with the reason.
    pub async fn authenticate(&self, cookie: &str) -> Result<JoinedGuest, Error> {
        let found = self.ctx.store.guests.by_cookie(&secret::hash(cookie)).await?;
        let (guest, share) = found.ok_or(Error::NotJoined)?;
        let share_end = rules::guest_end(rules::state(&share, self.ctx.now()));
        if let Some(end) = guest.guest.end.or(share_end) {
            return Err(Error::ShareOver(end));
        }
        let session = self.running_session(share.session).await?;
        Ok(JoinedGuest { joined: joined(&session, &share, &guest), session, row: guest })
    }

    async fn running_session(&self, id: SessionId) -> Result<SessionRow, Error> {
        let session = self.ctx.session_row(id).await?;
        lookup::running(&self.ctx, &session)
            .map_err(|_| Error::ShareOver(GuestEnd::SessionEnded))?;
        Ok(session)
    }

    /// Issues a ticket for one socket, and gives the guest a slot again if they had left.
    ///
    /// # Errors
    /// [`Error::Throttled`] with too many tickets; for a guest who had left, see
    /// [`join`](Self::join) with the right password.
    pub async fn issue_ticket(&self, guest: &JoinedGuest) -> Result<Ticket, Error> {
        // Held until the ticket is issued, so that the slot is not freed before.
        let _slots = self.slots.lock().await;
        self.retake(&guest.row, &guest.session).await?;
        let SessionRow { id, owner, .. } = guest.session;
        self.attachments.issue_to_guest(guest.joined.guest, id, owner)
    }

    /// Redeems a guest's ticket, once.
    ///
    /// # Errors
    /// [`Error::BadTicket`].
    pub fn redeem(
        &self,
        guest: &JoinedGuest,
        ticket: &str,
        permissions: LivePermissions,
    ) -> Result<RedeemedTicket, Error> {
        let Joined { name, read_only, expires_at, .. } = &guest.joined;
        let sent = wire::Guest {
            share: guest.row.share.0.as_bytes().to_vec(),
            guest: guest.joined.guest.0.as_bytes().to_vec(),
            name: name.clone(),
            read_only: *read_only,
            ends_at: rules::milliseconds(*expires_at),
        };
        self.attachments.redeem_for_guest(guest.joined.guest, sent, ticket, permissions)
    }

    /// Opens a connection of a guest and returns its live permissions. It counts until they are dropped.
    ///
    /// # Errors
    /// [`Error::TooManySockets`].
    pub fn open(&self, guest: &JoinedGuest) -> Result<LivePermissions, Error> {
        self.attachments.connections.open_for_guest(guest.joined.guest)
    }

    /// Ends a guest's part in a share: frees the slot and closes their connections.
    pub async fn leave(&self, guest: &JoinedGuest, caller: &Caller) -> Result<(), Error> {
        let actor = AuditActor::guest(&guest.joined.name, caller.source);
        let target = AuditTarget::share(guest.row.share, &guest.session.name);
        let entry = self.ctx.entry(actor, AuditAction::ShareLeave, target, None);
        let (id, now) = (guest.joined.guest, self.ctx.now());
        self.ctx.store.guests.end(id, now, GuestEnd::Left, &entry).await?;
        self.attachments.connections.tickets().close(Holder::Guest(id));
        self.ctx.announce(guest.session.owner);
        Ok(())
    }
}

fn joined(session: &SessionRow, share: &ShareRow, guest: &GuestRow) -> Joined {
    Joined {
        session: SharedSession {
            id: session.id,
            name: session.name.clone(),
            owner: session.owner_name.clone(),
        },
        guest: guest.guest.id,
        name: guest.guest.name.clone(),
        read_only: share.share.read_only,
        expires_at: share.share.expires_at,
    }
}

pub(super) fn require_slot(admission: Admission) -> Result<(), Error> {
    match admission {
        Admission::Admitted => Ok(()),
        Admission::Full => Err(Error::ShareFull),
        Admission::Ended => Err(Error::ShareDenied),
    }
}
