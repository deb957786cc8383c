//! API tokens: permissions of each scope, use without cookie and origin, and removal.

use serde_json::{Value, json};

use crate::support::{
    Program, TestServer, change_settings, create, member_path, open_socket, own_account, path,
    token,
};

#[tokio::test]
async fn the_session_limit_of_a_token_does_not_limit_its_member() {
    let (server, mut ann) = TestServer::new(&[]).await;
    change_settings(&mut ann, &[("max_sessions_per_token", 1)]).await;
    let secret = token(&mut ann, "sessions").await["secret"].as_str().unwrap().to_owned();
    let mut program = Program::new(&server, &secret);
    let body = json!({ "server": "local", "account": own_account() });
    let first = program.send("POST", "/api/v1/sessions", &body).await;
    assert_eq!(first.status, 201, "{first:?}");
    let own = create(&mut ann, "by-hand").await.json();
    let refused = program.send("POST", "/api/v1/sessions", &body).await;
    assert_eq!(refused.error(), (429, "session_limit".into()));
    let error = refused.json()["error"].clone();
    assert_eq!(error["field"], "max_sessions_per_token");
    let ids = |sessions: &Value| -> Vec<Value> {
        sessions.as_array().unwrap().iter().map(|one| one["id"].clone()).collect()
    };
    assert_eq!(
        ids(&error["sessions"]),
        [first.json()["id"].clone()],
        "only the token's own sessions"
    );
    let second = create(&mut ann, "another-by-hand").await.json();
    // Another token has its own limit.
    let secret = token(&mut ann, "sessions").await["secret"].as_str().unwrap().to_owned();
    let third = Program::new(&server, &secret).send("POST", "/api/v1/sessions", &body).await;
    assert_eq!(third.status, 201, "{third:?}");
    for session in [first.json(), own, second, third.json()] {
        let id = session["id"].as_str().unwrap_or_else(|| panic!("{session}"));
        assert_eq!(ann.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    }
}

#[tokio::test]
async fn scopes_limit_tokens() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let session = create(&mut ann, "k").await.json();
    let session = path(&session);
    let attach = format!("{session}/attach");
    let drive = json!({ "mode": "drive" });
    let watch = json!({ "mode": "watch" });
    let rename = json!({ "name": "renamed" });
    let table = [
        ("GET", "/api/v1/me", &Value::Null, [200, 200, 200]),
        ("GET", "/api/v1/sessions", &Value::Null, [200, 200, 200]),
        ("GET", session.as_str(), &Value::Null, [200, 200, 200]),
        ("POST", &attach, &watch, [200, 200, 200]),
        ("POST", &attach, &drive, [403, 200, 200]),
        ("PATCH", &session, &rename, [403, 200, 200]),
        ("GET", "/api/v1/members", &Value::Null, [403, 403, 200]),
        ("GET", "/api/v1/audit", &Value::Null, [403, 403, 200]),
        ("GET", "/api/v1/tokens", &Value::Null, [403, 403, 200]),
        ("GET", "/api/v1/admin/sessions", &Value::Null, [403, 403, 200]),
    ];
    for (place, scope) in ["read", "sessions", "admin"].into_iter().enumerate() {
        let fresh = token(&mut ann, scope).await;
        assert!(fresh["secret"].as_str().unwrap().starts_with("websh_"));
        let mut program = Program::new(&server, fresh["secret"].as_str().unwrap());
        for (method, path, body, statuses) in &table {
            let response = program.send(method, path, body).await;
            assert_eq!(response.status, statuses[place], "{scope} {method} {path}: {response:?}");
        }
    }
    let listed = ann.get("/api/v1/tokens").await;
    assert_eq!(listed.json().as_array().unwrap().len(), 3);
    assert!(!listed.body.contains("websh_") && listed.json()[0]["used_at"].is_string());
    assert_eq!(ann.delete(&session).await.status, 204);
}

#[tokio::test]
async fn only_tokens_open_sockets_without_an_origin() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let fresh = token(&mut ann, "sessions").await;
    let bearer = format!("Bearer {}", fresh["secret"].as_str().unwrap());
    let program = server.stranger();
    let with = [("authorization", bearer.as_str()), ("origin", "")];
    assert!(open_socket(&program, &with).await.is_ok());
    let elsewhere = [("authorization", bearer.as_str()), ("origin", "https://evil.example")];
    assert_eq!(open_socket(&program, &elsewhere).await.unwrap_err(), 403);
    assert_eq!(open_socket(&ann, &[("origin", "")]).await.unwrap_err(), 403);
    assert_eq!(open_socket(&ann, &with).await.unwrap_err(), 403);
    let wrong = [("authorization", "Bearer websh_wrong"), ("origin", "")];
    assert_eq!(open_socket(&program, &wrong).await.unwrap_err(), 401);
}

#[tokio::test]
async fn removing_a_token_takes_effect_at_once() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let fresh = token(&mut bob, "sessions").await;
    let mut program = Program::new(&server, fresh["secret"].as_str().unwrap());
    assert_eq!(program.get("/api/v1/me").await.json()["email"], "bob@example.org");
    let path = format!("/api/v1/tokens/{}", fresh["token"]["id"].as_str().unwrap());
    let own = token(&mut ann, "read").await;
    let of_ann = format!("/api/v1/tokens/{}", own["token"]["id"].as_str().unwrap());
    // Members cannot access another member's token; superusers see, rename and remove it.
    assert_eq!(bob.delete(&of_ann).await.status, 404);
    let name = json!({ "name": "nightly" });
    assert_eq!(bob.patch(&of_ann, &name).await.status, 404);
    for client in [&mut bob, &mut ann] {
        let renamed = client.patch(&path, &name).await;
        assert_eq!((renamed.status, &renamed.json()["name"]), (200, &json!("nightly")));
    }
    let wrong = bob.patch(&path, &json!({ "name": "a\u{1b}b" })).await;
    assert_eq!(wrong.error(), (422, "invalid_name".into()));
    assert_eq!(bob.get("/api/v1/tokens").await.json()[0]["name"], "nightly");
    let log = ann.get("/api/v1/audit?action=token.rename").await.json();
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
    assert_eq!(log["items"][0]["detail"], "ci → nightly");
    let of_bob = format!("{}/tokens", member_path(&mut ann, "bob@example.org").await);
    assert_eq!(ann.get(&of_bob).await.json()[0]["id"], fresh["token"]["id"]);
    assert_eq!(ann.delete(&path).await.status, 204);
    assert_eq!(program.get("/api/v1/me").await.status, 401);
    // A valid cookie does not make up for an invalid token.
    let headers = [("authorization", "Bearer websh_wrong")];
    assert_eq!(ann.send("GET", "/api/v1/me", &headers, b"").await.status, 401);

    // Deactivation covers tokens too.
    let fresh = token(&mut bob, "admin").await;
    let mut program = Program::new(&server, fresh["secret"].as_str().unwrap());
    assert_eq!(program.get("/api/v1/me").await.status, 200);
    let path = member_path(&mut ann, "bob@example.org").await;
    assert_eq!(ann.delete(&path).await.status, 204);
    assert_eq!(program.get("/api/v1/me").await.status, 401);
}

#[tokio::test]
async fn invalid_tokens_are_not_created() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    for (body, status, code) in [
        (json!({ "name": "", "scope": "read", "days": 1 }), 422, "invalid_name"),
        (json!({ "name": "a", "scope": "read", "days": 0 }), 422, "invalid_days"),
        (json!({ "name": "a", "scope": "read", "days": 366 }), 422, "invalid_days"),
        (json!({ "name": "a", "scope": "all", "days": 1 }), 400, "bad_request"),
        (json!({ "name": "a", "scope": "read" }), 400, "bad_request"),
    ] {
        let response = ann.post("/api/v1/tokens", &body).await;
        assert_eq!(response.error(), (status, code.into()), "{body}");
    }
}
