//! Pages that were rendered for another member than the one who is signed in now.

use serde_json::json;

use crate::support::{Program, TestServer, id, open, open_socket, path, token};

#[tokio::test]
async fn a_request_for_another_member_has_no_effect() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "superuser").await;
    let session = open(&mut bob, "k").await;
    let (path, attach) = (path(&session), format!("{}/attach", path(&session)));
    let anns = ann.get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    let bobs = bob.get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    let close = json!({ "id": id(&session) }).to_string();
    let refused = (409, "identity_changed".to_owned());
    for (method, path, body) in [
        ("GET", "/api/v1/me", ""),
        ("POST", "/api/pages/me", "{}"),
        ("POST", "/api/pages/close", close.as_str()),
        ("POST", attach.as_str(), r#"{"mode":"drive"}"#),
        ("DELETE", path.as_str(), ""),
        ("POST", "/api/v1/admin/sessions/drop-all", "{}"),
        ("POST", "/api/v1/join", "{}"),
        ("POST", "/api/v1/logout", "{}"),
    ] {
        let headers = [("websh-member", anns.as_str())];
        let response = bob.send(method, path, &headers, body.as_bytes()).await;
        assert_eq!(response.error(), refused, "{path}");
        assert!(response.body.contains("You are signed in as bob in another tab."), "{response:?}");
    }
    assert_eq!(open_socket(&bob, &[("websh-member", &anns)]).await.err(), Some(409));
    let events = format!("/api/v1/events?member={anns}");
    assert_eq!(bob.get(&events).await.error(), refused);
    for (member, status) in [(&anns, 409), (&bobs, 200)] {
        let export = format!("/api/v1/audit/export?q=nothing&member={member}");
        assert_eq!(bob.get(&export).await.status, status, "{export}");
    }
    // The member is still signed in and the session still runs.
    let own = bob.send("GET", &path, &[("websh-member", &bobs)], b"").await;
    assert_eq!((own.status, &own.json()["state"]), (200, &json!("active")));
    let invalid = bob.send("GET", &path, &[("websh-member", "ann")], b"").await;
    assert_eq!(invalid.error(), (400, "bad_request".into()));
    // Programs need not name a member, and a name alone gives no access.
    let secret = token(&mut bob, "read").await["secret"].as_str().unwrap().to_owned();
    assert_eq!(Program::new(&server, &secret).get(&path).await.status, 200);
    let anonymous = server.stranger().send("GET", &path, &[("websh-member", &bobs)], b"").await;
    assert_eq!(anonymous.error(), (401, "unauthenticated".into()));
    assert_eq!(bob.delete(&path).await.status, 204);
}

#[tokio::test]
async fn a_page_contains_the_member_it_was_rendered_for() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let anns = ann.get("/api/v1/me").await.json()["id"].as_str().unwrap().to_owned();
    for path in ["/", "/join", "/audit"] {
        let page = ann.get(path).await.body;
        assert!(page.contains(&format!(r#"data-member="{anns}""#)), "{path}: {page}");
        let page = server.stranger().get(path).await.body;
        assert!(!page.contains("data-member"), "{path}: {page}");
    }
}

#[tokio::test]
async fn accepting_an_invite_ends_the_previous_sign_in_of_the_browser() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let new = json!({ "email": "bob@example.org", "role": "member" });
    let link = ann.post("/api/v1/invites", &new).await.json();
    let token = link["url"].as_str().unwrap().rsplit_once('#').unwrap().1.to_owned();
    let mut browser = ann.clone();
    let accept = json!({ "token": token, "name": "Bob", "password": "correct horse battery" });
    let accepted = browser.post("/api/v1/invites/accept", &accept).await;
    assert_eq!(accepted.status, 200, "{accepted:?}");
    assert_eq!(browser.get("/api/v1/me").await.json()["name"], "Bob");
    assert_eq!(ann.get("/api/v1/me").await.status, 401);
}
