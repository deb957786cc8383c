//! Tickets for one socket each, and the open connections of every ticket holder: a sign-in, an API
//! token or a guest. In memory, without I/O.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use protocol::{
    api::{Role, limits},
    id::{GuestId, MemberId, SessionId},
};
use tokio::sync::watch;
use uuid::Uuid;

use super::permissions::{LivePermissions, Permissions};
use crate::{Actor, Error};

pub(crate) const LIFETIME: TimeDelta = TimeDelta::seconds(limits::TICKET_SECONDS);

/// Maximum number of connections, and of pending tickets, of one sign-in.
const MAX_CONNECTIONS: usize = 100;

/// Maximum number of connections, and of pending tickets, of one guest.
const MAX_GUEST_CONNECTIONS: usize = 8;

#[derive(Debug, Default)]
pub(crate) struct Tickets {
    /// By the hash of the ticket.
    pending: HashMap<[u8; 32], PendingTicket>,
    connections: HashMap<Holder, watch::Sender<Option<Permissions>>>,
}

#[derive(Debug)]
pub(crate) struct PendingTicket {
    pub(crate) session: SessionId,
    pub(crate) owner: MemberId,
    pub(crate) watch: bool,
    /// Account that must stay granted to the holder.
    pub(crate) account: Option<String>,
    pub(crate) holder: Holder,
    pub(crate) until: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) enum Holder {
    /// A sign-in or an API token.
    Member(Uuid),
    Guest(GuestId),
}

impl Holder {
    fn limit(self) -> usize {
        match self {
            Self::Member(_) => MAX_CONNECTIONS,
            Self::Guest(_) => MAX_GUEST_CONNECTIONS,
        }
    }
}

impl From<&Actor> for Holder {
    fn from(actor: &Actor) -> Self {
        Self::Member(actor.sign_in)
    }
}

impl Tickets {
    pub(crate) fn add(
        &mut self,
        hash: [u8; 32],
        ticket: PendingTicket,
        now: DateTime<Utc>,
    ) -> Result<(), Error> {
        self.pending.retain(|_, other| other.until > now);
        let held = self.pending.values().filter(|other| other.holder == ticket.holder).count();
        if held >= ticket.holder.limit() {
            return Err(Error::Throttled(u64::try_from(LIFETIME.num_seconds()).unwrap_or(1)));
        }
        self.pending.insert(hash, ticket);
        Ok(())
    }

    /// Takes a ticket for a connection of its holder that is already open. [`Self::close`] revokes both, so
    /// a sign-out takes effect whichever comes first.
    pub(crate) fn redeem(
        &mut self,
        hash: &[u8; 32],
        holder: Holder,
        now: DateTime<Utc>,
    ) -> Result<PendingTicket, Error> {
        let ticket = self.pending.remove(hash).ok_or(Error::BadTicket)?;
        if ticket.holder != holder || ticket.until <= now {
            return Err(Error::BadTicket);
        }
        Ok(ticket)
    }

    pub(crate) fn is_pending(&self, hash: &[u8; 32]) -> bool {
        self.pending.contains_key(hash)
    }

    /// Returns true if a holder has an open connection or a valid ticket for one.
    pub(crate) fn expects(&self, holder: Holder, now: DateTime<Utc>) -> bool {
        let open = self.connections.get(&holder);
        open.is_some_and(|sender| sender.receiver_count() > 0)
            || self.pending.values().any(|other| other.holder == holder && other.until > now)
    }

    /// Opens a connection of a holder. It counts until the receiver is dropped.
    pub(crate) fn connect(&mut self, holder: Holder, role: Role) -> Result<LivePermissions, Error> {
        self.connections.retain(|_, sender| sender.receiver_count() > 0);
        let sender = self
            .connections
            .entry(holder)
            .or_insert_with(|| watch::Sender::new(Some(Permissions::of_role(role))));
        if sender.receiver_count() >= holder.limit() {
            return Err(Error::TooManySockets);
        }
        Ok(sender.subscribe())
    }

    pub(crate) fn update(&mut self, holder: Holder, permissions: Permissions) {
        if let Some(sender) = self.connections.get(&holder) {
            let now = Some(permissions);
            sender.send_if_modified(|before| {
                *before != now && {
                    *before = now.clone();
                    true
                }
            });
        }
    }

    pub(crate) fn connected_sign_ins(&mut self) -> Vec<Uuid> {
        self.connections.retain(|_, sender| sender.receiver_count() > 0);
        let sign_in = |holder: &Holder| match holder {
            Holder::Member(sign_in) => Some(*sign_in),
            Holder::Guest(_) => None,
        };
        self.connections.keys().filter_map(sign_in).collect()
    }

    /// Revokes the pending tickets of a holder; open connections stay.
    pub(crate) fn revoke(&mut self, holder: Holder) {
        self.pending.retain(|_, ticket| ticket.holder != holder);
    }

    /// Revokes the pending tickets of all guests and closes their connections.
    pub(crate) fn close_guests(&mut self) {
        let pending = self.pending.values().map(|ticket| ticket.holder);
        let holders: Vec<Holder> = self.connections.keys().copied().chain(pending).collect();
        for holder in holders.into_iter().filter(|holder| matches!(holder, Holder::Guest(_))) {
            self.close(holder);
        }
    }

    /// Revokes the pending tickets of a holder and closes its connections.
    pub(crate) fn close(&mut self, holder: Holder) {
        self.revoke(holder);
        if let Some(sender) = self.connections.remove(&holder) {
            sender.send_replace(None);
        }
    }
}

#[cfg(test)]
mod tests;
