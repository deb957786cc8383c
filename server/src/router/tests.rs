//! Expiry of sign-ins, API tokens and links, tested on the whole router with a manual clock.

use std::{ffi::OsString, net::SocketAddr, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use chrono::{DateTime, TimeDelta};
use control::{Control, Manual};
use host::Host;
use serde_json::{Value, json};
use store::Store;
use tempfile::TempDir;
use tokio_util::{sync::CancellationToken, task::TaskTracker};
use tower::ServiceExt;

use super::*;
use crate::{config::Config, http::body::MAX_BODY, net::abort::AbortHandle};

const EMAIL: &str = "ann@example.org";
const PASSWORD: &str = "correct horse battery";
const MOMENT: TimeDelta = TimeDelta::milliseconds(1);

/// A router with a superuser and a manual clock.
struct Fixture {
    _data: TempDir,
    clock: Arc<Manual>,
    router: Router,
    origin: String,
}

/// A response.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    /// Returns the status, and the code of an error.
    fn outcome(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["error"]["code"].as_str().unwrap_or_default())
    }

    fn cookie(&self) -> (&'static str, String) {
        let cookie = self.headers[header::SET_COOKIE].to_str().unwrap();
        ("cookie", cookie.split(';').next().unwrap().to_owned())
    }

    /// Returns the secret of a link.
    fn link(&self) -> &str {
        self.body["url"].as_str().unwrap().split_once('#').unwrap().1
    }
}

impl Fixture {
    /// Creates a fixture; returns it with the superuser's cookie.
    async fn new() -> (Self, (&'static str, String)) {
        let data = tempfile::tempdir().unwrap();
        let environment = [("WEBSH_DATA_DIR", data.path()), ("WEBSH_SESSION_PROGRAM", data.path())];
        let environment = environment.map(|(name, value)| (OsString::from(name), value.into()));
        let config = Config::load(None, environment.into_iter()).unwrap();
        let store = Store::open(&config.database_url).await.unwrap();
        let host_config = host::Config {
            open_files: None,
            run_dir: data.path().join("run"),
            program: config.session_program.clone(),
        };
        let host = Host::open(host_config).await.unwrap();
        let clock = Arc::new(Manual::new(DateTime::UNIX_EPOCH));
        let settings =
            control::Config { public_url: config.public_url.clone(), ..control::Config::default() };
        let control = Control::new(store, host, clock.clone(), settings, None).await.unwrap();
        let token = control.set_up.offer().await.unwrap();
        let state = AppState::new(control, &config, CancellationToken::new(), TaskTracker::new());
        let app =
            Self { _data: data, clock, router: router(state), origin: config.public_url.clone() };
        let ann = json!({ "token": token, "email": EMAIL, "name": "Ann", "password": PASSWORD });
        let done = app.post("/api/v1/setup", None, &ann).await;
        assert_eq!(done.outcome(), (201, ""));
        let cookie = done.cookie();
        (app, cookie)
    }

    async fn send(
        &self,
        method: Method,
        path: &str,
        by: Option<&(&'static str, String)>,
        body: Option<&Value>,
    ) -> Answer {
        let mut request = Request::builder()
            .method(method)
            .uri(path)
            .header(header::HOST, self.origin.trim_start_matches("http://"))
            .header(header::ORIGIN, &self.origin)
            .extension(ConnectInfo(SocketAddr::from(([127, 0, 0, 1], 4000))))
            .extension(AbortHandle::default());
        if let Some((name, value)) = by {
            request = request.header(*name, value);
        }
        let body = match body {
            Some(body) => {
                request = request.header(header::CONTENT_TYPE, "application/json");
                Body::from(body.to_string())
            }
            None => Body::empty(),
        };
        let answer = self.router.clone().oneshot(request.body(body).unwrap()).await.unwrap();
        let (head, body) = answer.into_parts();
        let body = to_bytes(body, MAX_BODY).await.unwrap();
        let body = serde_json::from_slice(&body).unwrap_or_default();
        Answer { status: head.status, headers: head.headers, body }
    }

    async fn get(&self, path: &str, by: &(&'static str, String)) -> Answer {
        self.send(Method::GET, path, Some(by), None).await
    }

    async fn post(&self, path: &str, by: Option<&(&'static str, String)>, body: &Value) -> Answer {
        self.send(Method::POST, path, by, Some(body)).await
    }

    async fn sign_in(&self, password: &str) -> Answer {
        let given = json!({ "email": EMAIL, "password": password });
        self.post("/api/v1/login", None, &given).await
    }
}

#[tokio::test]
async fn tokens_expire_after_their_days() {
    let (app, ann) = Fixture::new().await;
    let new = json!({ "name": "ci", "scope": "admin", "days": 7 });
    let made = app.post("/api/v1/tokens", Some(&ann), &new).await;
    assert_eq!(made.outcome(), (201, ""));
    let secret = made.body["secret"].as_str().unwrap();
    let program = ("authorization", format!("Bearer {secret}"));
    app.clock.advance(TimeDelta::days(7) - MOMENT);
    assert_eq!(app.get("/api/v1/me", &program).await.outcome(), (200, ""));
    app.clock.advance(MOMENT);
    for path in ["/api/v1/me", "/api/v1/sessions", "/api/v1/members", "/api/v1/socket"] {
        assert_eq!(app.get(path, &program).await.outcome(), (401, "unauthenticated"), "{path}");
    }
    // Its member stays signed in and sees the expiry.
    let listed = app.get("/api/v1/tokens", &ann).await;
    assert_eq!(listed.body[0]["expires_at"], made.body["token"]["expires_at"]);
}

#[tokio::test]
async fn sign_ins_expire_after_thirty_days() {
    let (app, ann) = Fixture::new().await;
    app.clock.advance(TimeDelta::days(30) - MOMENT);
    assert_eq!(app.get("/api/v1/me", &ann).await.outcome(), (200, ""));
    app.clock.advance(MOMENT);
    assert_eq!(app.get("/api/v1/me", &ann).await.outcome(), (401, "unauthenticated"));
    assert_eq!(app.sign_in(PASSWORD).await.outcome(), (200, ""));
}

#[tokio::test]
async fn links_expire_after_a_week() {
    let (app, ann) = Fixture::new().await;
    let me = app.get("/api/v1/me", &ann).await.body["id"].as_str().unwrap().to_owned();
    let invite = json!({ "email": "bob@example.org", "role": "member" });
    let invite = app.post("/api/v1/invites", Some(&ann), &invite).await;
    let reset = format!("/api/v1/members/{me}/reset");
    let reset = app.post(&reset, Some(&ann), &json!({})).await;
    let preview = async |link: &Answer| {
        let given = json!({ "token": link.link() });
        app.post("/api/v1/invites/look", None, &given).await
    };
    let accept = async |link: &Answer, password: &str| {
        let given = json!({ "token": link.link(), "name": "Bob", "password": password });
        app.post("/api/v1/invites/accept", None, &given).await
    };
    app.clock.advance(TimeDelta::days(7) - MOMENT);
    for (link, kind) in [(&invite, "join"), (&reset, "reset")] {
        let seen = preview(link).await;
        assert_eq!((seen.outcome(), &seen.body["kind"]), ((200, ""), &json!(kind)));
        // The link is checked before the password.
        assert_eq!(accept(link, "short").await.outcome(), (422, "invalid_password"));
    }
    let waiting = app.get("/api/v1/invites", &ann).await;
    assert_eq!(waiting.body.as_array().unwrap().len(), 2);

    app.clock.advance(MOMENT);
    for link in [&invite, &reset] {
        assert_eq!(preview(link).await.outcome(), (410, "invite_over"));
        assert_eq!(accept(link, "short").await.outcome(), (410, "invite_over"));
        let refused = accept(link, "another long password").await;
        assert_eq!(refused.outcome(), (410, "invite_over"));
        assert!(!refused.headers.contains_key(header::SET_COOKIE));
    }
    assert_eq!(app.get("/api/v1/invites", &ann).await.body, json!([]));
    // No member joined, and the password has not changed.
    let members = app.get("/api/v1/members", &ann).await;
    assert_eq!(members.body.as_array().unwrap().len(), 1);
    assert_eq!(app.sign_in("another long password").await.outcome(), (401, "invalid_credentials"));
    assert_eq!(app.sign_in(PASSWORD).await.outcome(), (200, ""));
}
