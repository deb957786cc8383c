//! Expiry of an unused session: activity that counts, warnings to the owner, changes of the rules.
//! Pure: times are passed in as time since boot, suspension included.

use std::time::Duration;

use protocol::wire::{KeepAlive, Rules};

/// Lead time of each warning before the end. For a short timeout, the warning comes after half and after
/// nine tenths of it instead: the lead is at most the timeout divided by the second number.
const WARNINGS: [(Duration, u32); 2] = [(Duration::from_mins(5), 2), (Duration::from_mins(1), 10)];

/// Kinds of activity that may keep a session alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// A client of the owner attaches or types, or the owner keeps the session. Always counts.
    Action,
    /// A client of the owner is attached and visible.
    Presence,
    /// The shell or a program writes output.
    Output,
}

impl Activity {
    /// In order of declaration, so that a kind is an index.
    const ALL: [Self; 3] = [Self::Action, Self::Presence, Self::Output];
}

/// Last activity of each kind, the rules, and the warnings given.
#[derive(Debug)]
pub struct Idle {
    keep_alive: KeepAlive,
    timeout: Duration,
    /// Time of the last activity of each kind.
    last: [Duration; Activity::ALL.len()],
    /// Earliest end, after new rules shortened the life of the session.
    grace_until: Duration,
    /// Number of warnings in effect.
    warned: usize,
}

impl Idle {
    pub fn new(rules: &Rules, now: Duration) -> Self {
        Self {
            keep_alive: rules.keep_alive(),
            timeout: Duration::from_secs(rules.timeout.into()),
            last: [now; Activity::ALL.len()],
            grace_until: Duration::ZERO,
            warned: 0,
        }
    }

    /// Applies new rules. If they shorten the life of the session, it still has their grace period.
    pub fn configure(&mut self, rules: &Rules, now: Duration) {
        let before = self.deadline();
        self.keep_alive = rules.keep_alive();
        self.timeout = Duration::from_secs(rules.timeout.into());
        let Some(after) = self.deadline() else { return };
        if before.is_none_or(|before| after < before) {
            let grace = now + Duration::from_secs(rules.grace.into());
            self.grace_until = before.map_or(grace, |before| before.min(grace));
        }
    }

    pub fn counts(&self, activity: Activity) -> bool {
        match activity {
            Activity::Action => true,
            Activity::Presence => self.keep_alive != KeepAlive::Input,
            Activity::Output => self.keep_alive == KeepAlive::Working,
        }
    }

    pub fn record(&mut self, activity: Activity, now: Duration) {
        self.last[activity as usize] = now;
    }

    /// Time at which the session expires without further activity; none if it never does.
    pub fn deadline(&self) -> Option<Duration> {
        let counting = Activity::ALL.into_iter().filter(|kind| self.counts(*kind));
        let last = counting.map(|kind| self.last[kind as usize]).max()?;
        (!self.timeout.is_zero()).then(|| (last + self.timeout).max(self.grace_until))
    }

    pub fn expired(&self, now: Duration) -> bool {
        self.deadline().is_some_and(|at| at <= now)
    }

    /// Returns whether a warning is in effect, which new activity may cancel.
    pub fn warned(&self) -> bool {
        self.warned > 0
    }

    /// Returns a due notice to the owner: the time of expiry, or none to cancel the warning.
    pub fn take_notice(&mut self, now: Duration) -> Option<Option<Duration>> {
        let deadline = self.deadline();
        let due = self.warnings().into_iter().flatten().filter(|at| *at <= now).count();
        if std::mem::replace(&mut self.warned, due) == due {
            return None;
        }
        Some(deadline.filter(|_| due > 0))
    }

    /// Time of the next check, without further activity.
    pub fn next_check(&self, now: Duration) -> Option<Duration> {
        self.warnings().into_iter().flatten().find(|at| *at > now).or_else(|| self.deadline())
    }

    fn warnings(&self) -> [Option<Duration>; 2] {
        let deadline = self.deadline();
        WARNINGS.map(|(lead, divisor)| {
            let at = deadline?;
            // The owner gets the full lead time within a grace period.
            let most = if at == self.grace_until { lead } else { self.timeout / divisor };
            Some(at.saturating_sub(lead.min(most)))
        })
    }
}

#[cfg(test)]
mod tests;
