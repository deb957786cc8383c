//! Shares whose time is up, and who tries passwords, at a time that is set. What session processes do is
//! tried where they are.

use std::collections::HashMap;

use chrono::{DateTime, TimeDelta, Utc};
use control::{Actor, Caller, Error};
use protocol::{
    api::{
        AuditFilter, ChangeShare, FreshShare, Guest, GuestEnd, Join, NewShare, Share, ShareState,
        samples::{self, audit_entry},
    },
    id::{GuestId, SessionId, ShareId},
};
use sha2::{Digest, Sha256};
use store::{Admission, GuestRow, ShareRow};
use uuid::Uuid;

use crate::world::World;

/// How many there are.
const CROWD: u32 = 200;

/// A share of the crowd with its guest, whose cookie is the share's number.
async fn add(world: &World, like: &ShareRow, number: u32, expires_at: DateTime<Utc>) -> ShareId {
    let id = ShareId(Uuid::now_v7());
    let share = Share { id, expires_at, ..like.share.clone() };
    let row = ShareRow { share, ..like.clone() };
    let token = Sha256::digest(format!("token {number}")).into();
    let entry = audit_entry("share.create");
    assert!(world.store.shares.add(&row, &token, 1000, &entry).await.unwrap());
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
    let found = world.control.shares(ann, session).await.unwrap();
    found.into_iter().map(|share| (share.id, share)).collect()
}

#[tokio::test]
async fn two_hundred_shares_end_each_at_its_time() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let session = world.session_of(&ann).await;
    let new = NewShare { minutes: 5.into(), ..NewShare::default() };
    let like = world.control.share(&ann, session, new).await.unwrap();
    let like = world.store.shares.get(like.id).await.unwrap().unwrap();
    let start = like.share.created_at;
    let mut crowd = Vec::new();
    for number in 0..CROWD {
        let ends = start + TimeDelta::minutes(5) + TimeDelta::seconds(i64::from(number) + 1);
        crowd.push((ends, add(&world, &like, number, ends).await));
    }
    world.clock.advance(TimeDelta::minutes(5));
    for (number, (ends, id)) in crowd.iter().enumerate() {
        let cookie = number.to_string();
        // A millisecond before, nobody is put out; on the second they are, written down or not.
        world.clock.advance(TimeDelta::milliseconds(999));
        world.control.settle_shares().await.unwrap();
        assert!(world.control.visitor(&cookie).await.is_ok(), "{number}");
        world.clock.advance(TimeDelta::milliseconds(1));
        let refused = world.control.visitor(&cookie).await.unwrap_err();
        assert!(matches!(refused, Error::ShareOver(GuestEnd::Expired)), "{number}: {refused}");
        world.control.settle_shares().await.unwrap();
        let row = world.store.shares.get(*id).await.unwrap().unwrap().share;
        assert_eq!((row.state, row.ended_at), (ShareState::Expired, Some(*ends)), "{number}");
    }
    let shares = shares(&world, &ann, session).await;
    assert_eq!(shares.len(), crowd.len() + 1);
    for (ends, id) in &crowd {
        let guest = &shares[id].guests[0];
        assert_eq!((guest.left_at, guest.end), (Some(*ends), Some(GuestEnd::Expired)));
    }
    let filter = AuditFilter { action: Some("share.expire".into()), q: None, from: None, to: None };
    let log = world.control.audit_log(&ann, filter, Some(1000), None).await.unwrap();
    assert_eq!(log.items.len(), crowd.len() + 1, "each once");
    assert!(!world.store.shares.any_open().await.unwrap());
}

#[tokio::test]
async fn a_share_is_extended_from_now_and_only_while_it_lives() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let session = world.session_of(&ann).await;
    let new = NewShare { minutes: 30.into(), ..NewShare::default() };
    let made = world.control.share(&ann, session, new).await.unwrap();
    world.clock.advance(TimeDelta::minutes(29));
    let longer = ChangeShare { minutes: Some(180.into()), ..ChangeShare::default() };
    let share = world.control.change_share(&ann, session, made.id, longer.clone()).await.unwrap();
    assert_eq!(share.expires_at, made.expires_at + TimeDelta::minutes(179));
    world.clock.advance(TimeDelta::minutes(180));
    // Its time is over, though nothing has noticed yet.
    let late = world.control.change_share(&ann, session, made.id, longer).await.unwrap_err();
    assert_eq!(late.code(), "share_expired");
    assert_eq!(shares(&world, &ann, session).await[&made.id].state, ShareState::Expired);
    // The same again is as long as the first was, or as it was extended to, within bounds.
    let again = world.control.renew_share(&ann, session, made.id).await.unwrap();
    assert_eq!(again.expires_at - share.expires_at, TimeDelta::minutes(180));
}

#[tokio::test]
async fn wrong_passwords_from_one_address_are_few_however_many_the_links() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let session = world.session_of(&ann).await;
    let mut links = Vec::new();
    for _ in 0..4 {
        let new = NewShare { minutes: 30.into(), ..NewShare::default() };
        links.push(world.control.share(&ann, session, new).await.unwrap());
    }
    let join = async |link: usize, right: bool, address: [u8; 4]| {
        let FreshShare { url, password, .. } = &links[link];
        let token = url.rsplit_once('#').unwrap().1.to_owned();
        let password = if right { password.clone() } else { "0000-0000-0000-0000".to_owned() };
        let given = Join { token, password, name: "Eve".to_owned() };
        let caller = Caller { source: address.into(), device: "a test".to_owned() };
        let entered = world.control.join(given, None, None, &caller).await;
        entered.err().map(|error| error.code().into_owned())
    };
    let (here, elsewhere) = ([192, 0, 2, 1], [192, 0, 2, 2]);
    // As many as each link takes; nobody tried the last one.
    for wrong in 0..30 {
        assert_eq!(join(wrong / 10, false, here).await.as_deref(), Some("share_denied"), "{wrong}");
    }
    for right in [false, true] {
        assert_eq!(join(3, right, here).await.as_deref(), Some("too_many_attempts"), "{right}");
    }
    // Who comes from elsewhere is not locked out by it, and one more try is free in 10 s.
    assert_eq!(join(3, true, elsewhere).await, None);
    world.clock.advance(TimeDelta::milliseconds(9_999));
    assert_eq!(join(3, true, here).await.as_deref(), Some("too_many_attempts"));
    world.clock.advance(TimeDelta::milliseconds(1));
    assert_eq!(join(3, false, here).await.as_deref(), Some("share_denied"));
    assert_eq!(join(3, true, here).await.as_deref(), Some("too_many_attempts"));
    world.clock.advance(TimeDelta::seconds(10));
    assert_eq!(join(3, true, here).await, None);
}
