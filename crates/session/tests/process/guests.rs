//! Guests beside the owner: what read-only ones can do (nothing), who of the others drives.

use protocol::wire::{
    Baton, BatonRule, HistoryRequest, Key, KeyKind, Mouse, MouseKind, Paste, Policy, Pong,
    Presence, Refresh, Rules, ShareChange, Size, Theme, baton::Wish, client_message::Body,
    input::Event, notice,
};
use std::process::Command;

use crate::harness::{Client, Coming, World, guest};

/// Everything a page can send that might reach a shell, by turns.
fn attempt(turn: u32) -> Result<Event, Body> {
    let wish = |wish| Err(Body::Baton(Baton { wish: Some(wish), seconds: turn % 3 }));
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
        15 => wish(Wish::Ask(true)),
        16 => wish(Wish::Take(true)),
        17 => wish(Wish::Grant(u64::from(turn % 4))),
        18 => wish(Wish::Release(true)),
        _ if turn % 40 < 20 => Err(Body::Pong(Pong { nonce: turn })),
        _ => Err(Body::Refresh(Refresh {})),
    }
}

/// Everything sent until now was dealt with.
async fn heard(client: &mut Client) {
    client.send(Body::History(HistoryRequest { first: 0, count: 1 })).await;
    client.history().await;
}

#[tokio::test]
async fn a_hundred_thousand_attempts_of_a_read_only_guest_reach_nothing() {
    let world = World::new().await;
    let got = world.directory.path().join("got");
    // Every mode that makes a terminal send something is on.
    let script = format!(
        "stty raw -echo; printf '\\e[?1003h\\e[?1006h\\e[?1004h\\e[?2004h\\e[>15u'; echo ready\n\
         dd bs=1 count=1 of='{}' 2>/dev/null; echo done; printf '\\e]11;?\\a'; exec cat -v",
        got.display()
    );
    let (id, started) = world.start(&script).await;
    let mut owner = world.attach(id).await;
    owner.until_shows("ready").await;
    let theme = Some(Theme { foreground: 0, background: 0x12_34_56, cursor: 0 });
    owner.send(Body::Presence(Presence { visible: true, theme })).await;
    let mut viewer = world.come(id, guest(&started, 1, 1).read_only()).await;
    assert!(!viewer.welcome.driving);
    for round in 0..100 {
        for turn in 0..1000 {
            match attempt(round * 1000 + turn) {
                Ok(event) => viewer.input(event).await,
                Err(body) => viewer.send(body).await,
            }
        }
        heard(&mut viewer).await;
    }
    let refused = |notice: &&protocol::wire::Notice| {
        matches!(notice.body, Some(notice::Body::InputRefused(true)))
    };
    assert!(viewer.notices.iter().any(|notice| refused(&notice)), "it gets a hint");
    assert_eq!(std::fs::metadata(&got).unwrap().len(), 0);
    let terminal = format!("/proc/{}/fd/0", started.shell);
    let size = Command::new("stty").args(["-F", &terminal, "size"]).output().unwrap();
    assert_eq!(String::from_utf8_lossy(&size.stdout).trim(), "24 80");
    owner.text("x").await;
    owner.until_shows("11;rgb:1212/3434/5656").await;
    assert_eq!(std::fs::read(&got).unwrap(), b"x", "the owner's is the first to arrive");
    let seen = &world.configure(id, Rules::default()).await.seen[0];
    assert_eq!((seen.keys, seen.left_at), (0, 0));
}

#[tokio::test]
async fn read_only_from_now_on_means_that_nothing_more_arrives() {
    let world = World::new().await;
    let fifo = world.directory.path().join("fifo");
    let script = format!(
        "mkfifo '{0}'; stty raw -echo; printf '\\e[?2004h'; echo ready; read -r n < '{0}'\n\
         stdbuf -o0 tr -d g | cat -v",
        fifo.display()
    );
    let (id, started) = world.start(&script).await;
    let mut owner = world.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = world.come(id, guest(&started, 1, 1)).await;
    let number = one.until_crew().await;
    owner.wish(Wish::Grant(number)).await;
    one.until(|client| client.crew().0 == [number]).await;
    // More than the terminal takes: most of it waits in the session when the access ends.
    for _ in 0..50 {
        let text = "g".repeat(16_000);
        one.input(Event::Paste(Paste { text, more: true })).await;
    }
    one.input(Event::Paste(Paste { text: "LATE".into(), more: false })).await;
    one.text("LATE").await;
    heard(&mut one).await;
    let read_only = ShareChange { read_only: Some(true), ..one.share_change() };
    world.host.change_share(id, read_only).await.unwrap();
    one.text("LATE").await;
    one.until(|client| client.crew.grant.is_some_and(|grant| grant.read_only)).await;
    one.until(|client| client.acked == 53).await;
    owner.text("owner").await;
    std::fs::write(&fifo, "go\n").unwrap();
    // The paste that was broken off is closed, or the owner's text would be a part of it.
    owner.until_shows("^[[200~^[[201~owner").await;
    assert!(!owner.screen().contains("LATE"));
    // And back: what it types from now on counts.
    let full = ShareChange { read_only: Some(false), ..one.share_change() };
    world.host.change_share(id, full).await.unwrap();
    one.until(|client| client.crew.grant.is_some_and(|grant| !grant.read_only)).await;
    owner.wish(Wish::Grant(number)).await;
    one.until(|client| client.crew().0 == [number]).await;
    one.text("again").await;
    owner.until_shows("ownera").await;
}

#[tokio::test]
async fn a_guest_asks_drives_and_the_owner_takes_it_back() {
    let world = World::new().await;
    let (id, started) = world.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = world.attach(id).await;
    owner.until_shows("ready").await;
    owner.resize(90, 25).await;
    let mut one = world.come(id, guest(&started, 1, 1)).await;
    let number = one.until_crew().await;
    let me = one.crew.present.iter().find(|present| present.viewer == number).unwrap();
    assert_eq!(me.person.as_ref().unwrap().who, "guest 1");
    assert!(me.may_drive && !me.guest.is_empty() && one.crew.grant.is_some());
    // Coming and being of some size changes nothing; nor does typing without being asked.
    one.resize(100, 30).await;
    one.text("no").await;
    one.until(|client| client.acked == 2 && client.mirror.columns() == 90).await;
    let before = world.configure(id, Rules::default()).await.last_seen;
    one.wish(Wish::Ask(true)).await;
    owner.until(|client| client.crew().1 == [number]).await;
    owner.wish(Wish::Grant(number)).await;
    one.until(|client| client.mirror.columns() == 100).await;
    one.text("guest").await;
    let typing = |client: &Client, wanted| {
        client.crew.present.iter().any(|one| one.viewer == number && one.typing == wanted)
    };
    owner.until(|client| client.screen().contains("guest") && typing(client, true)).await;
    let report = world.configure(id, Rules::default()).await;
    let who = |person: Option<protocol::wire::Viewer>| person.unwrap().who;
    assert_eq!((report.viewers, report.guests, report.last_seen), (1, 1, before));
    assert_eq!((who(report.driver), who(report.guest_driver)), ("Ada".into(), "guest 1".into()));
    let present: Vec<_> = report.present.iter().map(|one| (one.viewer, one.typing)).collect();
    assert_eq!(present[0], (number, true), "who drives comes first: {present:?}");
    assert_eq!(present.len(), 2);
    owner.until(|client| typing(client, false)).await;
    owner.wish(Wish::Take(true)).await;
    one.until(|client| client.mirror.columns() == 90 && client.crew().0 != [number]).await;
    one.text("no").await;
    one.until(|client| client.acked == 4).await;
    owner.text(" owner").await;
    one.until_shows("guest owner").await;
}

#[tokio::test]
async fn a_free_baton_passes_by_typing_and_no_paste_is_torn() {
    let world = World::new().await;
    let script = r"stty raw -echo; printf '\e[?2004h'; echo ready; exec cat -v";
    let (id, started) = world.start(script).await;
    let free = Rules { baton: BatonRule::Free.into(), ..Rules::default() };
    world.configure(id, free).await;
    let mut owner = world.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = world.come(id, guest(&started, 1, 1)).await;
    let number = one.until_crew().await;
    owner.text("o").await;
    owner.until_shows(" o").await;
    // The owner has just typed: what the guest types counts only some time later.
    let mut typed = 0;
    while one.crew().0 != [number] {
        one.text("g").await;
        typed += 1;
        one.until(|client| client.acked == typed).await;
    }
    // Asked for again, it does not pass any more, however slow this is.
    world.configure(id, Rules::default()).await;
    one.input(Event::Paste(Paste { text: "half".into(), more: true })).await;
    owner.until_shows("g^[[200~half").await;
    // In the middle of it nobody's typing comes in between; the owner's taking ends it.
    owner.text("no").await;
    owner.until(|client| client.acked == 2).await;
    one.input(Event::Paste(Paste { text: "more".into(), more: true })).await;
    owner.until_shows("halfmore").await;
    owner.wish(Wish::Take(true)).await;
    owner.until(|client| client.crew().0 == [client.crew.you]).await;
    one.input(Event::Paste(Paste { text: "late".into(), more: false })).await;
    one.until(|client| client.acked == typed + 3).await;
    owner.text("mine").await;
    owner.until_shows("g^[[200~halfmore^[[201~mine").await;
}

#[tokio::test]
async fn the_policy_is_between_clients_of_the_owner() {
    let world = World::new().await;
    let (id, started) = world.start("stty raw -echo; echo ready; exec cat").await;
    world.configure(id, Rules { policy: Policy::Single.into(), ..Rules::default() }).await;
    let mut one = world.come(id, guest(&started, 1, 1)).await;
    one.until_shows("ready").await;
    // Nobody else is there: the guest drives by typing, and the owner attaches all the same.
    one.text("guest").await;
    one.until_shows("guest").await;
    let mut owner = world.attach(id).await;
    assert!(!owner.welcome.driving && owner.ended.is_none());
    let mut second = world.attach(id).await;
    second.until_over().await;
    assert!(second.ended.is_some());
    owner.wish(Wish::Take(true)).await;
    owner.until(|client| client.crew().0 == [client.crew.you]).await;
    owner.text(" owner").await;
    one.until_shows("guest owner").await;
    // A guest that claims to be the owner's page is a guest like any other.
    let page = owner.id;
    let fake =
        Client::come(&world.host, id, page, Coming { take_over: true, ..guest(&started, 1, 2) });
    assert!(!fake.await.welcome.driving);
    owner.text(" still").await;
    one.until_shows("guest owner still").await;
}

#[tokio::test]
async fn what_was_on_the_screen_before_a_guest_came_is_not_for_it() {
    let world = World::new().await;
    let (id, started) = world.start("seq 1001 1100; read -r _; seq 2001 2100; exec cat").await;
    let mut owner = world.attach(id).await;
    owner.until_shows("1100").await;
    let mut one = world.come(id, guest(&started, 1, 1)).await;
    one.until_shows("1100").await;
    let (oldest, top) = (one.mirror.oldest(), one.mirror.top());
    owner.key("Enter", 0).await;
    one.until_shows("2100").await;
    let ask = Body::History(HistoryRequest { first: 0, count: 150 });
    let mut texts = Vec::new();
    for client in [&mut one, &mut owner] {
        client.send(ask.clone()).await;
        let history = client.history().await;
        assert_eq!((history.first, history.lines.len()), (oldest, 150));
        texts.push(history.lines.into_iter().map(|line| line.text).collect::<Vec<_>>());
    }
    let [shown, all] = texts.as_slice() else { panic!("two histories") };
    let hidden = usize::try_from(top - oldest).unwrap();
    assert_eq!((all[0].as_str(), hidden), ("1001", 77));
    assert!(shown[..hidden].iter().all(String::is_empty), "{shown:?}");
    assert_eq!(shown[hidden..], all[hidden..]);
    // Of another size, none of it can be told apart any more.
    owner.resize(70, 20).await;
    one.until(|client| client.mirror.columns() == 70).await;
    one.send(ask).await;
    assert!(one.history().await.lines.iter().all(|line| line.text.is_empty()));
}

#[tokio::test]
async fn what_is_granted_for_a_time_comes_back() {
    let world = World::new().await;
    let (id, started) = world.start("stty raw -echo; echo ready; exec cat").await;
    let mut owner = world.attach(id).await;
    owner.until_shows("ready").await;
    let mut one = world.come(id, guest(&started, 1, 1)).await;
    let number = one.until_crew().await;
    let grant = Baton { wish: Some(Wish::Grant(number)), seconds: 3 };
    owner.send(Body::Baton(grant)).await;
    one.until(|client| client.crew().0 == [number]).await;
    owner.until(|client| client.crew().0 == [number]).await;
    let driver = one.crew.present.iter().find(|present| present.driving).unwrap();
    assert!(driver.driving_until >= started.created_at + 3000);
    // Loading the page again keeps it for no longer.
    let page = one.id;
    let mut again = Client::come(&world.host, id, page, guest(&started, 1, 1)).await;
    owner.until(|client| client.crew().0 == [client.crew.you]).await;
    again.until(|client| client.crew().0 == owner.crew().0).await;
    owner.text("owner").await;
    again.until_shows("owner").await;
}
