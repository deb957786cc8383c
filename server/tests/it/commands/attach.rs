//! `websh attach` in a real terminal: input, output, and every way to end.

use protocol::modes;
use rustix::process::Signal;

use crate::support::{CliUser, Terminal, TestServer, is_stopped, signal, until};

/// The default detach key.
const PREFIX: &str = "\x1c";

#[tokio::test]
async fn a_session_follows_the_terminal_and_is_left_by_key_and_exit() {
    let (_server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    let id = ann.open("work").await;
    let mut terminal = Terminal::run(&ann, &["attach", "work"]);
    terminal.press("echo $((6*7))-done\r");
    terminal.until_shows("42-done").await;
    // The session takes the terminal's size and follows its changes.
    terminal.press("stty size\r");
    terminal.until_shows("24 80").await;
    terminal.resize(100, 30);
    terminal.until(|it| it.drawn.ends_with(b"h") && it.rows().len() == 30, "a drawing").await;
    until(async || {
        let seen = client.get(&format!("/api/v1/sessions/{id}")).await.json();
        (seen["cols"] == 100 && seen["rows"] == 30).then_some(())
    })
    .await;
    terminal.press("stty size\r");
    terminal.until_shows("30 100").await;
    // The terminal gets the modes that the program sets.
    terminal.press("printf '\\033[?1000h\\033]2;a title\\007'\r");
    terminal.until(|it| it.modes() & modes::MOUSE_CLICK != 0, "the mouse").await;
    terminal.press(&format!("{PREFIX}d"));
    let (status, left) = terminal.end().await;
    assert_eq!(status, 0, "{left}");
    assert!(left.contains("Detached. work keeps running"), "{left}");
    // The session is unchanged, and the beginning of its id identifies it too.
    let mut again = Terminal::run(&ann, &["attach", &id[..30]]);
    again.until_shows("42-done").await;
    // Leaving the shell exits with 0, regardless of its last command's status; a later attach fails.
    again.press("exit 7\r");
    let (status, left) = again.end().await;
    assert_eq!(status, 0, "{left}");
    assert!(left.contains("The shell exited with status 7."), "{left}");
    // The session notifies its viewers first; the list follows a moment later.
    let path = format!("/api/v1/sessions/{id}");
    until(async || (client.get(&path).await.status == 410).then_some(())).await;
    assert!(ann.fails(&["attach", "work"], 5).await.contains("status 7"));
}

#[tokio::test]
async fn new_attaches_to_its_session() {
    let (_server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    let mut terminal =
        Terminal::run(&ann, &["new", "--name", "fresh", "--detach-key", "ctrl-a", "local"]);
    terminal.press("echo $((6*7))-done\r");
    terminal.until_shows("42-done").await;
    // A multi-line paste, and keys of several bytes.
    terminal.press("\x1b[200~echo one\recho $((7*7))-pasted\r\x1b[201~");
    terminal.until_shows("49-pasted").await;
    terminal.press("echo wron\x7f\x7f\x7f\x7fright\x01\x01# \r");
    terminal.until_shows("# echo right").await;
    terminal.press("\x01d");
    assert_eq!(terminal.end().await.0, 0);
    assert_eq!(ann.run(&["close", "fresh"]).await.status, 0);
}

#[tokio::test]
async fn input_survives_a_crash_of_the_server() {
    let (mut server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    ann.open("work").await;
    let mut terminal = Terminal::run(&ann, &["attach", "work"]);
    terminal.press("echo $((6*7))-before\r");
    terminal.until_shows("42-before").await;
    server.kill().await;
    terminal.until_shows("connection lost").await;
    // Input typed during the outage runs once.
    terminal.press("echo x >>typed; wc -l <typed; echo $((6*8))-after\r");
    terminal.until_shows("will be sent").await;
    server.start().await;
    terminal.until_shows("48-after").await;
    terminal.until(|it| !it.shows("connection lost"), "the connection").await;
    let rows = terminal.rows();
    let after = rows.iter().position(|row| row == "48-after").unwrap();
    assert_eq!(rows[after - 1].trim(), "1", "{rows:#?}");
    terminal.press("rm typed; exit\r");
    assert_eq!(terminal.end().await.0, 0);
}

#[tokio::test]
async fn a_shell_that_exits_during_an_outage_exits_with_zero() {
    let (mut server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    ann.open("work").await;
    let go = ann.home.path().join("go");
    let mut terminal = Terminal::run(&ann, &["attach", "work"]);
    terminal.press(&format!(
        "mkfifo '{0}'; echo $((6*7))-before; read x <'{0}'; exit 3\r",
        go.display()
    ));
    terminal.until_shows("42-before").await;
    server.kill().await;
    terminal.until_shows("connection lost").await;
    tokio::fs::write(&go, "\n").await.unwrap();
    server.start().await;
    let (status, left) = terminal.end().await;
    assert_eq!(status, 0, "{left}");
    assert!(left.contains("The shell exited with status 3."), "{left}");
}

#[tokio::test]
async fn a_stopped_attach_releases_the_terminal_and_returns_to_it() {
    let (_server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    ann.open("work").await;
    let mut terminal = Terminal::run(&ann, &["attach", "work"]);
    terminal.press("printf '\\033[?1000h'; echo $((6*7))-before\r");
    terminal.until_shows("42-before").await;
    terminal.until(|it| it.modes() & modes::MOUSE_CLICK != 0, "the mouse").await;
    for stop in [Signal::TSTP, Signal::TSTP, Signal::STOP] {
        signal(terminal.process(), stop);
        if stop == Signal::TSTP {
            let is_released = |it: &mut Terminal| {
                it.modes() & (modes::ALTERNATE_SCREEN | modes::MOUSE_CLICK) == 0 && !it.shows("42")
            };
            terminal.until(is_released, "a released terminal").await;
        }
        until(async || is_stopped(terminal.process()).then_some(())).await;
        signal(terminal.process(), Signal::CONT);
        let returned =
            |it: &mut Terminal| it.modes() & modes::MOUSE_CLICK != 0 && it.shows("42-before");
        terminal.until(returned, "the session again").await;
    }
    terminal.press("echo $((6*8))-after\r");
    terminal.until_shows("48-after").await;
    terminal.press(&format!("{PREFIX}d"));
    assert_eq!(terminal.end().await.0, 0);
}

#[tokio::test]
async fn a_killed_shell_is_a_failure() {
    let (_server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    ann.open("work").await;
    let mut terminal = Terminal::run(&ann, &["attach", "work"]);
    terminal.press("kill -KILL $$\r");
    let (status, left) = terminal.end().await;
    assert_eq!(status, 5, "{left}");
    assert!(left.contains("ended by signal 9"), "{left}");
}

#[tokio::test]
async fn a_second_terminal_takes_over() {
    let (_server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    ann.open("work").await;
    let mut first = Terminal::run(&ann, &["attach", "work"]);
    first.press("echo $((6*7))-first\r");
    first.until_shows("42-first").await;
    let mut watcher = Terminal::run(&ann, &["attach", "--watch", "work"]);
    watcher.until_shows("42-first").await;
    watcher.press("echo never\r");
    watcher.until_shows("keys are not sent").await;
    let mut second = Terminal::run(&ann, &["attach", "work"]);
    let (status, left) = first.end().await;
    assert_eq!(status, 1, "{left}");
    assert!(left.contains("takes it back"), "{left}");
    second.press("echo $((6*8))-second\r");
    second.until_shows("48-second").await;
    watcher.until_shows("48-second").await;
    assert!(!second.shows("never"));
    assert_eq!(ann.run(&["close", "work"]).await.status, 0);
    let (status, left) = second.end().await;
    assert_eq!(status, 5, "{left}");
    assert!(left.contains("closed this session"), "{left}");
    assert_eq!(watcher.end().await.0, 5);
}

#[tokio::test]
async fn the_single_policy_requires_take_over() {
    let (_server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    assert_eq!(
        ann.run(&["new", "--detach", "--name", "work", "--policy", "single"]).await.status,
        0
    );
    let mut first = Terminal::run(&ann, &["attach", "work"]);
    first.press("echo $((6*7))-first\r");
    first.until_shows("42-first").await;
    let (status, left) = Terminal::run(&ann, &["attach", "work"]).end().await;
    assert_eq!(status, 1, "{left}");
    assert!(left.contains("--take-over"), "{left}");
    let mut second = Terminal::run(&ann, &["attach", "--take-over", "work"]);
    second.until_shows("42-first").await;
    assert_eq!(first.end().await.0, 1);
    assert_eq!(ann.run(&["close", "work"]).await.status, 0);
}

#[tokio::test]
async fn the_baton_passes_between_drivers() {
    let (_server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    assert_eq!(
        ann.run(&["new", "--detach", "--name", "work", "--policy", "multi"]).await.status,
        0
    );
    let mut first = Terminal::run(&ann, &["attach", "work"]);
    first.press("echo $((6*7))-first\r");
    first.until_shows("42-first").await;
    let mut second = Terminal::run(&ann, &["attach", "work"]);
    second.until_shows("42-first").await;
    second.press("x");
    second.until_shows("takes over").await;
    second.press(&format!("{PREFIX}t"));
    second.until_shows("you are driving").await;
    second.press("echo $((6*8))-second\r");
    first.until_shows("48-second").await;
    first.press("x");
    first.until_shows("drives with").await;
    second.press("exit\r");
    assert_eq!((first.end().await.0, second.end().await.0), (0, 0));
}

#[tokio::test]
async fn attach_requires_a_terminal() {
    let (_server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    ann.open("work").await;
    assert!(ann.fails(&["attach", "work"], 1).await.contains("terminal"));
    assert_eq!(ann.run(&["close", "work"]).await.status, 0);
}
