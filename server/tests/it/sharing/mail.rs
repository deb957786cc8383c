//! Invites by mail through a real mail server: individual links and passwords, delivery status, and
//! shares that are void because mail failed.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    Client, Mail, Smtp, TestServer, join, run, session_path, share_in_mail, shares, until,
};

/// Starts a server that sends mail through `smtp`.
async fn server_with(smtp: &Smtp) -> (TestServer, Client) {
    let settings =
        [("WEBSH_SMTP_URL", smtp.url.as_str()), ("WEBSH_MAIL_FROM", "websh <websh@example.org>")];
    TestServer::new(&settings).await
}

/// Waits until mail to an address is no longer queued, and returns its share.
async fn processed(client: &mut Client, path: &str, to: &str) -> Value {
    until(async || {
        let list = shares(client, path).await;
        let mut list = list.as_array().unwrap().iter();
        let found = list.find(|one| one["email"] == to).unwrap().clone();
        (found["mail"] != "queued").then_some(found)
    })
    .await
}

#[tokio::test]
async fn each_address_gets_its_own_link_and_password() {
    let mut smtp = Smtp::start().await;
    let (server, mut ann) = server_with(&smtp).await;
    let path = session_path(&mut ann).await;
    assert_eq!(ann.get(&format!("{path}/sharing")).await.json()["mail"], true);
    let emails = ["Bob@example.org", "not an address", "zoe@example.org", "bob@example.org"];
    let new = json!({ "emails": emails, "minutes": 30, "read_only": true });
    // Links use the configured address, not the request's host.
    let mut by_name = ann.clone();
    by_name.address = by_name.address.replace("127.0.0.1", "localhost");
    let response = by_name.post(&format!("{path}/invites"), &new).await;
    assert_eq!(response.status, 207, "{response:?}");
    let results = response.json();
    let results = results["results"].as_array().unwrap();
    let statuses: Vec<_> = results.iter().map(|one| (&one["email"], &one["status"])).collect();
    assert_eq!(
        statuses,
        [
            (&json!("Bob@example.org"), &json!("queued")),
            (&json!("not an address"), &json!("invalid_email")),
            (&json!("zoe@example.org"), &json!("queued")),
        ]
    );
    let mut mails = [smtp.next().await, smtp.next().await];
    mails.sort_by_key(|mail| mail.to.clone());
    let to: Vec<_> = mails.iter().map(|mail| mail.to.join(",")).collect();
    assert_eq!(to, ["bob@example.org", "zoe@example.org"]);
    let [bob, zoe] = mails.each_ref().map(|mail| share_in_mail(&mail.body));
    assert_ne!((&bob["url"], &bob["password"]), (&zoe["url"], &zoe["password"]));
    for Mail { from, head, body, .. } in &mails {
        assert_eq!(from, "websh@example.org");
        for line in ["Subject: Ann shares a terminal with you", "Reply-To: Ann <ann@example.org>"] {
            assert!(head.contains(line), "{head}");
        }
        let share = share_in_mail(body);
        let (url, password) = (share["url"].as_str().unwrap(), share["password"].as_str().unwrap());
        assert!(url.starts_with(&format!("http://{}/join#", server.address)), "{url}");
        // The link is in the text and the HTML, and in no header.
        assert!(body.contains(&format!("href=\"{url}\"")), "{body}");
        assert_eq!(body.matches(password).count(), 2, "{body}");
        assert!(!head.contains(password) && !head.contains("join#"), "{head}");
    }
    // The link and password in the mail work.
    let (_, response) = join(&server, &zoe, "Zoe").await;
    assert_eq!((response.status, &response.json()["read_only"]), (200, &json!(true)));
    for (to, guests) in [("bob@example.org", 0), ("zoe@example.org", 1)] {
        let share = processed(&mut ann, &path, to).await;
        assert_eq!((&share["kind"], &share["mail"]), (&json!("mail"), &json!("sent")));
        assert_eq!(share["guests"].as_array().unwrap().len(), guests, "{to}");
    }
    assert!(smtp.is_empty());
    // Revoking one share does not affect the other.
    let bobs = results[0]["share_id"].as_str().unwrap();
    assert_eq!(ann.delete(&format!("{path}/shares/{bobs}")).await.status, 204);
    assert_eq!(join(&server, &bob, "Bob").await.1.status, 401);
    assert_eq!(join(&server, &zoe, "Zoe").await.1.status, 200);
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn rejected_mail_voids_its_share_and_deferred_mail_is_retried() {
    let mut smtp = Smtp::start().await;
    let (_server, mut ann) = server_with(&smtp).await;
    let path = session_path(&mut ann).await;
    let new = json!({ "emails": ["unknown@example.org", "later@example.org"], "minutes": 30 });
    assert_eq!(ann.post(&format!("{path}/invites"), &new).await.status, 207);
    let void = processed(&mut ann, &path, "unknown@example.org").await;
    assert_eq!((&void["mail"], &void["state"]), (&json!("failed"), &json!("void")));
    let said = void["mail_error"].as_str().unwrap();
    assert!(said.contains("550") && said.contains("No such mailbox here"), "{said}");
    let later = processed(&mut ann, &path, "later@example.org").await;
    assert_eq!((&later["mail"], &later["state"]), (&json!("sent"), &json!("active")));
    assert_eq!(smtp.next().await.to, ["later@example.org"]);
    assert!(smtp.is_empty());
    let log = ann.get("/api/v1/audit?action=share.mail_failed").await.json();
    let detail = log["items"][0]["detail"].as_str().unwrap();
    assert!(detail.starts_with("to unknown@example.org: "), "{detail}");
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn mail_is_sent_only_encrypted() {
    let mut smtp = Smtp::start_tls().await;
    let trusted = tempfile::NamedTempFile::new().unwrap();
    fs::write(trusted.path(), smtp.certificate.as_ref().unwrap()).unwrap();
    let trusting = Some(("SSL_CERT_FILE", trusted.path().to_str().unwrap()));
    let mut plain = Smtp::start().await;
    // A server without the required TLS gets no mail, nor does one with an untrusted certificate.
    let downgraded = format!("{}?tls=required", plain.url);
    for (url, trusting, sent) in
        [(&smtp.url, trusting, true), (&smtp.url, None, false), (&downgraded, trusting, false)]
    {
        let mut settings =
            vec![("WEBSH_SMTP_URL", url.as_str()), ("WEBSH_MAIL_FROM", "websh@example.org")];
        settings.extend(trusting);
        let (_server, mut ann) = TestServer::new(&settings).await;
        let path = session_path(&mut ann).await;
        let new = json!({ "emails": ["bob@example.org"], "minutes": 30 });
        assert_eq!(ann.post(&format!("{path}/invites"), &new).await.status, 207);
        let became = until(async || {
            let list = shares(&mut ann, &path).await;
            let tried = list[0]["mail"] == "sent" || list[0]["mail_error"].is_string();
            tried.then(|| list[0]["mail"].clone())
        })
        .await;
        assert_eq!(became == "sent", sent, "{url}");
        assert_eq!(ann.delete(&path).await.status, 204);
    }
    assert_eq!(smtp.next().await.to, ["bob@example.org"]);
    assert!(smtp.is_empty() && plain.is_empty());
}

#[tokio::test]
async fn members_are_invited_by_mail_too() {
    let mut smtp = Smtp::start().await;
    let (server, mut ann) = server_with(&smtp).await;
    let invite = |email: &str| json!({ "email": email, "role": "staff", "by_mail": true });
    for email in ["bob@example.org", "unknown@example.org"] {
        assert_eq!(ann.post("/api/v1/invites", &invite(email)).await.status, 201);
    }
    let mail = smtp.next().await;
    assert_eq!(mail.to, ["bob@example.org"]);
    let link = mail.body.split_once("\r\nOpen").unwrap().1.split_whitespace().next().unwrap();
    let (page, token) = link.split_once('#').unwrap();
    assert_eq!(page, format!("http://{}/invite", server.address));
    let password = "correct horse battery";
    let accept = json!({ "token": token, "name": "Bob", "password": password });
    let joined = server.stranger().post("/api/v1/invites/accept", &accept).await;
    assert_eq!((joined.status, &joined.json()["role"]), (200, &json!("staff")), "{joined:?}");
    // Superusers see failed mail, and can pass its link on themselves.
    let failed = until(async || {
        let log = ann.get("/api/v1/audit?action=member.mail_failed").await.json();
        log["items"][0]["detail"].as_str().map(str::to_owned)
    })
    .await;
    assert!(failed.contains("No such mailbox here"), "{failed}");
}

#[tokio::test]
async fn impossible_mail_is_rejected_at_once() {
    let smtp = Smtp::start().await;
    let (_server, mut ann) = server_with(&smtp).await;
    let path = session_path(&mut ann).await;
    let invites = format!("{path}/invites");
    let many: Vec<_> = (0..21).map(|number| format!("{number}@example.org")).collect();
    for (new, code, field) in [
        (json!({ "emails": [], "minutes": 30 }), "invalid_email", "email"),
        (json!({ "emails": ["x", "@"], "minutes": 30 }), "invalid_email", "email"),
        (json!({ "emails": many, "minutes": 30 }), "invalid_emails", "emails"),
        (json!({ "emails": ["a@example.org"], "minutes": 4 }), "invalid_expiry", "minutes"),
    ] {
        let response = ann.post(&invites, &new).await;
        assert_eq!(response.error(), (422, code.to_owned()), "{new}");
        assert_eq!(response.json()["error"]["field"], field);
    }
    assert_eq!(shares(&mut ann, &path).await, json!([]));
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn mail_queued_when_the_server_stops_voids_its_share() {
    let (mut server, mut ann) = TestServer::new(&[
        // No program listens on the discard port.
        ("WEBSH_SMTP_URL", "smtp://127.0.0.1:9"),
        ("WEBSH_MAIL_FROM", "websh@example.org"),
    ])
    .await;
    let path = session_path(&mut ann).await;
    let new = json!({ "emails": ["bob@example.org"], "minutes": 30 });
    assert_eq!(ann.post(&format!("{path}/invites"), &new).await.status, 207);
    // After the first try, the reason for waiting is shown.
    let waiting = until(async || {
        let list = shares(&mut ann, &path).await;
        list[0]["mail_error"].is_string().then_some(list)
    })
    .await;
    assert_eq!((&waiting[0]["mail"], &waiting[0]["state"]), (&json!("queued"), &json!("active")));
    server.kill().await;
    server.start().await;
    let list = shares(&mut ann, &path).await;
    assert_eq!((&list[0]["mail"], &list[0]["state"]), (&json!("failed"), &json!("void")));
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn mail_is_written_to_a_directory_without_a_mail_server() {
    let letters = tempfile::tempdir().unwrap();
    let place = letters.path().join("mail");
    let (server, mut ann) = TestServer::new(&[("WEBSH_MAIL_DIR", place.to_str().unwrap())]).await;
    let path = session_path(&mut ann).await;
    let new = json!({ "emails": ["bob@example.org"], "minutes": 30 });
    assert_eq!(ann.post(&format!("{path}/invites"), &new).await.status, 207);
    assert_eq!(processed(&mut ann, &path, "bob@example.org").await["mail"], "sent");
    let files: Vec<_> = fs::read_dir(&place).unwrap().map(|file| file.unwrap().path()).collect();
    assert_eq!(files.len(), 1);
    let text = fs::read_to_string(&files[0]).unwrap().replace("=\r\n", "").replace("=3D", "=");
    assert_eq!(join(&server, &share_in_mail(&text), "Bob").await.1.status, 200);
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn an_invalid_mail_server_prevents_the_start() {
    let data = tempfile::tempdir().unwrap();
    for (settings, named) in [
        ("smtp_url = \"smtp://localhost:25\"", "mail_from"),
        ("smtp_url = \"smtp://u:secret@mail.example:25\"\nmail_from = \"a@b.example\"", "smtp_url"),
        ("smtp_url = \"secret\"\nmail_from = \"a@b.example\"", "smtp_url"),
        ("smtp_url = \"smtps://mail.example\"\nmail_from = \"secret\"", "mail_from"),
        ("mail_dir = \"/proc/nowhere\"", "mail_dir"),
    ] {
        fs::write(data.path().join("Leptos.toml"), format!("[websh]\n{settings}\n")).unwrap();
        let (done, said) = run(data.path(), &["serve"], "").await;
        assert!(!done && said.contains(named) && !said.contains("secret"), "{said}");
    }
    let settings = "smtp_url = \"smtps://user:secret@mail.example\"\nmail_from = \"a@b.example\"";
    fs::write(data.path().join("Leptos.toml"), format!("[websh]\n{settings}\n")).unwrap();
    let (done, said) = run(data.path(), &["serve", "--print-config"], "").await;
    assert!(done && said.contains("user:***@mail.example") && !said.contains("secret"), "{said}");
}
