//! Mail on its way out: how much may wait, whose turn it is, and how often it is tried. What waits is in
//! memory alone, because it has secrets (docs/decisions/0010).

use std::{sync::Arc, time::Duration};

use chrono::TimeDelta;
use protocol::{
    api::{MailState, ShareState},
    id::{InviteId, MemberId, ShareId},
};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};

use crate::{
    Actor, Control, Error,
    mail::templates::Letter,
    mail::transport::{Mail, NotSent},
    sharing::rules as share_rules,
    throttle::Throttle,
};

/// Mails that may wait at once.
const WAITING: usize = 500;

/// Mails that are handed over at once.
const AT_ONCE: usize = 4;

/// Seconds after which there may be room in a queue that is full.
const FULL: u64 = 60;

/// Pauses between tries, in seconds: a mail server that defers what it does not know (RFC 6647) takes
/// it after some minutes.
const PAUSES: [u64; 6] = [2, 10, 30, 60, 120, 300];

/// How much mail there may be.
#[derive(Debug)]
pub(crate) struct MailQueue {
    by_member: Throttle<MemberId>,
    places: Arc<Semaphore>,
    turns: Semaphore,
}

impl MailQueue {
    pub(crate) fn new() -> Self {
        Self {
            // 50 at once, and 50 an hour.
            by_member: Throttle::new(50, TimeDelta::seconds(72)),
            places: Arc::new(Semaphore::new(WAITING)),
            turns: Semaphore::new(AT_ONCE),
        }
    }
}

/// What a mail brings.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Brings {
    /// The way into a session.
    Share(ShareId),
    /// The way into the workspace.
    Invite(InviteId),
}

impl Control {
    /// A place in the queue.
    pub(crate) fn place_for_mail(&self, actor: &Actor) -> Result<OwnedSemaphorePermit, Error> {
        let queue = &self.inner.mails;
        queue.by_member.take(actor.member, self.now()).map_err(Error::Throttled)?;
        Arc::clone(&queue.places).try_acquire_owned().map_err(|_| Error::Throttled(FULL))
    }

    /// Tries until the mail is sent, or there is no use in trying: why, in a sentence.
    pub(crate) async fn deliver(
        &self,
        _place: OwnedSemaphorePermit,
        mail: &Mail,
        brings: Brings,
        to: &str,
        letter: &Letter,
    ) -> Result<(), String> {
        let mut pauses = PAUSES.into_iter();
        loop {
            let said = {
                let _turn = self.inner.mails.turns.acquire().await;
                // A mail that leads nowhere helps nobody.
                if !self.still_open(brings).await {
                    return Err("It was over before its mail was sent.".to_owned());
                }
                match mail.send(to, letter).await {
                    Ok(()) => return Ok(()),
                    Err(NotSent::Ever(said)) => return Err(said),
                    Err(NotSent::Yet(said)) => said,
                }
            };
            let Some(pause) = pauses.next() else { return Err(said) };
            if let Brings::Share(share) = brings {
                let _ = self
                    .inner
                    .store
                    .shares
                    .set_mail_state(share, MailState::Queued, Some(&said))
                    .await;
            }
            tokio::time::sleep(Duration::from_secs(pause)).await;
        }
    }

    /// Whether the way that a mail brings leads anywhere.
    async fn still_open(&self, brings: Brings) -> bool {
        let now = self.now();
        match brings {
            Brings::Share(id) => {
                let row = self.inner.store.shares.get(id).await.ok().flatten();
                row.is_some_and(|row| share_rules::state(&row, now) == ShareState::Active)
            }
            Brings::Invite(id) => {
                let row = self.inner.store.invites.get(id).await.ok().flatten();
                row.is_some_and(|row| row.used_at.is_none() && row.invite.expires_at > now)
            }
        }
    }
}
