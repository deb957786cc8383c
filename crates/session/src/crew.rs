//! Who is attached, who drives and who asks to: the attach policy and the baton. Pure: it knows no
//! connection, no screen and no clock.

use std::collections::BTreeMap;

use protocol::{
    id::ClientId,
    wire::{Policy, baton::Wish},
};

/// What somebody who is attached may do.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// A client of the owner that came to drive.
    Owner,
    /// A client of the owner that came to watch.
    Watcher,
    /// Somebody else who came to watch.
    Overseer,
}

impl Role {
    /// Whether it may ever drive.
    pub fn may_drive(self) -> bool {
        self == Self::Owner
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
    members: BTreeMap<u64, (ClientId, Role)>,
    driver: Option<u64>,
    /// Who asks to drive, the longest-asking first.
    asking: Vec<u64>,
}

impl Crew {
    /// Nobody yet.
    pub fn new(policy: Policy) -> Self {
        Self { policy, members: BTreeMap::new(), driver: None, asking: Vec::new() }
    }

    /// The attach policy.
    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Changes what the next client of the owner does. Who is attached stays so.
    pub fn set_policy(&mut self, policy: Policy) {
        self.policy = policy;
        if policy != Policy::Multi {
            self.asking.clear();
        }
    }

    /// Who drives.
    pub fn driver(&self) -> Option<u64> {
        self.driver
    }

    /// Which client drives.
    pub fn driving_client(&self) -> Option<ClientId> {
        self.driver.and_then(|driver| self.members.get(&driver)).map(|(client, _)| *client)
    }

    /// What this viewer may do.
    pub fn role(&self, number: u64) -> Option<Role> {
        self.members.get(&number).map(|(_, role)| *role)
    }

    /// Whether this viewer could drive as things are: now, or by asking.
    pub fn may_drive(&self, number: u64) -> bool {
        let may = self.role(number).is_some_and(Role::may_drive);
        may && (self.policy == Policy::Multi || self.driver.is_none_or(|driver| driver == number))
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
        let other = self.driver.filter(|_| self.driving_client() != Some(client));
        let (driving, replaced) = match other.filter(|_| role.may_drive()) {
            None => (role.may_drive(), None),
            Some(driver) => match self.policy {
                Policy::Multi => (take_over, take_over.then_some(driver)),
                Policy::Single if !take_over => return Admission::InUse(driver),
                Policy::Handoff if known && !take_over => return Admission::Replaced(driver),
                Policy::Single | Policy::Handoff => (true, Some(driver)),
            },
        };
        let mut leaves = replaced.filter(|_| self.policy != Policy::Multi);
        if role.may_drive() && leaves.is_none() {
            let same = |(_, known): &(&u64, &(ClientId, Role))| **known == (client, role);
            leaves = self.members.iter().find(same).map(|(number, _)| *number);
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

    /// A viewer types. True: it drives, maybe because nobody did.
    pub fn types(&mut self, number: u64) -> bool {
        if self.driver.is_none() && self.role(number).is_some_and(Role::may_drive) {
            self.drive(number);
        }
        self.driver == Some(number)
    }

    /// A viewer wants something about the baton.
    pub fn wish(&mut self, number: u64, wish: &Wish) -> Passing {
        let Some(role) = self.role(number) else { return Passing::Ignored };
        let drives = self.driver == Some(number);
        match *wish {
            _ if self.policy != Policy::Multi || !role.may_drive() => return Passing::Ignored,
            Wish::Ask(true) if self.driver.is_none() => self.drive(number),
            Wish::Ask(true) if !drives && !self.asks(number) => self.asking.push(number),
            Wish::Take(true) if !drives && role.may_take() => self.drive(number),
            Wish::Grant(to) if drives && to != number && self.may_drive(to) => self.drive(to),
            Wish::Refuse(to) if drives && self.asks(to) => {
                self.asking.retain(|asking| *asking != to);
                return Passing::Refused(to);
            }
            Wish::Release(true) if drives => {
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
