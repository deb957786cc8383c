//! The attach policy, roles and the baton: admission, driver, requests. Pure: does not
//! depend on connections.

use std::{collections::BTreeMap, time::Duration};

use protocol::{
    id::ClientId,
    wire::{BatonRule, Grant, Policy, baton::Wish},
};

/// Inactivity of the driver after which typing may claim a free baton.
const IDLE: Duration = Duration::from_secs(2);

/// The same during a paste, whose chunks may be that far apart.
const PASTE_IDLE: Duration = Duration::from_secs(10);

/// Returns whether a driver is idle after this inactivity; none if it never typed.
pub fn is_idle(inactivity: Option<Duration>, pasting: bool) -> bool {
    let limit = if pasting { PASTE_IDLE } else { IDLE };
    inactivity.is_none_or(|inactivity| inactivity >= limit)
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Role {
    /// Client of the owner that attached to drive.
    Owner,
    /// Client of the owner that attached to watch.
    Watcher,
    /// Another member who attached to watch.
    Overseer,
    /// Guest who may type.
    Guest,
    /// Guest who may not type, now or at all.
    Spectator,
}

impl Role {
    pub fn of_guest(permissions: &Grant) -> Self {
        match permissions.read_only || permissions.owner_away {
            true => Self::Spectator,
            false => Self::Guest,
        }
    }

    pub fn may_drive(self) -> bool {
        matches!(self, Self::Owner | Self::Guest)
    }

    pub fn is_guest(self) -> bool {
        matches!(self, Self::Guest | Self::Spectator)
    }

    /// Returns whether its activity counts as the owner's and whether it receives the owner's notices.
    pub fn is_owners(self) -> bool {
        matches!(self, Self::Owner | Self::Watcher)
    }
}

/// Result of an attempt to attach.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Joined {
        driving: bool,
        /// Attachment to close in its favour: the driver, or the last attachment of the same client.
        displaces: Option<u64>,
        /// Previous driver, if that was another client.
        replaced: Option<u64>,
    },
    /// Rejected: the given attachment replaced this client as driver since it was last attached.
    Replaced(u64),
    /// Rejected: the given attachment drives.
    InUse(u64),
}

/// Result of a request about the baton.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Outcome {
    Ignored,
    /// The driver or the pending requests changed.
    Changed,
    /// The request of the given attachment was refused.
    Refused(u64),
}

/// The right to drive, and the clients among which it passes.
#[derive(Debug)]
pub struct Baton {
    policy: Policy,
    rule: BatonRule,
    clients: BTreeMap<u64, (ClientId, Role)>,
    driver: Option<u64>,
    /// Pending requests to drive, oldest first.
    requests: Vec<u64>,
}

impl Baton {
    pub fn new(policy: Policy, rule: BatonRule) -> Self {
        Self { policy, rule, clients: BTreeMap::new(), driver: None, requests: Vec::new() }
    }

    pub fn policy(&self) -> Policy {
        self.policy
    }

    /// Changes the policy for clients that attach later and the rule for guests.
    pub fn configure(&mut self, policy: Policy, rule: BatonRule) {
        (self.policy, self.rule) = (policy, rule);
        if policy != Policy::Multi {
            let clients = &self.clients;
            self.requests.retain(|it| clients.get(it).is_some_and(|(_, role)| role.is_guest()));
        }
    }

    /// Changes the role of a guest, which may pass the baton on. Returns whether the role changed.
    pub fn set_role(&mut self, number: u64, role: Role) -> bool {
        let Some((_, current)) = self.clients.get_mut(&number) else { return false };
        let changed = std::mem::replace(current, role) != role;
        if changed && !role.may_drive() {
            self.drop_request(number);
            self.driver.take_if(|driver| *driver == number);
            self.pass_on();
        }
        changed
    }

    pub fn driver(&self) -> Option<u64> {
        self.driver
    }

    /// Client of the owner that drives or, while a guest drives, attached to drive.
    pub fn owner_client(&self) -> Option<u64> {
        self.other_owner_client(None)
    }

    pub fn role(&self, number: u64) -> Option<Role> {
        self.clients.get(&number).map(|(_, role)| *role)
    }

    pub fn is_owners(&self, number: u64) -> bool {
        self.role(number).is_some_and(Role::is_owners)
    }

    /// Returns whether the attachment could drive at present, immediately or on request.
    pub fn may_drive(&self, number: u64) -> bool {
        let may = self.role(number).is_some_and(Role::may_drive);
        may && (self.driver.is_none_or(|driver| driver == number) || self.may_receive(number))
    }

    pub fn has_requested(&self, number: u64) -> bool {
        self.requests.contains(&number)
    }

    pub fn request_count(&self) -> usize {
        self.requests.len()
    }

    /// `known` is set if the client drove before, `take_over` if the user chose to take over.
    pub fn attach(
        &mut self,
        number: u64,
        client: ClientId,
        role: Role,
        known: bool,
        take_over: bool,
    ) -> Admission {
        let other = self.driver.filter(|driver| !self.is_same_client(*driver, client, role));
        let mut displaces = None;
        if role == Role::Owner && self.policy != Policy::Multi {
            displaces = self.other_owner_client(Some(client));
            match (self.policy, displaces) {
                (Policy::Single, Some(rival)) if !take_over => return Admission::InUse(rival),
                (Policy::Handoff, Some(rival)) if known && !take_over => {
                    return Admission::Replaced(rival);
                }
                _ => {}
            }
        }
        // The driver keeps the baton unless it is displaced or the user takes over.
        let driving = match role {
            Role::Owner => other.is_none_or(|other| take_over || displaces == Some(other)),
            Role::Guest => self.driver.is_some() && other.is_none(),
            Role::Watcher | Role::Overseer | Role::Spectator => false,
        };
        let replaced = other.filter(|_| driving);
        if displaces.is_none() && (role.may_drive() || role.is_guest()) {
            let mut clients = self.clients.keys().copied();
            displaces = clients.find(|number| self.is_same_client(*number, client, role));
        }
        if let Some(displaced) = displaces {
            self.remove(displaced);
        }
        self.clients.insert(number, (client, role));
        if driving {
            self.give_to(number);
        }
        Admission::Joined { driving, displaces, replaced }
    }

    /// Detaches. The oldest request gets the baton if the driver left.
    pub fn leave(&mut self, number: u64) {
        self.remove(number);
        self.pass_on();
    }

    /// Claims the baton by typing, which succeeds if it is free: without a driver, or under the free rule
    /// with an `idle` one. Returns whether the attachment drives.
    pub fn claim_by_typing(&mut self, number: u64, idle: bool) -> bool {
        let free = match self.driver {
            None => true,
            Some(driver) => {
                let guests = self.is_guest(driver) || self.is_guest(number);
                idle && guests && self.rule == BatonRule::Free
            }
        };
        if free && self.role(number).is_some_and(Role::may_drive) {
            self.give_to(number);
        }
        self.driver == Some(number)
    }

    pub fn request(&mut self, number: u64, wish: &Wish) -> Outcome {
        let Some(role) = self.role(number) else { return Outcome::Ignored };
        let drives = self.driver == Some(number);
        match *wish {
            _ if !role.may_drive() => return Outcome::Ignored,
            Wish::Ask(true) | Wish::Take(true) if !self.may_receive(number) => {
                return Outcome::Ignored;
            }
            Wish::Ask(true) if self.driver.is_none() => self.give_to(number),
            Wish::Ask(true) if !drives && !self.has_requested(number) => self.requests.push(number),
            Wish::Take(true) if !drives && role == Role::Owner => self.give_to(number),
            Wish::Grant(to) if drives && to != number && self.may_drive(to) => self.give_to(to),
            Wish::Refuse(to) if drives && self.has_requested(to) => {
                self.drop_request(to);
                return Outcome::Refused(to);
            }
            Wish::Release(true) if drives && self.may_release(number) => {
                self.driver = None;
                self.pass_on();
            }
            Wish::Release(true) if self.has_requested(number) => self.drop_request(number),
            _ => return Outcome::Ignored,
        }
        Outcome::Changed
    }

    fn is_guest(&self, number: u64) -> bool {
        self.role(number).is_some_and(Role::is_guest)
    }

    /// Returns whether an attachment is of the same client. Guests and members never share a client.
    fn is_same_client(&self, number: u64, client: ClientId, role: Role) -> bool {
        self.clients.get(&number).is_some_and(|(id, current)| {
            *id == client && (*current == role || (current.is_guest() && role.is_guest()))
        })
    }

    /// Client of the owner, other than the given one, that drives or attached to.
    fn other_owner_client(&self, client: Option<ClientId>) -> Option<u64> {
        let other = |(number, (id, role)): (&u64, &(ClientId, Role))| {
            (*role == Role::Owner && Some(*id) != client).then_some(*number)
        };
        let driver = self.driver.filter(|driver| self.role(*driver) == Some(Role::Owner));
        match driver.and_then(|driver| self.clients.get_key_value(&driver)) {
            Some(driver) => other(driver),
            None => self.clients.iter().find_map(other),
        }
    }

    /// Returns whether this attachment may get the baton. The policy applies only between clients
    /// of the owner.
    fn may_receive(&self, number: u64) -> bool {
        self.policy == Policy::Multi
            || self.is_guest(number)
            || match self.driver {
                Some(driver) => self.is_guest(driver),
                None => self.clients.values().any(|(_, role)| role.is_guest()),
            }
    }

    /// Returns whether this driver may release the baton: it is a guest, or another client could drive.
    fn may_release(&self, number: u64) -> bool {
        self.policy == Policy::Multi
            || self.is_guest(number)
            || self.clients.values().any(|(_, role)| *role == Role::Guest)
    }

    fn give_to(&mut self, number: u64) {
        self.driver = Some(number);
        self.drop_request(number);
    }

    fn pass_on(&mut self) {
        if self.driver.is_none()
            && let Some(next) = self.requests.first().copied()
        {
            self.give_to(next);
        }
    }

    fn drop_request(&mut self, number: u64) {
        self.requests.retain(|request| *request != number);
    }

    fn remove(&mut self, number: u64) {
        self.clients.remove(&number);
        self.drop_request(number);
        self.driver.take_if(|driver| *driver == number);
    }
}

#[cfg(test)]
mod tests;
