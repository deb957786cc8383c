//! A browser that is a guest of several sessions: each request is for the guest that it names.

use serde_json::{Value, json};

use protocol::close;

use crate::support::{
    Client, Response, TestServer, Viewer, close_code, create, hello, id, join, join_as, open_at,
    path, share,
};
use futures_util::SinkExt;

/// Id of no guest.
const UNKNOWN: &str = "01900000-0000-7000-8000-000000000000";

/// A session and a guest of it.
struct Joined {
    session: Value,
    share: Value,
    guest: String,
    cookie: String,
}

impl Joined {
    /// Opens and shares a session, and joins it in a browser of its own.
    async fn new(server: &TestServer, ann: &mut Client, key: &str) -> Self {
        let session = create(ann, key).await.json();
        let share = share(ann, &path(&session), &json!({ "minutes": 30 })).await;
        let (client, response) = join(server, &share, "Bob").await;
        assert_eq!(response.status, 200, "{response:?}");
        let guest = response.json()["guest"].as_str().unwrap().to_owned();
        Self { session, share, guest, cookie: client.cookie.unwrap() }
    }

    fn named(&self, route: &str) -> String {
        format!("/api/v1/join/{route}?guest={}", self.guest)
    }
}

/// Returns the cookies that a response sets, without their attributes.
fn cookies(response: &Response) -> Vec<&str> {
    let lines = response.head.lines().filter_map(|line| line.split_once(": "));
    let set = lines.filter(|(name, _)| name.eq_ignore_ascii_case("set-cookie"));
    set.map(|(_, value)| value.split(';').next().unwrap()).collect()
}

#[tokio::test]
async fn each_request_is_for_the_guest_that_it_names() {
    let (mut server, mut ann) = TestServer::new(&[]).await;
    let x = Joined::new(&server, &mut ann, "x").await;
    let y = Joined::new(&server, &mut ann, "y").await;
    for of in [&x, &y] {
        assert!(of.cookie.starts_with(&format!("websh_guest_{}=", of.guest)), "{}", of.cookie);
    }
    let mut browser = server.stranger();
    let both = format!("{}; {}", x.cookie, y.cookie);
    browser.cookie = Some(both.clone());
    for of in [&x, &y] {
        let joined = browser.get(&of.named("session")).await.json();
        assert_eq!(joined["session"]["id"], of.session["id"]);
    }
    let unknown = format!("?guest={UNKNOWN}");
    for (name, expected) in [
        ("", (401, "guest_not_named".to_owned())),
        (unknown.as_str(), (409, "guest_mismatch".to_owned())),
        ("?guest=x", (400, "bad_request".to_owned())),
    ] {
        for (method, route) in
            [("GET", "session"), ("GET", "socket"), ("POST", "attach"), ("POST", "leave")]
        {
            let path = format!("/api/v1/join/{route}{name}");
            let refused = browser.send(method, &path, &[], b"{}").await;
            assert_eq!(refused.error(), expected, "{path}");
        }
    }
    // The name of a cookie proves nothing.
    let secret = x.cookie.split_once('=').unwrap().1;
    browser.cookie = Some(format!("websh_guest_{}={secret}", y.guest));
    let refused = browser.get(&y.named("session")).await;
    assert_eq!(refused.error(), (409, "guest_mismatch".into()));
    // A guest of one session needs no name.
    browser.cookie = Some(y.cookie.clone());
    let joined = browser.get("/api/v1/join/session").await.json();
    assert_eq!(joined["session"]["id"], y.session["id"]);

    // After a restart, the page of a session still reaches it and no other.
    server.kill().await;
    server.start().await;
    browser.cookie = Some(both);
    for (of, other) in [(&x, &y), (&y, &x)] {
        let ticket = browser.post(&of.named("attach"), &json!({})).await.json();
        assert_eq!((&ticket["session"], &ticket["holder"]), (&of.session["id"], &json!(of.guest)));
        assert_eq!(ticket["url"], of.named("socket"));
        // The ticket of one guest is not valid for another.
        let mut socket = open_at(&browser, &other.named("socket"), &[]).await.unwrap();
        socket.send(hello(ticket["ticket"].as_str().unwrap())).await.unwrap();
        assert_eq!(close_code(&mut socket).await, close::RESTART);
        let mut guest = Viewer::attach_guest_at(&mut browser, &of.named("attach")).await;
        guest.echo(&format!("to-{}", of.guest)).await;
    }
    for (of, other) in [(&x, &y), (&y, &x)] {
        let mut owner = Viewer::attach(&mut ann, &of.session).await;
        owner.until_shows(&format!("42-to-{}", of.guest)).await;
        assert!(!owner.shows(&other.guest), "input reached another session");
    }
    for of in [&x, &y] {
        assert_eq!(ann.delete(&path(&of.session)).await.status, 204);
    }
}

#[tokio::test]
async fn the_end_of_a_share_removes_its_own_cookie_only() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let x = Joined::new(&server, &mut ann, "x").await;
    let y = Joined::new(&server, &mut ann, "y").await;
    let z = Joined::new(&server, &mut ann, "z").await;
    let held = Some(format!("{}; {}; {}; websh_guest=old", x.cookie, y.cookie, z.cookie));
    let mut browser = server.stranger();
    browser.cookie = held.clone();
    let left = browser.post(&x.named("leave"), &json!({})).await;
    assert_eq!((left.status, cookies(&left)), (204, vec![&*format!("websh_guest_{}=", x.guest)]));
    let revoked = format!("{}/shares/{}", path(&y.session), id(&y.share));
    assert_eq!(ann.delete(&revoked).await.status, 204);
    browser.cookie = held.clone();
    for (of, code) in [(&x, "share_left"), (&y, "share_revoked")] {
        assert_eq!(browser.get(&of.named("session")).await.error(), (410, code.to_owned()));
    }
    assert_eq!(browser.get(&z.named("session")).await.status, 200);

    // Joining again keeps the slot of the same guest, and removes the cookies that are of no use.
    let again = join_as(&mut browser, &z.share, "Bob").await;
    assert_eq!((again.status, &again.json()["guest"]), (200, &json!(z.guest)));
    let removed = [&x, &y].map(|of| format!("websh_guest_{}=", of.guest));
    assert_eq!(cookies(&again), removed);
    // A new guest gets a cookie of their own.
    browser.cookie = held;
    let back = join_as(&mut browser, &x.share, "Bob").await;
    let new = back.json()["guest"].as_str().unwrap().to_owned();
    assert_ne!(new, x.guest);
    let set = cookies(&back);
    assert!(set[0].starts_with(&format!("websh_guest_{new}=")), "{set:?}");
    assert_eq!(set[1..], removed);
    for of in [&x, &y, &z] {
        assert_eq!(ann.delete(&path(&of.session)).await.status, 204);
    }
}
