//! `websh serve` and the commands on this machine's data: failures to start, configuration, members.

use std::{
    ffi::OsStr,
    fs,
    os::unix::{ffi::OsStrExt, fs::PermissionsExt},
    process::Stdio,
};

use rustix::process::{Signal, geteuid};
use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, BufReader},
    net::TcpListener,
};

use crate::support::{
    Client, LONG, PASSWORD, TestServer, children, command, create, own_account, run, signal, until,
};

/// Runs `websh serve`, which must fail, and returns its error message.
async fn refused(data: &std::path::Path, settings: &[(&str, &str)]) -> String {
    let mut serve = command(data);
    serve.arg("serve").env("WEBSH_LISTEN", "127.0.0.1:0").envs(settings.iter().copied());
    let output = tokio::time::timeout(LONG, serve.output()).await.unwrap().unwrap();
    let printed = String::from_utf8(output.stderr).unwrap();
    assert_eq!(output.status.code(), Some(1), "{printed}");
    let message = printed.trim_end().to_owned();
    assert!(message.starts_with("websh: ") && message.ends_with('.'), "{message}");
    assert!(!message.contains('\n'), "{message}");
    message
}

#[tokio::test]
async fn a_failure_to_start_is_named_in_one_sentence() {
    let dir = tempfile::tempdir().unwrap();
    let data = dir.path();
    let taken = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let taken = taken.local_addr().unwrap().to_string();
    fs::write(data.join("file"), "").unwrap();
    let below = data.join("file/data").display().to_string();
    fs::write(data.join("letter"), "dear database, ".repeat(200)).unwrap();
    let letter = format!("sqlite://{}", data.join("letter").display());
    for (settings, named) in [
        (vec![("WEBSH_LISTEN", taken.as_str())], taken.as_str()),
        (vec![("WEBSH_LISTEN", "0.0.0.0:0")], "public_url"),
        (vec![("WEBSH_DATA_DIR", &below)], below.as_str()),
        (vec![("WEBSH_SCROLBACK", "1")], "WEBSH_SCROLBACK"),
        (vec![("WEBSH_SESSION_PROGRAM", "/nowhere")], "session_program"),
        (vec![("WEBSH_DATABASE_URL", &letter)], "letter"),
    ] {
        let printed = refused(data, &settings).await;
        assert!(printed.contains(named), "{settings:?}: {printed}");
    }
    fs::write(data.join("Leptos.toml"), "[websh]\nscrolback = 1\n").unwrap();
    assert!(refused(data, &[]).await.contains("scrolback"));
}

#[tokio::test]
async fn invalid_utf8_is_an_error_in_own_variables_only() {
    let dir = tempfile::tempdir().unwrap();
    let odd = OsStr::from_bytes(b"\xff");
    for (name, code) in [
        (OsStr::new("OTHER"), 0),
        (OsStr::from_bytes(b"OTHER\xff"), 0),
        (OsStr::new("WEBSH_LOG"), 1),
        (OsStr::from_bytes(b"WEBSH_\xff"), 1),
    ] {
        let mut serve = command(dir.path());
        serve.args(["serve", "--print-config"]).env(name, odd);
        let output = serve.output().await.unwrap();
        let printed = String::from_utf8(output.stderr).unwrap();
        assert_eq!(output.status.code(), Some(code), "{name:?}: {printed}");
        let message = format!("{} is not valid UTF-8.\n", name.to_string_lossy());
        assert_eq!(printed.ends_with(&message), code == 1, "{printed}");
    }
}

#[tokio::test]
async fn a_data_directory_has_one_server() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let printed = refused(server.data.path(), &[]).await;
    assert!(printed.contains(&server.data.path().display().to_string()), "{printed}");
    assert_eq!(ann.get("/api/v1/me").await.status, 200);
    let mode = |path: &str| {
        fs::metadata(server.data.path().join(path)).unwrap().permissions().mode() & 0o777
    };
    assert_eq!((mode(""), mode("websh.db"), mode("run")), (0o700, 0o600, 0o700));
}

#[tokio::test]
async fn the_limit_of_open_files_is_raised_for_websh_and_not_for_shells() {
    let prefix = &["/bin/sh", "-c", "ulimit -S -n 256 && exec \"$0\" \"$@\""];
    let (server, mut ann) = TestServer::within(prefix).await;
    let session = create(&mut ann, "k").await.json();
    let process = server.session_process(session["id"].as_str().unwrap()).unwrap();
    for (process, is_limited) in
        [(server.process(), false), (process, false), (children(process)[0], true)]
    {
        let limits = fs::read_to_string(format!("/proc/{process}/limits")).unwrap();
        let files = limits.lines().find(|line| line.starts_with("Max open files")).unwrap();
        let words: Vec<&str> = files.split_whitespace().collect();
        let expected = if is_limited { "256" } else { words[4] };
        assert_eq!(words[3], expected, "{process}: {files}");
    }
}

#[tokio::test]
async fn process_1_of_a_container_reaps_orphans_and_stops_on_a_signal() {
    // Only root may create a namespace of processes.
    if !geteuid().is_root() {
        return;
    }
    let prefix = &["unshare", "--fork", "--pid", "--mount-proc", "--kill-child"];
    let (mut server, mut ann) = TestServer::within(prefix).await;
    let first = children(server.process())[0];
    let session = create(&mut ann, "k").await.json();
    let process = server.session_process(session["id"].as_str().unwrap()).unwrap();
    let shell = children(process)[0];
    signal(process, Signal::KILL);
    until(async || (!fs::exists(format!("/proc/{shell}")).unwrap()).then_some(())).await;
    // The server itself is left.
    until(async || (children(first).len() == 1).then_some(())).await;
    signal(first, Signal::TERM);
    assert!(server.ended().await);
}

#[tokio::test]
async fn the_printed_configuration_hides_secrets() {
    let dir = tempfile::tempdir().unwrap();
    let file = "[websh]\nscrollback = 7\ndatabase_url = \"postgres://websh:secret@db/websh\"\n";
    fs::write(dir.path().join("Leptos.toml"), file).unwrap();
    let (success, printed) = run(dir.path(), &["serve", "--print-config"], "").await;
    assert!(
        success && printed.contains("scrollback = 7") && !printed.contains("secret"),
        "{printed}"
    );
}

#[tokio::test]
async fn members_are_added_and_listed() {
    let dir = tempfile::tempdir().unwrap();
    let add = ["user", "add", "Bob@Example.org", "--name", "Bob", "--role", "staff"];
    let (success, printed) = run(dir.path(), &add, PASSWORD).await;
    assert!(success && printed.contains("bob@example.org"), "{printed}");
    let (success, printed) = run(dir.path(), &add, PASSWORD).await;
    assert!(!success && printed.contains("already"), "{printed}");
    for (arguments, password, named) in [
        (vec!["user", "add", "eve@example.org"], "short", "12 characters"),
        (vec!["user", "add", "eve"], PASSWORD, "not a valid email address"),
        (vec!["user", "passwd", "eve@example.org"], PASSWORD, "No such member"),
    ] {
        let (success, printed) = run(dir.path(), &arguments, password).await;
        assert!(!success && printed.contains(named), "{printed}");
    }
    let (_, printed) = run(dir.path(), &["user", "list"], "").await;
    let words: Vec<&str> = printed.split_whitespace().collect();
    assert_eq!(words, ["staff", "bob@example.org", "Bob"]);
    let add = ["user", "add", "eve@example.org", "--json"];
    let (success, printed) = run(dir.path(), &add, PASSWORD).await;
    let eve: Value = serde_json::from_str(&printed).unwrap();
    assert!(success && eve["name"] == "eve" && eve["role"] == "member", "{printed}");
    let (_, printed) = run(dir.path(), &["user", "list", "--json"], "").await;
    let members: Vec<Value> = serde_json::from_str(&printed).unwrap();
    assert!(members.len() == 2 && members.contains(&eve), "{printed}");
    let (success, printed) = run(dir.path(), &["version"], "").await;
    assert!(success && printed.starts_with("websh "), "{printed}");
}

#[tokio::test]
async fn local_changes_are_audited_with_the_account() {
    let (server, mut ann) = TestServer::new(&[]).await;
    server.member("bob@example.org", "member").await;
    let change = ["user", "passwd", "bob@example.org"];
    assert!(run(server.data.path(), &change, "another long password").await.0);
    for action in ["member.join", "member.password"] {
        let log = ann.get(&format!("/api/v1/audit?action={action}")).await.json();
        let entry = &log["items"][0];
        let actor = entry["actor"].as_str().unwrap();
        // With `sudo`, the invoking user is named before the account.
        assert!(actor.starts_with("the account ") && actor.ends_with(&own_account()), "{entry}");
        let rest = (&entry["via"], &entry["target"], &entry["actor_id"]);
        assert_eq!(rest, (&json!("command_line"), &json!("bob"), &Value::Null));
    }
}

#[tokio::test]
async fn a_server_with_closed_output_stops_on_a_signal() {
    let dir = tempfile::tempdir().unwrap();
    let mut serve = command(dir.path());
    serve.arg("serve").env("WEBSH_LISTEN", "127.0.0.1:0");
    let mut server = serve.stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(server.stderr.take());
    let mut output = BufReader::new(server.stdout.take().unwrap()).lines();
    let address = loop {
        let line = output.next_line().await.unwrap().unwrap();
        if line.contains("listening") {
            break line.split_whitespace().nth(1).unwrap().to_owned();
        }
    };
    assert_eq!(Client::new(&address).get("/healthz").await.status, 200);
    signal(server.id().unwrap(), Signal::TERM);
    tokio::time::timeout(LONG, server.wait()).await.unwrap().unwrap();
}
