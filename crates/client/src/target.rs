//! Target of an attachment: one session, as one member or guest. Input is for one target only, but a browser's
//! cookies are shared by its tabs and may change, so every ticket is compared with the target.

use protocol::{
    api::Ticket,
    id::{HolderId, SessionId},
};

/// Target of an attachment or of a ticket, as far as it is known.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Target {
    pub session: Option<SessionId>,
    /// Member or guest who attaches.
    pub holder: Option<HolderId>,
}

impl Target {
    /// Adopts what a ticket adds. Returns false, without a change, if the ticket is for another target.
    pub(crate) fn adopt(&mut self, ticket: Self) -> bool {
        let agree = agree(self.session, ticket.session) && agree(self.holder, ticket.holder);
        if agree {
            self.session = self.session.or(ticket.session);
            self.holder = self.holder.or(ticket.holder);
        }
        agree
    }
}

impl From<&Ticket> for Target {
    fn from(ticket: &Ticket) -> Self {
        Self { session: ticket.session, holder: ticket.holder }
    }
}

fn agree<T: PartialEq>(one: Option<T>, other: Option<T>) -> bool {
    one.is_none() || other.is_none() || one == other
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tickets_for_one_target_are_adopted() {
        let target = |session: Option<u8>, holder: Option<u8>| {
            let id = |number| format!("00000000-0000-0000-0000-0000000000{number:02}");
            Target {
                session: session.map(|number| id(number).parse().unwrap()),
                holder: holder.map(|number| id(number).parse().unwrap()),
            }
        };
        // before, ticket, after (none: another target)
        for (before, ticket, after) in [
            ((None, None), (None, None), Some((None, None))),
            ((None, None), (Some(1), Some(2)), Some((Some(1), Some(2)))),
            ((Some(1), None), (Some(1), Some(2)), Some((Some(1), Some(2)))),
            ((Some(1), Some(2)), (Some(1), Some(2)), Some((Some(1), Some(2)))),
            ((Some(1), Some(2)), (None, None), Some((Some(1), Some(2)))),
            ((Some(1), Some(2)), (Some(3), Some(2)), None),
            ((Some(1), Some(2)), (Some(1), Some(3)), None),
            ((Some(1), None), (Some(3), Some(2)), None),
        ] {
            let mut found = target(before.0, before.1);
            let ticket = target(ticket.0, ticket.1);
            let adopted = found.adopt(ticket);
            let expected = after.unwrap_or(before);
            assert_eq!(adopted, after.is_some(), "{before:?} {ticket:?}");
            assert_eq!(found, target(expected.0, expected.1), "{before:?} {ticket:?}");
        }
    }
}
