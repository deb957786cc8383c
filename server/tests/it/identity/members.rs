//! Members, invites, settings and the audit log: permissions, effects, and the end of open connections.

use serde_json::{Value, json};

use crate::support::{
    Client, EMAIL, PASSWORD, Response, TestServer, Viewer, close_code, create, id, member_path,
    until,
};

/// Returns the actions in the audit log, oldest first.
async fn actions(client: &mut Client) -> Vec<String> {
    let page = client.get("/api/v1/audit?limit=1000").await.json();
    let items = page["items"].as_array().unwrap().iter().rev();
    items.map(|entry| entry["action"].as_str().unwrap().to_owned()).collect()
}

/// Returns the secret of a link.
fn secret(link: &Response) -> String {
    assert_eq!(link.status, 201, "{link:?}");
    let url = link.json()["url"].as_str().unwrap().to_owned();
    url.split_once("/invite#").unwrap().1.to_owned()
}

#[tokio::test]
async fn concurrent_demotions_leave_one_superuser() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "superuser").await;
    let (path_of_ann, path_of_bob) =
        (member_path(&mut bob, EMAIL).await, member_path(&mut ann, "bob@example.org").await);
    let (one, other) = tokio::join!(
        ann.patch(&path_of_bob, json!({ "role": "member" })),
        bob.patch(&path_of_ann, json!({ "role": "member" })),
    );
    let mut statuses = [one.status, other.status];
    statuses.sort_unstable();
    let (mut left, mut out, refused) =
        if one.status == 200 { (ann, bob, other) } else { (bob, ann, one) };
    // The slower request fails, either as the last superuser's or as no longer a superuser's.
    assert!(
        matches!(
            (refused.status, refused.code().as_str()),
            (409, "last_superuser") | (403, "forbidden")
        ),
        "{refused:?}"
    );
    assert_eq!(statuses[0], 200);
    assert_eq!(left.get("/api/v1/members").await.status, 200);
    assert_eq!(out.get("/api/v1/members").await.status, 403);
    // The last superuser can be neither demoted nor deactivated.
    let own = left.get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    let own = format!("/api/v1/members/{own}");
    let down = left.patch(&own, json!({ "role": "staff" })).await;
    assert_eq!(down.error(), (409, "last_superuser".into()));
    let gone = left.delete(&own).await;
    assert_eq!(gone.error(), (409, "last_superuser".into()));
}

#[tokio::test]
async fn members_change_only_their_own_name() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let own =
        format!("/api/v1/members/{}", bob.get("/api/v1/me").await.json()["id"].as_str().unwrap());
    let other =
        format!("/api/v1/members/{}", ann.get("/api/v1/me").await.json()["id"].as_str().unwrap());
    for (path, change, expected) in [
        (&own, json!({ "name": " Robert " }), (200, None)),
        (&own, json!({ "name": " " }), (422, Some("invalid_name"))),
        (&own, json!({ "role": "staff" }), (403, Some("forbidden"))),
        (&own, json!({ "name": "Bob", "role": "superuser" }), (403, Some("forbidden"))),
        (&own, json!({ "name": "Bob", "active": true }), (403, Some("forbidden"))),
        (&other, json!({ "name": "Bob" }), (403, Some("forbidden"))),
    ] {
        let response = bob.patch(path, change.clone()).await;
        assert_eq!(response.status, expected.0, "{change}");
        if let Some(code) = expected.1 {
            assert_eq!(response.code(), code, "{change}");
        }
    }
    assert_eq!(bob.get("/api/v1/me").await.json()["name"], "Robert");
    assert_eq!(ann.get("/api/v1/me").await.json()["name"], "Ann");
}

#[tokio::test]
async fn deactivation_closes_connections_at_once() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let session = create(&mut bob, "k").await.json();
    let mut viewer = Viewer::attach(&mut bob, &session).await;
    let typed = server.data.path().join("typed");
    viewer.type_text(&format!("echo $((6*7))-ready; cat > {}\r", typed.display())).await;
    viewer.until_shows("42-ready").await;
    viewer.type_text("before\r").await;
    until(async || std::fs::read_to_string(&typed).ok().filter(|text| text.contains("before")))
        .await;

    let path = member_path(&mut ann, "bob@example.org").await;
    let out = ann.patch(&path, json!({ "active": false })).await;
    assert_eq!((out.status, &out.json()["active"]), (200, &json!(false)));
    viewer.try_to_type("after\r").await;
    assert_eq!(close_code(&mut viewer.socket).await, 4401);
    assert_eq!(bob.get("/api/v1/me").await.status, 401);
    assert_eq!(bob.sign_in("bob@example.org", PASSWORD).await.status, 401);
    // The shell keeps running and receives no further input.
    let id = id(&session);
    assert!(server.session_process(id).is_some());
    assert_eq!(ann.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(std::fs::read_to_string(&typed).unwrap(), "before\n");

    assert_eq!(ann.patch(&path, json!({ "active": true })).await.status, 200);
    // The old sign-in stays ended; a new one works.
    assert_eq!(bob.get("/api/v1/me").await.status, 401);
    assert_eq!(bob.sign_in("bob@example.org", PASSWORD).await.status, 200);
}

#[tokio::test]
async fn a_lower_role_has_to_attach_again() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "superuser").await;
    let session = create(&mut bob, "k").await.json();
    let mut viewer = Viewer::attach(&mut bob, &session).await;
    viewer.echo("ready").await;
    let path = member_path(&mut ann, "bob@example.org").await;
    for (role, closes) in [("staff", true), ("superuser", false), ("member", true)] {
        assert_eq!(ann.patch(&path, json!({ "role": role })).await.status, 200);
        if closes {
            assert_eq!(close_code(&mut viewer.socket).await, 1012, "{role}");
            viewer = Viewer::attach(&mut bob, &session).await;
        }
        viewer.type_text(&format!("echo as-{role}-$((6*7))\r")).await;
        viewer.until_shows(&format!("as-{role}-42")).await;
    }
}

#[tokio::test]
async fn a_new_password_ends_other_sign_ins() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut phone = server.stranger();
    phone.sign_in(EMAIL, PASSWORD).await;
    let listed = ann.get("/api/v1/me/sign-ins").await.json();
    assert_eq!(listed.as_array().unwrap().len(), 2);
    let current: Vec<&Value> =
        listed.as_array().unwrap().iter().map(|one| &one["current"]).collect();
    assert_eq!(current, [&json!(false), &json!(true)]);

    let change = |current: &str, new: &str| json!({ "current": current, "new": new });
    let wrong =
        ann.post("/api/v1/me/password", &change("wrong wrong wrong", "a new password")).await;
    assert_eq!(wrong.error(), (422, "wrong_password".into()));
    assert_eq!(wrong.json()["error"]["field"], "current");
    let short = ann.post("/api/v1/me/password", &change(PASSWORD, "short")).await;
    assert_eq!(short.error(), (422, "invalid_password".into()));
    assert_eq!(short.json()["error"]["field"], "new");
    let too_long = change(&"x".repeat(129), "a new password");
    let too_long = ann.post("/api/v1/me/password", &too_long).await;
    assert_eq!(too_long.error(), (422, "wrong_password".into()));
    assert_eq!(phone.get("/api/v1/me").await.status, 200);

    let done = ann.post("/api/v1/me/password", &change(PASSWORD, "a new password")).await;
    assert_eq!(done.status, 204, "{done:?}");
    assert_eq!(phone.get("/api/v1/me").await.status, 401);
    assert_eq!(ann.get("/api/v1/me").await.status, 200);
    assert_eq!(server.stranger().sign_in(EMAIL, PASSWORD).await.status, 401);
    assert_eq!(phone.sign_in(EMAIL, "a new password").await.status, 200);

    // One sign-in ends the other.
    let listed = ann.get("/api/v1/me/sign-ins").await.json();
    let other = listed.as_array().unwrap().iter().find(|one| one["current"] == false).unwrap();
    let path = format!("/api/v1/me/sign-ins/{}", id(other));
    assert_eq!(ann.delete(&path).await.status, 204);
    assert_eq!(phone.get("/api/v1/me").await.status, 401);
    assert_eq!(ann.delete(&path).await.status, 404);
}

#[tokio::test]
async fn an_invite_works_once() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let invite = json!({ "email": "Bob@Example.org", "role": "staff" });
    let first = ann.post("/api/v1/invites", &invite).await;
    let withdrawn = secret(&first);
    let link = ann.post("/api/v1/members", &invite).await;
    let token = secret(&link);
    let waiting = ann.get("/api/v1/invites").await;
    assert_eq!(waiting.json().as_array().unwrap().len(), 1);
    assert!(!waiting.body.contains(&token));

    let mut bob = server.stranger();
    let preview = |token: &str| json!({ "token": token });
    let accept = |token: &str, password: &str| json!({ "token": token, "name": "Bob", "password": password });
    // The second invite replaced the first.
    assert_eq!(bob.post("/api/v1/invites/look", &preview(&withdrawn)).await.status, 404);
    let seen = bob.post("/api/v1/invites/look", &preview(&token)).await.json();
    assert_eq!((&seen["email"], &seen["kind"]), (&json!("bob@example.org"), &json!("join")));
    let short = bob.post("/api/v1/invites/accept", &accept(&token, "short")).await;
    assert_eq!(short.error(), (422, "invalid_password".into()));
    let joined = bob.post("/api/v1/invites/accept", &accept(&token, PASSWORD)).await;
    assert_eq!((joined.status, &joined.json()["role"]), (200, &json!("staff")), "{joined:?}");
    assert_eq!(bob.get("/api/v1/me").await.json()["name"], "Bob");
    for (path, body) in [
        ("/api/v1/invites/look", preview(&token)),
        ("/api/v1/invites/accept", accept(&token, PASSWORD)),
    ] {
        let again = server.stranger().post(path, &body).await;
        assert_eq!(again.error(), (410, "invite_over".into()));
    }
    assert_eq!(server.stranger().post("/api/v1/invites/look", &preview("no")).await.status, 404);
    let taken = ann.post("/api/v1/invites", &invite).await;
    assert_eq!(taken.error(), (409, "member_exists".into()));
    let mail = json!({ "email": "eve@example.org", "role": "member", "by_mail": true });
    let mail = ann.post("/api/v1/invites", &mail).await;
    assert_eq!(mail.error(), (409, "mail_not_configured".into()));

    // A revoked invite is invalid, and a password reset ends all other sign-ins.
    let link =
        ann.post("/api/v1/invites", &json!({ "email": "eve@example.org", "role": "member" })).await;
    let id = link.json()["invite"]["id"].as_str().unwrap().to_owned();
    assert_eq!(ann.delete(&format!("/api/v1/invites/{id}")).await.status, 204);
    assert_eq!(bob.post("/api/v1/invites/look", &preview(&secret(&link))).await.status, 404);
    let path = member_path(&mut ann, "bob@example.org").await;
    let reset = secret(&ann.post(&format!("{path}/reset"), &json!({})).await);
    assert_eq!(bob.get("/api/v1/me").await.status, 200);
    let mut again = server.stranger();
    let chosen = accept(&reset, "another password");
    assert_eq!(again.post("/api/v1/invites/accept", &chosen).await.status, 200);
    assert_eq!(bob.get("/api/v1/me").await.status, 401);
    assert_eq!(again.get("/api/v1/me").await.json()["email"], "bob@example.org");
}

#[tokio::test]
async fn settings_are_bounded_and_record_who_changed_them() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "staff").await;
    let mut settings = bob.get("/api/v1/workspace/settings").await.json();
    assert_eq!(
        (&settings["session_timeout_minutes"], &settings["changed_by"]),
        (&json!(60), &json!(null))
    );
    let put = async |client: &mut Client, body: &Value| {
        client.put("/api/v1/workspace/settings", body).await
    };
    for (minutes, status) in [(9, 422), (10, 200), (1440, 200), (1441, 422)] {
        settings["session_timeout_minutes"] = json!(minutes);
        let response = put(&mut ann, &settings).await;
        assert_eq!(response.status, status, "{response:?}");
        if status == 422 {
            assert_eq!(response.code(), "invalid_timeout");
            assert_eq!(response.json()["error"]["field"], "session_timeout_minutes");
        }
    }
    settings["session_timeout_minutes"] = json!(1440);
    for field in [
        "session_timeout_minutes",
        "max_sessions_per_user",
        "max_sessions_per_token",
        "max_sessions",
        "max_creates_per_minute",
        "history_mib",
        "keep_ended_days",
    ] {
        for bad in [json!(-1), json!(10.5), json!("60"), json!(null), json!(1_u64 << 32)] {
            let mut changed = settings.clone();
            changed[field] = bad;
            let response = put(&mut ann, &changed).await;
            assert_eq!(response.status, 422, "{field}: {response:?}");
            let timeout = field == "session_timeout_minutes";
            let code = if timeout { "invalid_timeout".into() } else { format!("invalid_{field}") };
            assert_eq!(response.code(), code);
            assert_eq!(response.json()["error"]["field"], field);
        }
    }
    assert_eq!(put(&mut bob, &settings).await.status, 403);
    let now = bob.get("/api/v1/workspace/settings").await.json();
    assert_eq!(
        (&now["session_timeout_minutes"], &now["changed_by"]),
        (&json!(1440), &json!("Ann"))
    );
}

#[tokio::test]
async fn changes_are_audited_permanently() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let path = member_path(&mut ann, "bob@example.org").await;
    ann.patch(&path, json!({ "role": "staff", "name": "Robert" })).await;
    server.stranger().sign_in("bob@example.org", "wrong wrong wrong").await;
    ann.post("/api/v1/invites", &json!({ "email": "eve@example.org", "role": "member" })).await;
    let mut settings = ann.get("/api/v1/workspace/settings").await.json();
    settings["name"] = json!("Ops");
    let body = settings.to_string();
    ann.send("PUT", "/api/v1/workspace/settings", &[], body.as_bytes()).await;
    let token = json!({ "name": "ci", "scope": "read", "days": 1 });
    let token = ann.post("/api/v1/tokens", &token).await.json();
    let id = token["token"]["id"].as_str().unwrap();
    ann.delete(&format!("/api/v1/tokens/{id}")).await;
    bob.post("/api/v1/logout", &json!({})).await;
    ann.delete(&path).await;
    // A request that changes nothing is not audited.
    ann.patch(&path, json!({ "active": false, "name": "Robert" })).await;
    let recorded = actions(&mut ann).await;
    assert_eq!(
        recorded,
        [
            "member.join",
            "member.sign_in",
            "member.join",
            "member.sign_in",
            "member.name",
            "member.role",
            "member.sign_in_failed",
            "member.invite",
            "settings.change",
            "token.create",
            "token.remove",
            "member.sign_out",
            "member.deactivate",
        ]
    );

    let found = async |ann: &mut Client, query: &str| {
        let page = ann.get(&format!("/api/v1/audit?{query}")).await.json();
        page["items"].as_array().unwrap().clone()
    };
    let role = &found(&mut ann, "action=member.role").await[0];
    assert_eq!((&role["actor"], &role["via"]), (&json!("Ann"), &json!("page")));
    assert_eq!((&role["source"], &role["detail"]), (&json!("127.0.0.1"), &json!("member → staff")));
    assert_eq!(found(&mut ann, "action=token").await.len(), 2);
    assert_eq!(found(&mut ann, "action=toke").await.len(), 0);
    assert_eq!(found(&mut ann, "q=EVE%40").await.len(), 1);
    assert_eq!(found(&mut ann, "q=%25").await.len(), 0);
    assert_eq!(found(&mut ann, "to=2000-01-01T00:00:00Z").await.len(), 0);
    let page = ann.get("/api/v1/audit?limit=5").await.json();
    let next = page["next"].as_str().unwrap();
    let rest = found(&mut ann, &format!("limit=100&cursor={next}")).await;
    assert_eq!(rest.len(), recorded.len() - 5);

    let export = ann.get("/api/v1/audit/export?action=member").await;
    assert_eq!(export.header("content-type"), Some("application/x-ndjson"));
    let lines = export.body.lines().filter(|line| line.starts_with('{'));
    assert_eq!(
        lines.count(),
        recorded.iter().filter(|action| action.starts_with("member.")).count()
    );
    assert_eq!(actions(&mut ann).await.last().unwrap(), "audit.export");

    // Entries cannot be removed or changed, and contain no secret.
    let id = role["id"].as_str().unwrap();
    for method in ["DELETE", "PUT", "PATCH", "POST"] {
        for path in ["/api/v1/audit".to_owned(), format!("/api/v1/audit/{id}")] {
            let response = ann.send(method, &path, &[], b"{}").await;
            assert!([404, 405].contains(&response.status), "{method} {path}: {response:?}");
        }
    }
    let all = ann.get("/api/v1/audit?limit=1000").await.body;
    for secret in [PASSWORD, "wrong wrong", token["secret"].as_str().unwrap()] {
        assert!(!all.contains(secret));
    }
}
