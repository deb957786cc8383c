//! Sharing over HTTP: permissions, joining, limits, and secrets that are never disclosed again.

use std::{fs, path::Path};

use serde_json::{Value, json};

use crate::support::{
    Client, LOG, Smtp, TestServer, Viewer, id, join, join_as, member_path, session_path, share,
    share_in_mail, share_token, shares, until,
};

#[tokio::test]
async fn a_guest_joins_by_link_and_password_and_leaves() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let path = session_path(&mut ann).await;
    let made = share(&mut ann, &path, &json!({ "minutes": 30, "read_only": true })).await;
    assert_eq!((&made["max_guests"], &made["read_only"]), (&json!(20), &json!(true)));
    let url = made["url"].as_str().unwrap();
    assert!(url.starts_with(&format!("http://{}/join#", server.address)), "{url}");

    let (mut bob, response) = join(&server, &made, "Bob").await;
    assert_eq!(response.status, 200, "{response:?}");
    let cookie = response.header("set-cookie").unwrap();
    let name = format!("websh_guest_{}=", response.json()["guest"].as_str().unwrap());
    for part in [name.as_str(), "; Path=/", "; HttpOnly", "; SameSite=Lax"] {
        assert!(cookie.contains(part), "{cookie}");
    }
    let joined = response.json();
    assert_eq!((&joined["session"]["owner"], &joined["name"]), (&json!("Ann"), &json!("Bob")));
    assert_eq!(bob.get("/api/v1/join/session").await.json(), joined);
    let ticket = bob.post("/api/v1/join/attach", &json!({})).await;
    let url = format!("/api/v1/join/socket?guest={}", joined["guest"].as_str().unwrap());
    assert_eq!((ticket.status, &ticket.json()["url"]), (200, &json!(url)));
    // Joining again with the same browser keeps the slot.
    let again = join_as(&mut bob, &made, "Robert").await;
    assert_eq!((again.status, again.json(), again.header("set-cookie")), (200, joined, None));

    let list = shares(&mut ann, &path).await;
    let guests = list[0]["guests"].as_array().unwrap();
    assert_eq!((guests.len(), &guests[0]["name"]), (1, &json!("Bob")));
    assert_eq!((&guests[0]["left_at"], &guests[0]["source"]), (&Value::Null, &json!("127.0.0.1")));

    let mut gone = bob.clone();
    assert_eq!(bob.post("/api/v1/join/leave", &json!({})).await.status, 204);
    assert_eq!(bob.cookie.as_deref(), Some(name.as_str()));
    assert_eq!(gone.get("/api/v1/join/session").await.error(), (410, "share_left".into()));
    assert_eq!(shares(&mut ann, &path).await[0]["guests"][0]["end"], "left");
    let log = ann.get("/api/v1/audit?action=share").await.json();
    let actions: Vec<_> =
        log["items"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
    assert_eq!(actions, ["share.leave", "share.join", "share.create"]);
    assert_eq!(
        (&log["items"][1]["actor"], &log["items"][1]["via"]),
        (&json!("Bob"), &json!("share"))
    );
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn durations_are_whole_minutes_within_bounds() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let path = session_path(&mut ann).await;
    let shares = format!("{path}/shares");
    for minutes in [json!(4), json!(181), json!(5.5), json!("5"), json!(-1), Value::Null] {
        let response = ann.post(&shares, &json!({ "minutes": minutes, "read_only": false })).await;
        assert_eq!(response.error(), (422, "invalid_expiry".into()), "{minutes}");
        assert_eq!(response.json()["error"]["field"], "minutes");
    }
    assert_eq!(ann.post(&shares, &json!({})).await.error(), (422, "invalid_expiry".into()));
    let shorter = share(&mut ann, &path, &json!({ "minutes": 5 })).await;
    share(&mut ann, &path, &json!({ "minutes": 180, "max_guests": 1 })).await;
    let one = format!("{shares}/{}", id(&shorter));
    let patch = async |ann: &mut Client, body: Value| ann.patch(&one, body).await;
    for minutes in [json!(4), json!(181), json!(5.5), json!("5"), json!(-1), Value::Null] {
        let response = patch(&mut ann, json!({ "minutes": minutes })).await;
        assert_eq!(response.error(), (422, "invalid_expiry".into()), "{minutes}");
    }
    let longer = patch(&mut ann, json!({ "minutes": 180, "read_only": true })).await;
    assert_eq!((longer.status, &longer.json()["read_only"]), (200, &json!(true)), "{longer:?}");
    assert!(longer.json()["expires_at"].as_str() > shorter["expires_at"].as_str());
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn all_refusals_are_identical() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let path = session_path(&mut ann).await;
    let [good, revoked] = [
        share(&mut ann, &path, &json!({ "minutes": 30 })).await,
        share(&mut ann, &path, &json!({ "minutes": 30 })).await,
    ];
    let one = format!("{path}/shares/{}", id(&revoked));
    assert_eq!(ann.delete(&one).await.status, 204);
    assert_eq!(ann.delete(&one).await.error(), (410, "share_revoked".into()));
    let wrong = |share: &Value| json!({ "url": share["url"], "password": "0000-0000-0000-0000" });
    let unknown = json!({ "url": "x/join#nothing", "password": good["password"] });
    let mut bodies = Vec::new();
    for share in [wrong(&good), wrong(&revoked), revoked, unknown] {
        let (guest, response) = join(&server, &share, "Eve").await;
        assert_eq!((response.status, guest.cookie), (401, None));
        assert_eq!(response.code(), "share_denied");
        bodies.push(response.body);
    }
    bodies.dedup();
    assert_eq!(bodies.len(), 1);
    // The owner is notified.
    until(async || {
        let list = shares(&mut ann, &path).await;
        (list[1]["wrong_passwords"] == 1).then_some(())
    })
    .await;
    // Only valid links count, on the session and in the list.
    let seen = ann.get(&path).await.json();
    let listed = ann.get("/api/v1/sessions").await.json();
    assert_eq!(
        (&seen["wrong_passwords"], &listed["items"][0]["wrong_passwords"]),
        (&json!(1), &json!(1))
    );
    let mut eve = server.member("eve@example.org", "staff").await;
    let all = eve.get("/api/v1/sessions?scope=all").await.json();
    assert_eq!(all["items"][0]["wrong_passwords"], 0, "not disclosed to others");
    // Viewing the page does not use up tries.
    for _ in 0..50 {
        server.stranger().get("/join").await;
    }
    assert_eq!(join(&server, &good, "Bob").await.1.status, 200);
    assert_eq!(ann.delete(&path).await.status, 204);
    let late = join(&server, &good, "Zoe").await.1;
    assert_eq!(late.error(), (410, "session_ended".into()));
}

#[tokio::test]
async fn wrong_passwords_are_throttled() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let path = session_path(&mut ann).await;
    let made = share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    let guess = json!({ "url": made["url"], "password": "0000-0000-0000-0000" });
    for _ in 0..10 {
        assert_eq!(join(&server, &guess, "Eve").await.1.status, 401);
    }
    for share in [&guess, &made] {
        let response = join(&server, share, "Eve").await.1;
        assert_eq!(response.error(), (429, "too_many_attempts".into()));
        let seconds: u64 = response.header("retry-after").unwrap().parse().unwrap();
        assert!((1..=60).contains(&seconds), "{seconds}");
    }
    // Another share is not affected.
    let other = share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    assert_eq!(join(&server, &other, "Bob").await.1.status, 200);
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn of_fifty_concurrent_guests_exactly_twenty_join() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let path = session_path(&mut ann).await;
    let made = share(&mut ann, &path, &json!({ "minutes": 30, "max_guests": 20 })).await;
    let crowd: Vec<_> = (0..50)
        .map(|number| {
            let (mut guest, made) = (server.stranger(), made.clone());
            tokio::spawn(async move {
                let response = join_as(&mut guest, &made, &format!("guest {number}")).await;
                (response.status, guest)
            })
        })
        .collect();
    let mut inside = Vec::new();
    for one in crowd {
        match one.await.unwrap() {
            (200, guest) => inside.push(guest),
            (status, _) => assert_eq!(status, 409),
        }
    }
    assert_eq!(inside.len(), 20);
    let (_, full) = join(&server, &made, "late").await;
    assert_eq!(full.error(), (409, "share_full".into()));
    // A freed slot admits one guest.
    assert_eq!(inside[0].post("/api/v1/join/leave", &json!({})).await.status, 204);
    assert_eq!(join(&server, &made, "next").await.1.status, 200);
    assert_eq!(join(&server, &made, "late").await.1.status, 409);
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn a_member_joins_under_their_name_and_stays_signed_in() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let path = session_path(&mut ann).await;
    let made = share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let sign_in = bob.cookie.clone().unwrap();
    let response = join_as(&mut bob, &made, "Somebody Else").await;
    assert_eq!((response.status, &response.json()["name"]), (200, &json!("bob")));
    let guest = bob.cookie.clone().unwrap();
    assert_eq!(shares(&mut ann, &path).await[0]["guests"][0]["member"], true);
    // Neither cookie is accepted on the other's routes.
    for (cookie, me, inside) in
        [(&sign_in, 200, 401), (&guest, 401, 200), (&format!("{sign_in}; {guest}"), 200, 200)]
    {
        bob.cookie = Some(cookie.clone());
        assert_eq!(bob.get("/api/v1/me").await.status, me, "{cookie}");
        assert_eq!(bob.get("/api/v1/join/session").await.status, inside, "{cookie}");
    }
    // A guest's secret is not valid under the name of the sign-in cookie.
    let (_, secret) = guest.split_once('=').unwrap();
    bob.cookie = Some(format!("websh={secret}"));
    assert_eq!(bob.get("/api/v1/me").await.status, 401);
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn guests_see_the_reason_their_share_ended() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let path = session_path(&mut ann).await;
    let made = share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    let one = format!("{path}/shares/{}", id(&made));
    let (mut removed, joined) = join(&server, &made, "removed").await;
    let (mut revoked, _) = join(&server, &made, "revoked").await;
    let guest = format!("{one}/guests/{}", joined.json()["guest"].as_str().unwrap());
    assert_eq!(ann.delete(&guest).await.status, 204);
    assert_eq!(ann.delete(&guest).await.error(), (410, "share_removed".into()));
    assert_eq!(removed.get("/api/v1/join/session").await.error(), (410, "share_removed".into()));
    assert_eq!(revoked.get("/api/v1/join/session").await.status, 200);

    // A new link with the same settings; the old one is invalid.
    let renewed = ann.post(&format!("{one}/renew"), &json!({})).await;
    assert_eq!(renewed.status, 201, "{renewed:?}");
    let renewed = renewed.json();
    assert_ne!((&renewed["url"], &renewed["password"]), (&made["url"], &made["password"]));
    for path in ["/api/v1/join/session", "/api/v1/join/socket"] {
        assert_eq!(revoked.get(path).await.error(), (410, "share_revoked".into()), "{path}");
    }
    let attach = revoked.post("/api/v1/join/attach", &json!({})).await;
    assert_eq!(attach.error(), (410, "share_revoked".into()));
    assert_eq!(join(&server, &made, "late").await.1.status, 401);
    let (mut last, response) = join(&server, &renewed, "last").await;
    assert_eq!(response.status, 200);
    assert_eq!(ann.delete(&path).await.status, 204);
    assert_eq!(last.get("/api/v1/join/session").await.error(), (410, "session_ended".into()));
    // The record of guests remains.
    let list = until(async || {
        let list = shares(&mut ann, &path).await;
        (list[0]["state"] == "session_ended").then_some(list)
    })
    .await;
    assert_eq!(list[0]["guests"][0]["end"], "session_ended");
    assert_eq!((&list[1]["state"], &list[1]["ended_by"]), (&json!("revoked"), &json!("Ann")));
    let ends: Vec<_> =
        list[1]["guests"].as_array().unwrap().iter().map(|one| &one["end"]).collect();
    assert_eq!(ends, ["removed", "revoked"]);
}

#[tokio::test]
async fn workspace_settings_limit_sharing() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let path = session_path(&mut ann).await;
    let options = ann.get(&format!("{path}/sharing")).await.json();
    assert_eq!((&options["enabled"], &options["max_minutes"]), (&json!(true), &json!(180)));
    // An explicit choice overrides the default.
    let made = share(&mut ann, &path, &json!({ "minutes": 60, "read_only": true })).await;
    assert_eq!(ann.get(&format!("{path}/sharing")).await.json()["read_only"], true);
    assert_eq!(share(&mut ann, &path, &json!({ "minutes": 60 })).await["read_only"], true);
    let free = share(&mut ann, &path, &json!({ "minutes": 60, "read_only": false })).await;
    let (mut guest, _) = join(&server, &free, "Bob").await;

    let put = async |ann: &mut Client, changes: Value| {
        let mut settings = ann.get("/api/v1/workspace/settings").await.json();
        for (field, value) in changes.as_object().unwrap() {
            settings[field] = value.clone();
        }
        let body = settings.to_string();
        ann.send("PUT", "/api/v1/workspace/settings", &[], body.as_bytes()).await
    };
    for (field, value) in [("share_max_minutes", json!(4)), ("share_max_guests", json!(0))] {
        let response = put(&mut ann, json!({ (field): value })).await;
        assert_eq!(response.error(), (422, format!("invalid_{field}")));
    }
    let narrow =
        json!({ "share_read_only": "forced", "share_max_minutes": 30, "share_max_guests": 2 });
    assert_eq!(put(&mut ann, narrow).await.status, 200);
    let shares = format!("{path}/shares");
    for (new, code) in [
        (json!({ "minutes": 31 }), "invalid_expiry"),
        (json!({ "minutes": 30, "read_only": false }), "invalid_read_only"),
        (json!({ "minutes": 30, "max_guests": 3 }), "invalid_max_guests"),
    ] {
        assert_eq!(ann.post(&shares, &new).await.error(), (422, code.into()), "{new}");
    }
    // The setting applies to joined guests.
    until(async || {
        let joined = guest.get("/api/v1/join/session").await.json();
        (joined["read_only"] == true).then_some(())
    })
    .await;
    let fresh = share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    assert_eq!((&fresh["read_only"], &fresh["max_guests"]), (&json!(true), &json!(2)));

    assert_eq!(put(&mut ann, json!({ "sharing_enabled": false })).await.status, 200);
    let refusal = ann.post(&shares, &json!({ "minutes": 30 })).await;
    assert_eq!(refusal.error(), (403, "sharing_disabled".into()));
    until(async || {
        let response = guest.get("/api/v1/join/session").await;
        (response.status == 410).then_some(())
    })
    .await;
    assert_eq!(join(&server, &made, "late").await.1.status, 401);
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn deactivating_the_owner_ends_their_shares() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let path = session_path(&mut bob).await;
    let made = share(&mut bob, &path, &json!({ "minutes": 30 })).await;
    let (mut guest, response) = join(&server, &made, "Zoe").await;
    assert_eq!(response.status, 200);
    let member = member_path(&mut ann, "bob@example.org").await;
    assert_eq!(ann.delete(&member).await.status, 204);
    // The shares end before the response.
    assert_eq!(guest.get("/api/v1/join/session").await.error(), (410, "share_revoked".into()));
    assert_eq!(join(&server, &made, "late").await.1.status, 401);
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn a_session_has_ten_links_at_most() {
    let (_server, mut ann) = TestServer::new(&[]).await;
    let path = session_path(&mut ann).await;
    let mut first = Value::Null;
    for _ in 0..10 {
        first = share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    }
    let shares = format!("{path}/shares");
    let response = ann.post(&shares, &json!({ "minutes": 30 })).await;
    assert_eq!(response.error(), (409, "too_many_shares".into()));
    assert_eq!(ann.delete(&format!("{shares}/{}", id(&first))).await.status, 204);
    share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn link_and_password_are_stored_nowhere() {
    let mut smtp = Smtp::start().await;
    let (server, mut ann) = TestServer::new(&[
        ("WEBSH_LOG", "trace"),
        ("WEBSH_SMTP_URL", &smtp.url),
        ("WEBSH_MAIL_FROM", "websh@example.org"),
    ])
    .await;
    let path = session_path(&mut ann).await;
    let made = share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    let (mut bob, response) = join(&server, &made, "Bob").await;
    assert_eq!(response.status, 200);
    let cookie = bob.cookie.clone().unwrap().split_once('=').unwrap().1.to_owned();
    let password = made["password"].as_str().unwrap().to_owned();
    let new = json!({ "emails": ["zoe@example.org"], "minutes": 30 });
    let mailed = ann.post(&format!("{path}/invites"), &new).await;
    assert_eq!(mailed.status, 207);
    let invited = share_in_mail(&smtp.next().await.body);
    let mailed_password = invited["password"].as_str().unwrap().to_owned();
    let guest = Viewer::attach_guest(&mut bob).await;
    let plain = password.replace('-', "");
    let secrets =
        [share_token(&made), plain, password, cookie, share_token(&invited), mailed_password];
    let mut bodies = vec![mailed.body];
    for page in ["shares", "sharing", "", "screen"] {
        bodies.push(ann.get(format!("{path}/{page}").trim_end_matches('/')).await.body);
    }
    for page in ["/api/v1/audit/export", "/api/v1/sessions", "/api/v1/admin/sessions", "/join"] {
        bodies.push(ann.get(page).await.body);
    }
    bodies.push(bob.get("/api/v1/join/session").await.body);
    let one = format!("{path}/shares/{}", id(&made));
    bodies.push(ann.send("PATCH", &one, &[], b"{\"minutes\":60}").await.body);
    drop(guest);
    let log = fs::read_to_string(server.data.path().join(LOG)).unwrap();
    assert!(log.contains("/invites\" status=207"), "{log}");
    for secret in &secrets {
        assert!(bodies.iter().all(|body| !body.contains(secret.as_str())), "in a response");
        assert_eq!(files_with(server.data.path(), secret.as_bytes()), Vec::<String>::new());
    }
    assert_eq!(ann.delete(&path).await.status, 204);
}

/// Returns the files below a directory that contain a text: the database, its log, the sessions' reports.
fn files_with(directory: &Path, text: &[u8]) -> Vec<String> {
    let mut found = Vec::new();
    for entry in fs::read_dir(directory).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(files_with(&path, text));
        } else if path.is_file() {
            let content = fs::read(&path).unwrap();
            if content.windows(text.len()).any(|window| window == text) {
                found.push(path.display().to_string());
            }
        }
    }
    found
}
