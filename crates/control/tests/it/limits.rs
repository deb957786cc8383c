//! Limits on password checks, counted by the hashes that they take, and errors that are no verdict.

use std::{net::IpAddr, sync::Arc};

use chrono::TimeDelta;
use control::{Caller, DeviceSecret, Error, command_line};
use protocol::{
    api::{AuditAction, AuditFilter, DropAll, Join, NewShare, Share, samples::audit_entry},
    id::ShareId,
};
use sha2::{Digest, Sha256};
use store::ShareRow;
use uuid::Uuid;

use crate::world::{EMAIL, PASSWORD, World, caller};

/// Joins by unknown links, all at once. Returns the number of those that were checked.
async fn join_at_once(world: &Arc<World>, count: usize, link: impl Fn(usize) -> String) -> usize {
    let joins: Vec<_> = (0..count)
        .map(|number| {
            let (world, token) = (Arc::clone(world), link(number));
            let request = Join { token, password: "0000".into(), name: "Eve".into() };
            tokio::spawn(async move {
                world.control.guests.join(request, None, &[], &caller()).await.unwrap_err()
            })
        })
        .collect();
    let mut denied = 0;
    for join in joins {
        let error = join.await.unwrap();
        let refused = matches!(error, Error::Throttled(_) | Error::Busy);
        assert!(refused || matches!(error, Error::ShareDenied), "{error}");
        denied += usize::from(!refused);
    }
    denied
}

async fn entries(world: &World, action: AuditAction) -> Vec<Option<String>> {
    world.control.anonymous.write_due().await;
    let action = Some(action.to_string());
    let filter = AuditFilter { action, ..AuditFilter::default() };
    let log = world.store.audit.list(&filter, None, 1000).await.unwrap();
    log.into_iter().map(|entry| entry.detail).collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn three_hundred_joins_at_once_take_no_more_hashes_than_the_rule_allows() {
    let world = Arc::new(World::new().await);
    let before = world.control.password_hashes();
    let denied = join_at_once(&world, 300, |number| format!("link {number}")).await;
    assert_eq!((denied, world.control.password_hashes() - before), (30, 30));
    // Of one link.
    world.clock.advance(TimeDelta::hours(1));
    let before = world.control.password_hashes();
    let denied = join_at_once(&world, 300, |_| "one link".to_owned()).await;
    assert_eq!((denied, world.control.password_hashes() - before), (10, 10));
}

#[tokio::test(flavor = "multi_thread")]
async fn refused_joins_are_counted_in_one_entry() {
    let world = Arc::new(World::new().await);
    for minute in 0..10 {
        if minute > 0 {
            world.clock.advance(TimeDelta::seconds(50));
        }
        let expected = if minute == 0 { 30 } else { 5 };
        let denied = join_at_once(&world, 50, |number| format!("{minute} {number}")).await;
        assert_eq!(denied, expected);
    }
    // Entries are written in the background.
    let written = async || entries(&world, AuditAction::ShareDenied).await.len();
    while written().await < 20 {
        tokio::task::yield_now().await;
    }
    assert_eq!(written().await, 20);
    world.clock.advance(TimeDelta::minutes(10));
    let entries = entries(&world, AuditAction::ShareDenied).await;
    assert_eq!((entries.len(), entries[0].as_deref()), (21, Some("… and 55 more")));
}

async fn sign_in(world: &World, email: &str, password: &str, source: &str) -> Option<String> {
    let source: IpAddr = source.parse().unwrap();
    let caller = Caller { source, ..caller() };
    let signed_in = world.control.sign_ins.create(email, password, &caller).await;
    signed_in.err().map(|error| error.code())
}

#[tokio::test]
async fn strangers_do_not_lock_out_a_device_that_signed_in_before() {
    let world = World::new().await;
    let signed_in = world.control.sign_ins.create(EMAIL, PASSWORD, &caller()).await.unwrap();
    let known = Caller { device_secret: Some(signed_in.device), ..caller() };
    let invented = DeviceSecret("0".repeat(64));
    let made_up = Caller { device_secret: Some(invented), ..caller() };
    let attempt = async |caller: &Caller, password: &str| {
        let signed_in = world.control.sign_ins.create(EMAIL, password, caller).await;
        signed_in.err().map(|error| error.code())
    };
    let (wrong, many) = (Some("invalid_credentials"), Some("too_many_attempts"));
    // Strangers use up the limits of the member and of the address.
    for number in 0..30 {
        let email =
            format!("{}@example.org", if number < 10 { "ann".into() } else { number.to_string() });
        let denied = sign_in(&world, &email, "wrong", "127.0.0.1").await;
        assert_eq!(denied.as_deref(), wrong, "{number}");
    }
    assert_eq!(attempt(&made_up, PASSWORD).await.as_deref(), many);
    assert_eq!(attempt(&known, PASSWORD).await, None);
    // The device has a limit of its own, which is not a stranger's.
    for _ in 0..10 {
        assert_eq!(attempt(&known, "wrong").await.as_deref(), wrong);
    }
    assert_eq!(attempt(&known, PASSWORD).await.as_deref(), many);
    world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(attempt(&known, PASSWORD).await, None);
    // It is not known for other members.
    let bob =
        world.control.sign_ins.create("bob@example.org", "wrong", &known).await.err().unwrap();
    assert_eq!(bob.code(), "invalid_credentials");
    // A new password forgets it.
    command_line::change_password(&world.store, &*world.clock, EMAIL, PASSWORD).await.unwrap();
    for _ in 0..10 {
        sign_in(&world, EMAIL, "wrong", "192.0.2.1").await;
    }
    assert_eq!(attempt(&known, PASSWORD).await.as_deref(), many);
}

#[tokio::test]
async fn strangers_do_not_prevent_a_confirmation() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    for number in 0..10 {
        let denied = sign_in(&world, EMAIL, "wrong", &format!("192.0.2.{number}")).await;
        assert_eq!(denied.as_deref(), Some("invalid_credentials"));
    }
    let locked = sign_in(&world, EMAIL, PASSWORD, "198.51.100.1").await;
    assert_eq!(locked.as_deref(), Some("too_many_attempts"));
    let drop_all = async |password: &str| {
        let request = DropAll {
            confirm: world.control.settings.get(&ann).await.unwrap().name,
            password: password.to_owned(),
            filter: None,
            keep_own: false,
            reason: None,
        };
        world.control.all_sessions.drop_all(&ann, request).await.err().map(|error| error.code())
    };
    assert_eq!(drop_all(PASSWORD).await, None);
    // It has a limit of its own.
    for _ in 0..10 {
        assert_eq!(drop_all("wrong").await.as_deref(), Some("invalid_password"));
    }
    assert_eq!(drop_all(PASSWORD).await.as_deref(), Some("too_many_attempts"));
    world.clock.advance(TimeDelta::minutes(1));
    assert_eq!(drop_all(PASSWORD).await, None);
}

#[tokio::test]
async fn a_password_that_cannot_be_checked_is_not_counted_as_wrong() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let session = world.session_of(&ann).await;
    let entry = audit_entry("member.password");
    assert!(
        world.store.members.set_password(ann.member, "$argon2id$", None, &entry).await.unwrap()
    );
    for _ in 0..40 {
        let error = world.control.sign_ins.create(EMAIL, PASSWORD, &caller()).await.err().unwrap();
        assert!(matches!(error, Error::PasswordUnchecked), "{error}");
        assert_eq!((error.kind(), error.retry_after()), (control::Kind::Unavailable, Some(1)));
    }
    let failed = entries(&world, AuditAction::MemberSignInFailed).await;
    assert!(failed.is_empty(), "{failed:?}");
    command_line::change_password(&world.store, &*world.clock, EMAIL, PASSWORD).await.unwrap();
    let ann = world.sign_in().await;

    // The same for a share.
    let new = NewShare { minutes: 30.into(), ..NewShare::default() };
    let made = world.control.shares.create(&ann, session, new).await.unwrap();
    let like = world.store.shares.get(made.id).await.unwrap().unwrap();
    let share = Share { id: ShareId(Uuid::now_v7()), ..like.share.clone() };
    let damaged = ShareRow { share, password_hash: "$argon2id$".into(), ..like };
    let token = Sha256::digest("damaged").into();
    assert!(
        world.store.shares.add(&damaged, &token, 1000, &audit_entry("share.create")).await.unwrap()
    );
    for _ in 0..40 {
        let request = Join { token: "damaged".into(), password: "0".into(), name: "Eve".into() };
        let error = world.control.guests.join(request, None, &[], &caller()).await.unwrap_err();
        assert!(matches!(error, Error::PasswordUnchecked), "{error}");
    }
}
