//! Lifetime of the session: its age, its last use, its expiry and the timer for the next check.

pub mod idle;

use std::{io, rc::Rc, time::Duration};

use protocol::wire::Rules;

use crate::{
    clock::{since_boot, unix_millis},
    io::timer::BootTimer,
    lifetime::idle::{Activity, Idle},
};

/// Age, last use and expiry of the session.
pub struct Lifetime {
    /// Fires when the expiry of the session or the end of a share must be checked.
    pub timer: Rc<BootTimer>,
    /// Start of the session in Unix milliseconds.
    pub created_at: u64,
    /// Last activity of the owner in Unix milliseconds.
    pub last_seen: u64,
    idle: Idle,
}

impl Lifetime {
    pub fn new(rules: &Rules) -> io::Result<Self> {
        let now = unix_millis();
        Ok(Self {
            timer: Rc::new(BootTimer::new()?),
            created_at: now,
            last_seen: now,
            idle: Idle::new(rules, since_boot()),
        })
    }

    pub fn configure(&mut self, rules: &Rules) {
        self.idle.configure(rules, since_boot());
    }

    /// Records an activity of the owner. Returns whether a warning may be cancelled.
    pub fn record_owner(&mut self, activity: Activity) -> bool {
        self.last_seen = unix_millis();
        self.record(activity)
    }

    /// Records an activity if it counts. Returns whether a warning may be cancelled.
    pub fn record(&mut self, activity: Activity) -> bool {
        if !self.idle.counts(activity) {
            return false;
        }
        self.idle.record(activity, since_boot());
        self.idle.warned()
    }

    /// Returns a due notice to the owner: the time of expiry as in [`expires_at`](Self::expires_at), 0
    /// when a warning is cancelled.
    pub fn take_notice(&mut self) -> Option<u64> {
        let notice = self.idle.take_notice(since_boot())?;
        Some(notice.map_or(0, |_| self.expires_at()))
    }

    pub fn expired(&self) -> bool {
        self.idle.expired(since_boot())
    }

    /// Arms the timer for the next check of the expiry or the given check, whichever is first.
    pub fn arm(&self, other_check: Option<Duration>) {
        self.timer.set(self.idle.next_check(since_boot()).into_iter().chain(other_check).min());
    }

    /// Time of expiry without further activity in Unix milliseconds, by the current clock; 0 for never.
    pub fn expires_at(&self) -> u64 {
        let Some(deadline) = self.idle.deadline() else { return 0 };
        let left = deadline.saturating_sub(since_boot());
        unix_millis() + u64::try_from(left.as_millis()).unwrap_or_default()
    }
}
