//! Ends of shares by time, by revocation and with the session: which guests are evicted and which are not.

use protocol::{
    close,
    framing::Channel,
    wire::{
        AttachRequest, EndCause, EndRequest, Hello, Report, Rules, ShareChange, Viewer,
        ended::Cause, notice, session_request::Body, share_end::How,
    },
};

use crate::harness::{Client, Harness, guest};

/// Longest delay between the end of a share and the eviction of its guests, in milliseconds.
const MAX_DELAY: u64 = 2000;

fn how(client: &Client) -> Option<How> {
    match client.ended.as_ref()?.cause.as_ref()? {
        Cause::Share(end) => Some(end.how()),
        _ => None,
    }
}

fn code(client: &Client) -> Option<u16> {
    client.closed.as_ref().map(|(code, _)| *code)
}

/// Waits for the eviction. No frame may follow the last message.
async fn until_evicted(client: &mut Client) {
    while client.ended.is_none() {
        assert!(client.step().await, "the last message precedes the end");
    }
    let frames = client.frame_bytes.len();
    client.until_closed().await;
    assert_eq!((client.frame_bytes.len(), code(client)), (frames, Some(close::GONE)));
}

#[tokio::test]
async fn the_session_ends_shares_on_time() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("while :; do echo flood; done").await;
    let mut owner = harness.attach(id).await;
    let mut guests = Vec::new();
    for n in 0..20 {
        let mut options = guest(&started, n, n);
        let grant = options.guest.as_mut().unwrap();
        grant.ends_at = started.created_at + 4000 + u64::from(n) * 50;
        guests.push((grant.ends_at, harness.attach_with(id, options).await));
    }
    let mut stays = harness.attach_with(id, guest(&started, 100, 100)).await;
    for (ends_at, client) in &mut guests {
        until_evicted(client).await;
        assert_eq!(how(client), Some(How::TimeUp));
        let Some(Cause::Share(end)) = client.ended.as_ref().unwrap().cause.clone() else {
            panic!("a share ended")
        };
        assert!(end.at >= *ends_at, "{} ms early", *ends_at - end.at);
        assert!(end.at <= *ends_at + MAX_DELAY, "{} ms late", end.at - *ends_at);
    }
    // Rejoining fails; other guests and the owner are not affected.
    let mut late = guest(&started, 0, 0);
    late.guest.as_mut().unwrap().ends_at = started.created_at + 4000;
    let mut late = harness.attach_with(id, late).await;
    until_evicted(&mut late).await;
    assert_eq!(how(&late), Some(How::TimeUp));
    for client in [&mut stays, &mut owner] {
        let frames = client.frame_bytes.len();
        client.until(|client| client.frame_bytes.len() > frames + 3).await;
        assert!(client.ended.is_none());
    }
}

#[tokio::test]
async fn revoking_a_share_evicts_only_its_guests() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = harness.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = harness.attach_with(id, guest(&started, 1, 1)).await;
    let mut other = harness.attach_with(id, guest(&started, 2, 2)).await;
    let revoke = ShareChange { revoke: true, ..one.share_change() };
    let report = harness.host.change_share(id, revoke.clone()).await.unwrap();
    assert_eq!((report.guests, report.viewers), (1, 1), "the guest is gone before the response");
    until_evicted(&mut one).await;
    assert_eq!(how(&one), Some(How::Revoked));
    // A guest on its way is rejected. A share without guests can be revoked too.
    let mut late = harness.attach_with(id, guest(&started, 1, 3)).await;
    until_evicted(&mut late).await;
    assert_eq!(how(&late), Some(How::Revoked));
    let third = ShareChange { share: vec![3; 16], ..revoke };
    harness.host.change_share(id, third).await.unwrap();
    let mut third = guest(&started, 0, 4);
    third.guest.as_mut().unwrap().share = vec![3; 16];
    let mut third = harness.attach_with(id, third).await;
    until_evicted(&mut third).await;
    assert_eq!(how(&third), Some(How::Revoked));
    owner.text("shell").await;
    other.until_shows("shell").await;
    assert!(other.ended.is_none());
}

#[tokio::test]
async fn removing_a_guest_closes_all_its_tabs_permanently() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = harness.attach(id).await;
    owner.until_shows("ready").await;
    let mut tabs = [
        harness.attach_with(id, guest(&started, 1, 1)).await,
        harness.attach_with(id, guest(&started, 1, 1)).await,
    ];
    let mut stays = harness.attach_with(id, guest(&started, 1, 2)).await;
    let number = tabs[0].until_listed().await;
    let removed = tabs[0].participants.present.iter().find(|one| one.viewer == number).unwrap();
    let removed = removed.guest.clone();
    // The guest drives and types.
    owner.request_baton(protocol::wire::baton::Wish::Grant(number)).await;
    tabs[0].until(|client| client.baton().0 == [number]).await;
    tabs[0].text("three").await;
    stays.until_shows("three").await;
    let report = harness.host.remove_guest(id, removed.clone()).await.unwrap();
    assert_eq!(report.guests, 1);
    for tab in &mut tabs {
        until_evicted(tab).await;
        assert_eq!(how(tab), Some(How::Removed));
    }
    let mut again = harness.attach_with(id, guest(&started, 1, 1)).await;
    until_evicted(&mut again).await;
    assert_eq!(how(&again), Some(How::Removed));
    owner.until(|client| client.participants.present.len() == 2).await;
    owner.text(" more").await;
    stays.until_shows("three more").await;
    // Receipt data of both guests, before and after the end.
    let receipt = |report: &Report, wanted: &[u8]| {
        let seen = report.seen.iter().find(|seen| seen.guest == wanted).unwrap();
        assert!(seen.joined_at >= started.created_at);
        (seen.left_at > 0, seen.keys)
    };
    assert_eq!(receipt(&report, &removed), (true, 5));
    let attached = vec![2; 16];
    assert_eq!(receipt(&report, &attached), (false, 0));
    let close = EndRequest { cause: EndCause::Closed.into(), by: "Ada".into(), note: "x".into() };
    harness.host.end(id, close).await.unwrap();
    until_evicted(&mut stays).await;
    let Some(Cause::Session(end)) = stays.ended.unwrap().cause else { panic!("the session ended") };
    assert_eq!((end.cause(), end.by.as_str(), end.note.as_str()), (EndCause::Closed, "", ""));
    let report = harness.host.report(id).unwrap();
    assert_eq!((receipt(&report, &removed), receipt(&report, &attached)), ((true, 5), (true, 0)));
    assert_eq!(report.guests, 0);
}

#[tokio::test]
async fn guests_and_the_owner_are_warned_of_the_end_of_a_share() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = harness.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = harness.attach_with(id, guest(&started, 1, 1)).await;
    let mut other = harness.attach_with(id, guest(&started, 2, 2)).await;
    let warnings = |client: &Client| {
        let times = client.notices.iter().filter_map(|notice| match &notice.body {
            Some(notice::Body::ShareEnding(ending)) => Some(ending.at),
            _ => None,
        });
        times.collect::<Vec<_>>()
    };
    let (soon, later) = (started.created_at + 280_000, started.created_at + 9_000_000);
    for (ends_at, expected) in [(soon, vec![soon]), (later, vec![soon, 0])] {
        let change = ShareChange { ends_at: Some(ends_at), ..one.share_change() };
        harness.host.change_share(id, change).await.unwrap();
        for client in [&mut one, &mut owner] {
            client.until(|client| warnings(client).len() == expected.len()).await;
            assert_eq!(warnings(client), expected);
        }
        one.until(|client| client.participants.grant.is_some_and(|grant| grant.ends_at == ends_at))
            .await;
    }
    owner.text("last").await;
    other.until_shows("last").await;
    assert!(warnings(&other).is_empty());
}

#[tokio::test]
async fn requests_without_a_valid_guest_are_rejected() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("exec cat").await;
    let options = guest(&started, 1, 1).guest.unwrap();
    let hello = Some(Hello { version: 1, client: vec![1; 16], ..Hello::default() });
    let request = |guest| AttachRequest {
        viewer: Some(Viewer::default()),
        hello: hello.clone(),
        guest,
        ..AttachRequest::default()
    };
    let short = protocol::wire::Guest { share: vec![1; 15], ..options.clone() };
    for body in [
        Body::Join(request(None)),
        Body::Join(request(Some(short))),
        Body::Attach(request(Some(options))),
        Body::Share(ShareChange::default()),
        Body::Kick(protocol::wire::Kick { guest: vec![1] }),
    ] {
        let response = harness.request_framed(id, body).await;
        let [(Channel::Close, last)] = response.as_slice() else { panic!("{response:?}") };
        assert_eq!(protocol::framing::read_close(last).0, close::BAD_MESSAGE);
    }
    let report = harness.configure(id, Rules::default()).await;
    assert_eq!((report.viewers, report.guests, report.seen.len()), (0, 0, 0));
}
