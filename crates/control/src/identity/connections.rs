//! Open connections and pending tickets, and the permissions behind them. Every change that takes
//! permissions back closes or updates connections here. It does not depend on what a connection carries.

use std::{
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use protocol::{api::Role, id::GuestId};
use tokio::time::MissedTickBehavior;
use uuid::Uuid;

use super::{
    accounts::{self, AllowedAccounts},
    permissions::{LivePermissions, Permissions},
    tickets::{Holder, Tickets},
};
use crate::{Actor, Error, context::Context};

/// Interval between checks of the sign-ins that have open connections.
const CHECK_INTERVAL: Duration = Duration::from_secs(1);

/// Connections of members and guests.
pub struct Connections {
    ctx: Arc<Context>,
    tickets: Mutex<Tickets>,
}

impl Connections {
    pub(crate) fn new(ctx: Arc<Context>) -> Self {
        Self { ctx, tickets: Mutex::default() }
    }

    pub(crate) fn tickets(&self) -> MutexGuard<'_, Tickets> {
        // Every change under this lock is one insert or remove, so a panic leaves it consistent.
        self.tickets.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Opens a connection of the actor's sign-in and returns its live permissions. It counts until they are
    /// dropped.
    ///
    /// # Errors
    /// [`Error::TooManySockets`].
    pub fn open(&self, actor: &Actor) -> Result<LivePermissions, Error> {
        self.tickets().connect(actor.into(), actor.role)
    }

    /// Opens a connection of a guest, as [`Self::open`] does for a member.
    pub(crate) fn open_for_guest(&self, guest: GuestId) -> Result<LivePermissions, Error> {
        // Guests have no role. The lowest one is never demoted.
        self.tickets().connect(Holder::Guest(guest), Role::Member)
    }

    /// Checks sign-ins forever. This covers changes by other processes, such as the command line.
    pub async fn watch(self: Arc<Self>) {
        let mut ticks = tokio::time::interval(CHECK_INTERVAL);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // A failing database ends no sign-in; the next tick retries.
            let _ = self.recheck().await;
        }
    }

    /// Closes the connections of ended sign-ins and updates the permissions of the others. If it fails,
    /// all connections stay open.
    pub async fn recheck(&self) -> Result<(), Error> {
        let open = self.tickets().connected_sign_ins();
        self.recheck_sign_ins(&open).await
    }

    pub(crate) async fn recheck_sign_ins(&self, sign_ins: &[Uuid]) -> Result<(), Error> {
        if sign_ins.is_empty() {
            return Ok(());
        }
        let valid = self.ctx.store.credentials.valid(sign_ins, self.ctx.now()).await?;
        let grants = accounts::effective_grants(&self.ctx).await?;
        let mut tickets = self.tickets();
        for ended in sign_ins.iter().filter(|sign_in| !valid.contains_key(sign_in)) {
            tickets.close(Holder::Member(*ended));
        }
        for (sign_in, now) in valid {
            let accounts = AllowedAccounts::new(grants.as_deref(), now.member, now.role);
            tickets.update(Holder::Member(sign_in), Permissions { role: now.role, accounts });
        }
        Ok(())
    }
}
