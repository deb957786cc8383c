//! Several clients on one session: the attach policies, the baton, who is there, who does not answer.

use prost::Message;
use protocol::{
    close,
    wire::{
        Ended, Frame, Peek, Policy, Presence, Probe, Rules, Theme, baton::Wish, client_message,
        ended::Cause, notice, session_request,
    },
};
use uuid::Uuid;

use crate::harness::{Client, Coming, World};

fn policy(policy: Policy) -> Rules {
    Rules { policy: policy.into(), ..Rules::default() }
}

fn of(device: &'static str) -> Coming {
    Coming { device, ..Coming::default() }
}

/// Who drives, as the message says that turned a client away.
fn in_use(client: &Client) -> Option<&str> {
    match client.ended.as_ref() {
        Some(Ended { cause: Some(Cause::InUse(by)) }) => Some(&by.device),
        _ => None,
    }
}

#[tokio::test]
async fn a_session_for_one_turns_the_second_away_until_it_takes_over() {
    let world = World::new().await;
    let (id, _) = world.start("exec cat").await;
    world.configure(id, policy(Policy::Single)).await;
    let mut desk = world.come(id, of("desk")).await;
    let mut phone = world.come(id, of("phone")).await;
    phone.until_over().await;
    assert_eq!(in_use(&phone), Some("desk"));
    assert_eq!(phone.closed.map(|(code, _)| code), Some(close::TAKEN_OVER));
    desk.text("still mine").await;
    desk.until_shows("still mine").await;
    // The same client is back at once, although its old connection is not gone yet.
    let (page, mirror, next_input) = (desk.id, desk.mirror.clone(), 2);
    let again = Coming { mirror: Some(mirror), next_input, ..of("desk") };
    let mut again = Client::come(&world.host, id, page, again).await;
    assert!(again.welcome.driving && again.welcome.replaced.is_none());
    desk.until_over().await;
    let phone = world.come(id, Coming { take_over: true, ..of("phone") }).await;
    assert_eq!(phone.welcome.replaced.unwrap().device, "desk");
    again.until_over().await;
    assert!(
        matches!(again.ended.unwrap().cause, Some(Cause::TakenOver(by)) if by.device == "phone")
    );
}

#[tokio::test]
async fn of_two_that_come_at_once_exactly_one_drives() {
    let world = World::new().await;
    let (id, _) = world.start("exec cat").await;
    world.configure(id, policy(Policy::Single)).await;
    for _ in 0..20 {
        let (mut one, mut other) =
            tokio::join!(world.come(id, of("one")), world.come(id, of("other")));
        let (winner, loser) = match one.welcome.driving {
            true => (&mut one, &mut other),
            false => (&mut other, &mut one),
        };
        assert!(winner.welcome.driving && !loser.welcome.driving);
        loser.until_over().await;
        assert!(in_use(loser).is_some());
        drop((one, other));
        world.until(id, |report| report.is_some_and(|report| report.driver.is_none())).await;
    }
}

#[tokio::test]
async fn several_share_a_session_and_one_of_them_drives() {
    let world = World::new().await;
    let (id, _) = world.start("stty raw -echo; echo ready; exec cat").await;
    world.configure(id, policy(Policy::Multi)).await;
    let mut one = world.come(id, of("one")).await;
    one.until_shows("ready").await;
    let mut two = world.come(id, of("two")).await;
    assert!(one.welcome.driving && !two.welcome.driving && two.welcome.replaced.is_none());
    two.until(|client| client.crew.present.len() == 2).await;
    one.until(|client| client.crew.present.len() == 2).await;
    let (first, second) = (one.crew.you, two.crew.you);
    assert_eq!((one.crew(), two.crew()), ((vec![first], vec![]), (vec![first], vec![])));
    // Who does not drive writes nothing; its size and its colours wait for it.
    two.resize(100, 30).await;
    two.text("not yet ").await;
    two.until(|client| !client.notices.is_empty() && client.acked == 2).await;
    one.text("one ").await;
    two.until_shows("one").await;
    assert!(!two.screen().contains("not yet"));
    // It asks, is refused, and is given the baton all the same.
    two.wish(Wish::Ask(true)).await;
    one.until(|client| client.crew().1 == [second]).await;
    one.wish(Wish::Refuse(second)).await;
    let refused = Some(notice::Body::BatonRefused("Ada".into()));
    two.until(|client| client.notices.iter().any(|notice| notice.body == refused)).await;
    one.wish(Wish::Grant(second)).await;
    two.until(|client| client.crew().0 == [second]).await;
    two.until(|client| client.mirror.columns() == 100).await;
    two.text("two ").await;
    one.until_shows("one two").await;
    // The first takes it back; the second leaves.
    one.wish(Wish::Take(true)).await;
    two.until(|client| client.crew().0 == [first]).await;
    drop(two);
    one.until(|client| client.crew.present.len() == 1).await;
    one.text("alone").await;
    one.until_shows("one two alone").await;
}

#[tokio::test]
async fn when_the_driver_goes_the_longest_asking_drives_else_who_types() {
    let world = World::new().await;
    let (id, _) = world.start("stty raw -echo; echo ready; exec cat").await;
    world.configure(id, policy(Policy::Multi)).await;
    let driver = world.come(id, of("driver")).await;
    let (mut early, mut late) =
        (world.come(id, of("early")).await, world.come(id, of("late")).await);
    early.until_shows("ready").await;
    early.until(|client| client.crew.present.len() == 3).await;
    let (early_id, late_id) = (early.crew.you, early.crew.you + 1);
    early.wish(Wish::Ask(true)).await;
    late.until(|client| client.crew().1 == [early_id]).await;
    late.wish(Wish::Ask(true)).await;
    late.until(|client| client.crew().1 == [early_id, late_id]).await;
    world.until(id, |report| report.is_some_and(|report| report.asking == 2)).await;
    drop(driver);
    late.until(|client| client.crew() == (vec![early_id], vec![late_id])).await;
    late.wish(Wish::Release(true)).await;
    early.until(|client| client.crew() == (vec![early_id], vec![])).await;
    early.wish(Wish::Release(true)).await;
    late.until(|client| client.crew().0.is_empty()).await;
    // A page that comes up or is resized takes nothing over, a key does.
    early.resize(90, 20).await;
    early.until(|client| client.acked == 1).await;
    late.text("mine").await;
    early.until_shows("mine").await;
    early.until(|client| client.crew().0 == [late_id]).await;
    assert_eq!(early.mirror.columns(), 80);
}

#[tokio::test]
async fn who_oversees_is_shown_to_all_and_writes_nothing() {
    let world = World::new().await;
    let (id, _) = world.start("stty raw -echo; echo ready; exec cat").await;
    world.configure(id, policy(Policy::Multi)).await;
    let mut owner = world.come(id, of("owner")).await;
    owner.until_shows("ready").await;
    let before = world.configure(id, policy(Policy::Multi)).await.last_seen;
    let mut chief =
        world.come(id, Coming { overseeing: true, take_over: true, ..of("chief") }).await;
    assert!(!chief.welcome.driving);
    owner.until(|client| client.crew.present.len() == 2).await;
    let seen = owner.crew.present.iter().find(|one| one.overseeing).unwrap();
    assert_eq!((seen.person.as_ref().unwrap().device.as_str(), seen.may_drive), ("chief", false));
    chief.wish(Wish::Take(true)).await;
    chief.send(client_message::Body::Presence(Presence { visible: true, theme: None })).await;
    chief.send(client_message::Body::Keep(protocol::wire::Keep {})).await;
    chief.text("evil").await;
    chief.until(|client| !client.notices.is_empty()).await;
    // None of it counts as the owner's activity.
    let after = world.configure(id, policy(Policy::Multi)).await;
    assert_eq!(after.last_seen, before);
    owner.text("good").await;
    chief.until_shows("good").await;
    assert!(!chief.screen().contains("evil"));
}

#[tokio::test]
async fn a_driver_that_does_not_answer_is_gone_and_the_session_goes_on() {
    let world = World::new().await;
    let (id, _) = world.start("exec cat").await;
    world.configure(id, policy(Policy::Single)).await;
    let mut mute = world.come(id, of("mute")).await;
    mute.answers = false;
    let driver = |report: protocol::wire::Report| report.driver.map(|driver| driver.device);
    let probed = world.report(id, session_request::Body::Probe(Probe {})).await;
    assert_eq!(driver(probed), None);
    mute.until_over().await;
    let mut here = world.come(id, of("here")).await;
    assert!(here.welcome.driving);
    let (probed, ()) = tokio::join!(
        world.report(id, session_request::Body::Probe(Probe {})),
        here.until(|client| client.pinged),
    );
    assert_eq!(driver(probed).as_deref(), Some("here"));
    here.text("alive").await;
    here.until_shows("alive").await;
}

#[tokio::test]
async fn a_look_at_the_screen_costs_only_what_is_new_and_nobody_notices() {
    let world = World::new().await;
    let (id, _) = world.start("stty raw -echo; echo ready; exec cat").await;
    let mut driver = world.attach(id).await;
    driver.until_shows("ready").await;
    let mut mirror = protocol::mirror::Mirror::default();
    let peek = |position| session_request::Body::Peek(Peek { position });
    let first = world.ask(id, peek(None)).await;
    mirror.apply(&Frame::decode(first[0].as_slice()).unwrap()).unwrap();
    assert_eq!(mirror.hash(), driver.mirror.hash());
    assert_eq!(world.ask(id, peek(mirror.position())).await, [vec![0; 0]], "nothing is newer");
    driver.text("more").await;
    driver.until_shows("more").await;
    let news = world.ask(id, peek(mirror.position())).await;
    assert!(news[0].len() < 64, "{}", news[0].len());
    mirror.apply(&Frame::decode(news[0].as_slice()).unwrap()).unwrap();
    assert_eq!(mirror.hash(), driver.mirror.hash());
    let report = world.configure(id, Rules::default()).await;
    assert_eq!((report.viewers, driver.crew.present.len()), (1, 1));
}

#[tokio::test]
async fn queries_are_answered_with_the_colours_of_who_drives_now() {
    let world = World::new().await;
    let ask = r"stty raw -echo; echo ready; read -rsn1; printf '\e]11;?\a'; exec dd bs=1 count=24 2>/dev/null | cat -v";
    let (id, _) = world.start(ask).await;
    world.configure(id, policy(Policy::Multi)).await;
    let mut one = world.come(id, of("one")).await;
    let mut two = Client::come(&world.host, id, Uuid::now_v7(), of("two")).await;
    one.until_shows("ready").await;
    for (client, background) in [(&mut two, 0x12_34_56), (&mut one, 0xab_cd_ef)] {
        let theme = Some(Theme { foreground: 0, background, cursor: 0 });
        client.send(client_message::Body::Presence(Presence { visible: true, theme })).await;
    }
    two.wish(Wish::Take(true)).await;
    two.text("x").await;
    two.until_shows("11;rgb:1212/3434/5656").await;
}
