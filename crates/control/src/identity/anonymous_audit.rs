//! Audit entries of people who are not signed in. Anyone can cause them, so their number is bounded: the
//! first of each address in a time window are recorded, and the others are counted in one entry.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};

use chrono::{DateTime, TimeDelta, Utc};
use protocol::api::AuditAction;

use crate::{
    Error,
    audit::{AuditActor, AuditTarget},
    context::Context,
    throttle::Network,
};

/// Length of a time window.
const WINDOW: TimeDelta = TimeDelta::minutes(10);

/// Maximum number of entries of one kind and address in a window.
const MAX_PER_ADDRESS: u64 = 20;

/// Maximum number of entries of all addresses in a window, not counting those that hold counts.
const MAX_ENTRIES: u64 = 1000;

/// Interval between checks for the end of the window.
const INTERVAL: Duration = Duration::from_secs(30);

/// Kind and address of attempts. Addresses beyond [`MAX_ENTRIES`] share the one without an address.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
struct Origin {
    action: AuditAction,
    network: Option<Network>,
}

/// Attempts of one origin in a window.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Attempts {
    /// Address of the first one.
    source: IpAddr,
    recorded: u64,
    counted: u64,
}

/// Attempts in the current time window. Pure.
#[derive(Debug, Default)]
struct Window {
    opened_at: Option<DateTime<Utc>>,
    recorded: u64,
    by_origin: HashMap<Origin, Attempts>,
}

impl Window {
    /// Returns whether an attempt gets its own entry; otherwise it is counted.
    fn admit(&mut self, action: AuditAction, source: IpAddr, now: DateTime<Utc>) -> bool {
        self.opened_at.get_or_insert(now);
        let admitted = self.recorded < MAX_ENTRIES;
        let mut origin = Origin { action, network: Some(source.into()) };
        if !admitted && !self.by_origin.contains_key(&origin) {
            origin.network = None;
        }
        let new = Attempts { source, recorded: 0, counted: 0 };
        let attempts = self.by_origin.entry(origin).or_insert(new);
        if admitted && attempts.recorded < MAX_PER_ADDRESS {
            attempts.recorded += 1;
            self.recorded += 1;
            return true;
        }
        attempts.counted += 1;
        false
    }

    /// Counts attempts whose entry could not be written.
    fn count(&mut self, origin: Origin, source: IpAddr, number: u64, now: DateTime<Utc>) {
        self.opened_at.get_or_insert(now);
        let new = Attempts { source, recorded: 0, counted: 0 };
        self.by_origin.entry(origin).or_insert(new).counted += number;
    }

    /// Closes the window if it is over at `now`. Returns the counts for one entry each.
    fn close(&mut self, now: DateTime<Utc>) -> Vec<(Origin, Attempts)> {
        if self.opened_at.is_none_or(|opened| now < opened + WINDOW) {
            return Vec::new();
        }
        let closed = std::mem::take(self);
        closed.by_origin.into_iter().filter(|(_, attempts)| attempts.counted > 0).collect()
    }
}

/// Writer of the audit entries of people who are not signed in.
pub struct AnonymousAudit {
    ctx: Arc<Context>,
    window: Mutex<Window>,
}

impl AnonymousAudit {
    pub(crate) fn new(ctx: Arc<Context>) -> Self {
        Self { ctx, window: Mutex::default() }
    }

    /// Records an attempt, or counts it.
    pub(crate) async fn record(
        &self,
        actor: AuditActor,
        source: IpAddr,
        action: AuditAction,
        target: AuditTarget,
    ) {
        if self.admit(action, source) {
            self.write_admitted(actor, source, action, target).await;
        }
    }

    /// Returns whether an attempt gets its own entry; otherwise it is counted.
    pub(crate) fn admit(&self, action: AuditAction, source: IpAddr) -> bool {
        self.with(|window| window.admit(action, source, self.ctx.now()))
    }

    /// Writes the entry of an admitted attempt.
    pub(crate) async fn write_admitted(
        &self,
        actor: AuditActor,
        source: IpAddr,
        action: AuditAction,
        target: AuditTarget,
    ) {
        if self.ctx.audit(actor, action, target, None).await.is_err() {
            self.not_written(action, source);
        }
    }

    /// Counts an attempt whose entry could not be written.
    pub(crate) fn not_written(&self, action: AuditAction, source: IpAddr) {
        let origin = Origin { action, network: Some(source.into()) };
        self.with(|window| window.count(origin, source, 1, self.ctx.now()));
    }

    /// Writes the counts at the end of each time window.
    pub async fn watch(self: Arc<Self>) {
        loop {
            tokio::time::sleep(INTERVAL).await;
            self.write_due().await;
        }
    }

    /// Writes the counts if the time window is over.
    pub async fn write_due(&self) {
        self.write(self.ctx.now()).await;
    }

    /// Writes the counts of a window that is not over, because the server stops.
    pub async fn write_all(&self) {
        self.write(self.ctx.now() + WINDOW).await;
    }

    async fn write(&self, until: DateTime<Utc>) {
        for (origin, attempts) in self.with(|window| window.close(until)) {
            if let Err(error) = self.add_count(origin, attempts).await {
                tracing::warn!(%error, "a number of refused attempts was not recorded");
                let Attempts { source, counted, .. } = attempts;
                self.with(|window| window.count(origin, source, counted, self.ctx.now()));
            }
        }
    }

    async fn add_count(&self, origin: Origin, attempts: Attempts) -> Result<(), Error> {
        let (actor, from) = match origin.network {
            Some(_) => (AuditActor::unauthenticated("anonymous", attempts.source), ""),
            None => (AuditActor::websh(), " from other addresses"),
        };
        let target = AuditTarget::singleton(match origin.action {
            AuditAction::ShareDenied => "share",
            _ => "sign-in",
        });
        let detail = Some(format!("… and {} more{from}", attempts.counted));
        self.ctx.audit(actor, origin.action, target, detail).await
    }

    fn with<T>(&self, change: impl FnOnce(&mut Window) -> T) -> T {
        change(&mut self.window.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const ACTION: AuditAction = AuditAction::ShareDenied;

    fn at(minutes: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::minutes(minutes)
    }

    fn address(number: u32) -> IpAddr {
        IpAddr::V4(number.into())
    }

    #[test]
    fn the_first_attempts_are_recorded_and_the_others_counted() {
        let mut window = Window::default();
        let admitted = (0..57).filter(|_| window.admit(ACTION, address(1), at(0))).count();
        assert_eq!(admitted, 20);
        assert!(window.admit(ACTION, address(2), at(9)));
        assert!(window.admit(AuditAction::MemberSignInFailed, address(1), at(9)));
        assert!(window.close(at(9)).is_empty());
        let closed = window.close(at(10));
        assert_eq!(closed.len(), 1);
        assert_eq!((closed[0].1.source, closed[0].1.counted), (address(1), 37));
        // The next window starts with the next attempt.
        assert!(window.close(at(60)).is_empty());
        assert!(window.admit(ACTION, address(1), at(60)) && window.close(at(69)).is_empty());
    }

    #[test]
    fn the_entries_of_all_addresses_are_bounded() {
        let mut window = Window::default();
        let admitted =
            (0..100_000).filter(|number| window.admit(ACTION, address(*number), at(0))).count();
        assert_eq!((admitted, window.by_origin.len()), (1000, 1001));
        let closed = window.close(at(10));
        assert_eq!(closed.len(), 1);
        assert_eq!((closed[0].0.network, closed[0].1.counted), (None, 99_000));
    }
}
