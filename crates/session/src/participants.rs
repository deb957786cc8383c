//! Everyone attached: their roles, the baton, guests and their shares, and the list of participants.
//! Does not depend on the screen, the PTY or input.

pub mod baton;
pub mod candidate;
pub mod closing;
mod roster;

use std::rc::Rc;

use protocol::{
    framing::Channel,
    id::ClientId,
    wire::{
        self, End, Present, Report, Rules, ShareEnding, Viewer as Person, baton::Wish,
        ended::Cause, notice, server_message::Body, share_end::How,
    },
};
use tokio::time::{Duration, Instant};

use crate::{
    attachments::{Attachment, Attachments},
    clock::{self, Now, since_boot, unix_millis},
    io::connection::Connection,
    participants::{
        baton::{Admission, Baton, Outcome, Role, is_idle},
        candidate::{Candidate, Kind},
        closing::Closing,
    },
    shares::Shares,
};

/// Longest loan of the baton: the longest share.
const MAX_LOAN: Duration = Duration::from_hours(3);

/// Shortest time between two lists per recipient, so that a crowd does not cause a list per member.
const ROSTER_INTERVAL: Duration = Duration::from_millis(1);

/// Baton lent for a limited time, between clients, so that reloading a page does not extend it.
struct Loan {
    /// Client that gets the baton back.
    from: ClientId,
    to: ClientId,
    until: Instant,
    until_millis: u64,
}

pub struct Participants {
    pub attachments: Attachments,
    last_number: u64,
    /// Roles and the driver.
    pub baton: Baton,
    /// Driver as of the last [`update`](Self::update).
    driver: Option<u64>,
    /// Last time that the driver typed or began to drive.
    last_typed: Option<Instant>,
    loan: Option<Loan>,
    pub shares: Shares,
    roster_due: Option<Instant>,
    roster_sent: Option<Instant>,
}

impl Participants {
    pub fn new(rules: &Rules) -> Self {
        Self {
            attachments: Attachments::default(),
            last_number: 0,
            baton: Baton::new(rules.policy(), rules.baton()),
            driver: None,
            last_typed: None,
            loan: None,
            shares: Shares::new(rules.guests_alone, since_boot()),
            roster_due: None,
            roster_sent: None,
        }
    }

    /// Attaches a candidate and closes the attachment that it displaces. `known` is set if its client has
    /// driven before. `accept` returns the highest input number of a client with this role.
    ///
    /// # Errors
    /// Closing of a rejected candidate.
    pub fn attach(
        &mut self,
        connection: &Rc<Connection>,
        candidate: Candidate,
        known: bool,
        accept: impl FnOnce(Role) -> u64,
    ) -> Result<(u64, Role), Closing> {
        let Candidate { client, person, take_over, .. } = candidate;
        let (role, guest) = match candidate.kind {
            Kind::Member(role) => (role, None),
            Kind::Guest(id, grant) => match self.shares.admit(id, &grant, clock::now()) {
                Ok(permissions) => (Role::of_guest(&permissions), Some(id)),
                Err(how) => return Err(Closing::share(how, unix_millis())),
            },
        };
        self.last_number += 1;
        let number = self.last_number;
        let admission = self.baton.attach(number, client, role, known, take_over);
        let (driving, displaces, replaced) = match admission {
            Admission::Joined { driving, displaces, replaced } => (driving, displaces, replaced),
            Admission::Replaced(by) => {
                return Err(Closing::displaced(self.person(by).map(Cause::TakenOver)));
            }
            Admission::InUse(by) => {
                return Err(Closing::displaced(self.person(by).map(Cause::InUse)));
            }
        };
        let replaced = replaced.and_then(|number| self.person(number));
        if let Some(displaced) = displaces.and_then(|number| self.remove(number)) {
            Closing::displaced(Some(Cause::TakenOver(person.clone()))).send(&displaced.connection);
        }
        let (version, accepted) = (protocol::VERSION, accept(role));
        let connection = Rc::clone(connection);
        let attachment = Attachment::new(connection, person, client, guest, candidate.position);
        attachment.send(Body::Welcome(wire::Welcome { version, accepted, driving, replaced }));
        self.attachments.insert(number, attachment);
        Ok((number, role))
    }

    fn person(&self, number: u64) -> Option<Person> {
        Some(self.attachments.get(&number)?.person.clone())
    }

    fn remove(&mut self, number: u64) -> Option<Attachment> {
        let attachment = self.attachments.remove(&number)?;
        if let Some(guest) = attachment.guest {
            self.shares.leave(guest, unix_millis());
        }
        Some(attachment)
    }

    /// Detaches. Returns the attachment, if there was one.
    pub fn leave(&mut self, number: u64) -> Option<Attachment> {
        let attachment = self.remove(number)?;
        self.baton.leave(number);
        Some(attachment)
    }

    pub fn driving(&self) -> Option<&Attachment> {
        self.attachments.get(&self.baton.driver()?)
    }

    /// Handles a request about the baton. Returns whether participants must be updated.
    pub fn request_baton(&mut self, number: u64, wish: &Wish, seconds: u32) -> bool {
        match self.baton.request(number, wish) {
            Outcome::Ignored => false,
            Outcome::Changed => {
                let client = |number| self.attachments.get(number).map(|it| it.client);
                if let (Wish::Grant(to), 1..) = (wish, seconds)
                    && let (Some(from), Some(to)) = (client(&number), client(to))
                {
                    let time = Duration::from_secs(seconds.into()).min(MAX_LOAN);
                    let until_millis =
                        unix_millis() + u64::try_from(time.as_millis()).unwrap_or_default();
                    self.loan = Some(Loan { from, to, until: Instant::now() + time, until_millis });
                }
                true
            }
            Outcome::Refused(requester) => {
                if let (Some(requester), Some(by)) =
                    (self.attachments.get(&requester), self.person(number))
                {
                    requester.notify(notice::Body::BatonRefused(by.who));
                }
                true
            }
        }
    }

    /// Returns a lent baton whose time is up. Returns whether participants must be updated.
    pub fn end_loan(&mut self, now: Instant) -> bool {
        let Some(loan) = self.loan.take_if(|loan| loan.until <= now) else { return false };
        let Some(driver) = self.baton.driver() else { return false };
        let receiver = {
            let lender = self.attachments.iter().filter(|(_, it)| it.client == loan.from);
            let mut receivers = lender.map(|(number, _)| *number).chain(self.baton.owner_client());
            receivers.find(|number| self.baton.may_drive(*number))
        };
        let wish = receiver.map_or(Wish::Release(true), Wish::Grant);
        self.request_baton(driver, &wish, 0)
    }

    /// Claims the baton for an attachment that types. Returns whether participants must be updated.
    pub fn claim_by_typing(&mut self, number: u64, pasting: bool, now: Instant) -> bool {
        let inactivity = self.last_typed.map(|at| now.saturating_duration_since(at));
        self.baton.driver() != Some(number)
            && self.baton.claim_by_typing(number, is_idle(inactivity, pasting))
    }

    /// Returns whether an attachment drives, and records that the driver `types`.
    pub fn drives(&mut self, number: u64, types: bool, now: Instant) -> bool {
        let drives = self.baton.driver() == Some(number);
        if drives && types {
            self.last_typed = Some(now);
        }
        drives
    }

    /// Updates attachments after a change of the baton. Returns the driver if it is a new one.
    pub fn update(&mut self) -> Option<&Attachment> {
        let now = Instant::now();
        let driver = self.baton.driver();
        let mut owner_present = false;
        for (number, attachment) in &mut self.attachments {
            attachment.watching = driver != Some(*number);
            owner_present |= self.baton.is_owners(*number);
        }
        self.shares.set_owner_present(owner_present, since_boot());
        self.request_roster(now);
        if std::mem::replace(&mut self.driver, driver) == driver {
            return None;
        }
        let attachment = self.attachments.get_mut(&driver?)?;
        attachment.refusal_sent = false;
        self.last_typed = Some(now);
        self.loan.take_if(|loan| loan.to != attachment.client);
        Some(attachment)
    }

    /// Returns the guests whose role changed, and those whose share has ended with the reason.
    pub fn review_guests(&mut self, now: Now) -> (Vec<u64>, Vec<(u64, How)>) {
        let (mut changed, mut ended) = (Vec::new(), Vec::new());
        for (&number, attachment) in &self.attachments {
            let Some(guest) = attachment.guest else { continue };
            let role = match self.shares.permissions(guest, now) {
                Ok(permissions) => Role::of_guest(&permissions),
                Err(how) => {
                    ended.push((number, how));
                    Role::Spectator
                }
            };
            // Roles change before anyone is evicted, so that the baton cannot pass to such a guest.
            if self.baton.set_role(number, role) {
                changed.push(number);
            }
        }
        (changed, ended)
    }

    /// Reason that the share of an attachment has ended, if it has.
    pub fn share_end(&self, number: u64) -> Option<How> {
        let guest = self.attachments.get(&number)?.guest?;
        self.shares.permissions(guest, clock::now()).err()
    }

    pub fn notify_owner(&self, body: &notice::Body) {
        for (_, attachment) in self.attachments.iter().filter(|(it, _)| self.baton.is_owners(**it))
        {
            attachment.notify(body.clone());
        }
    }

    /// Sends due warnings about ends of shares to their guests and the owner.
    pub fn warn_of_share_ends(&mut self, now: Now) {
        for warning in self.shares.take_warnings(now) {
            let share = warning.share.as_bytes().to_vec();
            let body = notice::Body::ShareEnding(ShareEnding { share, at: warning.at });
            for (number, attachment) in &self.attachments {
                let concerned = match attachment.guest {
                    Some(guest) => guest.share == warning.share,
                    None => self.baton.is_owners(*number),
                };
                if concerned {
                    attachment.notify(body.clone());
                }
            }
        }
    }

    /// Schedules the list of participants, at the earliest permitted time.
    pub fn request_roster(&mut self, now: Instant) {
        let interval = ROSTER_INTERVAL * count(self.attachments.len());
        let earliest = self.roster_sent.map_or(now, |sent| sent + interval);
        self.roster_due.get_or_insert(earliest.max(now));
    }

    pub fn send_due_roster(&mut self, now: Instant) {
        if self.roster_due.take_if(|at| *at <= now).is_none() {
            return;
        }
        self.roster_sent = Some(now);
        let encode = roster::encode(self.list(), self.baton.policy());
        let clock = clock::now();
        for (number, attachment) in &self.attachments {
            let permissions = |guest| self.shares.permissions(guest, clock).ok();
            let body = encode(*number, attachment.guest.and_then(permissions));
            attachment.connection.send(Channel::Message, &body);
        }
    }

    fn list(&self) -> Vec<Present> {
        let loan_ends = self.loan.as_ref().map_or(0, |loan| loan.until_millis);
        roster::list(&self.attachments, &self.baton, loan_ends)
    }

    /// Time at which a list of participants or the end of a loan is due.
    pub fn deadline(&self) -> Option<Instant> {
        self.roster_due.into_iter().chain(self.loan.as_ref().map(|loan| loan.until)).min()
    }

    pub fn report(&self) -> Report {
        let person = |number: Option<u64>| number.and_then(|it| self.person(it));
        let is_guest = |number: &u64| self.baton.role(*number).is_some_and(Role::is_guest);
        let guests = self.attachments.values().filter(|it| it.guest.is_some()).count();
        Report {
            driver: person(self.baton.owner_client()),
            guest_driver: person(self.baton.driver().filter(is_guest)),
            viewers: count(self.attachments.len() - guests),
            guests: count(guests),
            seen: self.shares.seen(),
            present: roster::reported(self.list()),
            asking: count(self.baton.request_count()),
            ..Report::default()
        }
    }

    pub fn close_all(&mut self, end: &End) {
        for (number, attachment) in std::mem::take(&mut self.attachments) {
            self.baton.leave(number);
            if let Some(guest) = attachment.guest {
                self.shares.leave(guest, end.at);
            }
            Closing::session(end, attachment.guest.is_some()).send(&attachment.connection);
        }
    }
}

fn count(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
