//! Middleware of every request: headers, host, origin, size and time limits.

use std::fs;

use serde_json::json;
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::TcpStream,
    time::{Instant, timeout},
};

use crate::support::{
    Client, LONG, Response, TestServer, Viewer, close, create, id, open, path, token,
};

#[tokio::test]
async fn every_response_has_the_security_headers() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let table = [
        ("GET", "/", 200),
        ("GET", "/sign-in", 200),
        ("GET", "/nothing-here", 404),
        ("GET", "/pkg/nothing.js", 404),
        ("GET", "/build-of-yesterday/pkg/websh.js", 404),
        ("GET", "/api/v1/me", 200),
        ("GET", "/api/v1/nothing", 404),
        ("GET", "/api/nothing", 404),
        ("POST", "/api/pages/nothing", 404),
        ("PUT", "/api/v1/me", 405),
        ("GET", "/api/v1/login", 405),
        ("POST", "/healthz", 405),
        ("GET", "/healthz", 200),
        ("GET", "/readyz", 200),
        ("GET", "/metrics", 200),
        ("GET", "/api/v1/sessions/nothing", 404),
        ("GET", "/api/v1/sessions?limit=x", 400),
        ("GET", "/api/v1/socket", 426),
    ];
    // No file can have these names, compressed or not.
    let long =
        ["/", "/pkg/"].map(|at| [252, 254, 256, 5000].map(|n| format!("{at}{}", "x".repeat(n))));
    let long = long.iter().flatten().map(|path| ("GET", path.as_str(), 404));
    for (method, path, status) in table.into_iter().chain(long).chain([("GET", "/%00", 404)]) {
        let response = ann.send(method, path, &[], b"").await;
        assert_eq!(response.status, status, "{method} {path}: {response:?}");
        let header = |name| response.header(name).unwrap_or_default().to_owned();
        assert_eq!(header("x-content-type-options"), "nosniff", "{path}");
        assert_eq!(header("referrer-policy"), "no-referrer", "{path}");
        assert_eq!(header("cross-origin-opener-policy"), "same-origin", "{path}");
        let policy = header("content-security-policy");
        for part in ["default-src 'none'", "frame-ancestors 'none'", "base-uri 'none'", "'nonce-"] {
            assert!(policy.contains(part), "{path}: {policy}");
        }
        assert!(!policy.contains("unsafe-inline") && !policy.contains("'unsafe-eval'"), "{policy}");
        assert!(["no-store", "no-cache"].contains(&header("cache-control").as_str()), "{path}");
        assert!(response.header("access-control-allow-origin").is_none(), "{path}");
        if path.starts_with("/api/") && status >= 400 {
            response.code();
        }
    }
}

#[tokio::test]
async fn each_build_has_its_own_url_and_is_cached_forever() {
    let site = tempfile::tempdir().unwrap();
    let pkg = site.path().join("pkg");
    fs::create_dir(&pkg).unwrap();
    fs::write(pkg.join("websh.js"), "one").unwrap();
    let root = site.path().to_str().unwrap();
    let (mut server, mut ann) = TestServer::new(&[("LEPTOS_SITE_ROOT", root)]).await;
    let address = |page: &str| {
        let (_, rest) = page.split_once("href=\"/build-").unwrap();
        format!("/build-{}", rest.split_once('"').unwrap().0)
    };
    let first = address(&ann.get("/sign-in").await.body);
    assert!(first.ends_with("/pkg/websh.js"), "{first}");
    let response = ann.get(&first).await;
    assert_eq!((response.status, response.body.as_str()), (200, "one"));
    assert_eq!(response.header("cache-control"), Some("private, max-age=31536000, immutable"));
    let old = ann.get("/pkg/websh.js").await;
    assert_eq!((old.status, old.header("cache-control")), (200, Some("no-cache")));

    server.stop().await;
    fs::write(pkg.join("websh.js"), "two").unwrap();
    server.start().await;
    let mut ann = server.stranger();
    let second = address(&ann.get("/sign-in").await.body);
    assert_ne!(first, second);
    assert_eq!(ann.get(&second).await.body, "two");
    let gone = ann.get(&first).await;
    assert_eq!((gone.status, gone.header("cache-control")), (404, Some("no-store")));
}

#[tokio::test]
async fn scripts_carry_the_nonce_of_their_response() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let nonce = |response: &Response| {
        let policy = response.header("content-security-policy").unwrap().to_owned();
        policy.split_once("'nonce-").unwrap().1.split_once('\'').unwrap().0.to_owned()
    };
    let (first, second) = (ann.get("/sign-in").await, ann.get("/sign-in").await);
    assert_ne!(nonce(&first), nonce(&second));
    let own = format!("nonce=\"{}\"", nonce(&first));
    for script in first.body.split("<script").skip(1) {
        let tag = script.split_once('>').unwrap().0;
        assert!(tag.contains(&own), "{tag}");
    }
    assert!(first.body.contains("<script"));
}

#[tokio::test]
async fn other_hosts_are_rejected() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let port = ann.address.split_once(':').unwrap().1.to_owned();
    for (host, status) in [
        ("attacker.test".to_owned(), 421),
        (format!("attacker.test:{port}"), 421),
        ("127.0.0.1".to_owned(), 421),
        (format!("localhost:{port}"), 200),
    ] {
        let response = ann.send("GET", "/api/v1/me", &[("host", &host)], b"").await;
        assert_eq!(response.status, status, "{host}");
        if status == 421 {
            assert_eq!(response.code(), "wrong_host");
        }
    }
}

#[tokio::test]
async fn only_own_pages_change_state() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let own = ann.origin();
    let own = own.as_str();
    let port = ann.address.split_once(':').unwrap().1.to_owned();
    let sibling = format!("http://other.localhost:{port}");
    // Origin, Sec-Fetch-Site, allowed; an empty header is not sent.
    let table = [
        (own, "", true),
        (own, "same-origin", true),
        ("", "same-origin", true),
        ("", "", false),
        ("", "same-site", false),
        ("", "cross-site", false),
        ("", "none", false),
        ("null", "", false),
        ("https://evil.example", "", false),
        ("http://127.0.0.1:1", "same-site", false),
        (&sibling, "same-site", false),
    ];
    for (origin, site, allowed) in table {
        let extra = [("origin", origin), ("sec-fetch-site", site)];
        for (method, path) in [
            ("POST", "/api/v1/sessions"),
            ("PATCH", "/api/v1/sessions/x"),
            ("DELETE", "/api/v1/sessions/x"),
            ("POST", "/api/pages/sessions"),
            ("POST", "/api/v1/login"),
        ] {
            let response = ann.send(method, path, &extra, b"{}").await;
            let refused = response.status == 403 && response.body.contains("wrong_origin");
            assert_eq!(!refused, allowed, "{method} {path} {origin:?} {site:?}: {response:?}");
        }
    }
}

#[tokio::test]
async fn malformed_input_is_a_bad_request() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let id = create(&mut ann, "k").await.json()["id"].as_str().unwrap().to_owned();
    let session = format!("/api/v1/sessions/{id}");
    let attach = format!("{session}/attach");
    let table = [
        ("POST", "/api/v1/sessions", "{"),
        ("POST", "/api/v1/sessions", ""),
        ("POST", "/api/v1/sessions", "{\"server\":\"local\"}"),
        ("POST", "/api/v1/sessions", "{\"server\":\"local\",\"account\":\"root\",\"x\":1}"),
        ("POST", "/api/v1/sessions", "{\"server\":\"local\",\"account\":\"root\",\"cols\":-1}"),
        ("POST", "/api/v1/sessions", "{\"server\":\"local\",\"account\":\"root\",\"cols\":70000}"),
        ("POST", "/api/v1/sessions", "{\"server\":1,\"account\":[]}"),
        ("PATCH", &session, "{\"owner\":\"me\"}"),
        ("PATCH", &session, "{\"attach_policy\":\"any\"}"),
        ("POST", &attach, "{\"mode\":\"own\"}"),
        ("POST", &attach, "null"),
        ("GET", "/api/v1/sessions?scope=theirs", ""),
        ("GET", "/api/v1/sessions?offset=1", ""),
        ("GET", "/api/v1/sessions?limit=-1", ""),
    ];
    for (method, path, body) in table {
        let response = ann.send(method, path, &[], body.as_bytes()).await;
        assert_eq!(response.error(), (400, "bad_request".into()), "{path} {body}");
    }
    let unusable = [
        ("PATCH", session.as_str(), "{\"name\":\"\"}", "invalid_name"),
        ("PATCH", &session, "{\"name\":\"a\\nb\"}", "invalid_name"),
        ("GET", "/api/v1/sessions?cursor=x", "", "invalid_cursor"),
    ];
    for (method, path, body, code) in unusable {
        let response = ann.send(method, path, &[], body.as_bytes()).await;
        assert_eq!(response.error(), (422, code.into()), "{path} {body}");
    }
    let text = [("content-type", "text/plain")];
    let response = ann.send("POST", "/api/v1/sessions", &text, b"{}").await;
    assert_eq!(response.error(), (400, "bad_request".into()));
    let function = ann.send("POST", "/api/pages/session", &[], b"{\"id\":7}").await;
    assert_eq!(function.status, 400, "{function:?}");
    assert_eq!(ann.delete(&session).await.status, 204);
}

#[tokio::test]
async fn large_bodies_are_rejected() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let large = vec![b' '; 1 << 20];
    let response = ann.send("POST", "/api/v1/sessions", &[], &large).await;
    assert_eq!(response.error(), (413, "too_large".into()));
    let chunked = [("content-length", ""), ("transfer-encoding", "chunked")];
    let mut body = b"20000\r\n".to_vec();
    body.extend([b' '; 0x20000]);
    body.extend(b"\r\n0\r\n\r\n");
    let response = ann.send("POST", "/api/v1/sessions", &chunked, &body).await;
    assert_eq!(response.error(), (413, "too_large".into()));
}

#[tokio::test]
async fn an_endless_head_times_out() {
    let (_server, ann) = TestServer::new(&[]).await;
    let mut stream = TcpStream::connect(&ann.address).await.unwrap();
    stream.write_all(b"GET / HTTP/1.1\r\nhost: a\r\nx-slow: ").await.unwrap();
    let started = Instant::now();
    let mut rest = Vec::new();
    timeout(LONG, stream.read_to_end(&mut rest)).await.unwrap().unwrap();
    let seconds = started.elapsed().as_secs();
    assert!((9..20).contains(&seconds), "{seconds} s");
}

#[tokio::test]
async fn an_endless_body_times_out() {
    let (_server, ann) = TestServer::new(&[]).await;
    let started = Instant::now();
    let begin = async |path: &str| {
        let mut stream = TcpStream::connect(&ann.address).await.unwrap();
        let head = format!(
            "POST {path} HTTP/1.1\r\nhost: {}\r\norigin: {}\r\n\
             content-type: application/json\r\ncontent-length: 10\r\n\r\n{{",
            ann.address,
            ann.origin()
        );
        stream.write_all(head.as_bytes()).await.unwrap();
        stream
    };
    // A route, a server function and an unknown path.
    for mut stream in [
        begin("/api/v1/login").await,
        begin("/api/pages/session").await,
        begin("/api/nothing").await,
    ] {
        let mut response = String::new();
        timeout(LONG, stream.read_to_string(&mut response)).await.unwrap().unwrap();
        assert!(response.starts_with("HTTP/1.1 408"), "{response}");
        assert!(response.contains("\"request_timeout\""), "{response}");
    }
    let seconds = started.elapsed().as_secs();
    assert!((14..25).contains(&seconds), "{seconds} s");
}

#[tokio::test]
async fn a_large_head_is_rejected() {
    let (_server, ann) = TestServer::new(&[]).await;
    let mut stranger = Client::new(&ann.address);
    let large = "x".repeat(64 * 1024);
    let response = stranger.send("GET", "/", &[("x-large", &large)], b"").await;
    assert_eq!(response.status, 431);
}

#[tokio::test]
async fn metrics_are_for_local_clients_and_tokens_of_staff() {
    let (server, mut ann) = TestServer::new(&[]).await;
    create(&mut ann, "k").await;
    let response = ann.get("/metrics").await;
    assert!(response.body.contains("\nwebsh_sessions 1\n"), "{}", response.body);
    for extra in [("x-forwarded-for", "127.0.0.1"), ("host", "websh.example")] {
        assert_eq!(ann.send("GET", "/metrics", &[extra], b"").await.status, 404);
    }
    // Remote requests, with a public host name and through a proxy, need a token of staff.
    let mut staff = server.member("stan@example.org", "staff").await;
    let mut member = server.member("bob@example.org", "member").await;
    for (who, status) in [(&mut ann, 200), (&mut staff, 200), (&mut member, 403)] {
        let secret = token(who, "read").await["secret"].as_str().unwrap().to_owned();
        let bearer = format!("Bearer {secret}");
        let mut program = server.stranger();
        for extra in [("x-forwarded-for", "192.0.2.7"), ("host", "websh.example")] {
            let headers = [extra, ("authorization", bearer.as_str()), ("origin", "")];
            let response = program.send("GET", "/metrics", &headers, b"").await;
            assert_eq!(response.status, status, "{response:?}");
            assert_eq!(response.body.contains("websh_sessions 1\n"), status == 200);
        }
    }
    let wrong = [("x-forwarded-for", "192.0.2.7"), ("authorization", "Bearer websh_wrong")];
    assert_eq!(ann.send("GET", "/metrics", &wrong, b"").await.status, 401);
    let list = ann.get("/api/v1/sessions").await.json();
    let id = list["items"][0]["id"].as_str().unwrap().to_owned();
    assert_eq!(ann.delete(&format!("/api/v1/sessions/{id}")).await.status, 204);
    assert_eq!(ann.post("/api/v1/logout", &json!({})).await.status, 204);
}

#[tokio::test]
async fn metrics_measure_requests_sessions_and_attachments() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let session = open(&mut ann, "k").await;
    let mut viewer = Viewer::attach(&mut ann, &session).await;
    viewer.echo("ready").await;
    ann.get(&path(&session)).await;
    ann.get("/not/found").await;
    let response = ann.get("/metrics").await;
    let media_type = response.header("content-type");
    assert_eq!(media_type, Some("text/plain; version=0.0.4; charset=utf-8"));
    let requests = "websh_request_duration_seconds_count";
    for line in [
        "websh_sockets 1".to_owned(),
        "websh_session_open_seconds_count 1".to_owned(),
        "websh_attach_seconds_count 1".to_owned(),
        format!("{requests}{{route=\"/api/v1/setup\",status=\"2xx\"}} 1"),
        format!("{requests}{{route=\"/api/v1/sessions/{{id}}\",status=\"2xx\"}} 1"),
        format!("{requests}{{route=\"/api/v1/socket\",status=\"1xx\"}} 1"),
        format!("{requests}{{route=\"other\",status=\"4xx\"}} 1"),
    ] {
        assert!(response.body.lines().any(|it| it == line), "{line}: {}", response.body);
    }
    assert!(!response.body.contains(id(&session)), "labels identify no session");
    close(&mut ann, &session).await;
}

#[tokio::test]
async fn the_openapi_document_is_served() {
    let server = TestServer::fresh(&[]).await;
    let description = server.stranger().get("/api/v1/openapi.json").await.json();
    let paths = description["paths"].as_object().unwrap();
    let parameters = paths["/api/v1/sessions"]["get"]["parameters"].as_array().unwrap();
    let names: Vec<_> = parameters.iter().map(|one| one["name"].as_str().unwrap()).collect();
    assert_eq!(names, ["scope", "state", "q", "limit", "cursor"]);
    let schemas = description["components"]["schemas"].as_object().unwrap();
    for name in ["Session", "NewSession", "ErrorBody", "Ticket", "Me"] {
        assert!(schemas.contains_key(name), "{name}");
    }
    // Every route that accepts a cookie accepts a token.
    for (path, methods) in paths {
        for (method, described) in methods.as_object().unwrap() {
            let schemes = described["security"].as_array().cloned().unwrap_or_default();
            let (cookie, bearer) = (json!({ "cookie": [] }), json!({ "bearer": [] }));
            assert_eq!(schemes.contains(&cookie), schemes.contains(&bearer), "{method} {path}");
        }
    }
    assert!(paths["/api/v1/me"]["get"]["security"].as_array().is_some());
    for (path, statuses) in [
        ("/sessions", vec!["200", "201", "400", "401", "403", "409", "422", "429", "503"]),
        ("/setup", vec!["201", "400", "404", "422", "429", "503"]),
    ] {
        let responses = paths[&format!("/api/v1{path}")]["post"]["responses"].as_object().unwrap();
        let mut documented: Vec<_> = responses.keys().collect();
        documented.sort_unstable();
        assert_eq!(documented, statuses, "{path}");
    }
}
