//! The commands for sessions, tokens and operators, run as from a shell.

use std::{fs, os::unix::fs::PermissionsExt};

use serde_json::json;

use crate::support::{CliUser, EMAIL, PASSWORD, Terminal, TestServer, own_account, run, until};

#[tokio::test]
async fn sessions_are_opened_listed_renamed_and_closed() {
    let (server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    assert_eq!(ann.run(&["ls"]).await.out, "No running sessions.\n");
    let id = ann.open("work").await;
    let list = ann.run(&["ls"]).await.out;
    let lines: Vec<&str> = list.lines().collect();
    assert!(lines[0].starts_with("NAME") && lines.len() == 2, "{list}");
    for part in ["work", "detached", "just now", id.as_str()] {
        assert!(lines[1].contains(part), "{list}");
    }
    let renamed = ann.run(&["rename", "work", "play", "--json"]).await.json();
    assert_eq!((&renamed["id"], &renamed["name"]), (&json!(id), &json!("play")));
    let page = ann.run(&["ls", "--json"]).await.json();
    assert_eq!((&page["items"][0]["name"], &page["next"]), (&json!("play"), &json!(null)));
    let rest = client.get("/api/v1/sessions").await.json();
    // The values may have changed in between, but not the fields.
    let fields = |page: &serde_json::Value| {
        page["items"][0].as_object().unwrap().keys().cloned().collect::<Vec<String>>()
    };
    assert_eq!((fields(&page), &page["items"][0]["id"]), (fields(&rest), &rest["items"][0]["id"]));
    assert_eq!(ann.run(&["close", &id]).await.out, "Closed play.\n");
    assert_eq!(server.run_dir(), Vec::<String>::new());
    // JSON lists the closed sessions, also when a later one is not found.
    let other = ann.open("other").await;
    let output = ann.run(&["close", "--json", "other", "none"]).await;
    assert_eq!(output.status, 4, "{output:?}");
    let closed: serde_json::Value = serde_json::from_str(&output.out).unwrap();
    assert_eq!(closed, json!({ "results": [gone(&other, "other")] }));
    let ended = ann.run(&["ls", "--ended"]).await.out;
    assert!(ended.contains("play") && ended.contains("closed by Ann"), "{ended}");
}

/// Returns an ended session as JSON output has it.
fn gone(id: &str, name: &str) -> serde_json::Value {
    json!({ "id": id, "name": name, "error": null, "message": null })
}

#[tokio::test]
async fn the_exit_status_identifies_the_kind_of_failure() {
    let (server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    let id = ann.open("work").await;
    let stranger = CliUser::stranger(&server);
    let liar = CliUser { token: "websh_nonsense".into(), ..CliUser::stranger(&server) };
    for who in [&stranger, &liar] {
        assert!(who.fails(&["ls"], 3).await.contains("websh login"));
    }
    ann.fails(&["close", "none"], 4).await;
    ann.fails(&["attach", "00000000-0000-7000-8000-000000000000"], 4).await;
    ann.fails(&["new", "--detach", "moon"], 4).await;
    ann.fails(&["admin", "ls"], 3).await;
    assert_eq!(ann.run(&["ls", "--nonsense"]).await.status, 2);
    assert_eq!(ann.run(&["attach", "work", "--detach-key", "f"]).await.status, 2);
    let lost =
        CliUser { url: "http://127.0.0.1:9".into(), ..CliUser::new(&mut client, "read").await };
    assert!(lost.fails(&["ls"], 1).await.contains("Could not connect"));
    let bare =
        CliUser { url: "http://192.0.2.1".into(), ..CliUser::new(&mut client, "read").await };
    assert!(bare.fails(&["ls"], 1).await.contains("https://"));
    assert_eq!(ann.run(&["close", "work"]).await.status, 0);
    for wanted in ["work", &id] {
        let output = ann.fails(&["close", wanted], 5).await;
        assert!(output.contains("Ann closed this session"), "{output}");
    }
}

#[tokio::test]
async fn login_stores_a_token_readable_by_its_owner_only() {
    let (server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::stranger(&server);
    let mut login = Terminal::run(&ann, &["login", &ann.url, "--scope", "admin"]);
    login.until_shows("Email:").await;
    login.press(&format!("{EMAIL}\r"));
    login.until_shows("Password:").await;
    login.press(&format!("{PASSWORD}\r"));
    let (status, left) = login.end().await;
    assert!(status == 0 && !left.contains(PASSWORD), "{left}");
    let path = ann.home.path().join(".config/websh/credentials.toml");
    assert_eq!(fs::metadata(&path).unwrap().permissions().mode() & 0o777, 0o600);
    assert!(!fs::read_to_string(&path).unwrap().contains(PASSWORD));
    let output = ann.run(&["token", "list"]).await;
    assert!(output.out.contains("websh on") && output.out.contains("admin"), "{output:?}");
    // A second token, which is then removed.
    let new = ["token", "new", "robot", "--scope", "read"];
    assert_eq!(ann.run_with(&new, "not the password\n").await.status, 3);
    let made = ann.run_with(&new, &format!("{PASSWORD}\n")).await;
    assert!(made.status == 0 && made.out.starts_with("websh_"), "{made:?}");
    let robot = CliUser::stranger(&server);
    let output = robot.run_with(&["login", &robot.url, "--token"], &made.out).await;
    assert!(output.out.contains(EMAIL), "{output:?}");
    assert_eq!(robot.run(&["ls"]).await.status, 0);
    robot.fails(&["new", "--detach"], 3).await;
    let removed = ann.run(&["token", "remove", "robot", "--json"]).await.json();
    assert_eq!((&removed["name"], &removed["scope"]), (&json!("robot"), &json!("read")));
    ann.fails(&["token", "remove", "robot"], 4).await;
    assert!(robot.fails(&["ls"], 3).await.contains("websh login"));
    // The sign-in has ended; only tokens remain.
    let sign_ins = client.get("/api/v1/me/sign-ins").await.json();
    assert_eq!(sign_ins.as_array().unwrap().len(), 1, "{sign_ins}");
    assert_eq!(ann.run(&["logout"]).await.status, 0);
    ann.fails(&["ls"], 3).await;
    let wrong = ["login", ann.url.as_str(), "--email", EMAIL];
    assert_eq!(ann.run_with(&wrong, "not the password\n").await.status, 3);
}

#[tokio::test]
async fn operators_see_and_drop_what_others_opened() {
    let (server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "admin").await;
    let mut member = server.member("bob@example.org", "member").await;
    let bob = CliUser::new(&mut member, "sessions").await;
    let id = bob.open("bobs").await;
    let other = bob.open("other").await;
    bob.open("third").await;
    let list = ann.run(&["admin", "ls"]).await.out;
    assert!(list.contains("bob@example.org") && list.contains(&id), "{list}");
    let page = ann.run(&["admin", "ls", "--search", "bobs", "--json"]).await.json();
    assert_eq!((&page["total"], &page["items"][0]["id"]), (&json!(1), &json!(id)));
    let dropped = ann.run(&["admin", "drop", "bobs", "--reason", "It was in the way"]).await;
    assert_eq!((dropped.status, dropped.out.as_str()), (0, "Dropped bobs.\n"));
    assert!(bob.fails(&["attach", &id], 5).await.contains("Ann dropped"));
    let dropped = ann.run(&["admin", "drop", "other", "--json"]).await.json();
    assert_eq!(dropped, json!({ "results": [gone(&other, "other")] }));
    ann.fails(&["admin", "drop", "bobs"], 4).await;
    let wrong = ann.run_with(&["admin", "drop-all"], &format!("nothing\n{PASSWORD}\n")).await;
    assert_eq!(wrong.status, 1, "{wrong:?}");
    let output = ann.run_with(&["admin", "drop-all"], &format!("websh\n{PASSWORD}\n")).await;
    assert_eq!((output.status, output.out.as_str()), (0, "Dropped 1 of 1 sessions.\n"));
    assert_eq!(server.run_dir(), Vec::<String>::new());
}

#[tokio::test]
async fn local_commands_work_without_the_server() {
    let (mut server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    let id = ann.open("work").await;
    let token = ann.token.clone();
    server.kill().await;
    // With --local, or without credentials.
    for arguments in [&["ls", "--local"][..], &["ls"], &["admin", "ls", "--local"]] {
        let (success, output) = run(server.data.path(), arguments, "").await;
        assert!(success && output.contains("work") && output.contains(EMAIL), "{output}");
    }
    let (success, output) = run(server.data.path(), &["ls", "--local", "--json"], "").await;
    let page: serde_json::Value = serde_json::from_str(&output).unwrap();
    let item = &page["items"][0];
    assert!(success && item["id"] == json!(id), "{output}");
    assert_eq!(
        (&item["state"], &item["server"], &item["attach_policy"]),
        (&json!("active"), &json!("local"), &json!("handoff"))
    );
    // With credentials for this machine's websh, which does not respond: falls back to its sockets.
    let data = ann.home.path().join(".local/share");
    fs::create_dir_all(&data).unwrap();
    std::os::unix::fs::symlink(server.data.path(), data.join("websh")).unwrap();
    let output = ann.run(&["ls"]).await;
    assert!(output.status == 0 && output.out.contains(&id), "{output:?}");
    assert!(
        output.err.contains("Could not connect") && output.err.contains("this machine"),
        "{output:?}"
    );
    for more in [&["ls", "--all"][..], &["ls", "--ended"], &["admin", "ls", "--sort", "cpu"]] {
        assert!(ann.fails(more, 1).await.contains("Could not connect"), "{more:?}");
    }
    // Another websh is selected without credentials for it: local sessions are not used instead.
    let signed_out = CliUser { token: String::new(), ..ann };
    for arguments in [&["ls"][..], &["admin", "drop", "work"]] {
        assert!(signed_out.fails(arguments, 3).await.contains("not signed in"), "{arguments:?}");
    }
    let ann = CliUser { token, ..signed_out };
    let (success, _) = run(server.data.path(), &["admin", "drop", "--local", "none"], "").await;
    assert!(!success);
    let drop = ["admin", "drop", "--local", "--json", "work", "--reason", "It was in the way"];
    let (success, output) = run(server.data.path(), &drop, "").await;
    assert!(success, "{output}");
    let dropped: serde_json::Value = serde_json::from_str(&output).unwrap();
    assert_eq!(dropped, json!({ "results": [gone(&id, "work")] }));
    until(async || server.session_process(&id).is_none().then_some(())).await;
    server.start().await;
    let over = client.get(&format!("/api/v1/sessions/{id}")).await;
    assert_eq!(over.error(), (410, "dropped".into()));
    let by = format!("{} on ", own_account());
    assert!(ann.fails(&["attach", &id], 5).await.contains(&by));
    let log = until(async || {
        let log = client.get("/api/v1/audit?action=session.drop").await.json();
        (log["items"] != json!([])).then_some(log)
    })
    .await;
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
    let entry = &log["items"][0];
    let actor = entry["actor"].as_str().unwrap();
    assert!(actor.starts_with("The account ") && actor.contains(&by), "{entry}");
    assert_eq!(
        (&entry["actor_id"], &entry["target_id"], &entry["detail"]),
        (&json!(null), &json!(id), &json!("It was in the way"))
    );
}

#[tokio::test]
async fn accounts_are_granted_on_the_machine() {
    let (server, mut client) = TestServer::new(&[]).await;
    let add = ["user", "add", "eve@example.org"];
    assert!(run(server.data.path(), &add, PASSWORD).await.0);
    let servers = client.get("/api/v1/servers").await.json();
    let own = servers[0]["accounts"][0].as_str().unwrap();
    let account = async |arguments: &[&str]| {
        run(server.data.path(), &[&["account"], arguments].concat(), "").await
    };
    let eve = ["--to", "eve@example.org"];
    let mut table = vec![
        (vec!["grant", own, eve[0], eve[1]], true, " to eve"),
        (vec!["grant", own, eve[0], eve[1]], false, "already"),
        (vec!["grant", "missing", eve[0], eve[1]], false, "missing"),
        (vec!["grant", own, "--to", "mallory@example.org"], false, "No such member"),
        (vec!["grant", own], false, "--role"),
        (vec!["revoke", own, eve[0], eve[1]], true, own),
        (vec!["revoke", own, eve[0], eve[1]], false, "No such grant"),
    ];
    if own == "root" {
        table.insert(1, (vec!["grant", own, "--role", "staff"], false, "by name"));
    }
    for (arguments, success, part) in table {
        let output = account(&arguments).await;
        assert!(output.0 == success && output.1.contains(part), "{arguments:?}: {output:?}");
        let listed = account(&["list"]).await.1;
        let granted = listed.lines().any(|it| it.starts_with(own) && it.contains("eve"));
        assert_eq!(granted, arguments[0] == "grant", "{arguments:?}: {listed}");
        let page = account(&["list", "--json"]).await.1;
        let page: serde_json::Value = serde_json::from_str(&page).unwrap();
        let here = |it: &serde_json::Value| it["account"] == own && it["to_name"] == "eve";
        assert_eq!(page.as_array().unwrap().iter().any(here), granted, "{page}");
    }
}

#[tokio::test]
async fn commands_and_names_are_completed() {
    let (mut server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "admin").await;
    ann.open("build").await;
    let quoted = ann.open("two words").await;
    for (words, completed) in [
        (&["admin", "drop-"][..], &["drop-all"][..]),
        (&["attach", "--detach"], &["--detach-key"]),
        (&["attach", "bu"], &["build"]),
        (&["attach", "two"], &[&quoted]),
        (&["close", "build", "b"], &["build"]),
        (&["rename", "bu"], &["build"]),
        (&["share", "bu"], &["build"]),
        (&["admin", "drop", "bu"], &["build"]),
        (&["admin", "ls", "--owner", "ann"], &["ann@example.org"]),
        (&["attach", "none"], &[]),
    ] {
        assert_eq!(ann.completes(words).await, completed, "{words:?}");
    }
    let targets = ann.completes(&["new", ""]).await;
    assert!(targets.iter().any(|it| it.ends_with(&format!(":{}", own_account()))), "{targets:?}");
    let stranger = CliUser::stranger(&server);
    assert_eq!(stranger.completes(&["attach", "bu"]).await, Vec::<String>::new());
    assert_eq!(stranger.completes(&["att"]).await, ["attach"]);
    for session in ["build", "two words"] {
        assert_eq!(ann.run(&["close", session]).await.status, 0);
    }
    assert!(server.stop().await);
    assert_eq!(ann.completes(&["attach", "bu"]).await, Vec::<String>::new());
}

#[tokio::test]
async fn the_manual_covers_every_command() {
    let dir = tempfile::tempdir().unwrap();
    let (success, output) = run(dir.path(), &["man"], "").await;
    for part in
        [".TH", "websh\\-attach", "websh\\-admin\\-drop\\-all", "detach\\-key", "Exit status"]
    {
        assert!(success && output.contains(part), "{part}");
    }
}
