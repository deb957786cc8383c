//! Sessions that run as another account, created for the test. These tests require root, as such
//! sessions do.

use std::{
    fs,
    io::{ErrorKind, Read, Write},
    os::{
        fd::AsRawFd,
        unix::{
            fs::{PermissionsExt, chown},
            net::UnixStream,
        },
    },
    sync::Arc,
};

use host::Start;
use prost::Message;
use protocol::{
    framing::{self, Channel},
    id::SessionId,
    wire::{EndCause, EndRequest, Rules, SessionRequest, Subscribe, session_request},
};
use uuid::Uuid;

use crate::{
    harness::{Harness, LONG_NAME, is_alive},
    test_account::Account,
};

/// A user id without an account.
const NOBODY: u32 = 65534;

/// Plan of a session whose login shell is this script.
fn plan(account: &Account, script: &str) -> Start {
    let shell = format!("{}-shell-{}", account.home.display(), Uuid::now_v7());
    fs::write(&shell, format!("#!/bin/sh\n{script}\n")).unwrap();
    fs::set_permissions(&shell, fs::Permissions::from_mode(0o755)).unwrap();
    Start {
        id: SessionId(Uuid::now_v7()),
        account: account.name.clone(),
        cols: 120,
        rows: 40,
        shell: Some(shell.into()),
        scrollback: 100,
        rules: Rules::default(),
    }
}

#[tokio::test]
async fn a_session_has_only_the_identity_of_its_account() {
    let Some(account) = Account::new() else { return };
    let harness = Harness::new().await;
    let script = r#"
echo "id $(id -u) $(id -g) $(id -G)"
echo "at $(pwd) umask $(umask)"
echo "env $(env | cut -d= -f1 | sort | tr '\n' ' ')"
echo "user $USER $LOGNAME $HOME"
echo "open $(ls /proc/self/fd | tr '\n' ' ')"
echo "tty $(stat -c '%U %a' "$(tty)") $(tty)"
grep -E '^(SigIgn|SigBlk|CapEff|NoNewPrivs)' /proc/self/status
cat "/proc/$PPID/environ" >/dev/null 2>&1 || echo "its process is closed"
ls "/proc/$PPID/fd" >/dev/null 2>&1 || echo "its descriptors are closed"
echo over; exec cat"#;
    let plan = plan(&account, script);
    let id = plan.id;
    let report = harness.host.start(plan).await.unwrap();
    let mut client = harness.attach(id).await;
    client.until_shows("over").await;
    let screen = client.screen();
    let home = account.home.display();
    let ids = format!("id {} {} {}", account.id("-u"), account.id("-g"), account.id("-G"));
    for expected in [
        ids.as_str(),
        &format!("at {home} umask 0022"),
        &format!("user {0} {0} {home}", account.name),
        // Descriptor 3 is the directory that `ls` reads.
        "open 0 1 2 3",
        "its process is closed",
        "its descriptors are closed",
    ] {
        let is_there = screen.lines().any(|line| line.trim_end() == expected);
        assert!(is_there, "{expected:?} is missing:\n{screen}");
    }
    let tty = screen.lines().find_map(|line| line.strip_prefix("tty ")).unwrap();
    let [owner, mode, path] = tty.split_whitespace().collect::<Vec<_>>().try_into().unwrap();
    // The group `tty` may write, for messages of the system.
    assert!(owner == account.name && ["600", "620"].contains(&mode), "{tty}");
    let terminal = path.to_owned();
    let opened = as_user(NOBODY, move || {
        let open = |options: &mut fs::OpenOptions| options.open(&terminal).map(drop);
        [open(fs::OpenOptions::new().read(true)), open(fs::OpenOptions::new().write(true))]
            .map(|opened| opened.map_err(|error| error.kind()))
    });
    assert_eq!(opened, [Err(ErrorKind::PermissionDenied); 2], "another account opens {path}");
    let value = |name: &str| {
        let line = screen.lines().find(|line| line.starts_with(name)).unwrap();
        line.split_whitespace().last().unwrap().to_owned()
    };
    for name in ["SigIgn", "SigBlk", "CapEff"] {
        assert!(value(name).chars().all(|digit| digit == '0'), "{name} {}", value(name));
    }
    assert_eq!(value("NoNewPrivs"), "0", "sudo works");
    let env = screen.lines().find(|line| line.starts_with("env ")).unwrap();
    for name in env.split_whitespace().skip(1) {
        let known = ["HOME", "USER", "LOGNAME", "SHELL", "TERM", "COLORTERM", "WEBSH_SESSION"];
        let usual = ["PATH", "LANG", "TZ", "PWD", "OLDPWD", "_", "SHLVL"];
        let locale = name.starts_with("LC_");
        assert!(known.contains(&name) || usual.contains(&name) || locale, "{name} was inherited");
    }
    // The session process runs as the account and cannot switch to another user.
    let status = fs::read_to_string(format!("/proc/{}/status", report.process)).unwrap();
    let users = status.lines().find(|line| line.starts_with("Uid:")).unwrap();
    assert!(users.split_whitespace().skip(1).all(|user| user == account.id("-u")), "{users}");
}

/// Runs `work` in a thread with another user id.
fn as_user<T: Send + 'static>(user: u32, work: impl FnOnce() -> T + Send + 'static) -> T {
    let user = rustix::process::Uid::from_raw(user);
    let thread = std::thread::spawn(move || {
        rustix::thread::set_thread_res_uid(user, user, user).unwrap();
        work()
    });
    thread.join().unwrap()
}

#[tokio::test]
async fn the_account_reaches_neither_the_socket_nor_the_reports() {
    let Some(account) = Account::new() else { return };
    let user = account.id("-u").parse().unwrap();
    let harness = Harness::new().await;
    let plan = plan(&account, "stty raw -echo; exec cat");
    let id = plan.id;
    harness.host.start(plan).await.unwrap();
    // Even if the parent directories permit access.
    fs::set_permissions(harness.directory.path(), fs::Permissions::from_mode(0o755)).unwrap();
    let path = harness.directory.path().join(LONG_NAME).join(id.to_string());
    let opened = as_user(user, {
        let path = path.clone();
        move || fs::read_dir(path).map(drop).map_err(|error| error.kind())
    });
    assert_eq!(opened, Err(ErrorKind::PermissionDenied));
    // Even with a leaked descriptor of the directory.
    let directory = Arc::new(fs::File::open(&path).unwrap());
    let socket = format!("/proc/self/fd/{}/socket", directory.as_raw_fd());
    let connect = move || UnixStream::connect(&socket).map_err(|error| error.kind());
    let refused = as_user(user, connect.clone()).map(drop);
    assert_eq!(refused, Err(ErrorKind::PermissionDenied));
    // Even if the socket permits connections: the user of the peer is checked.
    fs::set_permissions(path.join("socket"), fs::Permissions::from_mode(0o777)).unwrap();
    let mut stranger = as_user(user, connect).unwrap();
    let body = Some(session_request::Body::Subscribe(Subscribe {}));
    let request = SessionRequest { version: protocol::VERSION, body }.encode_to_vec();
    let header = framing::header(Channel::Message, request.len());
    // The connection may be closed before the request is written.
    let _ = stranger.write_all(&[&header[..], &request].concat());
    let mut answer = Vec::new();
    let _ = stranger.read_to_end(&mut answer);
    assert!(answer.is_empty(), "{answer:?}");
    let mut client = harness.attach(id).await;
    client.text("mine").await;
    client.until_shows("mine").await;
}

#[tokio::test]
async fn the_end_is_reported_although_the_account_cannot_reach_the_path() {
    let Some(account) = Account::new() else { return };
    let harness = Harness::new().await;
    let plan = plan(&account, &format!("ls '{}' 2>&1; exit 3", harness.directory.path().display()));
    let id = plan.id;
    harness.host.start(plan).await.unwrap();
    harness.until(id, |report| report.is_some_and(|report| report.end.is_some())).await;
    let harness = harness.restarted().await;
    let end = harness.host.report(id).unwrap().end.unwrap();
    assert_eq!((end.cause(), end.code), (EndCause::Exited, Some(3)));
    harness.host.acknowledge(id).await;
    assert!(!harness.directory.path().join(LONG_NAME).join(id.to_string()).exists());
}

#[tokio::test]
async fn a_home_that_cannot_be_entered_is_reported_and_the_shell_starts_anyway() {
    let Some(account) = Account::new() else { return };
    let harness = Harness::new().await;
    chown(&account.home, Some(0), Some(0)).unwrap();
    fs::set_permissions(&account.home, fs::Permissions::from_mode(0o700)).unwrap();
    let plan = plan(&account, "echo \"at $(pwd)\"; exec cat");
    let id = plan.id;
    harness.host.start(plan).await.unwrap();
    let mut client = harness.attach(id).await;
    client.until_shows("Could not enter the home directory. The shell starts in /.\nat /").await;
}

#[tokio::test]
async fn processes_running_as_root_end_with_the_session() {
    let Some(account) = Account::new() else { return };
    let harness = Harness::new().await;
    let root = account.home.join("root");
    fs::copy("/usr/bin/setpriv", &root).unwrap();
    fs::set_permissions(&root, fs::Permissions::from_mode(0o4755)).unwrap();
    let jobs = [
        "sh -c 'echo up $$; exec sleep 1000' &",
        "setsid sh -c 'trap \"\" HUP TERM; echo up $$; while :; do sleep 1000; done' &",
    ];
    let [one, other] = jobs.map(|job| format!("{} --reuid 0 {job}", root.display()));
    let plan = plan(&account, &format!("{one}\n{other}\nexec cat"));
    let id = plan.id;
    let report = harness.host.start(plan).await.unwrap();
    let mut client = harness.attach(id).await;
    client.until(|client| client.screen().matches("up ").count() == 2).await;
    let before = crate::end::descendants(report.process);
    assert!(before.len() >= 3, "{before:?}");
    let end = EndRequest { cause: EndCause::Closed.into(), ..EndRequest::default() };
    let ended = harness.host.end(id, end).await.unwrap();
    assert_eq!(ended.unwrap().end.map(|end| end.cause()), Some(EndCause::Closed));
    let left: Vec<_> = before.into_iter().filter(|pid| is_alive(*pid)).collect();
    assert!(left.is_empty(), "{left:?} are still alive");
}
