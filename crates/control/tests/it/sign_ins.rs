//! Connections and tickets end with their sign-in, however it ended.

use chrono::TimeDelta;
use control::{Actor, Error, command_line};
use protocol::api::{Attach, AuditAction, AuditFilter, NewToken, TokenScope};

use crate::world::{EMAIL, World, caller};

#[tokio::test]
async fn a_changed_password_closes_connections() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let permissions = world.control.connections.open(&ann).unwrap();
    world.control.connections.recheck().await.unwrap();
    assert!(permissions.borrow().is_some());
    command_line::change_password(&world.store, &*world.clock, EMAIL, "another password")
        .await
        .unwrap();
    world.control.connections.recheck().await.unwrap();
    assert!(permissions.borrow().is_none());
}

#[tokio::test]
async fn connections_close_when_the_sign_in_expires() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let permissions = world.control.connections.open(&ann).unwrap();
    world.clock.advance(TimeDelta::days(30));
    world.control.connections.recheck().await.unwrap();
    assert!(permissions.borrow().is_none());
}

#[tokio::test]
async fn a_request_after_the_sign_out_gets_no_ticket() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let id = world.session_of(&ann).await;
    let ticket = world.control.attachments.issue(&ann, id, Attach::default()).await.unwrap();
    let permissions = world.control.connections.open(&ann).unwrap();
    world.control.attachments.redeem(&ann, &ticket.ticket, permissions).unwrap();
    world.control.sign_ins.end_current(&ann).await.unwrap();
    let late = world.control.attachments.issue(&ann, id, Attach::default()).await;
    assert!(matches!(late, Err(Error::Unauthenticated)), "{late:?}");
    // The next sign-in is not affected.
    let again = world.sign_in().await;
    assert!(world.control.attachments.issue(&again, id, Attach::default()).await.is_ok());
}

#[tokio::test]
async fn a_request_after_the_sign_out_creates_no_token() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let new = || NewToken { name: "ci".into(), scope: TokenScope::Read, days: 1 };
    let made = world.control.tokens.create(&ann, new()).await.unwrap();
    world.control.sign_ins.end_current(&ann).await.unwrap();
    let late = world.control.tokens.create(&ann, new()).await;
    assert!(matches!(late, Err(Error::Unauthenticated)));
    // A token cannot create another one.
    let program = world.control.tokens.authenticate(&made.secret, caller().source).await.unwrap();
    let program = Actor { scope: Some(TokenScope::Admin), ..program };
    let child = world.control.tokens.create(&program, new()).await;
    assert!(matches!(child, Err(Error::Forbidden)));
}

#[tokio::test]
async fn refused_tickets_are_not_in_the_audit_log() {
    let world = World::new().await;
    let ann = world.sign_in().await;
    let id = world.session_of(&ann).await;
    let mut issued = 0;
    let refused = loop {
        match world.control.attachments.issue(&ann, id, Attach::default()).await {
            Ok(_) => issued += 1,
            Err(error) => break error,
        }
    };
    assert!(matches!(refused, Error::Throttled(_)), "{refused:?}");
    let filter = AuditFilter {
        action: Some(AuditAction::SessionAttach.to_string()),
        ..AuditFilter::default()
    };
    let log = world.control.audit.list(&ann, filter, Some(1000), None).await.unwrap();
    assert_eq!(log.items.len(), issued);
}
