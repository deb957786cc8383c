//! What a sign-in has opened ends with it, however it ended.

use chrono::TimeDelta;
use control::{Actor, Error, members};
use protocol::api::{Attach, AuditFilter, NewToken, TokenScope};

use crate::world::{EMAIL, World, caller};

#[tokio::test]
async fn a_changed_password_closes_what_is_open() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let standing = world.control.standing(&ann).unwrap();
    world.control.recheck_sign_ins().await.unwrap();
    assert!(standing.borrow().is_some());
    members::change_password(&world.store, &*world.clock, EMAIL, "another password").await.unwrap();
    world.control.recheck_sign_ins().await.unwrap();
    assert!(standing.borrow().is_none());
}

#[tokio::test]
async fn what_is_open_ends_when_the_sign_in_expires() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let standing = world.control.standing(&ann).unwrap();
    world.clock.advance(TimeDelta::days(30));
    world.control.recheck_sign_ins().await.unwrap();
    assert!(standing.borrow().is_none());
}

#[tokio::test]
async fn a_request_held_back_past_the_sign_out_yields_no_ticket() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let id = world.session_of(&ann).await;
    let ticket = world.control.attach(&ann, id, Attach::default()).await.unwrap();
    world.control.redeem(&ann, &ticket.ticket).unwrap();
    world.control.sign_out(&ann).await.unwrap();
    let late = world.control.attach(&ann, id, Attach::default()).await;
    assert!(matches!(late, Err(Error::Unauthenticated)), "{late:?}");
    // Nor does it take anything from the next sign-in.
    let again = world.sign_in().await;
    assert!(world.control.attach(&again, id, Attach::default()).await.is_ok());
}

#[tokio::test]
async fn a_request_held_back_past_the_sign_out_makes_no_token() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let new = || NewToken { name: "ci".into(), scope: TokenScope::Read, days: 1 };
    let made = world.control.new_token(&ann, new()).await.unwrap();
    world.control.sign_out(&ann).await.unwrap();
    let late = world.control.new_token(&ann, new()).await;
    assert!(matches!(late, Err(Error::Unauthenticated)));
    // And no token makes another one.
    let program = world.control.bearer(&made.secret, caller().source).await.unwrap();
    let program = Actor { scope: Some(TokenScope::Admin), ..program };
    let child = world.control.new_token(&program, new()).await;
    assert!(matches!(child, Err(Error::Forbidden)));
}

#[tokio::test]
async fn tickets_beyond_the_bound_are_not_written_down() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let id = world.session_of(&ann).await;
    let mut given = 0;
    let refused = loop {
        match world.control.attach(&ann, id, Attach::default()).await {
            Ok(_) => given += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, Error::Throttled(_)), "{refused:?}");
    let filter = AuditFilter { action: Some("session.attach".into()), ..AuditFilter::default() };
    let log = world.control.audit_log(&ann, filter, Some(1000), None).await.unwrap();
    assert_eq!(log.items.len(), given);
}
