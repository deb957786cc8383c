//! Attaching, typing and reattaching, with a shell in a session process and mirrors of its screen.

use uuid::Uuid;

use crate::harness::{Client, Harness};
use protocol::{
    close,
    wire::{Input, Paste, Presence, Theme, client_message, ended::Cause, input::Event},
};

#[tokio::test]
async fn a_shell_responds_to_input() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("exec bash --norc --noprofile -i").await;
    let mut client = harness.attach(id).await;
    assert!(client.welcome.driving);
    client.text("echo $((6*7)) $TERM $((1+1))").await;
    client.key("Enter", 0).await;
    client.until_shows("42 xterm-256color 2").await;
    client.until(|client| client.acked == 2).await;
}

#[tokio::test]
async fn programs_receive_the_colors_of_the_driver() {
    let harness = Harness::new().await;
    let script = r"stty raw -echo; echo ready; read -rsn1; printf '\e]11;?\a'; exec dd bs=1 count=24 2>/dev/null | cat -v";
    let (id, _) = harness.start(script).await;
    let mut client = harness.attach(id).await;
    client.until_shows("ready").await;
    let theme = Some(Theme { foreground: 0, background: 0x12_34_56, cursor: 0 });
    client.send(client_message::Body::Presence(Presence { visible: true, theme })).await;
    client.text("x").await;
    client.until_shows("11;rgb:1212/3434/5656").await;
}

#[tokio::test]
async fn reattaching_with_a_mirror_transfers_only_changes() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("seq 1 100; exec cat").await;
    let mut first = harness.attach(id).await;
    first.until_shows("100").await;
    let (page, mirror) = (first.id, first.mirror.clone());
    drop(first);
    let mut again = Client::attach(&harness.host, id, page, Some(mirror.clone()), 1, false).await;
    again.text("x").await;
    again.until_shows("100\nx").await;
    assert!(again.frame_bytes.iter().sum::<usize>() < 64, "only changes: {:?}", again.frame_bytes);
    let mut fresh = harness.watch(id).await;
    fresh.until_shows("100\nx").await;
    assert_eq!(fresh.mirror.hash(), again.mirror.hash());
}

#[tokio::test]
async fn the_second_client_takes_over_and_the_first_is_notified() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("exec cat").await;
    let mut first = harness.attach(id).await;
    let second = harness.attach(id).await;
    assert_eq!(second.welcome.replaced.unwrap().device, "test");
    first.until_closed().await;
    assert_eq!(first.closed.map(|(code, _)| code), Some(close::TAKEN_OVER));
    assert!(
        matches!(first.ended.and_then(|ended| ended.cause), Some(Cause::TakenOver(by)) if by.who == "Ada")
    );
}

#[tokio::test]
async fn a_watching_client_has_no_effect() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("stty raw -echo; echo ready; exec cat -v").await;
    let mut driver = harness.attach(id).await;
    driver.until_shows("ready").await;
    let mut watcher = harness.watch(id).await;
    watcher.text("evil").await;
    watcher.resize(40, 10).await;
    watcher.until(|client| !client.notices.is_empty()).await;
    driver.text("good").await;
    watcher.until_shows("good").await;
    assert!(!watcher.screen().contains("evil"));
    assert_eq!((watcher.mirror.columns, watcher.mirror.lines.len()), (80, 24));
}

#[tokio::test]
async fn size_follows_the_driver_within_bounds() {
    let harness = Harness::new().await;
    let (id, _) = harness
        .start("trap 'stty size' WINCH; echo ready; while :; do sleep 1000 & wait; done")
        .await;
    let mut client = harness.attach(id).await;
    client.until_shows("ready").await;
    client.resize(100, 30).await;
    client.until_shows("30 100").await;
    for (columns, rows, expected) in [(0, 0, "2 2"), (65_535, 65_535, "500 1000")] {
        client.resize(columns, rows).await;
        client.resize(120, 30).await;
        client.resize(columns, rows).await;
        client
            .until(|client| {
                format!("{} {}", client.mirror.lines.len(), client.mirror.columns) == expected
            })
            .await;
    }
}

#[tokio::test]
async fn invalid_messages_close_only_their_connection() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("exec cat").await;
    for invalid in [&b"\xff\xff\xff"[..], b"", &[0x0a, 0]] {
        let mut client = harness.attach(id).await;
        client.send_raw(invalid).await;
        client.until_closed().await;
        assert_eq!(client.closed.map(|(code, _)| code), Some(close::BAD_MESSAGE), "{invalid:?}");
    }
    let mut client = harness.attach(id).await;
    client.text("alive").await;
    client.until_shows("alive").await;
}

#[tokio::test]
async fn keystrokes_resent_after_a_lost_connection_arrive_once_in_order() {
    let harness = Harness::new().await;
    let (id, _) =
        harness.start("stty raw -echo; echo ready; dd bs=1 count=1900 2>/dev/null; exec cat").await;
    let mut client = harness.attach(id).await;
    client.until_shows("ready").await;
    let page = client.id;
    let mut sent = 1;
    let mut lost_after = 1;
    // The page loses its connection at varying distances and resends all unacknowledged input.
    while sent <= 380 {
        for number in sent..(sent + lost_after).min(381) {
            client.text(&format!("{number:04},")).await;
        }
        let held = sent;
        let mirror = client.mirror.clone();
        drop(client);
        client = Client::attach(&harness.host, id, page, Some(mirror), held, false).await;
        sent = client.welcome.accepted + 1;
        lost_after = lost_after % 37 + 5;
    }
    // The reader keeps running, so that resent input never reaches an ended session. A keystroke applied
    // twice would appear after the last one.
    client.text("end").await;
    client.until_shows("end").await;
    let history = client.screen().replace('\n', "");
    let numbers: Vec<u32> =
        history.split(',').filter_map(|word| word.trim().parse().ok()).collect();
    assert_eq!(numbers, (1..=380).collect::<Vec<_>>(), "{history}");
}

#[tokio::test]
async fn history_is_sent_on_request() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("seq 1 5000; exec cat").await;
    let mut client = harness.attach(id).await;
    client.until_shows("5000").await;
    let first = client.mirror.oldest;
    assert_eq!(client.mirror.top - first, 5001 - 24);
    client
        .send(client_message::Body::History(protocol::wire::HistoryRequest { first, count: 500 }))
        .await;
    let history = client.history().await;
    let lines: Vec<_> = history.lines.iter().map(|line| line.text.clone()).collect();
    assert_eq!((history.first, lines.len()), (first, 500));
    assert_eq!((lines[0].as_str(), lines[499].as_str()), ("1", "500"));
}

#[tokio::test]
async fn a_slow_viewer_gets_fewer_frames_and_no_backlog() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("read -r _; seq 1 300000; echo finished; exec cat").await;
    let mut slow = harness.watch(id).await;
    slow.acknowledges = false;
    let mut driver = harness.attach(id).await;
    driver.key("Enter", 0).await;
    driver.until_shows("finished").await;
    assert!(driver.frame_bytes.iter().sum::<usize>() < 150_000);
    slow.send(client_message::Body::Ping(protocol::wire::Ping { nonce: 7 })).await;
    slow.until(|client| client.frame_bytes.len() == 2).await;
    slow.acknowledges = true;
    slow.send(client_message::Body::Ack(protocol::wire::Ack { frames: 2 })).await;
    slow.until_shows("finished").await;
    assert!(slow.frame_bytes.len() <= 5, "{:?}", slow.frame_bytes);
    assert_eq!(slow.mirror.hash(), driver.mirror.hash());
}

#[tokio::test]
async fn an_interrupted_paste_is_ended_for_the_next_client() {
    let harness = Harness::new().await;
    let script = r"stty raw -echo; printf '\e[?2004h'; echo ready; exec cat -v";
    let (id, _) = harness.start(script).await;
    let mut first = harness.attach(id).await;
    first.until_shows("ready").await;
    first.input(Event::Paste(Paste { text: "half".into(), more: true })).await;
    first.until_shows("^[[200~half").await;
    drop(first);
    harness.until(id, |report| report.is_some_and(|report| report.driver.is_none())).await;
    let mut second = harness.attach(id).await;
    second.text("typed").await;
    second.until_shows("^[[200~half^[[201~typed").await;
}

#[tokio::test]
async fn watchers_do_not_affect_the_input_of_the_driver() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("stty raw -echo; echo ready; exec cat").await;
    let mut driver = harness.attach(id).await;
    driver.until_shows("ready").await;
    driver.text("a").await;
    for _ in 0..70 {
        drop(harness.watch(id).await);
    }
    driver.text("b").await;
    driver.until_shows("ab").await;
}

#[tokio::test]
async fn input_without_room_is_refused_before_it_is_accepted() {
    let harness = Harness::new().await;
    let fifo = harness.directory.path().join("fifo");
    let script = format!(
        "mkfifo '{0}'; stty raw -echo; echo ready; read -r n < '{0}'; head -c $n | wc -c; exec cat",
        fifo.display()
    );
    let (id, _) = harness.start(&script).await;
    let page = Uuid::now_v7();
    let mut accepted = 0;
    // The program does not read: the page sends until it is closed, reattaches and retries.
    for _ in 0..3 {
        let mut client = Client::attach(&harness.host, id, page, None, accepted + 1, false).await;
        client.until_shows("ready").await;
        for _ in 0..40 {
            let number = client.take_number();
            let event = Some(Event::Text("x".repeat(32_000)));
            client.try_send(client_message::Body::Input(Input { number, event })).await;
        }
        client.until_closed().await;
        assert_eq!(client.closed.as_ref().map(|(code, _)| *code), Some(close::TOO_MANY));
        accepted = Client::attach(&harness.host, id, page, None, accepted + 1, false)
            .await
            .welcome
            .accepted;
    }
    assert!((1..40).contains(&accepted), "{accepted}");
    let bytes = accepted * 32_000;
    std::fs::write(&fifo, format!("{bytes}\n")).unwrap();
    // A dropped input would make the reader wait forever.
    harness.watch(id).await.until_shows(&bytes.to_string()).await;
}

#[tokio::test]
async fn a_client_replaced_while_detached_does_not_reattach_by_itself() {
    let harness = Harness::new().await;
    let (id, _) = harness.start("exec cat").await;
    let laptop = harness.attach(id).await;
    let (page, mirror) = (laptop.id, laptop.mirror.clone());
    drop(laptop);
    let mut phone = harness.attach(id).await;
    let mut laptop = Client::attach(&harness.host, id, page, Some(mirror), 1, false).await;
    laptop.until_closed().await;
    assert_eq!(laptop.closed.map(|(code, _)| code), Some(close::TAKEN_OVER));
    phone.text("mine").await;
    phone.until_shows("mine").await;
}
