//! Setting up the first member, signing in and out, and throttling of wrong passwords.

use serde_json::json;
use tokio::time::{Duration, Instant};

use crate::support::{EMAIL, PASSWORD, TestServer, run};

/// Wrong passwords that one address may try in a burst.
const BURST: u32 = 30;

/// Interval after which the address may try once more.
const REFILL: Duration = Duration::from_secs(10);

#[tokio::test]
async fn the_set_up_link_works_once() {
    let server = TestServer::fresh(&[]).await;
    let mut ann = server.stranger();
    let body = |token: &str, password: &str| json!({ "token": token, "email": EMAIL, "name": "Ann", "password": password });
    let token = server.set_up_token.clone().unwrap();
    assert!(token.len() >= 32);
    let wrong = ann.post("/api/v1/setup", &body("0".repeat(64).as_str(), PASSWORD)).await;
    assert_eq!(wrong.error(), (404, "not_found".into()));
    let short = ann.post("/api/v1/setup", &body(&token, "short")).await;
    assert_eq!((short.status, &short.json()["error"]["field"]), (422, &json!("password")));
    let done = ann.post("/api/v1/setup", &body(&token, PASSWORD)).await;
    assert_eq!((done.status, &done.json()["role"]), (201, &json!("superuser")));
    assert_eq!(ann.get("/api/v1/me").await.json()["email"], EMAIL);
    for again in [body(&token, PASSWORD), json!({})] {
        assert_eq!(server.stranger().post("/api/v1/setup", &again).await.status, 404);
    }
}

#[tokio::test]
async fn there_are_no_default_credentials() {
    let server = TestServer::fresh(&[]).await;
    for (email, password) in [("admin", "admin"), ("root", ""), ("websh", "websh"), ("", "")] {
        let response = server.stranger().sign_in(email, password).await;
        assert_eq!(response.error(), (401, "invalid_credentials".into()));
    }
}

#[tokio::test]
async fn signing_in_and_out() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut other = server.stranger();
    assert_eq!(other.get("/api/v1/me").await.code(), "unauthenticated");
    let signed_in = other.sign_in(" Ann@Example.org ", PASSWORD).await;
    assert_eq!(signed_in.status, 200);
    let cookie = signed_in.header("set-cookie").unwrap();
    for part in ["websh=", "; Path=/", "; HttpOnly", "; SameSite=Lax", "; Max-Age="] {
        assert!(cookie.contains(part), "{cookie}");
    }
    assert!(!cookie.contains("Domain") && !cookie.contains("Secure"), "{cookie}");
    // Each sign-in has its own cookie; a new one replaces the browser's old one.
    assert_ne!(other.cookie, ann.cookie);
    let mut before = other.clone();
    other.sign_in(EMAIL, PASSWORD).await;
    assert_eq!(before.get("/api/v1/me").await.status, 401);
    assert_eq!(other.get("/api/v1/me").await.status, 200);
    // An invented cookie is invalid.
    let mut made_up = server.stranger();
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
    let (server, _) = TestServer::new(&[]).await;
    for _ in 0..10 {
        assert_eq!(server.stranger().sign_in(EMAIL, "wrong").await.status, 401);
    }
    for password in ["wrong", PASSWORD] {
        let response = server.stranger().sign_in(EMAIL, password).await;
        assert_eq!(response.error(), (429, "too_many_attempts".into()));
        let seconds: u64 = response.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
        // Forged addresses do not help.
        let body = json!({ "email": EMAIL, "password": password }).to_string();
        let extra = [("x-forwarded-for", "192.0.2.1")];
        let response =
            server.stranger().send("POST", "/api/v1/login", &extra, body.as_bytes()).await;
        assert_eq!(response.status, 429);
    }
}

/// Tries different accounts with wrong passwords until it is throttled. Returns whether exactly the burst
/// was allowed. `forwarded` returns the `X-Forwarded-For` header of each try.
async fn allows_a_burst(server: &TestServer, forwarded: impl Fn(u32) -> String) -> bool {
    let from = Instant::now();
    let mut tried = 0;
    loop {
        let body = json!({ "email": format!("eve{tried}@example.org"), "password": "wrong" });
        let forwarded = forwarded(tried);
        let extra = [("x-forwarded-for", forwarded.as_str())];
        let body = body.to_string();
        let response =
            server.stranger().send("POST", "/api/v1/login", &extra, body.as_bytes()).await;
        if response.status == 429 {
            assert_eq!(response.code(), "too_many_attempts");
            break;
        }
        assert_eq!(response.error(), (401, "invalid_credentials".into()));
        tried += 1;
    }
    // A slow machine leaves time for additional tries.
    let more = u32::try_from(from.elapsed().as_secs() / REFILL.as_secs()).unwrap();
    (BURST..=BURST + more + 1).contains(&tried)
}

#[tokio::test]
async fn a_device_that_signed_in_before_is_not_locked_out() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let signed_in = ann.sign_in(EMAIL, PASSWORD).await;
    let device = signed_in.cookies().into_iter().find(|it| it.starts_with("websh_device="));
    let device = device.unwrap().to_owned();
    assert!(signed_in.head.lines().any(|line| line.contains(&device) && line.contains("HttpOnly")));
    for _ in 0..10 {
        assert_eq!(server.stranger().sign_in(EMAIL, "wrong").await.status, 401);
    }
    assert_eq!(server.stranger().sign_in(EMAIL, PASSWORD).await.status, 429);
    let mut known = server.stranger();
    known.cookie = Some(device.clone());
    assert_eq!(known.get("/api/v1/me").await.status, 401, "it grants no access");
    let again = known.sign_in(EMAIL, PASSWORD).await;
    assert_eq!((again.status, again.cookies()[1]), (200, &*device));
}

#[tokio::test]
async fn thirty_wrong_passwords_throttle_an_address_despite_forged_headers() {
    let (server, _) = TestServer::new(&[]).await;
    assert!(allows_a_burst(&server, |tried| format!("192.0.2.{tried}")).await);
}

#[tokio::test]
async fn behind_a_proxy_the_forwarded_address_is_throttled() {
    let (server, _) = TestServer::new(&[("WEBSH_TRUSTED_PROXIES", "[\"127.0.0.1\"]")]).await;
    // The proxy appends its peer's address; everything before it may be forged.
    for asked_by in ["198.51.100.1", "198.51.100.2"] {
        let forwarded = |tried| format!("192.0.2.{tried}, {asked_by}");
        assert!(allows_a_burst(&server, forwarded).await, "{asked_by}");
    }
}

#[tokio::test]
async fn right_passwords_are_not_counted() {
    let (server, _) = TestServer::new(&[]).await;
    for _ in 0..12 {
        assert_eq!(server.stranger().sign_in(EMAIL, PASSWORD).await.status, 200);
    }
}

#[tokio::test]
async fn malformed_sign_ins_are_rejected() {
    let (server, _) = TestServer::new(&[]).await;
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
        let response = server.stranger().post("/api/v1/login", &body).await;
        assert_eq!(response.error(), (status, code.into()), "{response:?}");
    }
}

#[tokio::test]
async fn a_changed_password_signs_out_everywhere() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let new = "another long password";
    let changed = run(server.data.path(), &["user", "passwd", EMAIL], new).await;
    assert!(changed.0, "{}", changed.1);
    assert_eq!(ann.get("/api/v1/me").await.status, 401);
    assert_eq!(ann.sign_in(EMAIL, PASSWORD).await.status, 401);
    assert_eq!(ann.sign_in(EMAIL, new).await.status, 200);
}

#[tokio::test]
async fn over_tls_the_cookie_is_bound_to_the_host() {
    let server = TestServer::fresh(&[("WEBSH_PUBLIC_URL", "https://websh.example")]).await;
    let mut ann = server.stranger();
    let tls = [("host", "websh.example"), ("origin", "https://websh.example")];
    let body = json!({
        "token": server.set_up_token, "email": EMAIL, "name": "Ann", "password": PASSWORD,
    });
    let done = ann.send("POST", "/api/v1/setup", &tls, body.to_string().as_bytes()).await;
    let cookie = done.header("set-cookie").unwrap();
    assert!(cookie.starts_with("__Host-websh=") && cookie.ends_with("; Secure"), "{cookie}");
    let response = ann.send("GET", "/api/v1/me", &tls, b"").await;
    assert_eq!(response.status, 200);
    assert!(response.header("strict-transport-security").is_some());
}
