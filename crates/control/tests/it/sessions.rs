//! Lists of sessions while rows and session processes differ.

use protocol::{
    api::{Life, Scope, SessionState},
    id::SessionId,
    wire::{End, Report},
};
use uuid::Uuid;

use crate::world::World;

/// The reconciler updates the row of an ended session a moment after the session's final report.
#[tokio::test]
async fn a_session_that_ended_a_moment_ago_is_in_the_list_of_ended_ones_only() {
    let [ended, running] = [Uuid::now_v7(), Uuid::now_v7()].map(SessionId);
    let end = End { code: Some(7), ..End::default() };
    let world = World::with_report(ended, &Report { end: Some(end), ..Report::default() }).await;
    let actor = world.sign_in().await;
    for id in [ended, running] {
        world.add_session(&actor, id).await;
    }
    for (life, expected) in [(Life::Active, running), (Life::Ended, ended)] {
        let listed =
            world.control.sessions.list(&actor, Scope::Mine, life, None, None, None).await.unwrap();
        let ids: Vec<SessionId> = listed.items.iter().map(|session| session.id).collect();
        assert_eq!(ids, [expected], "{life:?}");
        assert_eq!(listed.items[0].state == SessionState::Ended, life == Life::Ended);
    }
}
