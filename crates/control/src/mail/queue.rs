//! Queue of outgoing mail: limits, concurrency and retries. Queued mail is in memory only, because it
//! contains secrets (docs/decisions/0010).

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use protocol::{
    api::{MailState, ShareState},
    id::{InviteId, MemberId, ShareId},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use super::{
    templates::Email,
    transport::{MailTransport, SendError},
};
use crate::{
    Actor, Error,
    context::Context,
    throttle::{Permit, Throttle},
};

const MAX_QUEUED: usize = 500;

const CONCURRENCY: usize = 4;

/// Seconds after which a client may retry when the queue is full.
const RETRY_AFTER: u64 = 60;

/// Pauses between attempts, in seconds: a server with greylisting (RFC 6647) accepts mail after some
/// minutes.
const PAUSES: [u64; 6] = [2, 10, 30, 60, 120, 300];

/// A slot in the queue, free again once it is dropped.
pub(crate) struct QueueSlot {
    _slot: OwnedSemaphorePermit,
    allowance: Permit<MemberId>,
}

impl QueueSlot {
    /// Returns the slot and the member's allowance: there is no mail to send.
    pub(crate) fn refund(self) {
        self.allowance.refund();
    }
}

/// Purpose of a mail. It is not sent once that has ended.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    Share(ShareId),
    Invite(InviteId),
}

pub(crate) struct Mailer {
    ctx: Arc<Context>,
    transport: Option<MailTransport>,
    by_member: Throttle<MemberId>,
    slots: Arc<Semaphore>,
    sending: Semaphore,
}

impl Mailer {
    pub(crate) fn new(ctx: Arc<Context>, transport: Option<MailTransport>) -> Self {
        Self {
            ctx,
            transport,
            // 50 at once, then 50 an hour.
            by_member: Throttle::new(50, TimeDelta::seconds(72)),
            slots: Arc::new(Semaphore::new(MAX_QUEUED)),
            sending: Semaphore::new(CONCURRENCY),
        }
    }

    pub(crate) fn is_configured(&self) -> bool {
        self.transport.is_some()
    }

    /// Reserves a slot in the queue for one mail of a member.
    pub(crate) fn reserve(&self, actor: &Actor) -> Result<QueueSlot, Error> {
        let allowance = self.by_member.try_reserve(actor.member, self.ctx.now())?;
        match Arc::clone(&self.slots).try_acquire_owned() {
            Ok(slot) => Ok(QueueSlot { _slot: slot, allowance }),
            Err(_) => {
                allowance.refund();
                Err(Error::Throttled(RETRY_AFTER))
            }
        }
    }

    /// Sends a mail, with retries. Returns the reason in a sentence if it fails permanently.
    pub(crate) async fn deliver(
        &self,
        _slot: QueueSlot,
        purpose: Purpose,
        to: &str,
        email: &Email,
    ) -> Result<(), String> {
        let Some(transport) = &self.transport else {
            return Err(Error::MailNotConfigured.to_string());
        };
        let mut pauses = PAUSES.into_iter();
        loop {
            let reason = {
                let _turn = self.sending.acquire().await;
                match self.is_valid(purpose).await {
                    Ok(true) => match transport.send(to, email).await {
                        Ok(()) => return Ok(()),
                        Err(SendError::Permanent(reason)) => return Err(reason),
                        Err(SendError::Temporary(reason)) => reason,
                    },
                    Ok(false) => {
                        return Err("The link expired before its mail was sent.".to_owned());
                    }
                    // The link may be valid: try again later.
                    Err(error) => error.to_string(),
                }
            };
            let Some(pause) = pauses.next() else { return Err(reason) };
            if let Purpose::Share(share) = purpose {
                let shares = &self.ctx.store.shares;
                let _ = shares.set_mail_state(share, MailState::Queued, Some(&reason)).await;
            }
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
    }

    /// Returns true while the link in a mail is valid.
    async fn is_valid(&self, purpose: Purpose) -> Result<bool, Error> {
        let now = self.ctx.now();
        Ok(match purpose {
            Purpose::Share(id) => self.ctx.store.shares.get(id).await?.is_some_and(|row| {
                row.share.state == ShareState::Active && row.share.expires_at > now
            }),
            Purpose::Invite(id) => {
                let row = self.ctx.store.invites.get(id).await?;
                row.is_some_and(|row| row.used_at.is_none() && row.invite.expires_at > now)
            }
        })
    }
}
