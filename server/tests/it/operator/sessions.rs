//! Operators list, drop and watch sessions of other members.

use rustix::process::Signal;
use serde_json::{Value, json};

use crate::support::{
    Client, PASSWORD, TestServer, Viewer, change_settings, children, create, id, open, path, runs,
    signal, until,
};

#[tokio::test]
async fn a_stopped_session_delays_no_list_and_can_be_dropped() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let stuck = open(&mut ann, "stuck").await;
    let well = open(&mut ann, "well").await;
    let process = server.session_process(id(&stuck)).unwrap();
    let shell = children(process)[0];
    signal(process, Signal::STOP);
    let listed = until(async || {
        let list = ann.get("/api/v1/admin/sessions?sort=name").await.json();
        assert_eq!(list["total"], 2);
        let item = list["items"].as_array().unwrap().iter().find(|one| one["id"] == stuck["id"]);
        item.filter(|item| item["stale"] == true).cloned()
    })
    .await;
    assert_eq!((&listed["owner_email"], &listed["title"]), (&json!("ann@example.org"), &json!("")));
    assert!(listed["memory_bytes"].as_u64() > Some(0) && listed["processes"] == 2, "{listed}");
    assert_eq!(ann.get("/api/v1/sessions").await.json()["items"].as_array().unwrap().len(), 2);
    let usage = ann.get("/api/v1/workspace/usage").await.json();
    assert_eq!((&usage["sessions"], &usage["idle"]), (&json!(2), &json!(2)), "{usage}");
    let dropped = ann.delete(&format!("/api/v1/admin/sessions/{}", id(&stuck))).await;
    assert_eq!(dropped.status, 204, "{dropped:?}");
    assert!(!runs(process) && !runs(shell));
    assert_eq!(ann.get(&path(&stuck)).await.code(), "dropped");
    assert_eq!(ann.get(&path(&well)).await.status, 200);
    assert_eq!(ann.delete(&path(&well)).await.status, 204);
}

#[tokio::test]
async fn dropping_all_requires_name_and_password() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let mut sue = server.member("sue@example.org", "staff").await;
    let (kept, gone) = (open(&mut ann, "kept").await, open(&mut bob, "gone").await);
    let also = open(&mut bob, "also").await;
    let all = "/api/v1/admin/sessions/drop-all";
    let filter = json!({ "owner": "bob@example.org" });
    let request = |confirm: &str, password: &str| json!({ "confirm": confirm, "password": password, "filter": filter, "reason": "a test" });
    for client in [&mut bob, &mut sue] {
        assert_eq!(client.post(all, &request("websh", PASSWORD)).await.status, 403);
    }
    for (body, field) in
        [(request("other", PASSWORD), "confirm"), (request("websh", "something else"), "password")]
    {
        let refused = ann.post(all, &body).await;
        assert_eq!(refused.json()["error"]["field"], field, "{refused:?}");
    }
    assert_eq!(server.run_dir().len(), 3);
    let done = ann.post(all, &request("websh", PASSWORD)).await;
    assert_eq!(done.status, 200, "{done:?}");
    let results = done.json()["results"].as_array().unwrap().clone();
    let mut ids: Vec<&str> = results.iter().map(id).collect();
    ids.sort_unstable();
    assert_eq!(ids, [id(&gone), id(&also)]);
    assert!(results.iter().all(|result| result["error"].is_null()), "{results:?}");
    assert_eq!(server.run_dir(), [id(&kept)]);
    let error = bob.get(&path(&gone)).await.json()["error"].clone();
    assert_eq!(
        (&error["code"], &error["session"]["end_note"]),
        (&json!("dropped"), &json!("a test"))
    );
    // All except the caller's own.
    let last = open(&mut bob, "last").await;
    let others = json!({ "confirm": "websh", "password": PASSWORD, "keep_own": true });
    let done = ann.post(all, &others).await.json();
    let ids: Vec<&str> = done["results"].as_array().unwrap().iter().map(id).collect();
    assert_eq!(ids, [id(&last)], "{done}");
    assert_eq!(server.run_dir(), [id(&kept)]);
    let log = ann.get("/api/v1/audit?action=session.drop_all").await.json();
    assert_eq!(log["items"][0]["detail"], "1 sessions; not their own", "{log}");
    assert_eq!(ann.delete(&path(&kept)).await.status, 204);
}

#[tokio::test]
async fn watching_another_members_session_is_visible_and_read_only() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let mut sue = server.member("sue@example.org", "staff").await;
    let session = open(&mut bob, "one").await;
    let mut owner = Viewer::attach(&mut bob, &session).await;
    owner.echo("mine").await;
    let attach = format!("{}/attach", path(&session));
    for (client, mode) in [(&sue, "watch"), (&sue, "drive"), (&ann, "drive")] {
        let refused = client.clone().post(&attach, &json!({ "mode": mode })).await;
        assert_eq!(refused.status, 403, "{refused:?}");
    }
    let mut watcher = Viewer::attach_as(&mut ann, &session, &json!({ "mode": "watch" })).await;
    watcher.until_shows("42-mine").await;
    owner
        .until_participants(|crew| {
            crew.present.iter().any(|one| {
                one.overseeing && one.person.as_ref().is_some_and(|person| person.who == "Ann")
            })
        })
        .await;
    watcher.type_text("echo not-this\r").await;
    owner.type_text("echo $((7*7))-this\r").await;
    watcher.until_shows("49-this").await;
    owner.until_shows("49-this").await;
    drop(watcher);
    owner.until_participants(|crew| crew.present.len() == 1).await;
    let log = ann.get("/api/v1/audit?action=session.watch").await.json();
    let entries = log["items"].as_array().unwrap();
    assert_eq!(entries.len(), 1, "{log}");
    let name = session["name"].as_str().unwrap();
    assert_eq!(
        ["actor", "via", "target_id", "target", "detail", "source"].map(|key| &entries[0][key]),
        ["Ann", "page", id(&session), name, "of bob", "127.0.0.1"]
    );
    // Only the owner gets its preview.
    let screen = format!("{}/screen", path(&session));
    for (client, status) in [(&mut ann, 403), (&mut sue, 403), (&mut bob, 200)] {
        assert_eq!(client.get(&screen).await.status, status);
    }
    assert_eq!(sue.post(&format!("{}/keep", path(&session)), &json!({})).await.status, 403);
    assert_eq!(bob.post(&format!("{}/keep", path(&session)), &json!({})).await.status, 204);
    assert_eq!(bob.delete(&path(&session)).await.status, 204);
    assert_eq!(bob.get(&screen).await.status, 204);
}

#[tokio::test]
async fn losing_the_role_ends_watching() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let mut max = server.member("max@example.org", "superuser").await;
    let session = open(&mut bob, "one").await;
    let mut owner = Viewer::attach(&mut bob, &session).await;
    let watcher = Viewer::attach_as(&mut max, &session, &json!({ "mode": "watch" })).await;
    owner.until_participants(|crew| crew.present.len() == 2).await;
    let watcher = tokio::spawn(watcher.until_closed());
    let members = ann.get("/api/v1/members").await.json();
    let found = members.as_array().unwrap().iter().find(|one| one["email"] == "max@example.org");
    let member = format!("/api/v1/members/{}", id(found.unwrap()));
    let changed = ann.send("PATCH", &member, &[], br#"{"role":"staff"}"#).await;
    assert_eq!(changed.status, 200, "{changed:?}");
    assert_eq!(watcher.await.unwrap(), 4403);
    owner.until_participants(|crew| crew.present.len() == 1).await;
    // The member stays signed in.
    assert_eq!(max.get("/api/v1/me").await.json()["role"], "staff");
    assert_eq!(bob.delete(&path(&session)).await.status, 204);
}

#[tokio::test]
async fn a_reached_limit_lists_the_sessions_that_count() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    change_settings(&mut ann, &[("max_sessions_per_user", 2), ("max_sessions", 3)]).await;
    let first = open(&mut bob, "1").await;
    open(&mut bob, "2").await;
    let refused = async |client: &mut Client, field: &str, sessions: usize| {
        let refused = create(client, "more").await;
        assert_eq!(refused.error(), (429, "session_limit".into()));
        let error = refused.json()["error"].clone();
        assert_eq!(error["field"], field, "{error}");
        assert_eq!(error["sessions"].as_array().unwrap().len(), sessions);
        refused.header("retry-after").map(str::to_owned)
    };
    assert_eq!(refused(&mut bob, "max_sessions_per_user", 2).await, None);
    open(&mut ann, "1").await;
    assert_eq!(refused(&mut ann, "max_sessions", 1).await, None);
    assert_eq!(bob.delete(&path(&first)).await.status, 204);
    // More than one session was opened within this minute, so the next one has to wait.
    change_settings(&mut ann, &[("max_creates_per_minute", 1)]).await;
    let wait = refused(&mut bob, "max_creates_per_minute", 1).await.unwrap();
    assert!((1..=60).contains(&wait.parse::<u32>().unwrap()), "{wait}");
    assert_eq!(create(&mut bob, "1").await.status, 200, "an old key opens nothing");
    for id in server.run_dir() {
        assert_eq!(ann.delete(&format!("/api/v1/admin/sessions/{id}")).await.status, 204);
    }
}

#[tokio::test]
async fn a_changed_timeout_applies_to_running_sessions() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let minutes = |session: &Value| {
        let time = |key: &str| {
            session[key].as_str().unwrap().parse::<chrono::DateTime<chrono::Utc>>().unwrap()
        };
        (time("expires_at") - time("last_seen")).num_minutes()
    };
    change_settings(&mut ann, &[("session_timeout_minutes", 1440)]).await;
    let session = open(&mut ann, "one").await;
    assert!((1439..=1440).contains(&minutes(&session)), "{session}");
    change_settings(&mut ann, &[("session_timeout_minutes", 10)]).await;
    let until_is = async |client: &mut Client, range: std::ops::RangeInclusive<i64>| {
        until(async || {
            let seen = client.get(&path(&session)).await.json();
            range.contains(&minutes(&seen)).then_some(())
        })
        .await;
    };
    until_is(&mut ann, 9..=10).await;
    assert_eq!(ann.delete(&path(&session)).await.status, 204);
}
