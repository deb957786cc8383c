//! The list of participants: when it is sent again, and its encoding. Pure: times are passed in.

use prost::{
    Message,
    encoding::{WireType, encode_key, encode_varint},
};
use protocol::wire::{Crew, Grant, Present};
use tokio::time::{Duration, Instant};

use super::{baton::Baton, role::Role, tenure::Tenure};
use crate::attachments::{Attachments, attachment::Attachment};

/// Named participants per list. The driver, requesters and overseers come first.
const MAX_NAMED: usize = 64;

/// Named participants per report. Lists of sessions contain many reports.
const MAX_REPORTED: usize = 16;

/// Shortest time between two lists per recipient, so that a crowd attaching at once does not cause a
/// list per member.
const INTERVAL: Duration = Duration::from_millis(1);

/// Field number of `ServerMessage.crew`.
const CREW_TAG: u32 = 10;

#[derive(Debug, Default)]
pub struct Schedule {
    due: Option<Instant>,
    sent: Option<Instant>,
}

impl Schedule {
    /// Requests a list for this many recipients, at the earliest permitted time.
    pub fn request(&mut self, recipients: usize, now: Instant) {
        let recipients = u32::try_from(recipients).unwrap_or(u32::MAX);
        let earliest = self.sent.map_or(now, |sent| sent + INTERVAL * recipients);
        self.due.get_or_insert(earliest.max(now));
    }

    pub fn due(&self) -> Option<Instant> {
        self.due
    }

    pub fn sent(&mut self, now: Instant) {
        (self.due, self.sent) = (None, Some(now));
    }
}

/// Participants in order of importance: the driver, then requesters and overseers, then the others.
pub struct Roster {
    present: Vec<Present>,
}

impl Roster {
    pub fn new(attachments: &Attachments, baton: &Baton, tenure: &Tenure) -> Self {
        let entry = |(number, attachment): (u64, &Attachment)| {
            let driving = baton.driver() == Some(number);
            let loan = tenure.loan.as_ref().filter(|_| driving);
            let guest = attachment.guest.map(|guest| guest.guest.as_bytes().to_vec());
            Present {
                driving_until: loan.map_or(0, |loan| loan.until_millis),
                viewer: number,
                person: Some(attachment.person.clone()),
                guest: guest.unwrap_or_default(),
                typing: attachment.typed_at.is_some(),
                driving,
                asking: baton.has_requested(number),
                overseeing: baton.role(number) == Some(Role::Overseer),
                may_drive: baton.may_drive(number),
            }
        };
        let mut present: Vec<Present> = attachments.iter().map(entry).collect();
        present.sort_by_key(|one| (!one.driving, !(one.asking || one.overseeing)));
        Self { present }
    }

    /// The participants named in a report.
    pub fn reported(mut self) -> Vec<Present> {
        self.present.truncate(MAX_REPORTED);
        self.present
    }

    /// Encodes the list for each recipient, which is always named in its own list.
    pub fn encode(mut self, policy: i32) -> impl Fn(u64, Option<Grant>) -> Vec<u8> {
        let unnamed = self.present.split_off(self.present.len().min(MAX_NAMED));
        let common = Crew { present: self.present, policy, ..Crew::default() }.encode_to_vec();
        move |number, grant| {
            let present = unnamed.iter().filter(|one| one.viewer == number).cloned().collect();
            let own = Crew { present, you: number, grant, ..Crew::default() }.encode_to_vec();
            // Concatenated encodings of two protobuf messages decode as their merge.
            let mut body = Vec::with_capacity(common.len() + own.len() + 6);
            encode_key(CREW_TAG, WireType::LengthDelimited, &mut body);
            encode_varint((common.len() + own.len()) as u64, &mut body);
            body.extend_from_slice(&common);
            body.extend(own);
            body
        }
    }
}
