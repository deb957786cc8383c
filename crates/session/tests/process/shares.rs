//! The end of shares: by time, by hand, with the session; who is cut, who is not, what is left to tell.

use protocol::{
    close,
    framing::Channel,
    wire::{
        AttachRequest, EndCause, EndRequest, Hello, Report, Rules, ShareChange, Viewer,
        ended::Cause, notice, session_request::Body, share_end::How,
    },
};

use crate::harness::{Client, World, guest};

/// A guest is cut within this time after the end of their share. Milliseconds.
const LATEST: u64 = 2000;

fn how(client: &Client) -> Option<How> {
    match client.ended.as_ref()?.cause.as_ref()? {
        Cause::Share(end) => Some(end.how()),
        _ => None,
    }
}

fn code(client: &Client) -> Option<u16> {
    client.closed.as_ref().map(|(code, _)| *code)
}

/// Takes everything until the connection is over: nothing may come behind the last word.
async fn cut(client: &mut Client) {
    while client.ended.is_none() {
        assert!(client.step().await, "the last word comes before the end");
    }
    let frames = client.frame_bytes.len();
    client.until_over().await;
    assert_eq!((client.frame_bytes.len(), code(client)), (frames, Some(close::GONE)));
}

#[tokio::test]
async fn the_session_itself_ends_shares_when_their_time_is_up() {
    let world = World::new().await;
    let (id, started) = world.start("while :; do echo flood; done").await;
    let mut owner = world.attach(id).await;
    let mut guests = Vec::new();
    for n in 0..20 {
        let mut coming = guest(&started, n, n);
        let grant = coming.guest.as_mut().unwrap();
        grant.ends_at = started.created_at + 4000 + u64::from(n) * 50;
        guests.push((grant.ends_at, world.come(id, coming).await));
    }
    let mut stays = world.come(id, guest(&started, 100, 100)).await;
    for (ends_at, client) in &mut guests {
        cut(client).await;
        assert_eq!(how(client), Some(How::TimeUp));
        let Some(Cause::Share(end)) = client.ended.as_ref().unwrap().cause.clone() else {
            panic!("a share ended")
        };
        assert!(end.at >= *ends_at, "{} ms early", *ends_at - end.at);
        assert!(end.at <= *ends_at + LATEST, "{} ms late", end.at - *ends_at);
    }
    // Coming again does not help; who has time left and the owner notice nothing.
    let mut late = guest(&started, 0, 0);
    late.guest.as_mut().unwrap().ends_at = started.created_at + 4000;
    let mut late = world.come(id, late).await;
    cut(&mut late).await;
    assert_eq!(how(&late), Some(How::TimeUp));
    for client in [&mut stays, &mut owner] {
        let frames = client.frame_bytes.len();
        client.until(|client| client.frame_bytes.len() > frames + 3).await;
        assert!(client.ended.is_none());
    }
}

#[tokio::test]
async fn a_revoked_share_cuts_its_guests_and_nobody_else() {
    let world = World::new().await;
    let (id, started) = world.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = world.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = world.come(id, guest(&started, 1, 1)).await;
    let mut other = world.come(id, guest(&started, 2, 2)).await;
    let revoke = ShareChange { revoke: true, ..one.share_change() };
    let report = world.host.change_share(id, revoke.clone()).await.unwrap();
    assert_eq!((report.guests, report.viewers), (1, 1), "it is gone when the answer comes");
    cut(&mut one).await;
    assert_eq!(how(&one), Some(How::Revoked));
    // Who was on the way meanwhile is not let in, and a share without guests can be revoked, too.
    let mut late = world.come(id, guest(&started, 1, 3)).await;
    cut(&mut late).await;
    assert_eq!(how(&late), Some(How::Revoked));
    let third = ShareChange { share: vec![3; 16], ..revoke };
    world.host.change_share(id, third).await.unwrap();
    let mut third = guest(&started, 0, 4);
    third.guest.as_mut().unwrap().share = vec![3; 16];
    let mut third = world.come(id, third).await;
    cut(&mut third).await;
    assert_eq!(how(&third), Some(How::Revoked));
    owner.text("shell").await;
    other.until_shows("shell").await;
    assert!(other.ended.is_none());
}

#[tokio::test]
async fn a_guest_that_is_removed_leaves_with_all_its_tabs_and_stays_out() {
    let world = World::new().await;
    let (id, started) = world.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = world.attach(id).await;
    owner.until_shows("ready").await;
    let mut tabs =
        [world.come(id, guest(&started, 1, 1)).await, world.come(id, guest(&started, 1, 1)).await];
    let mut stays = world.come(id, guest(&started, 1, 2)).await;
    let number = tabs[0].until_crew().await;
    let unwanted = tabs[0].crew.present.iter().find(|one| one.viewer == number).unwrap();
    let unwanted = unwanted.guest.clone();
    // It drives and types.
    owner.wish(protocol::wire::baton::Wish::Grant(number)).await;
    tabs[0].until(|client| client.crew().0 == [number]).await;
    tabs[0].text("three").await;
    stays.until_shows("three").await;
    let report = world.host.remove_guest(id, unwanted.clone()).await.unwrap();
    assert_eq!(report.guests, 1);
    for tab in &mut tabs {
        cut(tab).await;
        assert_eq!(how(tab), Some(How::Removed));
    }
    let mut again = world.come(id, guest(&started, 1, 1)).await;
    cut(&mut again).await;
    assert_eq!(how(&again), Some(How::Removed));
    owner.until(|client| client.crew.present.len() == 2).await;
    owner.text(" more").await;
    stays.until_shows("three more").await;
    // What is left to tell: of both, and after the end for good.
    let left = |report: &Report, wanted: &[u8]| {
        let seen = report.seen.iter().find(|seen| seen.guest == wanted).unwrap();
        assert!(seen.joined_at >= started.created_at);
        (seen.left_at > 0, seen.keys)
    };
    assert_eq!(left(&report, &unwanted), (true, 5));
    let there = vec![2; 16];
    assert_eq!(left(&report, &there), (false, 0));
    let close = EndRequest { cause: EndCause::Closed.into(), by: "Ada".into(), note: "x".into() };
    world.host.end(id, close).await.unwrap();
    cut(&mut stays).await;
    let Some(Cause::Session(end)) = stays.ended.unwrap().cause else { panic!("the session ended") };
    assert_eq!((end.cause(), end.by.as_str(), end.note.as_str()), (EndCause::Closed, "", ""));
    let report = world.host.report(id).unwrap();
    assert_eq!((left(&report, &unwanted), left(&report, &there)), ((true, 5), (true, 0)));
    assert_eq!(report.guests, 0);
}

#[tokio::test]
async fn ends_in_sight_are_told_to_guests_and_to_the_owner() {
    let world = World::new().await;
    let (id, started) = world.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = world.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = world.come(id, guest(&started, 1, 1)).await;
    let mut other = world.come(id, guest(&started, 2, 2)).await;
    let told = |client: &Client| {
        let times = client.notices.iter().filter_map(|notice| match &notice.body {
            Some(notice::Body::ShareEnding(ending)) => Some(ending.at),
            _ => None,
        });
        times.collect::<Vec<_>>()
    };
    let (soon, later) = (started.created_at + 280_000, started.created_at + 9_000_000);
    for (ends_at, expected) in [(soon, vec![soon]), (later, vec![soon, 0])] {
        let change = ShareChange { ends_at: Some(ends_at), ..one.share_change() };
        world.host.change_share(id, change).await.unwrap();
        for client in [&mut one, &mut owner] {
            client.until(|client| told(client).len() == expected.len()).await;
            assert_eq!(told(client), expected);
        }
        one.until(|client| client.crew.grant.is_some_and(|grant| grant.ends_at == ends_at)).await;
    }
    owner.text("last").await;
    other.until_shows("last").await;
    assert!(told(&other).is_empty());
}

#[tokio::test]
async fn what_names_no_guest_is_not_taken_for_a_member() {
    let world = World::new().await;
    let (id, started) = world.start("exec cat").await;
    let coming = guest(&started, 1, 1).guest.unwrap();
    let hello = Some(Hello { version: 1, client: vec![1; 16], ..Hello::default() });
    let request = |guest| AttachRequest {
        viewer: Some(Viewer::default()),
        hello: hello.clone(),
        guest,
        ..AttachRequest::default()
    };
    let short = protocol::wire::Guest { share: vec![1; 15], ..coming.clone() };
    for body in [
        Body::Join(request(None)),
        Body::Join(request(Some(short))),
        Body::Attach(request(Some(coming))),
        Body::Share(ShareChange::default()),
        Body::Kick(protocol::wire::Kick { guest: vec![1] }),
    ] {
        let answers = world.answers(id, body).await;
        let [(Channel::Close, last)] = answers.as_slice() else { panic!("{answers:?}") };
        assert_eq!(protocol::framing::read_close(last).0, close::BAD_MESSAGE);
    }
    let report = world.configure(id, Rules::default()).await;
    assert_eq!((report.viewers, report.guests, report.seen.len()), (0, 0, 0));
}
