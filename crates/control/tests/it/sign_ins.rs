//! What a sign-in has opened ends with it, however it ended.

use chrono::TimeDelta;
use control::{Error, members};
use protocol::api::Attach;

use crate::world::{EMAIL, World};

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
