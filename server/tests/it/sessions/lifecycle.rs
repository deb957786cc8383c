//! Sessions over the REST interface, from creation to every way they can end.

use rustix::process::Signal;
use sea_orm::{ConnectionTrait, Database};
use serde_json::{Value, json};

use crate::support::{
    Client, Program, TestServer, Viewer, children, create, id, open, path, runs, session_program,
    signal, token, until,
};

/// Waits for a session's end and returns the error of its path.
async fn ended(client: &mut Client, session: &Value) -> Value {
    let path = path(session);
    let body = until(async || {
        let response = client.get(&path).await;
        (response.status == 410).then(|| response.json())
    })
    .await;
    body["error"].clone()
}

#[tokio::test]
async fn a_repeated_key_returns_the_same_session() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let first = open(&mut ann, "one").await;
    assert_eq!((&first["state"], &first["owner"]), (&json!("active"), &json!("Ann")));
    for _ in 0..5 {
        let again = create(&mut ann, "one").await;
        assert_eq!((again.status, &again.json()["id"]), (200, &first["id"]));
    }
    // Concurrent requests too: one opens the session, and the others wait for it.
    let crowd: Vec<_> = (0..5)
        .map(|_| {
            let mut ann = ann.clone();
            tokio::spawn(async move { create(&mut ann, "crowd").await })
        })
        .collect();
    let mut statuses = Vec::new();
    for one in crowd {
        let response = one.await.unwrap();
        assert_eq!(response.json()["state"], "active");
        statuses.push(response.status);
    }
    statuses.sort_unstable();
    assert_eq!(statuses, [200, 200, 200, 200, 201]);
    let list = ann.get("/api/v1/sessions").await.json();
    assert_eq!(list["items"].as_array().unwrap().len(), 2);
    assert_eq!(server.run_dir().len(), 2);
    assert_eq!(list["items"][1], ann.get(&path(&first)).await.json());
    for session in list["items"].as_array().unwrap() {
        assert_eq!(ann.delete(&path(session)).await.status, 204);
    }
    assert_eq!(server.run_dir(), Vec::<String>::new());
}

#[tokio::test]
async fn invalid_requests_name_the_field() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let account = ann.get("/api/v1/servers").await.json()[0]["accounts"][0].clone();
    for (body, status, code) in [
        (json!({ "server": "moon", "account": account }), 422, "unknown_server"),
        (json!({ "server": "local", "account": "missing" }), 422, "unknown_account"),
        (
            json!({ "server": "local", "account": account, "name": "a\u{202e}b" }),
            422,
            "invalid_name",
        ),
        (
            json!({ "server": "local", "account": account, "idempotency_key": "" }),
            422,
            "invalid_idempotency_key",
        ),
    ] {
        let response = ann.post("/api/v1/sessions", &body).await;
        assert_eq!(response.error(), (status, code.into()), "{body}");
    }
}

#[tokio::test]
async fn sizes_are_clamped() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let account = ann.get("/api/v1/servers").await.json()[0]["accounts"][0].clone();
    for (requested, actual) in
        [((0, 0), (2, 2)), ((65535, 65535), (1000, 500)), ((100, 30), (100, 30))]
    {
        let body = json!({ "server": "local", "account": account, "cols": requested.0, "rows": requested.1 });
        let session = ann.post("/api/v1/sessions", &body).await.json();
        assert_eq!((&session["cols"], &session["rows"]), (&json!(actual.0), &json!(actual.1)));
        assert_eq!(ann.delete(&path(&session)).await.status, 204);
    }
}

#[tokio::test]
async fn a_missing_shell_leaves_nothing_behind() {
    let (server, mut ann) = TestServer::new(&[("WEBSH_SHELL", "/nowhere/shell")]).await;
    for _ in 0..2 {
        let response = create(&mut ann, "one").await;
        assert_eq!(response.error(), (422, "spawn_failed".into()), "{response:?}");
    }
    for state in ["active", "ended"] {
        let list = ann.get(&format!("/api/v1/sessions?state={state}")).await.json();
        assert_eq!(list["items"], json!([]));
    }
    assert_eq!(server.run_dir(), Vec::<String>::new());
}

#[tokio::test]
async fn a_server_without_its_session_program_is_offline_and_discloses_no_path() {
    let program = tempfile::tempdir().unwrap();
    let link = program.path().join("websh-session");
    std::os::unix::fs::symlink(session_program(), &link).unwrap();
    let (server, mut ann) =
        TestServer::new(&[("WEBSH_SESSION_PROGRAM", link.to_str().unwrap())]).await;
    let before = open(&mut ann, "before").await;
    let mut viewer = Viewer::attach(&mut ann, &before).await;
    let servers = ann.get("/api/v1/servers").await.json();
    assert_eq!(servers[0]["online"], true);
    let name = servers[0]["name"].as_str().unwrap();
    let run = server.data.path().join("run");
    let moved = |path: &std::path::Path| path.with_extension("moved");
    for path in [&link, &run] {
        std::fs::rename(path, moved(path)).unwrap();
        assert_eq!(ann.get("/api/v1/servers").await.json()[0]["online"], false);
        let response = create(&mut ann, "one").await;
        assert_eq!(response.error(), (409, "server_offline".into()));
        let error = &response.json()["error"];
        let message = format!(
            "{name} is offline. Running sessions continue; create new ones when it is back."
        );
        assert_eq!((&error["message"], &error["field"]), (&json!(message), &json!("server")));
        // The key of a running session still returns it.
        assert_eq!(create(&mut ann, "before").await.json()["id"], before["id"]);
        viewer.type_text("echo $((6*7))-goes-on\r").await;
        viewer.until_shows("42-goes-on").await;
        viewer.type_text("clear\r").await;
        std::fs::rename(moved(path), path).unwrap();
    }
    assert_eq!(ann.delete(&path(&before)).await.status, 204);
    assert_eq!(ann.get("/api/v1/sessions").await.json()["items"], json!([]));
    let session = open(&mut ann, "one").await;
    assert_eq!(ann.delete(&path(&session)).await.status, 204);
}

#[tokio::test]
async fn sessions_per_member_are_limited() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let mut settings = ann.get("/api/v1/workspace/settings").await.json();
    settings["max_sessions_per_user"] = 2.into();
    let put = ann.put("/api/v1/workspace/settings", settings).await;
    assert_eq!(put.status, 200, "{}", put.code());
    let first = open(&mut ann, "1").await;
    open(&mut ann, "2").await;
    let refused = create(&mut ann, "3").await;
    assert_eq!(refused.error(), (429, "session_limit".into()));
    let own = refused.json()["error"]["sessions"].clone();
    assert_eq!((own.as_array().unwrap().len(), &own[1]["id"]), (2, &first["id"]));
    // Existing sessions are still returned.
    assert_eq!(create(&mut ann, "1").await.status, 200);
    assert_eq!(ann.delete(&path(&first)).await.status, 204);
    let third = open(&mut ann, "3").await;
    assert_eq!(ann.delete(&path(&third)).await.status, 204);
    assert_eq!(ann.delete(&path(&own[0])).await.status, 204);
}

#[tokio::test]
async fn sessions_are_renamed_searched_and_paged() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let mut sessions = Vec::new();
    for key in ["1", "2", "3"] {
        sessions.push(open(&mut ann, key).await);
    }
    assert!(sessions[1]["name"].as_str().unwrap().ends_with("-2"), "{}", sessions[1]["name"]);
    let renamed = ann
        .send("PATCH", &path(&sessions[0]), &[], "{\"name\":\" <b>日本</b> \"}".as_bytes())
        .await;
    assert_eq!((renamed.status, &renamed.json()["name"]), (200, &json!("<b>日本</b>")));
    let unchanged = ann.send("PATCH", &path(&sessions[0]), &[], b"{}").await;
    assert_eq!(unchanged.json()["name"], "<b>日本</b>");

    let first = ann.get("/api/v1/sessions?limit=2").await.json();
    let ids = |page: &Value| -> Vec<Value> {
        page["items"].as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
    };
    assert_eq!(ids(&first), [sessions[2]["id"].clone(), sessions[1]["id"].clone()]);
    let next = first["next"].as_str().unwrap();
    let second = ann.get(&format!("/api/v1/sessions?limit=2&cursor={next}")).await.json();
    assert_eq!((ids(&second), &second["next"]), (vec![sessions[0]["id"].clone()], &Value::Null));
    for session in &sessions {
        assert_eq!(ann.delete(&path(session)).await.status, 204);
    }
}

#[tokio::test]
async fn other_members_have_no_access() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let session = open(&mut ann, "one").await;
    let mut bob = server.member("bob@example.org", "member").await;
    let mut staff = server.member("sue@example.org", "staff").await;
    let (path, attach) = (path(&session), format!("{}/attach", path(&session)));
    // Method, path, anonymous, another member, staff.
    for (method, path, anonymous, member, other) in [
        ("GET", path.as_str(), 401, 404, 200),
        ("PATCH", &path, 401, 404, 403),
        ("POST", &attach, 401, 404, 403),
        ("GET", "/api/v1/sessions?scope=all", 401, 403, 200),
        ("GET", "/api/v1/sessions", 401, 200, 200),
        ("GET", "/api/v1/servers", 401, 200, 200),
        ("GET", "/api/v1/events?x", 401, 200, 200),
        ("DELETE", &path, 401, 404, 204),
    ] {
        if path.contains("events") {
            assert_eq!(server.stranger().get(path).await.status, anonymous);
            continue;
        }
        let body = b"{}";
        let responses = [
            (server.stranger().send(method, path, &[], body).await, anonymous),
            (bob.send(method, path, &[], body).await, member),
            (staff.send(method, path, &[], body).await, other),
        ];
        for (response, expected) in responses {
            assert_eq!(response.status, expected, "{method} {path}: {response:?}");
        }
    }
    assert_eq!(bob.get("/api/v1/sessions").await.json()["items"], json!([]));
    // A session that does not exist is indistinguishable from another member's.
    let made_up = "/api/v1/sessions/01a1fcb6-81ff-722a-8930-29e3db11e79c";
    assert_eq!(bob.get(made_up).await.body, bob.get(&path).await.body);
    let error = ended(&mut ann, &session).await;
    assert_eq!((&error["code"], &error["session"]["ended_by"]), (&json!("dropped"), &json!("sue")));
}

#[tokio::test]
async fn a_closed_session_stays_closed() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let session = open(&mut ann, "one").await;
    let process = server.session_process(id(&session)).unwrap();
    let shells = children(process);
    assert_eq!(shells.len(), 1);
    assert_eq!(ann.delete(&path(&session)).await.status, 204);
    assert!(!runs(shells[0]), "the shell ends before the response");
    until(async || (!runs(process)).then_some(())).await;
    for (method, path) in [
        ("GET", path(&session)),
        ("DELETE", path(&session)),
        ("PATCH", path(&session)),
        ("POST", format!("{}/attach", path(&session))),
    ] {
        let response = ann.send(method, &path, &[], b"{}").await;
        assert_eq!(response.error(), (410, "closed".into()), "{method}");
    }
    let list = ann.get("/api/v1/sessions?state=ended").await.json();
    assert_eq!(list["items"][0]["id"], session["id"]);
    // The key keeps standing for this session, so it never opens a new shell.
    let again = create(&mut ann, "one").await;
    assert_eq!((again.status, &again.json()["state"]), (200, &json!("ended")));
}

#[tokio::test]
async fn sessions_outlive_the_server() {
    let (mut server, mut ann) = TestServer::new(&[]).await;
    let kept = open(&mut ann, "kept").await;
    let exits = open(&mut ann, "exits").await;
    let dies = open(&mut ann, "dies").await;
    let process = server.session_process(id(&kept)).unwrap();
    let mut viewer = Viewer::attach(&mut ann, &exits).await;
    // A shell that exits while the server is down, and a session process that is killed.
    let gate = server.data.path().join("gate");
    assert!(std::process::Command::new("mkfifo").arg(&gate).status().unwrap().success());
    viewer.type_text(&format!("cat {}; exit 7\r", gate.display())).await;
    viewer.until_shows("cat ").await;
    server.kill().await;
    std::fs::write(&gate, "").unwrap();
    signal(server.session_process(id(&dies)).unwrap(), Signal::KILL);
    let report = server.data.path().join("run").join(id(&exits)).join("report");
    until(async || report.exists().then_some(())).await;

    server.start().await;
    assert_eq!(server.session_process(id(&kept)), Some(process));
    assert_eq!(ann.get(&path(&kept)).await.json()["state"], "active");
    let error = ended(&mut ann, &exits).await;
    assert_eq!((&error["code"], &error["session"]["exit_code"]), (&json!("exited"), &json!(7)));
    assert_eq!(ended(&mut ann, &dies).await["code"], "lost");
    assert!(!report.exists(), "its last word has been taken in");
    let log = ann.get("/api/v1/audit?action=session").await.json();
    for (action, session) in [("session.exit", &exits), ("session.lost", &dies)] {
        let of = |entry: &&Value| entry["action"] == action && entry["via"] == "websh";
        let found: Vec<_> = log["items"].as_array().unwrap().iter().filter(of).collect();
        assert_eq!((found.len(), &found[0]["target_id"]), (1, &session["id"]), "{action}");
    }
    assert!(server.stop().await);
    server.start().await;
    assert_eq!(ended(&mut ann, &exits).await["code"], "exited");
    assert_eq!(ann.delete(&path(&kept)).await.status, 204);
}

#[tokio::test]
async fn lost_sessions_recover_when_reachable() {
    let (mut server, mut ann) = TestServer::new(&[]).await;
    let lives = open(&mut ann, "lives").await;
    let exits = open(&mut ann, "exits").await;
    let process = server.session_process(id(&lives)).unwrap();
    let mut viewer = Viewer::attach(&mut ann, &exits).await;
    let gate = server.data.path().join("gate");
    assert!(std::process::Command::new("mkfifo").arg(&gate).status().unwrap().success());
    viewer.type_text(&format!("cat {}; exit 7\r", gate.display())).await;
    viewer.until_shows("cat ").await;
    // The directory of the sockets is missing, as if a file system was mounted too late.
    let (run, away) = (server.data.path().join("run"), server.data.path().join("away"));
    assert!(server.stop().await);
    std::fs::rename(&run, &away).unwrap();
    server.start().await;
    assert_eq!(ended(&mut ann, &lives).await["code"], "lost");
    assert_eq!(ended(&mut ann, &exits).await["code"], "lost");
    assert!(server.stop().await);
    std::fs::remove_dir_all(&run).unwrap();
    std::fs::rename(&away, &run).unwrap();
    std::fs::write(&gate, "").unwrap();
    let report = run.join(id(&exits)).join("report");
    until(async || report.exists().then_some(())).await;

    server.start().await;
    assert_eq!(server.session_process(id(&lives)), Some(process));
    let found = ann.get(&path(&lives)).await.json();
    assert_eq!((&found["state"], &found["ended_at"]), (&json!("active"), &Value::Null));
    Viewer::attach(&mut ann, &lives).await.type_text("true\r").await;
    let error = ended(&mut ann, &exits).await;
    assert_eq!((&error["code"], &error["session"]["exit_code"]), (&json!("exited"), &json!(7)));
    assert_eq!(ann.delete(&path(&lives)).await.status, 204);
}

#[tokio::test]
async fn a_locked_database_does_not_affect_terminals() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut sue = server.member("sue@example.org", "superuser").await;
    let fresh = token(&mut ann, "read").await;
    let mut program = Program::new(&server, fresh["secret"].as_str().unwrap());
    let session = open(&mut ann, "one").await;
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    let file = format!("sqlite://{}", server.data.path().join("websh.db").display());
    let other = Database::connect(file).await.unwrap();
    other.execute_unprepared("BEGIN EXCLUSIVE").await.unwrap();
    let begun = tokio::time::Instant::now();
    let refused = create(&mut ann, "two").await;
    assert_eq!(refused.error(), (503, "unavailable".into()));
    assert!(refused.header("retry-after").is_some());
    assert!(begun.elapsed().as_secs() < 6);
    viewer.echo("during").await;
    assert_eq!(server.run_dir().len(), 1, "no process without a row");
    // Owners can attach again, from a page and from a program.
    let page = format!("/sessions/{}", id(&session));
    assert_eq!(ann.get(&page).await.status, 200);
    let mut again = Viewer::attach(&mut ann, &session).await;
    again.until_shows("42-during").await;
    let attach = format!("{}/attach", path(&session));
    assert_eq!(program.get(&path(&session)).await.status, 200);
    // Watching another member's session is rejected when it cannot be audited.
    let looked = sue.post(&attach, &json!({ "mode": "watch" })).await;
    assert_eq!(looked.error(), (503, "unavailable".into()));
    again.echo("again").await;
    other.execute_unprepared("ROLLBACK").await.unwrap();
    let two = create(&mut ann, "two").await;
    assert_eq!(two.status, 201, "{two:?}");
    assert_eq!(ann.delete(&path(&two.json())).await.status, 204);
    assert_eq!(ann.delete(&path(&session)).await.status, 204);
}
