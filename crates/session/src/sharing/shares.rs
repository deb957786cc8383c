//! The shares of a session and their guests: what they may do now, when their time is up, who is warned,
//! what receipts are written from. Pure: times are handed in. It knows no connection and no baton.

use std::time::Duration;

use protocol::wire::{self, Grant, GuestSeen, ShareChange, share_end::How};
use uuid::Uuid;

/// With no client of the owner there for this long, guests only watch.
const AWAY: Duration = Duration::from_mins(1);

/// How long before its end a share is warned of.
const WARNINGS: [Duration; 2] = [Duration::from_mins(5), Duration::from_mins(1)];

/// Shares that are remembered though none of their guests is here.
const SHARES: usize = 64;

/// Guests that left and are remembered.
const LEFT: usize = 100;

/// The time on both clocks.
#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Since the machine was started, suspension included.
    pub boot: Duration,
    /// Unix milliseconds.
    pub wall: u64,
}

/// Whom a viewer that came by a share is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Badge {
    /// The share.
    pub share: Uuid,
    /// The guest's entry: one person, in as many tabs as it likes.
    pub guest: Uuid,
}

/// What guests and the owner's clients are to be told of a share.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct News {
    /// The share.
    pub share: Uuid,
    /// When it ends, in Unix milliseconds; 0: not soon any more.
    pub at: u64,
}

/// When a share ends, on both clocks: whichever gets there first ends it.
#[derive(Clone, Copy, Debug)]
struct End {
    boot: Duration,
    wall: u64,
}

/// What a share says. What a change said outranks what came with a guest, which may have been on its
/// way for a while.
#[derive(Clone, Copy, Debug)]
struct Said<T> {
    value: T,
    by_change: bool,
}

impl<T> Said<T> {
    fn hear(&mut self, value: T, by_change: bool) -> bool {
        let heard = by_change || !self.by_change;
        if heard {
            *self = Self { value, by_change };
        }
        heard
    }
}

#[derive(Debug)]
struct Share {
    id: Uuid,
    read_only: Said<bool>,
    end: Said<Option<End>>,
    revoked: bool,
    /// How many warnings stand.
    warned: usize,
}

impl Share {
    fn ends(&mut self, wall: u64, by_change: bool, now: Now) {
        // Heard again it keeps its time since boot: a clock that was set back gives nobody more.
        if self.end.value.is_some_and(|end| end.wall == wall) {
            self.end.by_change |= by_change;
            return;
        }
        let left = Duration::from_millis(wall.saturating_sub(now.wall));
        self.end.hear(Some(End { boot: now.boot.saturating_add(left), wall }), by_change);
    }

    fn is_over(&self, now: Now) -> bool {
        self.end.value.is_none_or(|end| end.boot <= now.boot || end.wall <= now.wall)
    }

    /// How many warnings are due.
    fn due(&self, now: Now) -> usize {
        let left = self.end.value.map_or(Duration::ZERO, |end| end.boot.saturating_sub(now.boot));
        WARNINGS.iter().filter(|lead| left <= **lead).count()
    }
}

#[derive(Debug)]
struct Guest {
    badge: Badge,
    /// Its attachments.
    here: usize,
    /// It was cut by hand and does not come in again.
    removed: bool,
    joined_at: u64,
    left_at: u64,
    keys: u64,
}

/// The shares that the session heard of, and their guests. Holds no memory before the first.
#[derive(Debug, Default)]
pub struct Shares {
    shares: Vec<Share>,
    guests: Vec<Guest>,
    /// Guests may type also while the owner is away.
    alone: bool,
    /// Since when no client of the owner is there.
    owner_left: Option<Duration>,
}

impl Shares {
    /// Nobody's. The owner is not there yet.
    pub fn new(alone: bool, now: Duration) -> Self {
        Self { alone, owner_left: Some(now), ..Self::default() }
    }

    /// Whether guests may type also while the owner is away.
    pub fn configure(&mut self, alone: bool) {
        self.alone = alone;
    }

    /// Whether clients of the owner are there.
    pub fn owner_is_here(&mut self, here: bool, now: Duration) {
        match here {
            true => self.owner_left = None,
            false => drop(self.owner_left.get_or_insert(now)),
        }
    }

    /// Whether no guest is here.
    pub fn nobody(&self) -> bool {
        self.guests.iter().all(|guest| guest.here == 0)
    }

    /// A guest attaches.
    ///
    /// # Errors
    /// How its share ended for it.
    pub fn admit(&mut self, badge: Badge, grant: &wire::Guest, now: Now) -> Result<Grant, How> {
        let share = self.share(badge.share);
        let new = share.end.value.is_none();
        share.read_only.hear(grant.read_only, false);
        share.ends(grant.ends_at, false, now);
        if new {
            share.warned = share.due(now);
        }
        let standing = self.standing(badge, now);
        if standing.is_ok() {
            let guest = self.guest(badge);
            if guest.joined_at == 0 {
                guest.joined_at = now.wall;
            }
            (guest.here, guest.left_at) = (guest.here + 1, 0);
        }
        self.forget_some();
        standing
    }

    /// One attachment of a guest is over.
    pub fn leave(&mut self, badge: Badge, wall: u64) {
        let guest = self.guest(badge);
        guest.here = guest.here.saturating_sub(1);
        if guest.here == 0 {
            guest.left_at = wall;
            // Who left last is forgotten last.
            if let Some(at) = self.guests.iter().position(|guest| guest.badge == badge) {
                let guest = self.guests.remove(at);
                self.guests.push(guest);
            }
        }
        self.forget_some();
    }

    /// A guest's input reached the shell.
    pub fn typed(&mut self, badge: Badge, keys: u64) {
        self.guest(badge).keys += keys;
    }

    /// Something about a share is different.
    pub fn change(&mut self, id: Uuid, change: &ShareChange, now: Now) {
        let share = self.share(id);
        let first = share.end.value.is_none();
        if let Some(read_only) = change.read_only {
            share.read_only.hear(read_only, true);
        }
        if let Some(ends_at) = change.ends_at {
            share.ends(ends_at, true, now);
            if first {
                share.warned = share.due(now);
            }
        }
        share.revoked |= change.revoke;
        self.forget_some();
    }

    /// A guest is not wanted any more.
    pub fn remove(&mut self, guest: Uuid) {
        let known = self.guests.iter().find(|known| known.badge.guest == guest);
        let share = known.map_or(Uuid::nil(), |known| known.badge.share);
        self.guest(Badge { share, guest }).removed = true;
        self.forget_some();
    }

    /// What a guest may do now.
    ///
    /// # Errors
    /// How its share ended for it.
    pub fn standing(&self, badge: Badge, now: Now) -> Result<Grant, How> {
        if self.guests.iter().any(|guest| guest.badge.guest == badge.guest && guest.removed) {
            return Err(How::Removed);
        }
        let Some(share) = self.shares.iter().find(|share| share.id == badge.share) else {
            return Err(How::Revoked);
        };
        match share.end.value {
            _ if share.revoked => Err(How::Revoked),
            Some(end) if !share.is_over(now) => Ok(Grant {
                read_only: share.read_only.value,
                owner_away: self.away(now.boot),
                ends_at: end.wall,
            }),
            _ => Err(How::TimeUp),
        }
    }

    /// Who is to be told what now: of shares with guests.
    pub fn news(&mut self, now: Now) -> Vec<News> {
        let guests = &self.guests;
        let here = |id| guests.iter().any(|guest| guest.here > 0 && guest.badge.share == id);
        let shares = self.shares.iter_mut().filter(|share| here(share.id));
        let told = shares.filter_map(|share| {
            let due = share.due(now);
            if std::mem::replace(&mut share.warned, due) == due {
                return None;
            }
            let at = share.end.value.filter(|_| due > 0).map_or(0, |end| end.wall);
            Some(News { share: share.id, at })
        });
        told.collect()
    }

    /// When guests must be looked at again, if nothing happens until then.
    pub fn next(&self, now: Duration) -> Option<Duration> {
        if self.nobody() {
            return None;
        }
        let away = self.owner_left.filter(|_| !self.alone).map(|left| left + AWAY);
        let ends = self.shares.iter().filter(|share| self.is_here(share.id)).flat_map(|share| {
            let end = share.end.value.map(|end| end.boot);
            let warnings = WARNINGS.map(|lead| end.map(|end| end.saturating_sub(lead)));
            [end, warnings[0], warnings[1]]
        });
        ends.chain([away]).flatten().filter(|at| *at > now).min()
    }

    /// What is known of guests, for receipts.
    pub fn seen(&self) -> Vec<GuestSeen> {
        let came = self.guests.iter().filter(|guest| guest.joined_at > 0);
        came.map(|guest| GuestSeen {
            guest: guest.badge.guest.as_bytes().to_vec(),
            share: guest.badge.share.as_bytes().to_vec(),
            joined_at: guest.joined_at,
            left_at: guest.left_at,
            keys: guest.keys,
        })
        .collect()
    }

    fn away(&self, now: Duration) -> bool {
        !self.alone && self.owner_left.is_some_and(|left| left + AWAY <= now)
    }

    fn is_here(&self, id: Uuid) -> bool {
        self.guests.iter().any(|guest| guest.here > 0 && guest.badge.share == id)
    }

    /// A share; heard of just now it says nothing yet. The one heard of last is at the end.
    fn share(&mut self, id: Uuid) -> &mut Share {
        let share = match self.shares.iter().position(|share| share.id == id) {
            Some(at) => self.shares.remove(at),
            None => {
                let (read_only, end) = (Said { value: true, by_change: false }, None);
                let end = Said { value: end, by_change: false };
                Share { id, read_only, end, revoked: false, warned: 0 }
            }
        };
        self.shares.push(share);
        let last = self.shares.len() - 1;
        &mut self.shares[last]
    }

    fn guest(&mut self, badge: Badge) -> &mut Guest {
        let at = self.guests.iter().position(|guest| guest.badge.guest == badge.guest);
        let at = at.unwrap_or_else(|| {
            let (here, removed, joined_at, left_at, keys) = (0, false, 0, 0, 0);
            self.guests.push(Guest { badge, here, removed, joined_at, left_at, keys });
            self.guests.len() - 1
        });
        &mut self.guests[at]
    }

    /// Keeps within the bounds; nobody who is here is forgotten.
    fn forget_some(&mut self) {
        while self.guests.iter().filter(|guest| guest.here == 0).count() > LEFT
            && let Some(at) = self.guests.iter().position(|guest| guest.here == 0)
        {
            self.guests.remove(at);
        }
        while self.shares.iter().filter(|share| !self.is_here(share.id)).count() > SHARES
            && let Some(at) = self.shares.iter().position(|share| !self.is_here(share.id))
        {
            self.shares.remove(at);
        }
    }
}

#[cfg(test)]
mod tests;
