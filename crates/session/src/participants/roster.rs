//! The list of participants and its encoding.

use prost::Message;
use protocol::wire::{Crew, Grant, Policy, Present};

use super::baton::{Baton, Role};
use crate::attachments::{Attachment, Attachments, merged};

/// Named participants per list. The driver, requesters and overseers come first.
const MAX_NAMED: usize = 64;

/// Named participants per report. Lists of sessions contain many reports.
const MAX_REPORTED: usize = 16;

/// Field number of `ServerMessage.crew`.
const CREW_TAG: u32 = 10;

/// Returns the participants in order of importance: the driver, then requesters and overseers, then the
/// others. The driver has the baton until `loan_ends`, in Unix milliseconds, or indefinitely if 0.
pub fn list(attachments: &Attachments, baton: &Baton, loan_ends: u64) -> Vec<Present> {
    let entry = |(&number, attachment): (&u64, &Attachment)| {
        let driving = baton.driver() == Some(number);
        let guest = attachment.guest.map(|guest| guest.guest.as_bytes().to_vec());
        Present {
            driving_until: if driving { loan_ends } else { 0 },
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
    present
}

/// Returns the participants to name in a report.
pub fn reported(mut present: Vec<Present>) -> Vec<Present> {
    present.truncate(MAX_REPORTED);
    present
}

/// Encodes the list for each recipient, which is always named in its own list.
pub fn encode(mut present: Vec<Present>, policy: Policy) -> impl Fn(u64, Option<Grant>) -> Vec<u8> {
    let unnamed = present.split_off(present.len().min(MAX_NAMED));
    let common = Crew { present, policy: policy.into(), ..Crew::default() }.encode_to_vec();
    move |number, grant| {
        let present = unnamed.iter().filter(|one| one.viewer == number).cloned().collect();
        merged(CREW_TAG, &common, &Crew { present, you: number, grant, ..Crew::default() })
    }
}
