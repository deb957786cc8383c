//! Who hears that a list of sessions may have changed: whoever can see one that did, and nobody else.
//! Nothing more is said, so nothing can be out of date.

use std::{
    collections::{HashMap, HashSet},
    sync::{Mutex, PoisonError},
};

use protocol::id::{MemberId, SessionId};
use tokio::sync::watch;

use crate::{
    Actor,
    access::{Action, Target, authorize},
    control::Reports,
};

/// Those who listen, by what they can see.
#[derive(Default)]
pub(crate) struct Changes {
    all: watch::Sender<u64>,
    own: Mutex<HashMap<MemberId, watch::Sender<u64>>>,
}

impl Changes {
    /// What changes whenever a session that this actor can see may have.
    pub(crate) fn seen_by(&self, actor: &Actor) -> watch::Receiver<u64> {
        if authorize(actor, Action::ListAll, Target::Workspace).is_ok() {
            return self.all.subscribe();
        }
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.retain(|_, listeners| listeners.receiver_count() > 0);
        own.entry(actor.member).or_default().subscribe()
    }

    /// A session of this member may have changed.
    pub(crate) fn announce(&self, owner: MemberId) {
        let next = |count: &mut u64| *count = count.wrapping_add(1);
        self.all.send_modify(next);
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listeners) = own.get(&owner) {
            listeners.send_modify(next);
        }
    }
}

/// The sessions whose reports came, went or say something else.
pub(crate) fn moved(before: &Reports, after: &Reports) -> HashSet<SessionId> {
    let ids = before.keys().chain(after.keys());
    ids.filter(|id| before.get(id) != after.get(id)).copied().collect()
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use protocol::{api::Role, wire::Report};
    use uuid::Uuid;

    use super::*;

    fn actor(member: u128, role: Role) -> Actor {
        Actor {
            member: MemberId(Uuid::from_u128(member)),
            email: String::new(),
            name: String::new(),
            role,
            sign_in: Uuid::nil(),
            until: DateTime::UNIX_EPOCH,
            scope: None,
            source: std::net::Ipv4Addr::LOCALHOST.into(),
        }
    }

    #[test]
    fn everybody_hears_of_what_they_can_see() {
        let changes = Changes::default();
        let [ann, bob] = [1, 2].map(|member| actor(member, Role::Member));
        let staff = actor(3, Role::Staff);
        let superuser = actor(4, Role::Superuser);
        let mut heard = [&ann, &ann, &bob, &staff, &superuser].map(|actor| changes.seen_by(actor));
        for (owner, expected) in [
            (&ann, [true, true, false, true, true]),
            (&bob, [false, false, true, true, true]),
            (&staff, [false, false, false, true, true]),
        ] {
            changes.announce(owner.member);
            let found = heard.each_ref().map(|one| one.has_changed().unwrap());
            assert_eq!(found, expected, "{:?}", owner.role);
            heard.iter_mut().for_each(watch::Receiver::mark_unchanged);
        }
    }

    #[test]
    fn who_stopped_listening_is_forgotten() {
        let changes = Changes::default();
        drop(changes.seen_by(&actor(1, Role::Member)));
        let _listens = changes.seen_by(&actor(2, Role::Member));
        assert_eq!(changes.own.lock().unwrap().len(), 1);
    }

    #[test]
    fn only_what_differs_has_moved() {
        let id = |number| SessionId(Uuid::from_u128(number));
        let titled = |title: &str| Report { title: title.into(), ..Report::default() };
        let before =
            Reports::from([(id(1), titled("a")), (id(2), titled("a")), (id(3), titled("a"))]);
        let after =
            Reports::from([(id(1), titled("a")), (id(2), titled("b")), (id(4), titled("a"))]);
        assert_eq!(moved(&before, &after), [2, 3, 4].map(id).into());
        assert_eq!(moved(&after, &after), HashSet::new());
    }
}
