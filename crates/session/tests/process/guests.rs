//! Guests: read-only ones reach nothing, others can drive.

use protocol::wire::{
    Baton, BatonRule, HistoryRequest, Key, KeyKind, Mouse, MouseKind, Paste, Policy, Pong,
    Presence, Refresh, Rules, ShareChange, Size, Theme, baton::Wish, client_message::Body,
    input::Event, notice,
};
use std::process::Command;

use crate::harness::{AttachOptions, Client, Harness, guest};

/// Each kind of message that might reach a shell, in turn.
fn attempt(turn: u32) -> Result<Event, Body> {
    let baton = |wish| Err(Body::Baton(Baton { wish: Some(wish), seconds: turn % 3 }));
    let mouse = |kind: MouseKind, button| {
        let (column, row) = (turn % 80, turn % 24);
        Ok(Event::Mouse(Mouse { kind: kind.into(), button, column, row, modifiers: 0 }))
    };
    let key = |key: &str, kind: KeyKind, modifiers| {
        let (key, code) = (key.to_owned(), String::new());
        Ok(Event::Key(Key { key, modifiers, kind: kind.into(), code }))
    };
    match turn % 20 {
        0 => Ok(Event::Text("evil".into())),
        1 => key("Enter", KeyKind::Press, 0),
        2 => key("c", KeyKind::Press, 4),
        3 => key("s", KeyKind::Press, 4),
        4 => key("ArrowUp", KeyKind::Repeat, 0),
        5 => key("a", KeyKind::Release, 0),
        6 => Ok(Event::Paste(Paste { text: "evil\n".into(), more: true })),
        7 => Ok(Event::Paste(Paste { text: "evil".into(), more: false })),
        8 => mouse(MouseKind::Down, 0),
        9 => mouse(MouseKind::Up, 0),
        10 => mouse(MouseKind::Move, 3),
        11 => mouse(MouseKind::Wheel, 64),
        12 => Ok(Event::Focus(turn % 40 < 20)),
        13 => Ok(Event::Resize(Size { columns: 2 + turn % 200, rows: 2 + turn % 100 })),
        14 => {
            let theme = Some(Theme { foreground: 1, background: 2, cursor: 3 });
            Err(Body::Presence(Presence { visible: turn % 40 < 20, theme }))
        }
        15 => baton(Wish::Ask(true)),
        16 => baton(Wish::Take(true)),
        17 => baton(Wish::Grant(u64::from(turn % 4))),
        18 => baton(Wish::Release(true)),
        _ if turn % 40 < 20 => Err(Body::Pong(Pong { nonce: turn })),
        _ => Err(Body::Refresh(Refresh {})),
    }
}

/// Waits until everything sent so far is processed.
async fn processed(client: &mut Client) {
    client.send(Body::History(HistoryRequest { first: 0, count: 1 })).await;
    client.history().await;
}

#[tokio::test]
async fn a_hundred_thousand_attempts_of_a_read_only_guest_have_no_effect() {
    let harness = Harness::new().await;
    let got = harness.directory.path().join("got");
    // Enables all modes that make a terminal send something.
    let script = format!(
        "stty raw -echo; printf '\\e[?1003h\\e[?1006h\\e[?1004h\\e[?2004h\\e[>15u'; echo ready\n\
         dd bs=1 count=1 of='{}' 2>/dev/null; echo done; printf '\\e]11;?\\a'; exec cat -v",
        got.display()
    );
    let (id, started) = harness.start(&script).await;
    let mut owner = harness.attach(id).await;
    owner.until_shows("ready").await;
    let theme = Some(Theme { foreground: 0, background: 0x12_34_56, cursor: 0 });
    owner.send(Body::Presence(Presence { visible: true, theme })).await;
    let mut viewer = harness.attach_with(id, guest(&started, 1, 1).read_only()).await;
    assert!(!viewer.welcome.driving);
    for round in 0..100 {
        for turn in 0..1000 {
            match attempt(round * 1000 + turn) {
                Ok(event) => viewer.input(event).await,
                Err(body) => viewer.send(body).await,
            }
        }
        processed(&mut viewer).await;
    }
    let refused = |notice: &&protocol::wire::Notice| {
        matches!(notice.body, Some(notice::Body::InputRefused(true)))
    };
    assert!(viewer.notices.iter().any(|notice| refused(&notice)), "the guest is notified");
    assert_eq!(std::fs::metadata(&got).unwrap().len(), 0);
    let terminal = format!("/proc/{}/fd/0", started.shell);
    let size = Command::new("stty").args(["-F", &terminal, "size"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&size.stdout).trim(), "24 80");
    owner.text("x").await;
    owner.until_shows("11;rgb:1212/3434/5656").await;
    assert_eq!(std::fs::read(&got).unwrap(), b"x", "only the owner's input arrives");
    let seen = &harness.configure(id, Rules::default()).await.seen[0];
    assert_eq!((seen.keys, seen.left_at), (0, 0));
}

#[tokio::test]
async fn input_queued_before_a_share_became_read_only_is_withdrawn() {
    let harness = Harness::new().await;
    let fifo = harness.directory.path().join("fifo");
    let script = format!(
        "mkfifo '{0}'; stty raw -echo; printf '\\e[?2004h'; echo ready; read -r n < '{0}'\n\
         stdbuf -o0 tr -d g | cat -v",
        fifo.display()
    );
    let (id, started) = harness.start(&script).await;
    let mut owner = harness.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = harness.attach_with(id, guest(&started, 1, 1)).await;
    let number = one.until_listed().await;
    owner.request_baton(Wish::Grant(number)).await;
    one.until(|client| client.baton().0 == [number]).await;
    // More than the PTY accepts: most of it is queued when the access ends.
    for _ in 0..50 {
        let text = "g".repeat(16_000);
        one.input(Event::Paste(Paste { text, more: true })).await;
    }
    one.input(Event::Paste(Paste { text: "LATE".into(), more: false })).await;
    one.text("LATE").await;
    processed(&mut one).await;
    let read_only = ShareChange { read_only: Some(true), ..one.share_change() };
    harness.host.change_share(id, read_only).await.unwrap();
    one.text("LATE").await;
    one.until(|client| client.participants.grant.is_some_and(|grant| grant.read_only)).await;
    one.until(|client| client.acked == 53).await;
    owner.text("owner").await;
    std::fs::write(&fifo, "go\n").unwrap();
    // The interrupted paste is ended; otherwise the owner's text would be part of it.
    owner.until_shows("^[[200~^[[201~owner").await;
    assert!(!owner.screen().contains("LATE"));
    // With full access again, new input is accepted.
    let full = ShareChange { read_only: Some(false), ..one.share_change() };
    harness.host.change_share(id, full).await.unwrap();
    one.until(|client| client.participants.grant.is_some_and(|grant| !grant.read_only)).await;
    owner.request_baton(Wish::Grant(number)).await;
    one.until(|client| client.baton().0 == [number]).await;
    one.text("again").await;
    owner.until_shows("ownera").await;
}

#[tokio::test]
async fn a_guest_requests_the_baton_and_the_owner_takes_it_back() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = harness.attach(id).await;
    owner.until_shows("ready").await;
    owner.resize(90, 25).await;
    let mut one = harness.attach_with(id, guest(&started, 1, 1)).await;
    let number = one.until_listed().await;
    let me = one.participants.present.iter().find(|present| present.viewer == number).unwrap();
    assert_eq!(me.person.as_ref().unwrap().who, "guest 1");
    assert!(me.may_drive && !me.guest.is_empty() && one.participants.grant.is_some());
    // Joining, resizing and typing without the baton have no effect.
    one.resize(100, 30).await;
    one.text("no").await;
    one.until(|client| client.acked == 2 && client.mirror.columns == 90).await;
    let before = harness.configure(id, Rules::default()).await.last_seen;
    one.request_baton(Wish::Ask(true)).await;
    owner.until(|client| client.baton().1 == [number]).await;
    owner.request_baton(Wish::Grant(number)).await;
    one.until(|client| client.mirror.columns == 100).await;
    one.text("guest").await;
    let typing = |client: &Client, wanted| {
        client.participants.present.iter().any(|one| one.viewer == number && one.typing == wanted)
    };
    owner.until(|client| client.screen().contains("guest") && typing(client, true)).await;
    let report = harness.configure(id, Rules::default()).await;
    let who = |person: Option<protocol::wire::Viewer>| person.unwrap().who;
    assert_eq!((report.viewers, report.guests, report.last_seen), (1, 1, before));
    assert_eq!((who(report.driver), who(report.guest_driver)), ("Ada".into(), "guest 1".into()));
    let present: Vec<_> = report.present.iter().map(|one| (one.viewer, one.typing)).collect();
    assert_eq!(present[0], (number, true), "the driver is first: {present:?}");
    assert_eq!(present.len(), 2);
    owner.until(|client| typing(client, false)).await;
    owner.request_baton(Wish::Take(true)).await;
    one.until(|client| client.mirror.columns == 90 && client.baton().0 != [number]).await;
    one.text("no").await;
    one.until(|client| client.acked == 4).await;
    owner.text(" owner").await;
    one.until_shows("guest owner").await;
}

#[tokio::test]
async fn typing_claims_a_free_baton_and_splits_no_paste() {
    let harness = Harness::new().await;
    let script = r"stty raw -echo; printf '\e[?2004h'; echo ready; exec cat -v";
    let (id, started) = harness.start(script).await;
    let free = Rules { baton: BatonRule::Free.into(), ..Rules::default() };
    harness.configure(id, free).await;
    let mut owner = harness.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = harness.attach_with(id, guest(&started, 1, 1)).await;
    let number = one.until_listed().await;
    owner.text("o").await;
    owner.until_shows(" o").await;
    // The owner has just typed, so the guest cannot claim the baton yet.
    let mut typed = 0;
    while one.baton().0 != [number] {
        one.text("g").await;
        typed += 1;
        one.until(|client| client.acked == typed).await;
    }
    // Under the request rule, typing does not claim the baton.
    harness.configure(id, Rules::default()).await;
    one.input(Event::Paste(Paste { text: "half".into(), more: true })).await;
    owner.until_shows("g^[[200~half").await;
    // Typing cannot interrupt a paste; taking the baton ends it.
    owner.text("no").await;
    owner.until(|client| client.acked == 2).await;
    one.input(Event::Paste(Paste { text: "more".into(), more: true })).await;
    owner.until_shows("halfmore").await;
    owner.request_baton(Wish::Take(true)).await;
    owner.until(|client| client.baton().0 == [client.participants.you]).await;
    one.input(Event::Paste(Paste { text: "late".into(), more: false })).await;
    one.until(|client| client.acked == typed + 3).await;
    owner.text("mine").await;
    owner.until_shows("g^[[200~halfmore^[[201~mine").await;
}

#[tokio::test]
async fn the_policy_applies_between_clients_of_the_owner() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("stty raw -echo; echo ready; exec cat").await;
    harness.configure(id, Rules { policy: Policy::Single.into(), ..Rules::default() }).await;
    let mut one = harness.attach_with(id, guest(&started, 1, 1)).await;
    one.until_shows("ready").await;
    // Without other participants the guest drives by typing. The owner can still attach.
    one.text("guest").await;
    one.until_shows("guest").await;
    let mut owner = harness.attach(id).await;
    assert!(!owner.welcome.driving && owner.ended.is_none());
    let mut second = harness.attach(id).await;
    second.until_closed().await;
    assert!(second.ended.is_some());
    owner.request_baton(Wish::Take(true)).await;
    owner.until(|client| client.baton().0 == [client.participants.you]).await;
    owner.text(" owner").await;
    one.until_shows("guest owner").await;
    // A guest with the client id of the owner's page remains a guest.
    let page = owner.id;
    let impostor = Client::attach_with(
        &harness.host,
        id,
        page,
        AttachOptions { take_over: true, ..guest(&started, 1, 2) },
    );
    assert!(!impostor.await.welcome.driving);
    owner.text(" still").await;
    one.until_shows("guest owner still").await;
}

#[tokio::test]
async fn history_from_before_a_guest_joined_is_hidden() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("seq 1001 1100; read -r _; seq 2001 2100; exec cat").await;
    let mut owner = harness.attach(id).await;
    owner.until_shows("1100").await;
    let mut one = harness.attach_with(id, guest(&started, 1, 1)).await;
    one.until_shows("1100").await;
    let (oldest, top) = (one.mirror.oldest, one.mirror.top);
    owner.key("Enter", 0).await;
    one.until_shows("2100").await;
    let request = Body::History(HistoryRequest { first: 0, count: 150 });
    let mut texts = Vec::new();
    for client in [&mut one, &mut owner] {
        client.send(request.clone()).await;
        let history = client.history().await;
        assert_eq!((history.first, history.lines.len()), (oldest, 150));
        texts.push(history.lines.into_iter().map(|line| line.text).collect::<Vec<_>>());
    }
    let [shown, all] = texts.as_slice() else { panic!("two histories") };
    let hidden = usize::try_from(top - oldest).unwrap();
    assert_eq!((all[0].as_str(), hidden), ("1001", 77));
    assert!(shown[..hidden].iter().all(String::is_empty), "{shown:?}");
    assert_eq!(shown[hidden..], all[hidden..]);
    // A resize starts a new epoch, in which all earlier lines are hidden.
    owner.resize(70, 20).await;
    one.until(|client| client.mirror.columns == 70).await;
    one.send(request).await;
    assert!(one.history().await.lines.iter().all(|line| line.text.is_empty()));
}

#[tokio::test]
async fn a_lent_baton_is_returned() {
    let harness = Harness::new().await;
    let (id, started) = harness.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = harness.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = harness.attach_with(id, guest(&started, 1, 1)).await;
    let number = one.until_listed().await;
    let grant = Baton { wish: Some(Wish::Grant(number)), seconds: 3 };
    owner.send(Body::Baton(grant)).await;
    one.until(|client| client.baton().0 == [number]).await;
    owner.until(|client| client.baton().0 == [number]).await;
    let driver = one.participants.present.iter().find(|present| present.driving).unwrap();
    assert!(driver.driving_until >= started.created_at + 3000);
    // Reloading the page does not extend the loan.
    let page = one.id;
    let mut again = Client::attach_with(&harness.host, id, page, guest(&started, 1, 1)).await;
    owner.until(|client| client.baton().0 == [client.participants.you]).await;
    again.until(|client| client.baton().0 == owner.baton().0).await;
    owner.text("owner").await;
    again.until_shows("owner").await;
}
