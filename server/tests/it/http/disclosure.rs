//! Information that unusual requests must not disclose: titles of other members' sessions, the audit
//! log to other sites, and details of the database.

use serde_json::json;

use crate::support::{Client, PASSWORD, TestServer, Viewer, create, path, until};

#[tokio::test]
async fn only_the_owner_sees_the_title_of_an_ended_session() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let mut staff = server.member("stan@example.org", "staff").await;
    let session = create(&mut bob, "k").await.json();
    let mut viewer = Viewer::attach(&mut bob, &session).await;
    viewer.type_text("printf '\\033]2;%s-title\\007' secret; exit\r").await;
    let path = path(&session);
    let own =
        until(async || Some(bob.get(&path).await).filter(|response| response.status == 410)).await;
    assert!(own.body.contains("secret-title"), "{own:?}");

    let watch = json!({ "mode": "watch" }).to_string();
    let page = json!({ "id": session["id"] }).to_string();
    let keep = format!("{path}/keep");
    let attach = format!("{path}/attach");
    for (method, path, body) in [
        ("GET", path.as_str(), ""),
        ("PATCH", &path, "{}"),
        ("DELETE", &path, "{}"),
        ("POST", &attach, &watch),
        ("POST", &keep, "{}"),
        ("POST", "/api/pages/session", &page),
    ] {
        for client in [&mut ann, &mut staff] {
            let response = client.send(method, path, &[], body.as_bytes()).await;
            assert!([403, 410].contains(&response.status), "{method} {path}: {response:?}");
            assert!(!response.body.contains("secret"), "{method} {path}: {response:?}");
        }
    }
    let found = async |client: &mut Client, query: &str| {
        let page = client.get(&format!("/api/v1/sessions?state=ended&{query}")).await.json();
        page["items"].as_array().unwrap().len()
    };
    assert_eq!(found(&mut staff, "scope=all&q=secret-title").await, 0);
    assert_eq!(found(&mut ann, "scope=all&q=SECRET").await, 0);
    assert_eq!(found(&mut staff, "scope=all").await, 1);
    assert_eq!(found(&mut bob, "q=secret-title").await, 1);
}

#[tokio::test]
async fn exports_require_an_own_page() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let export = "/api/v1/audit/export?action=audit";
    for (headers, status) in [
        (vec![("origin", "")], 403),
        (vec![("origin", "https://evil.example")], 403),
        (vec![("origin", ""), ("sec-fetch-site", "same-site")], 403),
        (vec![("origin", ""), ("sec-fetch-site", "none")], 403),
        (vec![("origin", ""), ("sec-fetch-site", "same-origin")], 200),
    ] {
        let response = ann.send("GET", export, &headers, b"").await;
        assert_eq!(response.status, status, "{headers:?}");
        if status == 403 {
            assert_eq!(response.code(), "wrong_origin");
        }
    }
    // Only the successful export is audited.
    let log = ann.get("/api/v1/audit?action=audit.export").await.json();
    assert_eq!(log["items"].as_array().unwrap().len(), 1);
}

#[tokio::test]
async fn nul_characters_are_rejected() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let mut stranger = Client::new(&ann.address);
    let wrong = stranger.sign_in("ann\0@example.org", PASSWORD).await;
    assert_eq!(wrong.error(), (401, "invalid_credentials".into()));
    let log = ann.get("/api/v1/audit?action=member.sign_in_failed").await.json();
    assert_eq!(log["items"].as_array().unwrap().len(), 1, "{log}");
    for (query, code) in [("q=%00", "invalid_q"), ("action=%00", "invalid_action")] {
        for path in ["/api/v1/audit", "/api/v1/audit/export"] {
            let response = ann.get(&format!("{path}?{query}")).await;
            assert_eq!(response.error(), (422, code.into()), "{path} {query}");
        }
    }
    for field in ["q", "owner", "server", "account"] {
        let body = json!({ "confirm": "websh", "password": PASSWORD, "filter": { field: "a\0" } });
        let response = ann.post("/api/v1/admin/sessions/drop-all", &body).await;
        assert_eq!(response.error(), (422, format!("invalid_{field}")), "{body}");
    }
}
