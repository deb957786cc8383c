//! When a session expires: what counts as activity, when its owner is warned, what other rules change.
//! Pure: times are handed in, as time since the machine was started, suspension included.

use std::time::Duration;

use protocol::wire::{KeepAlive, Rules};

/// How long before the end the owner is warned: first, and for the last time. A session with a short
/// timeout is warned after half, and after nine tenths of it.
const WARNINGS: [(Duration, u32); 2] = [(Duration::from_mins(5), 2), (Duration::from_mins(1), 10)];

/// What may keep a session alive.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Activity {
    /// A client of the owner attaches or types, or somebody presses Keep: counts always.
    Act,
    /// A client of the owner is attached and on a screen.
    Presence,
    /// The shell or a program writes.
    Output,
}

/// The last activity of each kind, the rules, and what was said of it.
#[derive(Debug)]
pub struct Idle {
    keep_alive: KeepAlive,
    timeout: Duration,
    acted: Duration,
    present: Duration,
    wrote: Duration,
    /// Other rules shortened its life: it does not end before this.
    reprieve: Duration,
    /// How many warnings stand.
    warned: usize,
}

impl Idle {
    /// A session that starts now.
    pub fn new(rules: &Rules, now: Duration) -> Self {
        Self {
            keep_alive: rules.keep_alive(),
            timeout: Duration::from_secs(rules.timeout.into()),
            acted: now,
            present: now,
            wrote: now,
            reprieve: Duration::ZERO,
            warned: 0,
        }
    }

    /// Other rules. If they shorten its life, it has their grace at least.
    pub fn configure(&mut self, rules: &Rules, now: Duration) {
        let before = self.deadline();
        self.keep_alive = rules.keep_alive();
        self.timeout = Duration::from_secs(rules.timeout.into());
        let Some(after) = self.deadline() else { return };
        if before.is_none_or(|before| after < before) {
            let grace = now + Duration::from_secs(rules.grace.into());
            self.reprieve = before.map_or(grace, |before| before.min(grace));
        }
    }

    /// Whether this is worth noting under the present rules.
    pub fn counts(&self, activity: Activity) -> bool {
        match activity {
            Activity::Act => true,
            Activity::Presence => self.keep_alive != KeepAlive::Input,
            Activity::Output => self.keep_alive == KeepAlive::Working,
        }
    }

    /// Something happened.
    pub fn note(&mut self, activity: Activity, now: Duration) {
        match activity {
            Activity::Act => self.acted = now,
            Activity::Presence => self.present = now,
            Activity::Output => self.wrote = now,
        }
    }

    /// When it expires if nothing happens; none: never.
    pub fn deadline(&self) -> Option<Duration> {
        let kinds = [
            (Activity::Act, self.acted),
            (Activity::Presence, self.present),
            (Activity::Output, self.wrote),
        ];
        let counting = kinds.into_iter().filter(|(kind, _)| self.counts(*kind));
        let last = counting.map(|(_, at)| at).max()?;
        (!self.timeout.is_zero()).then(|| (last + self.timeout).max(self.reprieve))
    }

    /// Whether it is over.
    pub fn expired(&self, now: Duration) -> bool {
        self.deadline().is_some_and(|at| at <= now)
    }

    /// Whether a warning stands, so that every activity may avert the end.
    pub fn warned(&self) -> bool {
        self.warned > 0
    }

    /// What its owner is to be told now, if anything: when it expires, or that it does not do so soon.
    pub fn news(&mut self, now: Duration) -> Option<Option<Duration>> {
        let deadline = self.deadline();
        let due = self.warnings().into_iter().flatten().filter(|at| *at <= now).count();
        if std::mem::replace(&mut self.warned, due) == due {
            return None;
        }
        Some(deadline.filter(|_| due > 0))
    }

    /// When it must be looked at again, if nothing happens until then.
    pub fn next(&self, now: Duration) -> Option<Duration> {
        self.warnings().into_iter().flatten().find(|at| *at > now).or_else(|| self.deadline())
    }

    fn warnings(&self) -> [Option<Duration>; 2] {
        let deadline = self.deadline();
        WARNINGS.map(|(lead, part)| {
            let at = deadline?;
            // A reprieve is not for half of it: its owner is to know of it.
            let most = if at == self.reprieve { lead } else { self.timeout / part };
            Some(at.saturating_sub(lead.min(most)))
        })
    }
}

#[cfg(test)]
mod tests;
