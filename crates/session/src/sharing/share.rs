//! One share: its access, its end on both clocks, its warnings. Pure: times are passed in.

use std::time::Duration;

use protocol::wire::ShareChange;
use uuid::Uuid;

use crate::clock::Now;

/// Lead times of the warnings before the end of a share.
pub const WARNINGS: [Duration; 2] = [Duration::from_mins(5), Duration::from_mins(1)];

/// End of a share on both clocks. The clock that gets there first ends it.
#[derive(Clone, Copy, Debug)]
pub struct End {
    pub boot: Duration,
    pub wall: u64,
}

/// Value of a property of a share. A change outranks a value that came with a guest, which may have been
/// delayed on its way.
#[derive(Clone, Copy, Debug)]
struct Setting<T> {
    value: T,
    by_change: bool,
}

impl<T> Setting<T> {
    fn initial(value: T) -> Self {
        Self { value, by_change: false }
    }

    fn update(&mut self, value: T, by_change: bool) {
        if by_change || !self.by_change {
            *self = Self { value, by_change };
        }
    }
}

/// A share, as known from its guests and changes.
#[derive(Debug)]
pub struct Share {
    pub id: Uuid,
    read_only: Setting<bool>,
    end: Setting<Option<End>>,
    pub revoked: bool,
    /// Number of warnings in effect.
    warned: usize,
}

impl Share {
    /// A share with unknown properties.
    pub fn new(id: Uuid) -> Self {
        let (read_only, end) = (Setting::initial(true), Setting::initial(None));
        Self { id, read_only, end, revoked: false, warned: 0 }
    }

    pub fn end(&self) -> Option<End> {
        self.end.value
    }

    /// Returns whether guests of the share may not type.
    pub fn is_read_only(&self) -> bool {
        self.read_only.value
    }

    /// Applies the properties that came with a guest.
    pub fn apply_grant(&mut self, read_only: bool, ends_at: u64, now: Now) {
        self.read_only.update(read_only, false);
        self.set_end(ends_at, false, now);
    }

    pub fn apply_change(&mut self, change: &ShareChange, now: Now) {
        if let Some(read_only) = change.read_only {
            self.read_only.update(read_only, true);
        }
        if let Some(ends_at) = change.ends_at {
            self.set_end(ends_at, true, now);
        }
        self.revoked |= change.revoke;
    }

    fn set_end(&mut self, wall: u64, by_change: bool, now: Now) {
        // The same end keeps its time since boot: setting back the wall clock extends no share.
        if self.end().is_some_and(|end| end.wall == wall) {
            self.end.by_change |= by_change;
            return;
        }
        let first = self.end().is_none();
        let left = Duration::from_millis(wall.saturating_sub(now.wall));
        self.end.update(Some(End { boot: now.boot.saturating_add(left), wall }), by_change);
        // No warning for a share that is already close to its end.
        if first {
            self.warned = self.due_warnings(now);
        }
    }

    pub fn is_over(&self, now: Now) -> bool {
        self.end().is_none_or(|end| end.boot <= now.boot || end.wall <= now.wall)
    }

    /// Returns a due warning: the end of the share in Unix milliseconds, 0 when a warning is cancelled.
    pub fn take_warning(&mut self, now: Now) -> Option<u64> {
        let due = self.due_warnings(now);
        if std::mem::replace(&mut self.warned, due) == due {
            return None;
        }
        Some(self.end().filter(|_| due > 0).map_or(0, |end| end.wall))
    }

    fn due_warnings(&self, now: Now) -> usize {
        let left = self.end().map_or(Duration::ZERO, |end| end.boot.saturating_sub(now.boot));
        WARNINGS.iter().filter(|lead| left <= **lead).count()
    }
}
