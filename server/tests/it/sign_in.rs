//! The first member, signing in and out, and what is refused on the way.

use serde_json::json;

use crate::world::{EMAIL, PASSWORD, World, run};

#[tokio::test]
async fn the_set_up_link_works_once() {
    let world = World::fresh(&[]).await;
    let mut ann = world.stranger();
    let body = |token: &str, password: &str| json!({ "token": token, "email": EMAIL, "name": "Ann", "password": password });
    let token = world.set_up_token.clone().unwrap();
    assert!(token.len() >= 32);
    let wrong = ann.post("/api/v1/setup", &body("0".repeat(64).as_str(), PASSWORD)).await;
    assert_eq!((wrong.status, wrong.code()), (404, "not_found".into()));
    let short = ann.post("/api/v1/setup", &body(&token, "short")).await;
    assert_eq!((short.status, &short.json()["error"]["field"]), (422, &json!("password")));
    let done = ann.post("/api/v1/setup", &body(&token, PASSWORD)).await;
    assert_eq!((done.status, &done.json()["role"]), (201, &json!("superuser")));
    assert_eq!(ann.get("/api/v1/me").await.json()["email"], EMAIL);
    for again in [body(&token, PASSWORD), json!({})] {
        assert_eq!(world.stranger().post("/api/v1/setup", &again).await.status, 404);
    }
}

#[tokio::test]
async fn there_are_no_default_credentials() {
    let world = World::fresh(&[]).await;
    for (email, password) in [("admin", "admin"), ("root", ""), ("websh", "websh"), ("", "")] {
        let answer = world.stranger().sign_in(email, password).await;
        assert_eq!((answer.status, answer.code()), (401, "invalid_credentials".into()));
    }
}

#[tokio::test]
async fn signing_in_and_out() {
    let (world, mut ann) = World::new(&[]).await;
    let mut other = world.stranger();
    assert_eq!(other.get("/api/v1/me").await.code(), "unauthenticated");
    let signed_in = other.sign_in(" Ann@Example.org ", PASSWORD).await;
    assert_eq!(signed_in.status, 200);
    let cookie = signed_in.header("set-cookie").unwrap();
    for part in ["websh=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains("Secure"), "{cookie}");
    // Each sign-in is its own; a new one replaces the one the browser had.
    assert_ne!(other.cookie, ann.cookie);
    let mut before = other.clone();
    other.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(before.get("/api/v1/me").await.status, 401);
    assert_eq!(other.get("/api/v1/me").await.status, 200);
    // A value of somebody's own making is worth nothing.
    let mut made_up = world.stranger();
    made_up.cookie = Some(format!("websh={}", "a".repeat(64)));
    assert_eq!(made_up.get("/api/v1/me").await.status, 401);

    let mut gone = other.clone();
    assert_eq!(other.post("/api/v1/logout", &json!({})).await.status, 204);
    assert_eq!(other.cookie.as_deref(), Some("websh="));
    assert_eq!(gone.get("/api/v1/me").await.status, 401);
    assert_eq!(ann.get("/api/v1/me").await.status, 200);
}

#[tokio::test]
async fn ten_wrong_passwords_throttle_the_account() {
    let (world, _) = World::new(&[]).await;
    for _ in 0..10 {
        assert_eq!(world.stranger().sign_in(EMAIL, "wrong").await.status, 401);
    }
    for password in ["wrong", PASSWORD] {
        let answer = world.stranger().sign_in(EMAIL, password).await;
        assert_eq!((answer.status, answer.code()), (429, "too_many_attempts".into()));
        let seconds: u64 = answer.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        // Claiming to be somebody else does not help.
        let body = json!({ "email": EMAIL, "password": password }).to_string();
        let extra = [("x-forwarded-for", "192.0.2.1")];
        let answer = world.stranger().send("POST", "/api/v1/login", &extra, body.as_bytes()).await;
        assert_eq!(answer.status, 429);
    }
}

#[tokio::test]
async fn right_passwords_are_not_counted() {
    let (world, _) = World::new(&[]).await;
    for _ in 0..12 {
        assert_eq!(world.stranger().sign_in(EMAIL, PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn what_is_no_sign_in_is_refused_unread() {
    let (world, _) = World::new(&[]).await;
    let long = "x".repeat(129);
    let table = [
        (json!({ "email": EMAIL, "password": long }), 422, "invalid_password"),
        (json!({ "email": long, "password": PASSWORD }), 422, "invalid_email"),
        (json!({ "email": EMAIL, "password": "x".repeat(1 << 20) }), 413, "too_large"),
        (json!({ "email": EMAIL }), 400, "bad_request"),
        (json!({ "email": EMAIL, "password": PASSWORD, "admin": true }), 400, "bad_request"),
        (json!({ "email": EMAIL, "password": 7 }), 400, "bad_request"),
        (json!({ "email": null, "password": PASSWORD }), 400, "bad_request"),
        (json!([EMAIL]), 400, "bad_request"),
        (json!(null), 400, "bad_request"),
    ];
    for (body, status, code) in table {
        let answer = world.stranger().post("/api/v1/login", &body).await;
        assert_eq!((answer.status, answer.code()), (status, code.into()), "{answer:?}");
    }
}

#[tokio::test]
async fn a_changed_password_signs_out_everywhere() {
    let (world, mut ann) = World::new(&[]).await;
    let new = "another long password";
    let changed = run(world.data.path(), &["user", "passwd", EMAIL], new).await;
    assert!(changed.0, "{}", changed.1);
    assert_eq!(ann.get("/api/v1/me").await.status, 401);
    assert_eq!(ann.sign_in(EMAIL, PASSWORD).await.status, 401);
    assert_eq!(ann.sign_in(EMAIL, new).await.status, 200);
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let world = World::fresh(&[("WEBSH_PUBLIC_URL", "https://websh.example")]).await;
    let mut ann = world.stranger();
    let tls = [("host", "websh.example"), ("origin", "https://websh.example")];
    let body = json!({
        "token": world.set_up_token, "email": EMAIL, "name": "Ann", "password": PASSWORD,
    });
    let done = ann.send("POST", "/api/v1/setup", &tls, body.to_string().as_bytes()).await;
    let cookie = done.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-websh=") && cookie.ends_with("; Secure"), "{cookie}");
    let answer = ann.send("GET", "/api/v1/me", &tls, b"").await;
    assert_eq!(answer.status, 200);
    assert!(answer.header("strict-transport-security").is_some());
}
