//! Several clients on one session: attach policies, the baton, participants, unresponsive drivers.

use prost::Message;
use protocol::{
    close,
    wire::{
        Ended, Frame, Peek, Policy, Presence, Probe, Rules, Theme, baton::Wish, client_message,
        ended::Cause, notice, session_request,
    },
};
use uuid::Uuid;

use crate::harness::{AttachOptions, Client, Harness};

fn policy(policy: Policy) -> Rules {
    Rules { policy: policy.into(), ..Rules::default() }
}

fn device(device: &'static str) -> AttachOptions {
    AttachOptions { device, ..AttachOptions::default() }
}

/// Device of the driver, according to the message that rejected a client.
fn in_use(client: &Client) -> Option<&str> {
    match client.ended.as_ref() {
        Some(Ended { cause: Some(Cause::InUse(by)) }) => Some(&by.device),
        _ => None,
    }
}

#[tokio::test]
async fn a_single_session_rejects_the_second_client_until_it_takes_over() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("exec cat").await;
    harness.configure(id, policy(Policy::Single)).await;
    let mut desk = harness.attach_with(id, device("desk")).await;
    let mut phone = harness.attach_with(id, device("phone")).await;
    phone.until_closed().await;
    assert_eq!(in_use(&phone), Some("desk"));
    assert_eq!(phone.closed.map(|(code, _)| code), Some(close::TAKEN_OVER));
    desk.text("still mine").await;
    desk.until_shows("still mine").await;
    // The same client can return while its old connection is still open.
    let (page, mirror, next_input) = (desk.id, desk.mirror.clone(), 2);
    let again = AttachOptions { mirror: Some(mirror), next_input, ..device("desk") };
    let mut again = Client::attach_with(&harness.host, id, page, again).await;
    assert!(again.welcome.driving && again.welcome.replaced.is_none());
    desk.until_closed().await;
    let phone = harness.attach_with(id, AttachOptions { take_over: true, ..device("phone") }).await;
    assert_eq!(phone.welcome.replaced.unwrap().device, "desk");
    again.until_closed().await;
    assert!(
        matches!(again.ended.unwrap().cause, Some(Cause::TakenOver(by)) if by.device == "phone")
    );
}

#[tokio::test]
async fn exactly_one_of_two_simultaneous_clients_drives() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("exec cat").await;
    harness.configure(id, policy(Policy::Single)).await;
    for _ in 0..20 {
        let (mut one, mut other) = tokio::join!(
            harness.attach_with(id, device("one")),
            harness.attach_with(id, device("other"))
        );
        let (winner, loser) = match one.welcome.driving {
            true => (&mut one, &mut other),
            false => (&mut other, &mut one),
        };
        assert!(winner.welcome.driving && !loser.welcome.driving);
        loser.until_closed().await;
        assert!(in_use(loser).is_some());
        drop((one, other));
        harness.until(id, |report| report.is_some_and(|report| report.driver.is_none())).await;
    }
}

#[tokio::test]
async fn several_clients_attach_and_one_of_them_drives() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("stty raw -echo; echo ready; exec cat").await;
    harness.configure(id, policy(Policy::Multi)).await;
    let mut one = harness.attach_with(id, device("one")).await;
    one.until_shows("ready").await;
    let mut two = harness.attach_with(id, device("two")).await;
    assert!(one.welcome.driving && !two.welcome.driving && two.welcome.replaced.is_none());
    two.until(|client| client.participants.present.len() == 2).await;
    one.until(|client| client.participants.present.len() == 2).await;
    let (first, second) = (one.participants.you, two.participants.you);
    assert_eq!((one.baton(), two.baton()), ((vec![first], vec![]), (vec![first], vec![])));
    // Input of others is refused; their size and colours apply when they drive.
    two.resize(100, 30).await;
    two.text("not yet ").await;
    two.until(|client| !client.notices.is_empty() && client.acked == 2).await;
    one.text("one ").await;
    two.until_shows("one").await;
    assert!(!two.screen().contains("not yet"));
    // Its request is refused; then it receives the baton.
    two.request_baton(Wish::Ask(true)).await;
    one.until(|client| client.baton().1 == [second]).await;
    one.request_baton(Wish::Refuse(second)).await;
    let refused = Some(notice::Body::BatonRefused("Ada".into()));
    two.until(|client| client.notices.iter().any(|notice| notice.body == refused)).await;
    one.request_baton(Wish::Grant(second)).await;
    two.until(|client| client.baton().0 == [second]).await;
    two.until(|client| client.mirror.columns == 100).await;
    two.text("two ").await;
    one.until_shows("one two").await;
    // The first client takes the baton back; the second one leaves.
    one.request_baton(Wish::Take(true)).await;
    two.until(|client| client.baton().0 == [first]).await;
    drop(two);
    one.until(|client| client.participants.present.len() == 1).await;
    one.text("alone").await;
    one.until_shows("one two alone").await;
}

#[tokio::test]
async fn the_oldest_request_or_else_typing_gets_the_baton_of_a_driver_that_leaves() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("stty raw -echo; echo ready; exec cat").await;
    harness.configure(id, policy(Policy::Multi)).await;
    let driver = harness.attach_with(id, device("driver")).await;
    let (mut early, mut late) = (
        harness.attach_with(id, device("early")).await,
        harness.attach_with(id, device("late")).await,
    );
    early.until_shows("ready").await;
    early.until(|client| client.participants.present.len() == 3).await;
    let (early_id, late_id) = (early.participants.you, early.participants.you + 1);
    early.request_baton(Wish::Ask(true)).await;
    late.until(|client| client.baton().1 == [early_id]).await;
    late.request_baton(Wish::Ask(true)).await;
    late.until(|client| client.baton().1 == [early_id, late_id]).await;
    harness.until(id, |report| report.is_some_and(|report| report.asking == 2)).await;
    drop(driver);
    late.until(|client| client.baton() == (vec![early_id], vec![late_id])).await;
    late.request_baton(Wish::Release(true)).await;
    early.until(|client| client.baton() == (vec![early_id], vec![])).await;
    early.request_baton(Wish::Release(true)).await;
    late.until(|client| client.baton().0.is_empty()).await;
    // Resizing a page does not claim the baton, typing does.
    early.resize(90, 20).await;
    early.until(|client| client.acked == 1).await;
    late.text("mine").await;
    early.until_shows("mine").await;
    early.until(|client| client.baton().0 == [late_id]).await;
    assert_eq!(early.mirror.columns, 80);
}

#[tokio::test]
async fn overseers_are_listed_and_cannot_type() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("stty raw -echo; echo ready; exec cat").await;
    harness.configure(id, policy(Policy::Multi)).await;
    let mut owner = harness.attach_with(id, device("owner")).await;
    owner.until_shows("ready").await;
    let before = harness.configure(id, policy(Policy::Multi)).await.last_seen;
    let mut overseer = harness
        .attach_with(id, AttachOptions { overseeing: true, take_over: true, ..device("overseer") })
        .await;
    assert!(!overseer.welcome.driving);
    owner.until(|client| client.participants.present.len() == 2).await;
    let seen = owner.participants.present.iter().find(|one| one.overseeing).unwrap();
    assert_eq!(
        (seen.person.as_ref().unwrap().device.as_str(), seen.may_drive),
        ("overseer", false)
    );
    overseer.request_baton(Wish::Take(true)).await;
    overseer.send(client_message::Body::Presence(Presence { visible: true, theme: None })).await;
    overseer.send(client_message::Body::Keep(protocol::wire::Keep {})).await;
    overseer.text("evil").await;
    overseer.until(|client| !client.notices.is_empty()).await;
    // An overseer's activity does not count as the owner's.
    let after = harness.configure(id, policy(Policy::Multi)).await;
    assert_eq!(after.last_seen, before);
    owner.text("good").await;
    overseer.until_shows("good").await;
    assert!(!overseer.screen().contains("evil"));
}

#[tokio::test]
async fn an_unresponsive_driver_is_detached_and_the_session_continues() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("exec cat").await;
    harness.configure(id, policy(Policy::Single)).await;
    let mut mute = harness.attach_with(id, device("mute")).await;
    mute.replies = false;
    let driver = |report: protocol::wire::Report| report.driver.map(|driver| driver.device);
    let probed = harness.report(id, session_request::Body::Probe(Probe {})).await;
    assert_eq!(driver(probed), None);
    mute.until_closed().await;
    let mut here = harness.attach_with(id, device("here")).await;
    assert!(here.welcome.driving);
    let (probed, ()) = tokio::join!(
        harness.report(id, session_request::Body::Probe(Probe {})),
        here.until(|client| client.pinged),
    );
    assert_eq!(driver(probed).as_deref(), Some("here"));
    here.text("alive").await;
    here.until_shows("alive").await;
}

#[tokio::test]
async fn a_preview_costs_only_changes_and_is_not_an_attachment() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("stty raw -echo; echo ready; exec cat").await;
    let mut driver = harness.attach(id).await;
    driver.until_shows("ready").await;
    let mut mirror = protocol::mirror::Mirror::default();
    let peek = |position| session_request::Body::Peek(Peek { position });
    let first = harness.request(id, peek(None)).await;
    mirror.apply(&Frame::decode(first[0].as_slice()).unwrap()).unwrap();
    assert_eq!(mirror.hash(), driver.mirror.hash());
    assert_eq!(harness.request(id, peek(mirror.position())).await, [vec![0; 0]], "nothing changed");
    driver.text("more").await;
    driver.until_shows("more").await;
    let update = harness.request(id, peek(mirror.position())).await;
    assert!(update[0].len() < 64, "{}", update[0].len());
    mirror.apply(&Frame::decode(update[0].as_slice()).unwrap()).unwrap();
    assert_eq!(mirror.hash(), driver.mirror.hash());
    let report = harness.configure(id, Rules::default()).await;
    assert_eq!((report.viewers, driver.participants.present.len()), (1, 1));
}

#[tokio::test]
async fn queries_are_answered_with_the_colors_of_the_current_driver() {
    let harness = Harness::new().await;
    let script = r"stty raw -echo; echo ready; read -rsn1; printf '\e]11;?\a'; exec dd bs=1 count=24 2>/dev/null | cat -v";
    let (id, _) = harness.start(script).await;
    harness.configure(id, policy(Policy::Multi)).await;
    let mut one = harness.attach_with(id, device("one")).await;
    let mut two = Client::attach_with(&harness.host, id, Uuid::now_v7(), device("two")).await;
    one.until_shows("ready").await;
    for (client, background) in [(&mut two, 0x12_34_56), (&mut one, 0xab_cd_ef)] {
        let theme = Some(Theme { foreground: 0, background, cursor: 0 });
        client.send(client_message::Body::Presence(Presence { visible: true, theme })).await;
    }
    two.request_baton(Wish::Take(true)).await;
    two.text("x").await;
    two.until_shows("11;rgb:1212/3434/5656").await;
}
