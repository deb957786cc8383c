//! Tenure of the driver: how recently it typed and for how long it has the baton. Pure: times are
//! passed in.

use protocol::id::ClientId;
use tokio::time::{Duration, Instant};

/// Inactivity of the driver after which typing may claim a free baton.
const IDLE: Duration = Duration::from_secs(2);

/// The same during a paste, whose chunks may be that far apart.
const PASTE_IDLE: Duration = Duration::from_secs(10);

/// Longest loan of the baton: the longest share.
const MAX_LOAN: Duration = Duration::from_hours(3);

/// Returns whether a driver is idle after this inactivity; none if it never typed.
pub fn is_idle(inactivity: Option<Duration>, pasting: bool) -> bool {
    let limit = if pasting { PASTE_IDLE } else { IDLE };
    inactivity.is_none_or(|inactivity| inactivity >= limit)
}

/// Baton handed over for a limited time. Both sides are clients, so that reloading a page does not
/// extend it.
#[derive(Debug)]
pub struct Loan {
    /// Client that gets the baton back.
    pub from: ClientId,
    to: ClientId,
    pub until: Instant,
    pub until_millis: u64,
}

#[derive(Debug, Default)]
pub struct Tenure {
    pub last_used: Option<Instant>,
    pub loan: Option<Loan>,
}

impl Tenure {
    /// Begins the tenure of a client. Ends a loan to another one.
    pub fn begin(&mut self, client: ClientId, now: Instant) {
        self.last_used = Some(now);
        self.loan.take_if(|loan| loan.to != client);
    }

    pub fn is_idle(&self, pasting: bool, now: Instant) -> bool {
        is_idle(self.last_used.map(|at| now.saturating_duration_since(at)), pasting)
    }

    /// Limits the tenure of `to`, after which `from` gets the baton back.
    pub fn lend(&mut self, from: ClientId, to: ClientId, time: Duration, now: Instant, wall: u64) {
        let time = time.min(MAX_LOAN);
        let until_millis = wall + u64::try_from(time.as_millis()).unwrap_or_default();
        self.loan = Some(Loan { from, to, until: now + time, until_millis });
    }
}
