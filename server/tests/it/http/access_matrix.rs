//! Access to every route for every kind of caller. The routes come from the program itself: a route
//! missing from the table or from the program fails the test.

use std::{collections::BTreeSet, fs, path::Path};

use serde_json::{Value, json};
use tokio::{
    io::{AsyncBufReadExt, AsyncWriteExt, BufReader},
    net::TcpStream,
    time::timeout,
};

use crate::support::{
    Client, EMAIL, LONG, PASSWORD, TestServer, create, join, member_path, share, token,
};

/// Callers in the order of the columns. Tokens belong to the owner.
const WHO: [&str; 9] = [
    "anonymous",
    "owner",
    "another member",
    "staff",
    "superuser",
    "deactivated",
    "token: read",
    "token: sessions",
    "token: admin",
];

/// Id of no object.
const UNUSED_ID: &str = "01900000-0000-7000-8000-000000000000";

/// Headers of a WebSocket upgrade (RFC 6455, section 4.1).
const UPGRADE: &str = "connection: upgrade\r\nupgrade: websocket\r\nsec-websocket-version: 13\r\n\
    sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==\r\nsec-websocket-protocol: websh.v1\r\n";

/// Statuses that many routes share.
const PUBLIC: fn(u16) -> [u16; 9] = |status| [status; 9];
const SIGNED_IN: fn(u16) -> [u16; 9] = |s| [401, s, s, s, s, 401, s, s, s];
const OWN: fn(u16) -> [u16; 9] = |s| [401, s, s, s, s, 401, 403, 403, s];
const STAFF: fn(u16) -> [u16; 9] = |s| [401, 403, 403, s, s, 401, 403, 403, 403];
const SUPERUSER: fn(u16) -> [u16; 9] = |s| [401, 403, 403, 403, s, 401, 403, 403, 403];
const SHARER: fn(u16) -> [u16; 9] = |s| [401, s, 404, 403, 403, 401, 403, s, s];
const UNSHARER: fn(u16) -> [u16; 9] = |s| [401, s, 404, s, s, 401, 403, s, s];

/// Statuses of guest routes. On all other routes, guests are anonymous.
const GUESTS: [(&str, u16); 5] = [
    ("GET /api/v1/join/session", 200),
    ("GET /api/v1/join/socket", 426),
    ("GET /api/v1/join/socket#upgrade", 101),
    ("POST /api/v1/join/attach", 200),
    ("POST /api/v1/join/leave", 204),
];

/// Routes, bodies, and the status for each caller. Text after `#` distinguishes rows of one route. An
/// allowed change is requested with invalid input, so that its error proves access without effect.
fn table() -> Vec<(&'static str, Value, [u16; 9])> {
    let settings = json!({
        "name": "", "session_timeout_minutes": 60, "keep_alive": "attached",
        "attach_policy": "handoff", "max_sessions_per_user": 1, "max_sessions_per_token": 1,
        "max_sessions": 1, "max_creates_per_minute": 1, "history_mib": 1, "keep_ended_days": 1,
        "sharing_enabled": true, "share_max_minutes": 5, "share_read_only": "chosen",
        "share_baton": "free", "share_max_guests": 1,
    });
    let elsewhere = json!({ "server": "moon", "account": "x" });
    let grant = json!({ "account": "no such account", "to": { "role": "staff" } });
    let mail = json!({ "email": "eve@example.org", "role": "member", "by_mail": true });
    let token = json!({ "name": "", "scope": "read", "days": 1 });
    let nothing = || json!({});
    let no_link = json!({ "token": "x", "password": "correct horse battery" });
    vec![
        ("GET /", nothing(), PUBLIC(200)),
        ("GET /all", nothing(), PUBLIC(200)),
        ("GET /members", nothing(), PUBLIC(200)),
        ("GET /settings", nothing(), PUBLIC(200)),
        ("GET /audit", nothing(), PUBLIC(200)),
        ("GET /me", nothing(), PUBLIC(200)),
        ("GET /invite", nothing(), PUBLIC(200)),
        ("GET /join", nothing(), PUBLIC(200)),
        ("GET /sign-in", nothing(), PUBLIC(200)),
        ("GET /setup", nothing(), PUBLIC(200)),
        ("GET /sessions/{id}", nothing(), PUBLIC(200)),
        // Local requests may read metrics.
        ("GET /healthz", nothing(), PUBLIC(200)),
        ("GET /readyz", nothing(), PUBLIC(200)),
        ("GET /metrics", nothing(), PUBLIC(200)),
        ("GET /api/v1/openapi.json", nothing(), PUBLIC(200)),
        ("ANY /api", nothing(), PUBLIC(404)),
        ("ANY /api/{none}", nothing(), PUBLIC(404)),
        ("POST /api/v1/login", nothing(), PUBLIC(400)),
        ("POST /api/v1/setup", nothing(), PUBLIC(404)),
        ("POST /api/v1/invites/look", json!({ "token": "x" }), PUBLIC(404)),
        ("POST /api/v1/invites/accept", no_link, PUBLIC(404)),
        ("GET /api/v1/me", nothing(), SIGNED_IN(200)),
        ("GET /api/v1/events", nothing(), SIGNED_IN(200)),
        ("GET /api/v1/socket", nothing(), SIGNED_IN(426)),
        ("GET /api/v1/socket#upgrade", nothing(), SIGNED_IN(101)),
        ("GET /api/v1/servers", nothing(), SIGNED_IN(200)),
        ("GET /api/v1/workspace/settings", nothing(), SIGNED_IN(200)),
        ("GET /api/v1/sessions", nothing(), SIGNED_IN(200)),
        ("GET /api/v1/sessions?scope=all#all", nothing(), STAFF(200)),
        ("POST /api/v1/sessions", elsewhere.clone(), [401, 422, 422, 422, 422, 401, 403, 422, 422]),
        ("GET /api/v1/sessions/{id}", nothing(), [401, 200, 404, 200, 200, 401, 200, 200, 200]),
        ("PATCH /api/v1/sessions/{id}", nothing(), [401, 200, 404, 403, 200, 401, 403, 200, 200]),
        (
            "POST /api/v1/sessions/{id}/attach#watch",
            json!({ "mode": "watch" }),
            [401, 200, 404, 403, 200, 401, 200, 200, 200],
        ),
        (
            "POST /api/v1/sessions/{id}/attach#drive",
            json!({ "mode": "drive" }),
            [401, 200, 404, 403, 403, 401, 403, 200, 200],
        ),
        (
            "DELETE /api/v1/sessions/{fresh}",
            nothing(),
            [401, 204, 404, 204, 204, 401, 403, 204, 204],
        ),
        (
            "GET /api/v1/sessions/{id}/screen",
            nothing(),
            [401, 200, 404, 403, 403, 401, 200, 200, 200],
        ),
        (
            "POST /api/v1/sessions/{id}/keep",
            nothing(),
            [401, 204, 404, 403, 403, 401, 403, 204, 204],
        ),
        ("GET /api/v1/sessions/{id}/sharing", nothing(), SHARER(200)),
        (
            "GET /api/v1/sessions/{id}/shares",
            nothing(),
            [401, 200, 404, 403, 200, 401, 200, 200, 200],
        ),
        ("POST /api/v1/sessions/{id}/shares", json!({ "minutes": 4 }), SHARER(422)),
        ("PATCH /api/v1/sessions/{id}/shares/{none}", nothing(), SHARER(404)),
        ("POST /api/v1/sessions/{id}/shares/{none}/renew", nothing(), SHARER(404)),
        ("DELETE /api/v1/sessions/{id}/shares/{none}", nothing(), UNSHARER(404)),
        ("DELETE /api/v1/sessions/{id}/shares/{none}/guests/{none}", nothing(), UNSHARER(404)),
        ("POST /api/v1/sessions/{id}/invites", json!({ "emails": [] }), SHARER(409)),
        ("POST /api/v1/join", nothing(), PUBLIC(400)),
        ("GET /api/v1/join/session", nothing(), PUBLIC(401)),
        ("GET /api/v1/join/socket", nothing(), PUBLIC(401)),
        ("GET /api/v1/join/socket#upgrade", nothing(), PUBLIC(401)),
        ("POST /api/v1/join/attach", nothing(), PUBLIC(401)),
        ("POST /api/v1/join/leave", nothing(), PUBLIC(401)),
        ("GET /api/v1/admin/sessions", nothing(), STAFF(200)),
        ("DELETE /api/v1/admin/sessions/{none}", nothing(), STAFF(404)),
        (
            "POST /api/v1/admin/sessions/drop-all",
            json!({ "confirm": "", "password": "" }),
            SUPERUSER(422),
        ),
        ("GET /api/v1/workspace/usage", nothing(), STAFF(200)),
        ("PUT /api/v1/workspace/settings", settings.clone(), SUPERUSER(422)),
        ("GET /api/v1/members", nothing(), SUPERUSER(200)),
        ("POST /api/v1/members", mail.clone(), SUPERUSER(409)),
        ("PATCH /api/v1/members/{none}", nothing(), SUPERUSER(404)),
        ("DELETE /api/v1/members/{none}", nothing(), SUPERUSER(404)),
        ("POST /api/v1/members/{none}/reset", nothing(), SUPERUSER(404)),
        ("GET /api/v1/members/{none}/tokens", nothing(), SUPERUSER(404)),
        ("GET /api/v1/invites", nothing(), SUPERUSER(200)),
        ("POST /api/v1/invites", mail.clone(), SUPERUSER(409)),
        ("DELETE /api/v1/invites/{none}", nothing(), SUPERUSER(404)),
        ("GET /api/v1/servers/{server}/accounts", nothing(), SUPERUSER(200)),
        ("GET /api/v1/servers/{server}/grants", nothing(), SUPERUSER(200)),
        ("POST /api/v1/servers/{server}/grants", grant.clone(), SUPERUSER(422)),
        ("DELETE /api/v1/servers/{server}/grants/{none}", nothing(), SUPERUSER(404)),
        ("GET /api/v1/audit", nothing(), SUPERUSER(200)),
        ("GET /api/v1/audit/export", nothing(), SUPERUSER(200)),
        ("GET /api/v1/tokens", nothing(), OWN(200)),
        (
            "POST /api/v1/tokens",
            token.clone(),
            // A token cannot create tokens.
            [401, 422, 422, 422, 422, 401, 403, 403, 403],
        ),
        ("PATCH /api/v1/tokens/{none}", json!({ "name": "x" }), OWN(404)),
        ("DELETE /api/v1/tokens/{none}", nothing(), OWN(404)),
        ("GET /api/v1/me/sign-ins", nothing(), OWN(200)),
        ("DELETE /api/v1/me/sign-ins/{none}", nothing(), OWN(404)),
        ("POST /api/v1/me/password", json!({ "current": "x", "new": "short" }), OWN(422)),
        ("POST /api/pages/me", nothing(), SIGNED_IN(200)),
        ("POST /api/pages/servers", nothing(), SIGNED_IN(200)),
        ("POST /api/pages/sessions", json!({ "life": "active" }), SIGNED_IN(200)),
        ("POST /api/pages/all", json!({ "filter": {}, "sort": "created_at" }), STAFF(200)),
        (
            "POST /api/pages/session",
            json!({ "id": "{id}" }),
            [401, 200, 404, 200, 200, 401, 200, 200, 200],
        ),
        (
            "POST /api/pages/create",
            json!({ "new": elsewhere }),
            [401, 422, 422, 422, 422, 401, 403, 422, 422],
        ),
        (
            "POST /api/pages/close",
            json!({ "id": "{fresh}" }),
            [401, 200, 404, 200, 200, 401, 403, 200, 200],
        ),
        ("POST /api/pages/members", nothing(), SUPERUSER(200)),
        ("POST /api/pages/change-member", json!({ "id": UNUSED_ID, "change": {} }), SUPERUSER(404)),
        ("POST /api/pages/reset-member", json!({ "id": UNUSED_ID }), SUPERUSER(404)),
        ("POST /api/pages/invites", nothing(), SUPERUSER(200)),
        ("POST /api/pages/mails-invites", nothing(), SUPERUSER(200)),
        ("POST /api/pages/invite", json!({ "new": mail }), SUPERUSER(409)),
        ("POST /api/pages/withdraw-invite", json!({ "id": UNUSED_ID }), SUPERUSER(404)),
        ("POST /api/pages/settings", nothing(), SIGNED_IN(200)),
        ("POST /api/pages/change-settings", json!({ "settings": settings }), SUPERUSER(422)),
        ("POST /api/pages/usage", nothing(), STAFF(200)),
        ("POST /api/pages/accounts", json!({ "server": "local" }), SUPERUSER(200)),
        ("POST /api/pages/grants", json!({ "server": "local" }), SUPERUSER(200)),
        ("POST /api/pages/grant", json!({ "server": "local", "new": grant }), SUPERUSER(422)),
        (
            "POST /api/pages/revoke-grant",
            json!({ "server": "local", "id": UNUSED_ID }),
            SUPERUSER(404),
        ),
        ("POST /api/pages/audit", json!({ "filter": {} }), SUPERUSER(200)),
        ("POST /api/pages/tokens", nothing(), OWN(200)),
        (
            "POST /api/pages/create-token",
            json!({ "new": token }),
            [401, 422, 422, 422, 422, 401, 403, 403, 403],
        ),
        ("POST /api/pages/remove-token", json!({ "id": UNUSED_ID }), OWN(404)),
        ("POST /api/pages/sign-ins", nothing(), OWN(200)),
        ("POST /api/pages/end-sign-in", json!({ "id": UNUSED_ID }), OWN(404)),
        // Last, because it ends the sign-ins of the other rows.
        ("POST /api/v1/logout", nothing(), [204, 204, 204, 204, 204, 204, 403, 403, 403]),
    ]
}

/// Returns a route without the names of its parameters.
fn shape(route: &str) -> String {
    let route = route.split(['#', '?']).next().unwrap();
    let parts = route.split('/').map(|part| match part.as_bytes().first() {
        Some(b'{' | b':') => "*",
        _ => part,
    });
    parts.collect::<Vec<_>>().join("/")
}

/// Collects the routes that are not described by OpenAPI, pages or server functions. They are read from
/// the sources, because a router does not list its routes.
fn plain(folder: &Path, found: &mut BTreeSet<String>) {
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            plain(&path, found);
            continue;
        }
        if path.file_name().unwrap() == "tests.rs" {
            continue;
        }
        for route in fs::read_to_string(&path).unwrap().split(".route(").skip(1) {
            let route = route.trim_start();
            // Server functions are requested individually.
            if route.starts_with("FUNCTIONS,") {
                continue;
            }
            let named = route.strip_prefix('"').and_then(|route| route.split_once('"'));
            let (named, rest) = named.unwrap_or_else(|| panic!("a route without a name: {route}"));
            let method = rest.trim_start_matches([',', ' ', '\n']).split('(').next().unwrap();
            found.insert(shape(&format!("{} {named}", method.to_uppercase())));
        }
    }
}

/// Returns all routes of the program.
async fn routes(client: &mut Client) -> BTreeSet<String> {
    let description = client.get("/api/v1/openapi.json").await.json();
    let described = description["paths"].as_object().unwrap().iter().flat_map(|(path, methods)| {
        let methods = methods.as_object().unwrap().keys();
        methods.map(move |method| format!("{} {path}", method.to_uppercase()))
    });
    let functions = leptos::server_fn::axum::server_fn_paths();
    let functions = functions.map(|(path, method)| format!("{method} {path}"));
    let pages = leptos_axum::generate_route_list(app::App);
    let pages: Vec<String> = pages.iter().map(|page| format!("GET {}", page.path())).collect();
    let mut all = described.chain(functions).chain(pages).map(|route| shape(&route)).collect();
    plain(Path::new("src"), &mut all);
    all
}

/// A caller.
struct Caller {
    cookie: Option<String>,
    bearer: Option<String>,
}

impl Caller {
    /// Returns the status of a response without reading its body, which may never end.
    async fn status(
        &self,
        address: &str,
        method: &str,
        path: &str,
        body: &str,
        upgrade: bool,
    ) -> u16 {
        // `ANY` routes are requested with a method that passes all middleware.
        let method = if method == "ANY" { "GET" } else { method };
        let connection = if upgrade { UPGRADE } else { "connection: close\r\n" };
        let mut head = format!("{method} {path} HTTP/1.1\r\nhost: {address}\r\n{connection}");
        if let Some(cookie) = &self.cookie {
            head += &format!("cookie: {cookie}\r\n");
        }
        match &self.bearer {
            Some(bearer) => head += &format!("authorization: Bearer {bearer}\r\n"),
            None => head += &format!("origin: http://{address}\r\n"),
        }
        if method != "GET" {
            let length = body.len();
            head += &format!("content-type: application/json\r\ncontent-length: {length}\r\n");
        }
        let mut stream = TcpStream::connect(address).await.unwrap();
        let sent = if method == "GET" { "" } else { body };
        stream.write_all(format!("{head}\r\n{sent}").as_bytes()).await.unwrap();
        let mut line = String::new();
        let mut stream = BufReader::new(stream);
        timeout(LONG, stream.read_line(&mut line)).await.unwrap().unwrap();
        line.split(' ').nth(1).unwrap().parse().unwrap()
    }
}

#[tokio::test]
async fn every_route_admits_exactly_the_callers_in_the_table() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let known: BTreeSet<String> = table().iter().map(|(route, ..)| shape(route)).collect();
    let there = routes(&mut ann).await;
    let missing: Vec<_> = there.difference(&known).collect();
    assert!(missing.is_empty(), "not in the table: {missing:?}");
    let gone: Vec<_> = known.difference(&there).collect();
    assert!(gone.is_empty(), "in the table alone: {gone:?}");

    let mut owner = server.member("bob@example.org", "member").await;
    let other = server.member("eve@example.org", "member").await;
    let staff = server.member("stan@example.org", "staff").await;
    let out = server.member("out@example.org", "member").await;
    let path = member_path(&mut ann, "out@example.org").await;
    assert_eq!(ann.delete(&path).await.status, 204);
    let mut tokens = Vec::new();
    for scope in ["read", "sessions", "admin"] {
        let secret = token(&mut owner, scope).await["secret"].as_str().unwrap().to_owned();
        tokens.push(Caller { cookie: None, bearer: Some(secret) });
    }
    let by_cookie = |client: &Client| Caller { cookie: client.cookie.clone(), bearer: None };
    let mut askers = vec![
        Caller { cookie: None, bearer: None },
        by_cookie(&owner),
        by_cookie(&other),
        by_cookie(&staff),
        by_cookie(&ann),
        by_cookie(&out),
    ];
    askers.extend(tokens);

    let session = create(&mut owner, "k").await.json()["id"].as_str().unwrap().to_owned();
    for read_only in [true, false] {
        let new = json!({ "minutes": 30, "read_only": read_only });
        let shared = share(&mut owner, &format!("/api/v1/sessions/{session}"), &new).await;
        let (guest, joined) = join(&server, &shared, "guest").await;
        assert_eq!(joined.status, 200, "{joined:?}");
        askers.push(by_cookie(&guest));
    }
    let mut wrong = Vec::new();
    let mut count = 0;
    for (route, body, statuses) in table() {
        let (method, path) = route.split('#').next().unwrap().split_once(' ').unwrap();
        let body = body.to_string();
        let guests = GUESTS.iter().find(|(known, _)| *known == route).map(|(_, status)| *status);
        let guests = guests.unwrap_or(statuses[0]);
        let statuses = statuses.into_iter().chain([guests, guests]);
        let who = WHO.into_iter().chain(["guest, read-only", "guest, full access"]);
        for ((caller, who), status) in askers.iter().zip(who).zip(statuses) {
            count += 1;
            let fresh = if format!("{path}{body}").contains("{fresh}") && status < 300 {
                let made = create(&mut owner, &format!("k{count}")).await;
                made.json()["id"].as_str().unwrap().to_owned()
            } else {
                session.clone()
            };
            let named = |text: &str| {
                text.replace("{id}", &session)
                    .replace("{fresh}", &fresh)
                    .replace("{none}", UNUSED_ID)
                    .replace("{server}", "local")
            };
            let upgrade = route.ends_with("#upgrade");
            let (path, body) = (named(path), named(&body));
            let actual = caller.status(&server.address, method, &path, &body, upgrade).await;
            if actual != status {
                wrong.push(format!("{route} by {who}: {actual}, not {status}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
    assert_eq!(ann.sign_in(EMAIL, PASSWORD).await.status, 200);
    assert_eq!(ann.delete(&format!("/api/v1/sessions/{session}")).await.status, 204);
}
