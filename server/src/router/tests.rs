//! What time takes away, asked of the whole router with a clock that is set: sign-ins, API tokens, links.

use std::{ffi::OsString, net::SocketAddr, sync::Arc};

use axum::{
    body::{Body, to_bytes},
    extract::ConnectInfo,
    http::{HeaderMap, Method, Request, StatusCode, header},
};
use chrono::{DateTime, TimeDelta};
use control::{Control, Manual, Settings};
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

/// A router with a superuser and a clock of its own.
struct World {
    _data: TempDir,
    clock: Arc<Manual>,
    router: Router,
    origin: String,
}

/// What was answered.
struct Answer {
    status: StatusCode,
    headers: HeaderMap,
    body: Value,
}

impl Answer {
    /// The status, and the code if it is an error.
    fn verdict(&self) -> (u16, &str) {
        (self.status.as_u16(), self.body["error"]["code"].as_str().unwrap_or_default())
    }

    fn cookie(&self) -> (&'static str, String) {
        let cookie = self.headers[header::SET_COOKIE].to_str().unwrap();
        ("cookie", cookie.split(';').next().unwrap().to_owned())
    }

    /// The secret of a link.
    fn link(&self) -> &str {
        self.body["url"].as_str().unwrap().split_once('#').unwrap().1
    }
}

impl World {
    /// The world, and what its superuser is signed in by.
    async fn new() -> (Self, (&'static str, String)) {
        let data = tempfile::tempdir().unwrap();
        let environment = [("WEBSH_DATA_DIR", data.path()), ("WEBSH_SESSION_PROGRAM", data.path())];
        let environment = environment.map(|(name, value)| (OsString::from(name), value.into()));
        let config = Config::load(None, environment.into_iter()).unwrap();
        let store = Store::open(&config.database_url).await.unwrap();
        let places = host::Config {
            run_dir: data.path().join("run"),
            program: config.session_program.clone(),
        };
        let host = Host::open(places).await.unwrap();
        let clock = Arc::new(Manual::new(DateTime::UNIX_EPOCH));
        let settings = Settings { public_url: config.public_url.clone(), ..Settings::default() };
        let control = Control::new(store, host, clock.clone(), settings).await.unwrap();
        let token = control.offer_set_up().await.unwrap();
        let state = AppState::new(control, &config, CancellationToken::new(), TaskTracker::new());
        let world =
            Self { _data: data, clock, router: router(state), origin: config.public_url.clone() };
        let ann = json!({ "token": token, "email": EMAIL, "name": "Ann", "password": PASSWORD });
        let done = world.post("/api/v1/setup", None, &ann).await;
        assert_eq!(done.verdict(), (201, ""));
        let cookie = done.cookie();
        (world, cookie)
    }

    async fn ask(
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
        self.ask(Method::GET, path, Some(by), None).await
    }

    async fn post(&self, path: &str, by: Option<&(&'static str, String)>, body: &Value) -> Answer {
        self.ask(Method::POST, path, by, Some(body)).await
    }

    async fn sign_in(&self, password: &str) -> Answer {
        let given = json!({ "email": EMAIL, "password": password });
        self.post("/api/v1/login", None, &given).await
    }
}

#[tokio::test]
async fn a_token_is_over_after_its_days() {
    let (world, ann) = World::new().await;
    let new = json!({ "name": "ci", "scope": "admin", "days": 7 });
    let made = world.post("/api/v1/tokens", Some(&ann), &new).await;
    assert_eq!(made.verdict(), (201, ""));
    let secret = made.body["secret"].as_str().unwrap();
    let program = ("authorization", format!("Bearer {secret}"));
    world.clock.advance(TimeDelta::days(7) - MOMENT);
    assert_eq!(world.get("/api/v1/me", &program).await.verdict(), (200, ""));
    world.clock.advance(MOMENT);
    for path in ["/api/v1/me", "/api/v1/sessions", "/api/v1/members", "/api/v1/socket"] {
        assert_eq!(world.get(path, &program).await.verdict(), (401, "unauthenticated"), "{path}");
    }
    // Whoever made it goes on, and is told that it is over.
    let listed = world.get("/api/v1/tokens", &ann).await;
    assert_eq!(listed.body[0]["expires_at"], made.body["token"]["expires_at"]);
}

#[tokio::test]
async fn a_sign_in_is_over_after_thirty_days() {
    let (world, ann) = World::new().await;
    world.clock.advance(TimeDelta::days(30) - MOMENT);
    assert_eq!(world.get("/api/v1/me", &ann).await.verdict(), (200, ""));
    world.clock.advance(MOMENT);
    assert_eq!(world.get("/api/v1/me", &ann).await.verdict(), (401, "unauthenticated"));
    assert_eq!(world.sign_in(PASSWORD).await.verdict(), (200, ""));
}

#[tokio::test]
async fn links_are_over_after_a_week() {
    let (world, ann) = World::new().await;
    let me = world.get("/api/v1/me", &ann).await.body["id"].as_str().unwrap().to_owned();
    let invite = json!({ "email": "bob@example.org", "role": "member" });
    let invite = world.post("/api/v1/invites", Some(&ann), &invite).await;
    let reset = format!("/api/v1/members/{me}/reset");
    let reset = world.post(&reset, Some(&ann), &json!({})).await;
    let look = async |link: &Answer| {
        let given = json!({ "token": link.link() });
        world.post("/api/v1/invites/look", None, &given).await
    };
    let accept = async |link: &Answer, password: &str| {
        let given = json!({ "token": link.link(), "name": "Bob", "password": password });
        world.post("/api/v1/invites/accept", None, &given).await
    };
    world.clock.advance(TimeDelta::days(7) - MOMENT);
    for (link, kind) in [(&invite, "join"), (&reset, "reset")] {
        let seen = look(link).await;
        assert_eq!((seen.verdict(), &seen.body["kind"]), ((200, ""), &json!(kind)));
        // It is looked at before the password is.
        assert_eq!(accept(link, "short").await.verdict(), (422, "invalid_password"));
    }
    let waiting = world.get("/api/v1/invites", &ann).await;
    assert_eq!(waiting.body.as_array().unwrap().len(), 2);

    world.clock.advance(MOMENT);
    for link in [&invite, &reset] {
        assert_eq!(look(link).await.verdict(), (410, "invite_over"));
        assert_eq!(accept(link, "short").await.verdict(), (410, "invite_over"));
        let refused = accept(link, "another long password").await;
        assert_eq!(refused.verdict(), (410, "invite_over"));
        assert!(!refused.headers.contains_key(header::SET_COOKIE));
    }
    assert_eq!(world.get("/api/v1/invites", &ann).await.body, json!([]));
    // Nobody joined, and the password is the old one.
    let members = world.get("/api/v1/members", &ann).await;
    assert_eq!(members.body.as_array().unwrap().len(), 1);
    assert_eq!(
        world.sign_in("another long password").await.verdict(),
        (401, "invalid_credentials")
    );
    assert_eq!(world.sign_in(PASSWORD).await.verdict(), (200, ""));
}
