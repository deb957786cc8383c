//! Everyone attached: their roles, the baton, guests and their shares, and the list of participants.
//! Knows no screen, PTY or input.

pub mod baton;
pub mod role;
mod roster;
mod tenure;

use std::time::Duration;

use protocol::{
    framing::Channel,
    id::ClientId,
    wire::{
        self, BatonRule, End, Policy, Report, Rules, ShareChange, ShareEnding, Theme,
        Viewer as Person, baton::Wish, notice, server_message::Body, share_end::How,
    },
};
use screen::Size;
use tokio::time::Instant;
use uuid::Uuid;

use crate::{
    attachments::{
        Attachments,
        attachment::Attachment,
        candidate::{Candidate, Kind},
        closing::Closing,
    },
    clock::{self, Now, since_boot, unix_millis},
    participants::{
        baton::{Admission, Baton, Outcome},
        role::Role,
        roster::{Roster, Schedule},
        tenure::Tenure,
    },
    sharing::shares::{GuestId, Shares},
};

/// Everyone attached.
pub struct Participants {
    /// The attachments.
    pub attachments: Attachments,
    baton: Baton,
    tenure: Tenure,
    /// Driver as of the last [`update`](Self::update).
    driver: Option<u64>,
    shares: Shares,
    roster: Schedule,
}

/// A candidate that may attach.
pub struct Admitted {
    /// Number of the attachment.
    pub number: u64,
    /// Role of the attachment.
    pub role: Role,
    /// Guest, for a candidate with a share.
    pub guest: Option<GuestId>,
    /// The attachment drives.
    pub driving: bool,
    /// Driver that was replaced.
    pub replaced: Option<Person>,
}

/// A new driver, with the properties that the terminal adopts.
pub struct NewDriver {
    /// Client of the driver.
    pub client: ClientId,
    /// Size of its page.
    pub size: Option<Size>,
    /// Default colors of its page.
    pub theme: Option<Theme>,
}

/// Guests whose permissions changed.
#[derive(Default)]
pub struct Review {
    /// Guests with another role. Their queued input no longer counts.
    pub changed: Vec<u64>,
    /// Guests whose share has ended, and the reason.
    pub ended: Vec<(u64, How)>,
}

impl Participants {
    /// Participants of a new session.
    pub fn new(rules: &Rules) -> Self {
        Self {
            attachments: Attachments::default(),
            baton: Baton::new(rules.policy(), rules.baton()),
            tenure: Tenure::default(),
            driver: None,
            shares: Shares::new(rules.guests_alone, since_boot()),
            roster: Schedule::default(),
        }
    }

    /// Applies new rules, also to current participants.
    pub fn configure(&mut self, policy: Policy, rule: BatonRule, guests_alone: bool) {
        self.baton.configure(policy, rule);
        self.shares.configure(guests_alone);
    }

    /// Admits a candidate and closes the attachment that it displaces. `known` is set if its client has
    /// driven before.
    ///
    /// # Errors
    /// Closing of a rejected candidate.
    pub fn admit(&mut self, candidate: &Candidate, known: bool) -> Result<Admitted, Closing> {
        let (role, guest) = match &candidate.kind {
            Kind::Owner => (Role::Owner, None),
            Kind::Watcher => (Role::Watcher, None),
            Kind::Overseer => (Role::Overseer, None),
            Kind::Guest(id, grant) => match self.shares.admit(*id, grant, clock::now()) {
                Ok(permissions) => (Role::of_guest(&permissions), Some(*id)),
                Err(how) => return Err(Closing::share(how, unix_millis())),
            },
        };
        let number = self.attachments.next_number();
        let (client, take_over) = (candidate.client, candidate.take_over);
        match self.baton.attach(number, client, role, known, take_over) {
            Admission::Joined { driving, displaces, replaced } => {
                let replaced = replaced.and_then(|number| self.attachments.person(number));
                if let Some(displaced) = displaces.and_then(|number| self.remove(number)) {
                    Closing::taken_over(Some(candidate.person.clone())).send(&displaced.connection);
                }
                Ok(Admitted { number, role, guest, driving, replaced })
            }
            Admission::Replaced(by) => Err(Closing::taken_over(self.attachments.person(by))),
            Admission::InUse(by) => Err(Closing::in_use(self.attachments.person(by))),
        }
    }

    /// Sends the first message of an attachment and adds it.
    pub fn add(&mut self, admitted: Admitted, attachment: Attachment, accepted: u64) {
        let Admitted { number, driving, replaced, .. } = admitted;
        let version = protocol::VERSION;
        attachment.send(Body::Welcome(wire::Welcome { version, accepted, driving, replaced }));
        self.attachments.insert(number, attachment);
    }

    fn remove(&mut self, number: u64) -> Option<Attachment> {
        let attachment = self.attachments.remove(number)?;
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

    /// Role of an attachment.
    pub fn role(&self, number: u64) -> Option<Role> {
        self.baton.role(number)
    }

    /// Returns whether an attachment belongs to the owner.
    pub fn is_owners(&self, number: u64) -> bool {
        self.baton.is_owners(number)
    }

    /// Attachment of the current driver.
    pub fn driving(&self) -> Option<&Attachment> {
        self.attachments.get(self.baton.driver()?)
    }

    /// Handles a request about the baton. A grant lasts for `seconds`, or indefinitely if 0. Returns
    /// whether participants must be updated.
    pub fn request_baton(&mut self, number: u64, wish: &Wish, seconds: u32) -> bool {
        match self.baton.request(number, wish) {
            Outcome::Ignored => false,
            Outcome::Changed => {
                let client = |number| self.attachments.get(number).map(|it| it.client);
                if let (Wish::Grant(to), 1..) = (wish, seconds)
                    && let (Some(from), Some(to)) = (client(number), client(*to))
                {
                    let time = Duration::from_secs(seconds.into());
                    self.tenure.lend(from, to, time, Instant::now(), unix_millis());
                }
                true
            }
            Outcome::Refused(requester) => {
                if let (Some(requester), Some(by)) =
                    (self.attachments.get(requester), self.attachments.person(number))
                {
                    requester.notify(notice::Body::BatonRefused(by.who));
                }
                true
            }
        }
    }

    /// Returns a lent baton whose time is up, to the owner if the lender is gone. Returns whether
    /// participants must be updated.
    pub fn end_loan(&mut self, now: Instant) -> bool {
        let Some(loan) = self.tenure.take_expired(now) else { return false };
        let Some(driver) = self.baton.driver() else { return false };
        let receiver = {
            let lender = self.attachments.iter().filter(|(_, it)| it.client == loan.from);
            let mut receivers = lender.map(|(number, _)| number).chain(self.baton.owner_client());
            receivers.find(|number| self.baton.may_drive(*number))
        };
        let wish = receiver.map_or(Wish::Release(true), Wish::Grant);
        self.request_baton(driver, &wish, 0)
    }

    /// Claims the baton for an attachment that types. Returns whether participants must be updated.
    pub fn claim_by_typing(&mut self, number: u64, pasting: bool, now: Instant) -> bool {
        self.baton.driver() != Some(number)
            && self.baton.claim_by_typing(number, self.tenure.is_idle(pasting, now))
    }

    /// Returns whether an attachment drives, and records that the driver `types`.
    pub fn drives(&mut self, number: u64, types: bool, now: Instant) -> bool {
        let drives = self.baton.driver() == Some(number);
        if drives && types {
            self.tenure.record(now);
        }
        drives
    }

    /// Updates attachments after a change of the baton and schedules a list of participants. Returns the
    /// driver if it is a new one.
    pub fn update(&mut self) -> Option<NewDriver> {
        let now = Instant::now();
        let driver = self.baton.driver();
        let mut owner_present = false;
        for (number, attachment) in self.attachments.iter_mut() {
            attachment.watching = driver != Some(number);
            owner_present |= self.baton.is_owners(number);
        }
        self.shares.set_owner_present(owner_present, since_boot());
        self.request_roster(now);
        if std::mem::replace(&mut self.driver, driver) == driver {
            return None;
        }
        let attachment = self.attachments.get_mut(driver?)?;
        attachment.refusal_sent = false;
        self.tenure.begin(attachment.client, now);
        Some(NewDriver {
            client: attachment.client,
            size: attachment.size,
            theme: attachment.theme,
        })
    }

    /// Counts keys of a guest that reached the shell.
    pub fn count_keys(&mut self, guest: GuestId, keys: u64) {
        self.shares.count_keys(guest, keys);
    }

    /// Changes a share.
    pub fn change_share(&mut self, share: Uuid, change: &ShareChange) {
        self.shares.change(share, change, clock::now());
    }

    /// Removes a guest for the rest of the session.
    pub fn remove_guest(&mut self, guest: Uuid) {
        self.shares.remove(guest);
    }

    /// Returns whether a guest is attached.
    pub fn has_guests(&self) -> bool {
        self.shares.has_guests()
    }

    /// Time of the next check of the guests.
    pub fn next_check(&self) -> Option<Duration> {
        self.shares.next_check(since_boot())
    }

    /// Applies the current permissions of all guests.
    pub fn review_guests(&mut self, now: Now) -> Review {
        let guests = self.attachments.iter().filter_map(|(number, attachment)| {
            attachment.guest.map(|guest| (number, self.shares.permissions(guest, now)))
        });
        let mut review = Review::default();
        for (number, permissions) in guests.collect::<Vec<_>>() {
            let role = match permissions {
                Ok(permissions) => Role::of_guest(&permissions),
                Err(how) => {
                    review.ended.push((number, how));
                    Role::Spectator
                }
            };
            // Roles change before anyone is evicted, so that the baton cannot pass to such a guest.
            if self.baton.set_role(number, role) {
                review.changed.push(number);
            }
        }
        review
    }

    /// Reason that the share of an attachment has ended, if it has.
    pub fn share_end(&self, number: u64) -> Option<How> {
        let guest = self.attachments.get(number)?.guest?;
        self.shares.permissions(guest, clock::now()).err()
    }

    /// Sends a notice to the owner.
    pub fn notify_owner(&self, body: &notice::Body) {
        for (_, attachment) in self.attachments.iter().filter(|(it, _)| self.is_owners(*it)) {
            attachment.notify(body.clone());
        }
    }

    /// Sends due warnings about ends of shares to their guests and the owner.
    pub fn warn_of_share_ends(&mut self, now: Now) {
        for warning in self.shares.take_warnings(now) {
            let share = warning.share.as_bytes().to_vec();
            let body = notice::Body::ShareEnding(ShareEnding { share, at: warning.at });
            for (number, attachment) in self.attachments.iter() {
                let concerned = match attachment.guest {
                    Some(guest) => guest.share == warning.share,
                    None => self.is_owners(number),
                };
                if concerned {
                    attachment.notify(body.clone());
                }
            }
        }
    }

    /// Schedules a list of participants.
    pub fn request_roster(&mut self, now: Instant) {
        self.roster.request(self.attachments.len(), now);
    }

    /// Sends the list of participants if it is due.
    pub fn send_due_roster(&mut self, now: Instant) {
        if self.roster.due().is_none_or(|at| at > now) {
            return;
        }
        self.roster.sent(now);
        let encoded = self.roster().encode(self.baton.policy().into());
        let clock = clock::now();
        for (number, attachment) in self.attachments.iter() {
            let permissions = |guest| self.shares.permissions(guest, clock).ok();
            let body = encoded.message(number, attachment.guest.and_then(permissions));
            attachment.connection.send(Channel::Message, &body);
        }
    }

    fn roster(&self) -> Roster {
        Roster::new(&self.attachments, &self.baton, &self.tenure)
    }

    /// Time at which a list of participants or the end of a loan is due.
    pub fn deadline(&self) -> Option<Instant> {
        [self.roster.due(), self.tenure.loan().map(|loan| loan.until)].into_iter().flatten().min()
    }

    /// Attachment of the owner that drives or, while a guest drives, attached to drive.
    pub fn owner_client(&self) -> Option<u64> {
        self.baton.owner_client()
    }

    /// The part of a report about the participants.
    pub fn report(&self) -> Report {
        let person = |number: Option<u64>| number.and_then(|it| self.attachments.person(it));
        let is_guest = |number: &u64| self.baton.role(*number).is_some_and(Role::is_guest);
        let guests = self.attachments.guest_count();
        Report {
            driver: person(self.baton.owner_client()),
            guest_driver: person(self.baton.driver().filter(is_guest)),
            viewers: count(self.attachments.len() - guests),
            guests: count(guests),
            seen: self.shares.seen(),
            present: self.roster().reported(),
            asking: count(self.baton.request_count()),
            ..Report::default()
        }
    }

    /// Closes all attachments after the end of the session.
    pub fn close_all(&mut self, end: &End) {
        for (number, attachment) in self.attachments.take() {
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
