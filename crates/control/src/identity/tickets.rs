//! Tickets that open one socket each, and whose sockets are open: a sign-in's, a token's, a guest's.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use protocol::{
    api::{Role, limits},
    id::{GuestId, MemberId, SessionId},
};
use tokio::sync::watch;
use uuid::Uuid;

use crate::{
    Actor, Error,
    identity::permissions::{Standing, Worth},
};

/// How long a ticket works.
pub(crate) const TICKET: TimeDelta = TimeDelta::seconds(limits::TICKET_SECONDS);

/// Most sockets of one sign-in, and most tickets it may hold.
const MAX_SOCKETS: usize = 100;

/// Most sockets of one guest, and most tickets they may hold.
const MAX_GUEST_SOCKETS: usize = 8;

/// Tickets that wait, and holders that have sockets.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    tickets: HashMap<[u8; 32], Waiting>,
    holders: HashMap<Uuid, watch::Sender<Option<Worth>>>,
    guests: HashMap<Uuid, watch::Sender<Option<Worth>>>,
}

#[derive(Debug)]
pub(crate) struct Waiting {
    pub(crate) session: SessionId,
    pub(crate) owner: MemberId,
    pub(crate) watch: bool,
    /// The account that has to stay granted to the holder.
    pub(crate) account: Option<String>,
    pub(crate) holder: Holder,
    pub(crate) until: DateTime<Utc>,
}

/// Who holds tickets and sockets.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Holder {
    /// A sign-in or token.
    Member(Uuid),
    /// Who came by a share.
    Guest(GuestId),
}

impl Holder {
    fn id(self) -> Uuid {
        match self {
            Self::Member(id) | Self::Guest(GuestId(id)) => id,
        }
    }

    fn most(self) -> usize {
        match self {
            Self::Member(_) => MAX_SOCKETS,
            Self::Guest(_) => MAX_GUEST_SOCKETS,
        }
    }
}

impl From<&Actor> for Holder {
    fn from(actor: &Actor) -> Self {
        Self::Member(actor.sign_in)
    }
}

impl Doors {
    /// Adds a ticket by the hash of its secret.
    pub(crate) fn add(
        &mut self,
        hash: [u8; 32],
        waiting: Waiting,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.tickets.retain(|_, other| other.until > now);
        let mine = self.tickets.values().filter(|other| other.holder == waiting.holder).count();
        if mine >= waiting.holder.most() {
            return Err(Error::Throttled(u64::try_from(TICKET.num_seconds()).unwrap_or(1)));
        }
        self.tickets.insert(hash, waiting);
        Ok(())
    }

    /// Takes a ticket and, in the same breath, a place among the holder's sockets: a sign-out comes
    /// before both or after both.
    pub(crate) fn redeem(
        &mut self,
        hash: &[u8; 32],
        holder: Holder,
        role: Role,
        now: DateTime<Utc>,
    ) -> Result<(Waiting, Standing), Error> {
        let waiting = self.tickets.remove(hash).ok_or(Error::BadTicket)?;
        if waiting.holder != holder || waiting.until <= now {
            return Err(Error::BadTicket);
        }
        Ok((waiting, self.stand(holder, role)?))
    }

    /// Whether a ticket waits.
    pub(crate) fn has(&self, hash: &[u8; 32]) -> bool {
        self.tickets.contains_key(hash)
    }

    /// Whether a holder has a socket open or a ticket for one.
    pub(crate) fn expects(&mut self, holder: Holder, now: DateTime<Utc>) -> bool {
        let open = self.of(holder).get(&holder.id());
        open.is_some_and(|sender| sender.receiver_count() > 0)
            || self.tickets.values().any(|other| other.holder == holder && other.until > now)
    }

    /// A place among the sockets and streams of a holder.
    pub(crate) fn stand(&mut self, holder: Holder, role: Role) -> Result<Standing, Error> {
        let all = self.of(holder);
        all.retain(|_, sender| sender.receiver_count() > 0);
        let sender =
            all.entry(holder.id()).or_insert_with(|| watch::Sender::new(Some(Worth::of(role))));
        if sender.receiver_count() >= holder.most() {
            return Err(Error::TooManySockets);
        }
        Ok(sender.subscribe())
    }

    fn of(&mut self, holder: Holder) -> &mut HashMap<Uuid, watch::Sender<Option<Worth>>> {
        match holder {
            Holder::Member(_) => &mut self.holders,
            Holder::Guest(_) => &mut self.guests,
        }
    }

    /// Tells what is open by a holder what it is worth now.
    pub(crate) fn regard(&mut self, holder: Holder, worth: Worth) {
        if let Some(sender) = self.of(holder).get(&holder.id()) {
            let now = Some(worth);
            sender.send_if_modified(|before| {
                *before != now && {
                    *before = now.clone();
                    true
                }
            });
        }
    }

    /// The sign-ins that something is open by.
    pub(crate) fn open(&mut self) -> Vec<Uuid> {
        self.holders.retain(|_, sender| sender.receiver_count() > 0);
        self.holders.keys().copied().collect()
    }

    /// Takes a holder's tickets away; what is open stays so.
    pub(crate) fn forget(&mut self, holder: Holder) {
        self.tickets.retain(|_, waiting| waiting.holder != holder);
    }

    /// Closes everything that is open by a holder.
    pub(crate) fn shut(&mut self, holder: Holder) {
        self.forget(holder);
        if let Some(sender) = self.of(holder).remove(&holder.id()) {
            sender.send_replace(None);
        }
    }
}

#[cfg(test)]
mod tests;
