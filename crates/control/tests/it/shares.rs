//! Expiry of shares and limits on wrong passwords, with a manual clock. Session processes have their own
//! tests.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use control::{Actor, Caller, Error};
use protocol::{
    api::{
        AuditAction, AuditFilter, ChangeShare, FreshShare, Guest, GuestEnd, Join, NewShare, Share,
        ShareState,
        samples::{self, audit_entry},
    },
    id::{GuestId, SessionId, ShareId},
};
use sha2::{Digest, Sha256};
use store::{Admission, GuestRow, ShareRow};
use uuid::Uuid;

use crate::world::{World, caller};

/// Number of shares that expire one after another.
const SHARES: u32 = 200;

/// Adds a share with one guest, whose cookie is the number of the share.
async fn add(world: &World, like: &ShareRow, number: u32, expires_at: DateTime<Utc>) -> ShareId {
    let id = ShareId(Uuid::now_v7());
    let share = Share { id, expires_at, ..like.share.clone() };
    let row = ShareRow { share, ..like.clone() };
    let token = Sha256::digest(format!("token {number}")).into();
    assert!(
        world.store.shares.add(&row, &token, 1000, &audit_entry("share.create")).await.unwrap()
    );
    let guest = Guest {
        id: GuestId(Uuid::now_v7()),
        name: format!("guest {number}"),
        joined_at: like.share.created_at,
        ..samples::guest()
    };
    let cookie = Sha256::digest(number.to_string()).into();
    let guest = GuestRow { guest, share: id, member: None };
    let joining =
        world.store.guests.add(&guest, &cookie, &audit_entry("share.join")).await.unwrap();
    assert_eq!(joining, Admission::Admitted);
    id
}

async fn shares(world: &World, ann: &Actor, session: SessionId) -> HashMap<ShareId, Share> {
    let found = world.control.shares.list(ann, session).await.unwrap();
    found.into_iter().map(|share| (share.id, share)).collect()
}

#[tokio::test]
async fn two_hundred_shares_expire_on_time() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let session = world.session_of(&ann).await;
    let new = NewShare { minutes: 5.into(), ..NewShare::default() };
    let like = world.control.shares.create(&ann, session, new).await.unwrap();
    let like = world.store.shares.get(like.id).await.unwrap().unwrap();
    let start = like.share.created_at;
    let mut added = Vec::new();
    for number in 0..SHARES {
        let ends = start + TimeDelta::minutes(5) + TimeDelta::seconds(i64::from(number) + 1);
        added.push((ends, add(&world, &like, number, ends).await));
    }
    world.clock.advance(TimeDelta::minutes(5));
    for (number, (ends, id)) in added.iter().enumerate() {
        let cookie = number.to_string();
        // The guest is valid a millisecond before the expiry, and refused on it, recorded or not.
        world.clock.advance(TimeDelta::milliseconds(999));
        world.control.shares.end_due().await.unwrap();
        assert!(world.control.guests.authenticate(&cookie).await.is_ok(), "{number}");
        world.clock.advance(TimeDelta::milliseconds(1));
        let refused = world.control.guests.authenticate(&cookie).await.unwrap_err();
        assert!(matches!(refused, Error::ShareOver(GuestEnd::Expired)), "{number}: {refused}");
        world.control.shares.end_due().await.unwrap();
        let row = world.store.shares.get(*id).await.unwrap().unwrap().share;
        assert_eq!((row.state, row.ended_at), (ShareState::Expired, Some(*ends)), "{number}");
    }
    let shares = shares(&world, &ann, session).await;
    assert_eq!(shares.len(), added.len() + 1);
    for (ends, id) in &added {
        let guest = &shares[id].guests[0];
        assert_eq!((guest.left_at, guest.end), (Some(*ends), Some(GuestEnd::Expired)));
    }
    let filter = AuditFilter {
        action: Some(AuditAction::ShareExpire.to_string()),
        q: None,
        from: None,
        to: None,
    };
    let log = world.control.audit.list(&ann, filter, Some(1000), None).await.unwrap();
    assert_eq!(log.items.len(), added.len() + 1, "each once");
    assert!(!world.store.shares.any_open().await.unwrap());
}

#[tokio::test]
async fn only_an_active_share_is_extended_from_now() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let session = world.session_of(&ann).await;
    let new = NewShare { minutes: 30.into(), ..NewShare::default() };
    let made = world.control.shares.create(&ann, session, new).await.unwrap();
    world.clock.advance(TimeDelta::minutes(29));
    let longer = ChangeShare { minutes: Some(180.into()), ..ChangeShare::default() };
    let share = world.control.shares.change(&ann, session, made.id, longer.clone()).await.unwrap();
    assert_eq!(share.expires_at, made.expires_at + TimeDelta::minutes(179));
    world.clock.advance(TimeDelta::minutes(180));
    // It has expired, although that is not recorded yet.
    let late = world.control.shares.change(&ann, session, made.id, longer).await.unwrap_err();
    assert_eq!(late.code(), "share_expired");
    assert_eq!(shares(&world, &ann, session).await[&made.id].state, ShareState::Expired);
    // A renewed share has the duration of the first one, including its extension, within the limits.
    let again = world.control.shares.renew(&ann, session, made.id).await.unwrap();
    assert_eq!(again.expires_at - share.expires_at, TimeDelta::minutes(180));
}

#[tokio::test]
async fn wrong_passwords_are_limited_per_address_across_links() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let session = world.session_of(&ann).await;
    let mut links = Vec::new();
    for _ in 0..4 {
        let new = NewShare { minutes: 30.into(), ..NewShare::default() };
        links.push(world.control.shares.create(&ann, session, new).await.unwrap());
    }
    let join = async |link: usize, right: bool, address: [u8; 4]| {
        let FreshShare { url, password, .. } = &links[link];
        let token = url.rsplit_once('#').unwrap().1.to_owned();
        let password = if right { password.clone() } else { "0000-0000-0000-0000".to_owned() };
        let request = Join { token, password, name: "Eve".to_owned() };
        let caller = Caller { source: address.into(), ..caller() };
        let joined = world.control.guests.join(request, None, &[], &caller).await;
        joined.err().map(|error| error.code())
    };
    let (here, elsewhere) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    // Reaches the limit of each link but the last.
    for wrong in 0..30 {
        assert_eq!(join(wrong / 10, false, here).await.as_deref(), Some("share_denied"), "{wrong}");
    }
    for right in [false, true] {
        assert_eq!(join(3, right, here).await.as_deref(), Some("too_many_attempts"), "{right}");
    }
    // Another address is not affected, and one more attempt is allowed after 10 s.
    assert_eq!(join(3, true, elsewhere).await, None);
    world.clock.advance(TimeDelta::milliseconds(9_999));
    assert_eq!(join(3, true, here).await.as_deref(), Some("too_many_attempts"));
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(join(3, false, here).await.as_deref(), Some("share_denied"));
    assert_eq!(join(3, true, here).await.as_deref(), Some("too_many_attempts"));
    world.clock.advance(TimeDelta::seconds(10));
    assert_eq!(join(3, true, here).await, None);
}
