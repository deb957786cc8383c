//! Who is attached, who drives and who asks to: the attach policy and the baton. Pure: it knows no
//! connection, no screen and no clock.

use std::{collections::BTreeMap, time::Duration};

use protocol::{
    id::ClientId,
    wire::{BatonRule, Policy, baton::Wish},
};

/// Who types may take over a free baton once its driver did nothing for this long.
const IDLE_DRIVER: Duration = Duration::from_secs(2);

/// The same in the middle of a paste: its pieces may be that far apart.
const PASTE_PAUSE: Duration = Duration::from_secs(10);

/// Whether a driver is idle that did nothing for so long; none: it never did anything.
pub fn is_idle(quiet: Option<Duration>, pasting: bool) -> bool {
    let patience = if pasting { PASTE_PAUSE } else { IDLE_DRIVER };
    quiet.is_none_or(|quiet| quiet >= patience)
}

/// What somebody who is attached may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A client of the owner that came to drive.
    Owner,
    /// A client of the owner that came to watch.
    Watcher,
    /// Somebody else who came to watch.
    Overseer,
    /// Somebody who came by a share and may type.
    Guest,
    /// Somebody who came by a share and may not type, now or at all.
    Spectator,
}

impl Role {
    /// Whether it may drive, for as long as it has this role.
    pub fn may_drive(self) -> bool {
        matches!(self, Self::Owner | Self::Guest)
    }

    /// Whether it came by a share.
    pub fn is_guest(self) -> bool {
        matches!(self, Self::Guest | Self::Spectator)
    }

    /// Whether it may take the baton from who holds it.
    pub fn may_take(self) -> bool {
        self == Self::Owner
    }

    /// Whether what it does is the owner's activity, and the owner's warnings are for it.
    pub fn is_owners(self) -> bool {
        matches!(self, Self::Owner | Self::Watcher)
    }
}

/// What becomes of somebody who attaches.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// Attached.
    Joined {
        /// It drives.
        driving: bool,
        /// The viewer that is detached in its favour: who drove, or the same client's last attachment.
        leaves: Option<u64>,
        /// Who drove until now, when that was another client.
        replaced: Option<u64>,
    },
    /// Turned away: this one drives instead of it since it was last here.
    Replaced(u64),
    /// Turned away: this one drives.
    InUse(u64),
}

/// What a wish about the baton did.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Passing {
    /// Nothing.
    Ignored,
    /// Who drives or who asks is not the same any more.
    Changed,
    /// This viewer's question was answered with no.
    Refused(u64),
}

/// Everybody who is attached, by number.
#[derive(Debug)]
pub struct Crew {
    policy: Policy,
    baton: BatonRule,
    members: BTreeMap<u64, (ClientId, Role)>,
    driver: Option<u64>,
    /// Who asks to drive, the longest-asking first.
    asking: Vec<u64>,
}

impl Crew {
    /// Nobody yet.
    pub fn new(policy: Policy, baton: BatonRule) -> Self {
        Self { policy, baton, members: BTreeMap::new(), driver: None, asking: Vec::new() }
    }

    /// The attach policy.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Changes what the next client of the owner does, and how guests get to drive. Who is attached stays so.
    pub fn configure(&mut self, policy: Policy, baton: BatonRule) {
        (self.policy, self.baton) = (policy, baton);
        if policy != Policy::Multi {
            let members = &self.members;
            self.asking.retain(|one| members.get(one).is_some_and(|(_, role)| role.is_guest()));
        }
    }

    /// What somebody who came by a share may do is different from now on. True if it is; then somebody
    /// else may drive.
    pub fn set_role(&mut self, number: u64, role: Role) -> bool {
        let Some((_, known)) = self.members.get_mut(&number) else { return false };
        let changed = std::mem::replace(known, role) != role;
        if changed && !role.may_drive() {
            self.asking.retain(|asking| *asking != number);
            self.driver.take_if(|driver| *driver == number);
            self.hand_on();
        }
        changed
    }

    /// Who drives.
    pub fn driver(&self) -> Option<u64> {
        self.driver
    }

    /// The client of the owner that drives or, while a guest does, came to drive.
    pub fn holder(&self) -> Option<u64> {
        self.rival(None)
    }

    /// What this viewer may do.
    pub fn role(&self, number: u64) -> Option<Role> {
        self.members.get(&number).map(|(_, role)| *role)
    }

    /// Whether this viewer could drive as things are: now, or by asking.
    pub fn may_drive(&self, number: u64) -> bool {
        let may = self.role(number).is_some_and(Role::may_drive);
        may && (self.driver.is_none_or(|driver| driver == number) || self.is_open_to(number))
    }

    /// Whether this viewer asks to drive.
    pub fn asks(&self, number: u64) -> bool {
        self.asking.contains(&number)
    }

    /// How many ask to drive.
    pub fn asking(&self) -> usize {
        self.asking.len()
    }

    /// `client` attaches as viewer `number`. `known` says that it drove before; `take_over` that a person
    /// asks for it.
    pub fn attach(
        &mut self,
        number: u64,
        client: ClientId,
        role: Role,
        known: bool,
        take_over: bool,
    ) -> Admission {
        let other = self.driver.filter(|driver| !self.is_same(*driver, client, role));
        let mut leaves = None;
        if role == Role::Owner && self.policy != Policy::Multi {
            leaves = self.rival(Some(client));
            match (self.policy, leaves) {
                (Policy::Single, Some(rival)) if !take_over => return Admission::InUse(rival),
                (Policy::Handoff, Some(rival)) if known && !take_over => {
                    return Admission::Replaced(rival);
                }
                _ => {}
            }
        }
        // Who drives goes on driving, unless it leaves for this one or a person says otherwise.
        let driving = match role {
            Role::Owner => other.is_none_or(|other| take_over || leaves == Some(other)),
            Role::Guest => self.driver.is_some() && other.is_none(),
            Role::Watcher | Role::Overseer | Role::Spectator => false,
        };
        let replaced = other.filter(|_| driving);
        if leaves.is_none() && (role.may_drive() || role.is_guest()) {
            let mut members = self.members.keys().copied();
            leaves = members.find(|number| self.is_same(*number, client, role));
        }
        if let Some(leaver) = leaves {
            self.forget(leaver);
        }
        self.members.insert(number, (client, role));
        if driving {
            self.drive(number);
        }
        Admission::Joined { driving, leaves, replaced }
    }

    /// A viewer is gone. Who asked longest drives, if it was the driver.
    pub fn leave(&mut self, number: u64) {
        self.forget(number);
        self.hand_on();
    }

    /// A viewer types; `idle` says that who drives did nothing for a while. True: it drives, maybe
    /// because nobody did or because the baton is free.
    pub fn types(&mut self, number: u64, idle: bool) -> bool {
        let free = match self.driver {
            None => true,
            Some(driver) => {
                let guests = self.is_guest(driver) || self.is_guest(number);
                idle && guests && self.baton == BatonRule::Free
            }
        };
        if free && self.role(number).is_some_and(Role::may_drive) {
            self.drive(number);
        }
        self.driver == Some(number)
    }

    /// A viewer wants something about the baton.
    pub fn wish(&mut self, number: u64, wish: &Wish) -> Passing {
        let Some(role) = self.role(number) else { return Passing::Ignored };
        let drives = self.driver == Some(number);
        match *wish {
            _ if !role.may_drive() => return Passing::Ignored,
            Wish::Ask(true) | Wish::Take(true) if !self.is_open_to(number) => {
                return Passing::Ignored;
            }
            Wish::Ask(true) if self.driver.is_none() => self.drive(number),
            Wish::Ask(true) if !drives && !self.asks(number) => self.asking.push(number),
            Wish::Take(true) if !drives && role.may_take() => self.drive(number),
            Wish::Grant(to) if drives && to != number && self.may_drive(to) => self.drive(to),
            Wish::Refuse(to) if drives && self.asks(to) => {
                self.asking.retain(|asking| *asking != to);
                return Passing::Refused(to);
            }
            Wish::Release(true) if drives && self.may_release(number) => {
                self.driver = None;
                self.hand_on();
            }
            Wish::Release(true) if self.asks(number) => {
                self.asking.retain(|asking| *asking != number);
            }
            _ => return Passing::Ignored,
        }
        Passing::Changed
    }

    fn is_guest(&self, number: u64) -> bool {
        self.role(number).is_some_and(Role::is_guest)
    }

    /// Whether this is an attachment of the same client. What came by a share is never a member's.
    fn is_same(&self, number: u64, client: ClientId, role: Role) -> bool {
        self.members.get(&number).is_some_and(|(known, as_what)| {
            *known == client && (*as_what == role || (as_what.is_guest() && role.is_guest()))
        })
    }

    /// The client of the owner, another than this one, that drives or came to.
    fn rival(&self, client: Option<ClientId>) -> Option<u64> {
        let owners = |(number, (known, role)): (&u64, &(ClientId, Role))| {
            (*role == Role::Owner && Some(*known) != client).then_some(*number)
        };
        let drives = self.driver.filter(|driver| self.role(*driver) == Some(Role::Owner));
        match drives.and_then(|driver| self.members.get_key_value(&driver)) {
            Some(driver) => owners(driver),
            None => self.members.iter().find_map(owners),
        }
    }

    /// Whether the baton may pass between who drives and this viewer: the policy is between clients of
    /// the owner only.
    fn is_open_to(&self, number: u64) -> bool {
        self.policy == Policy::Multi
            || self.is_guest(number)
            || match self.driver {
                Some(driver) => self.is_guest(driver),
                None => self.members.values().any(|(_, role)| role.is_guest()),
            }
    }

    /// Whether this viewer may let go: somebody else could drive, or it is a guest.
    fn may_release(&self, number: u64) -> bool {
        self.policy == Policy::Multi
            || self.is_guest(number)
            || self.members.values().any(|(_, role)| *role == Role::Guest)
    }

    fn drive(&mut self, number: u64) {
        self.driver = Some(number);
        self.asking.retain(|asking| *asking != number);
    }

    fn hand_on(&mut self) {
        if self.driver.is_none()
            && let Some(next) = self.asking.first().copied()
        {
            self.drive(next);
        }
    }

    fn forget(&mut self, number: u64) {
        self.members.remove(&number);
        self.asking.retain(|asking| *asking != number);
        self.driver.take_if(|driver| *driver == number);
    }
}

#[cfg(test)]
mod tests;
