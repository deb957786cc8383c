//! Change notifications for lists of sessions. A listener is notified of changes to sessions it can see
//! and of no others. Notifications carry no data, so that they cannot be stale.

use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

use protocol::id::MemberId;
use tokio::sync::watch;

use crate::{
    Actor,
    access::{Action, Target, authorize},
};

#[derive(Default)]
pub(crate) struct Changes {
    /// For listeners who see all sessions.
    all: watch::Sender<()>,
    own: Mutex<HashMap<MemberId, watch::Sender<()>>>,
}

impl Changes {
    /// Returns a receiver for the sessions that the actor can see.
    pub(crate) fn visible_to(&self, actor: &Actor) -> watch::Receiver<()> {
        if authorize(actor, Action::ListAll, Target::Workspace).is_ok() {
            return self.all.subscribe();
        }
        let mut own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        own.retain(|_, listeners| listeners.receiver_count() > 0);
        own.entry(actor.member).or_default().subscribe()
    }

    /// Notifies the listeners who can see sessions of this member.
    pub(crate) fn announce(&self, owner: MemberId) {
        self.all.send_replace(());
        let own = self.own.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(listeners) = own.get(&owner) {
            listeners.send_replace(());
        }
    }
}

#[cfg(test)]
mod tests {
    use chrono::DateTime;
    use protocol::api::Role;
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
    fn listeners_are_notified_of_visible_changes_only() {
        let changes = Changes::default();
        let [ann, bob] = [1, 2].map(|member| actor(member, Role::Member));
        let staff = actor(3, Role::Staff);
        let superuser = actor(4, Role::Superuser);
        let mut receivers =
            [&ann, &ann, &bob, &staff, &superuser].map(|actor| changes.visible_to(actor));
        for (owner, expected) in [
            (&ann, [true, true, false, true, true]),
            (&bob, [false, false, true, true, true]),
            (&staff, [false, false, false, true, true]),
        ] {
            changes.announce(owner.member);
            let notified = receivers.each_ref().map(|one| one.has_changed().unwrap());
            assert_eq!(notified, expected, "{:?}", owner.role);
            receivers.iter_mut().for_each(watch::Receiver::mark_unchanged);
        }
    }

    #[test]
    fn dropped_listeners_are_removed() {
        let changes = Changes::default();
        drop(changes.visible_to(&actor(1, Role::Member)));
        let _kept = changes.visible_to(&actor(2, Role::Member));
        assert_eq!(changes.own.lock().unwrap().len(), 1);
    }
}
