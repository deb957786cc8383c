//! Attachments: issuing and redeeming tickets, and connecting to session processes.

use std::sync::Arc;

use chrono::{DateTime, Utc};
use host::{Reader, Writer};
use protocol::{
    api::{
        ActiveClient, Attach, AttachMode, AttachPolicy, AuditAction, Role, Ticket,
        limits::MAX_SHOWN,
    },
    id::{GuestId, HolderId, MemberId, SessionId},
    wire::{AttachRequest, Guest, Hello, Viewer},
};
use uuid::Uuid;

use super::{lookup, view};
use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    context::Context,
    identity::{
        accounts,
        connections::Connections,
        permissions::{AttachGrant, LivePermissions, Permissions, RevokeReason},
        tickets::{self, Holder, PendingTicket},
    },
    secret,
};

/// A redeemed ticket: the permission for one attachment.
#[derive(Debug)]
pub struct RedeemedTicket {
    /// The session.
    pub session: SessionId,
    /// Input is not accepted.
    pub watch: bool,
    /// Name of the member or guest.
    pub who: String,
    /// The guest, if it is one. Their session enforces their permissions and their expiry.
    pub guest: Option<Guest>,
    /// Expiry of the sign-in; none for guests.
    pub until: Option<DateTime<Utc>>,
    permissions: LivePermissions,
    grant: AttachGrant,
}

impl RedeemedTicket {
    /// Waits until the permission is revoked.
    pub async fn revoked(&mut self) -> RevokeReason {
        let reason = |now: &Option<Permissions>| self.grant.revoked_by(now.as_ref());
        let now = self.permissions.wait_for(|now| reason(now).is_some()).await;
        match now.ok().and_then(|now| reason(&now)) {
            Some(reason) => reason,
            // The sender is gone, so the attachment cannot be revoked anymore.
            None => std::future::pending().await,
        }
    }
}

/// Tickets and connections to session processes.
pub struct Attachments {
    pub(crate) ctx: Arc<Context>,
    pub(crate) connections: Arc<Connections>,
}

impl Attachments {
    /// Issues a ticket for one socket to a session.
    ///
    /// # Errors
    /// [`Error::Ended`], [`Error::AttachedElsewhere`]; [`Error::AccountForbidden`] if the session's
    /// account is no longer granted to its owner; [`Error::Unauthenticated`] if the sign-in has ended
    /// since the actor was authenticated; [`Error::Unavailable`], also if overseeing cannot be recorded
    /// in the audit log.
    pub async fn issue(
        &self,
        actor: &Actor,
        id: SessionId,
        request: Attach,
    ) -> Result<Ticket, Error> {
        let watch = request.mode == AttachMode::Watch;
        let row = self.ctx.session_row(id).await?;
        let own = row.owner == actor.member;
        authorize(actor, required_action(actor, row.owner, watch), Target::SessionOf(row.owner))?;
        let report = lookup::running_for(&self.ctx, actor, &row)?;
        let account = own.then(|| row.account.clone());
        if let Some(account) = &account {
            accounts::require_granted(&self.ctx, actor, account).await?;
        }
        let driver = report.as_ref().and_then(view::active_client);
        if let (AttachPolicy::Single, false, false, Some(driver)) =
            (row.attach_policy, watch, request.take_over, driver.clone())
            && let Some(driver) = self.probe_driver(actor, id, driver).await?
        {
            return Err(Error::AttachedElsewhere(driver));
        }
        let takes_over = !watch && row.attach_policy != AttachPolicy::Multi && driver.is_some();
        let (action, detail) = if !own {
            (AuditAction::SessionWatch, Some(format!("of {}", row.owner_name)))
        } else if takes_over {
            (AuditAction::SessionTakeOver, None)
        } else {
            (AuditAction::SessionAttach, watch.then(|| "watching".to_owned()))
        };
        // Issued before it is recorded, so that requests beyond the limit do not fill the audit log.
        let holder = (actor.into(), actor.member.0);
        let ticket = self.add_ticket(holder, id, row.owner, watch, account)?;
        if let Err(error) = self.ctx.audit(actor, action, &row, detail).await {
            if !own {
                return Err(error);
            }
            // An owner can attach while the database is unavailable.
            tracing::error!(session = %id, %action, %error, "not in the audit log");
        }
        // Checked last: from now on a sign-out revokes the ticket.
        self.connections.recheck_sign_ins(&[actor.sign_in]).await?;
        if !self.connections.tickets().is_pending(&secret::hash(&ticket.ticket)) {
            return Err(Error::Unauthenticated);
        }
        Ok(ticket)
    }

    pub(crate) fn issue_to_guest(
        &self,
        guest: GuestId,
        session: SessionId,
        owner: MemberId,
    ) -> Result<Ticket, Error> {
        let ticket =
            self.add_ticket((Holder::Guest(guest), guest.0), session, owner, false, None)?;
        // A browser may hold the cookies of several guests.
        Ok(Ticket { url: format!("/api/v1/join/socket?guest={guest}"), ..ticket })
    }

    /// Issues a ticket to a holder, who is a member or guest with this id.
    fn add_ticket(
        &self,
        (holder, id): (Holder, Uuid),
        session: SessionId,
        owner: MemberId,
        watch: bool,
        account: Option<String>,
    ) -> Result<Ticket, Error> {
        let ticket = secret::new();
        let now = self.ctx.now();
        let until = now + tickets::LIFETIME;
        let pending = PendingTicket { session, owner, watch, account, holder, until };
        self.connections.tickets().add(secret::hash(&ticket), pending, now)?;
        Ok(Ticket {
            ticket,
            url: "/api/v1/socket".to_owned(),
            subprotocol: protocol::SUBPROTOCOL.to_owned(),
            expires_at: until,
            session: Some(session),
            holder: Some(HolderId(id)),
        })
    }

    /// Returns the driver after the session process has probed it. A broken connection does not count.
    async fn probe_driver(
        &self,
        actor: &Actor,
        id: SessionId,
        driver: ActiveClient,
    ) -> Result<Option<ActiveClient>, Error> {
        match self.ctx.host.probe(id).await {
            Ok(report) => Ok(view::active_client(&report)),
            Err(host::Error::Unsupported) => Ok(Some(driver)),
            Err(error) => Err(lookup::unreachable(&self.ctx, actor, id, &error).await),
        }
    }

    /// Redeems a ticket, once, for the sign-in it was issued to.
    ///
    /// # Errors
    /// [`Error::BadTicket`]; [`Error::Forbidden`] if the role has changed.
    pub fn redeem(
        &self,
        actor: &Actor,
        ticket: &str,
        permissions: LivePermissions,
    ) -> Result<RedeemedTicket, Error> {
        let role = actor.role;
        let ticket = self.take_ticket(ticket, actor.into())?;
        let PendingTicket { session, owner, watch, account, .. } = ticket;
        authorize(actor, required_action(actor, owner, watch), Target::SessionOf(owner))?;
        Ok(RedeemedTicket {
            session,
            watch,
            who: actor.name.clone(),
            guest: None,
            until: Some(actor.until),
            permissions,
            grant: AttachGrant { role, overseeing: owner != actor.member, account },
        })
    }

    /// Redeems a guest's ticket, once.
    pub(crate) fn redeem_for_guest(
        &self,
        id: GuestId,
        guest: Guest,
        ticket: &str,
        permissions: LivePermissions,
    ) -> Result<RedeemedTicket, Error> {
        let ticket = self.take_ticket(ticket, Holder::Guest(id))?;
        Ok(RedeemedTicket {
            session: ticket.session,
            watch: false,
            who: guest.name.clone(),
            guest: Some(guest),
            until: None,
            permissions,
            grant: AttachGrant { role: Role::Member, overseeing: false, account: None },
        })
    }

    fn take_ticket(&self, ticket: &str, holder: Holder) -> Result<PendingTicket, Error> {
        let (hash, now) = (secret::hash(ticket), self.ctx.now());
        self.connections.tickets().redeem(&hash, holder, now)
    }

    /// Connects to the session process and sends the client's first message.
    ///
    /// # Errors
    /// [`Error::NotFound`] if the session is gone, [`Error::Unreachable`].
    pub async fn connect(
        &self,
        ticket: &RedeemedTicket,
        hello: Hello,
    ) -> Result<(Reader, Writer), Error> {
        let device = hello.device.chars().filter(|c| !c.is_control()).take(MAX_SHOWN).collect();
        let since = u64::try_from(self.ctx.now().timestamp_millis()).unwrap_or_default();
        let request = AttachRequest {
            viewer: Some(Viewer { who: ticket.who.clone(), device, since }),
            watch: ticket.watch,
            overseeing: ticket.grant.overseeing,
            hello: Some(Hello { ticket: String::new(), ..hello }),
            guest: ticket.guest.clone(),
        };
        self.ctx.host.attach(ticket.session, request).await.map_err(|error| match error {
            host::Error::Gone => Error::NotFound("session"),
            error => {
                tracing::warn!(session = %ticket.session, %error, "a session is unreachable");
                Error::Unreachable
            }
        })
    }
}

fn required_action(actor: &Actor, owner: MemberId, watch: bool) -> Action {
    match (watch, owner == actor.member) {
        (false, _) => Action::Drive,
        (true, true) => Action::Watch,
        (true, false) => Action::Oversee,
    }
}
