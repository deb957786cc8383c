//! Shares of a session and their guests: permissions, ends, warnings and the data of receipts.
//! Pure: times are passed in. Does not depend on connections or the baton.

use std::time::Duration;

use protocol::wire::{self, Grant, GuestSeen, ShareChange, share_end::How};
use uuid::Uuid;

use crate::clock::Now;

/// Time without a client of the owner after which guests become read-only.
const AWAY: Duration = Duration::from_mins(1);

/// Remembered shares without a connected guest.
const MAX_SHARES: usize = 64;

/// Remembered guests that have left.
const MAX_GONE: usize = 100;

/// Lead times of the warnings before the end of a share.
const WARNINGS: [Duration; 2] = [Duration::from_mins(5), Duration::from_mins(1)];

/// Identity of an attachment that joined through a share.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct GuestId {
    pub share: Uuid,
    /// The guest: one person, in any number of tabs.
    pub guest: Uuid,
}

/// Warning about the end of a share, for its guests and the owner.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct EndWarning {
    pub share: Uuid,
    /// End in Unix milliseconds, 0 when the warning is cancelled.
    pub at: u64,
}

#[derive(Debug, Default)]
struct Guest {
    id: GuestId,
    attachments: usize,
    /// The guest was removed and is not admitted again.
    removed: bool,
    joined_at: u64,
    left_at: u64,
    keys: u64,
}

/// End of a share on both clocks. The clock that gets there first ends it.
#[derive(Clone, Copy, Debug)]
struct End {
    boot: Duration,
    wall: u64,
}

/// Property of a share. A change outranks a value that came with a guest and may have been delayed.
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
struct Share {
    id: Uuid,
    read_only: Setting<bool>,
    end: Setting<Option<End>>,
    revoked: bool,
    /// Number of warnings in effect.
    warned: usize,
}

impl Share {
    fn new(id: Uuid) -> Self {
        let (read_only, end) = (Setting::initial(true), Setting::initial(None));
        Self { id, read_only, end, revoked: false, warned: 0 }
    }

    fn end(&self) -> Option<End> {
        self.end.value
    }

    fn apply_change(&mut self, change: &ShareChange, now: Now) {
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

    fn is_over(&self, now: Now) -> bool {
        self.end().is_none_or(|end| end.boot <= now.boot || end.wall <= now.wall)
    }

    /// Returns a due warning: the end of the share in Unix milliseconds, 0 when a warning is cancelled.
    fn take_warning(&mut self, now: Now) -> Option<u64> {
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

/// Known shares and their guests. Allocates nothing before the first.
#[derive(Debug, Default)]
pub struct Shares {
    shares: Vec<Share>,
    guests: Vec<Guest>,
    /// Guests may type while the owner is away.
    guests_alone: bool,
    /// Time since which no client of the owner is attached.
    owner_left: Option<Duration>,
}

impl Shares {
    pub fn new(guests_alone: bool, now: Duration) -> Self {
        Self { guests_alone, owner_left: Some(now), ..Self::default() }
    }

    /// Sets whether guests may type while the owner is away.
    pub fn configure(&mut self, guests_alone: bool) {
        self.guests_alone = guests_alone;
    }

    pub fn set_owner_present(&mut self, present: bool, now: Duration) {
        match present {
            true => self.owner_left = None,
            false => drop(self.owner_left.get_or_insert(now)),
        }
    }

    pub fn has_guests(&self) -> bool {
        self.guests.iter().any(|guest| guest.attachments > 0)
    }

    /// Attaches a guest. Fails with the reason that the share has ended for it.
    pub fn admit(&mut self, id: GuestId, grant: &wire::Guest, now: Now) -> Result<Grant, How> {
        let share = self.share(id.share);
        share.read_only.update(grant.read_only, false);
        share.set_end(grant.ends_at, false, now);
        let permissions = self.permissions(id, now);
        if permissions.is_ok() {
            let guest = self.guest(id);
            if guest.joined_at == 0 {
                guest.joined_at = now.wall;
            }
            (guest.attachments, guest.left_at) = (guest.attachments + 1, 0);
        }
        self.forget_oldest();
        permissions
    }

    pub fn leave(&mut self, id: GuestId, wall: u64) {
        let guest = self.guest(id);
        guest.attachments = guest.attachments.saturating_sub(1);
        if guest.attachments == 0 {
            guest.left_at = wall;
            // Moves the guest to the end; `forget_oldest` evicts from the front.
            if let Some(at) = self.guests.iter().position(|guest| guest.id == id) {
                let guest = self.guests.remove(at);
                self.guests.push(guest);
            }
        }
        self.forget_oldest();
    }

    pub fn count_keys(&mut self, id: GuestId, keys: u64) {
        self.guest(id).keys += keys;
    }

    pub fn change(&mut self, id: Uuid, change: &ShareChange, now: Now) {
        self.share(id).apply_change(change, now);
        self.forget_oldest();
    }

    pub fn remove(&mut self, guest: Uuid) {
        let known = self.guests.iter().find(|known| known.id.guest == guest);
        let share = known.map_or(Uuid::nil(), |known| known.id.share);
        self.guest(GuestId { share, guest }).removed = true;
        self.forget_oldest();
    }

    /// Returns the permissions of a guest, or the reason that the share has ended for it.
    pub fn permissions(&self, id: GuestId, now: Now) -> Result<Grant, How> {
        if self.guests.iter().any(|guest| guest.id.guest == id.guest && guest.removed) {
            return Err(How::Removed);
        }
        let Some(share) = self.shares.iter().find(|share| share.id == id.share) else {
            return Err(How::Revoked);
        };
        match share.end() {
            _ if share.revoked => Err(How::Revoked),
            Some(end) if !share.is_over(now) => Ok(Grant {
                read_only: share.read_only.value,
                owner_away: self.owner_away(now.boot),
                ends_at: end.wall,
            }),
            _ => Err(How::TimeUp),
        }
    }

    /// Returns the due warnings of shares with attached guests.
    pub fn take_warnings(&mut self, now: Now) -> Vec<EndWarning> {
        let guests = &self.guests;
        let attached = |id| guests.iter().any(|it| it.attachments > 0 && it.id.share == id);
        let shares = self.shares.iter_mut().filter(|share| attached(share.id));
        let warnings = shares
            .filter_map(|share| Some(EndWarning { share: share.id, at: share.take_warning(now)? }));
        warnings.collect()
    }

    /// Time of the next check of the guests, if nothing else happens.
    pub fn next_check(&self, now: Duration) -> Option<Duration> {
        if !self.has_guests() {
            return None;
        }
        let away = self.owner_left.filter(|_| !self.guests_alone).map(|left| left + AWAY);
        let ends = self.shares.iter().filter(|share| self.is_used(share.id)).flat_map(|share| {
            let end = share.end().map(|end| end.boot);
            let warnings = WARNINGS.map(|lead| end.map(|end| end.saturating_sub(lead)));
            [end, warnings[0], warnings[1]]
        });
        ends.chain([away]).flatten().filter(|at| *at > now).min()
    }

    /// Guests that joined, for receipts.
    pub fn seen(&self) -> Vec<GuestSeen> {
        let joined = self.guests.iter().filter(|guest| guest.joined_at > 0);
        joined
            .map(|guest| GuestSeen {
                guest: guest.id.guest.as_bytes().to_vec(),
                share: guest.id.share.as_bytes().to_vec(),
                joined_at: guest.joined_at,
                left_at: guest.left_at,
                keys: guest.keys,
            })
            .collect()
    }

    fn owner_away(&self, now: Duration) -> bool {
        !self.guests_alone && self.owner_left.is_some_and(|left| left + AWAY <= now)
    }

    fn is_used(&self, share: Uuid) -> bool {
        self.guests.iter().any(|guest| guest.attachments > 0 && guest.id.share == share)
    }

    /// Returns the share, inserting an empty one; moves it to the back (LRU order).
    fn share(&mut self, id: Uuid) -> &mut Share {
        let share = match self.shares.iter().position(|share| share.id == id) {
            Some(at) => self.shares.remove(at),
            None => Share::new(id),
        };
        self.shares.push(share);
        let last = self.shares.len() - 1;
        &mut self.shares[last]
    }

    fn guest(&mut self, id: GuestId) -> &mut Guest {
        let at = self.guests.iter().position(|guest| guest.id.guest == id.guest);
        let at = at.unwrap_or_else(|| {
            self.guests.push(Guest { id, ..Guest::default() });
            self.guests.len() - 1
        });
        &mut self.guests[at]
    }

    /// Enforces the bounds. Never evicts an attached guest or its share.
    fn forget_oldest(&mut self) {
        while self.guests.iter().filter(|guest| guest.attachments == 0).count() > MAX_GONE
            && let Some(at) = self.guests.iter().position(|guest| guest.attachments == 0)
        {
            self.guests.remove(at);
        }
        while self.shares.iter().filter(|share| !self.is_used(share.id)).count() > MAX_SHARES
            && let Some(at) = self.shares.iter().position(|share| !self.is_used(share.id))
        {
            self.shares.remove(at);
        }
    }
}

#[cfg(test)]
mod tests;
