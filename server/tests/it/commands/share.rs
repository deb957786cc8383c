//! The commands for shares.

use serde_json::json;

use crate::support::{CliUser, Smtp, TestServer, join, until};

#[tokio::test]
async fn a_session_is_shared_listed_and_unshared() {
    let (server, mut client) = TestServer::new(&[]).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    ann.open("work").await;
    assert_eq!(ann.run(&["shares", "work"]).await.out, "work has no shares.\n");
    let output =
        ann.run(&["share", "work", "--minutes", "60", "--read-only", "--guests", "1"]).await;
    assert_eq!(output.status, 0, "{output:?}");
    let after = |mark: &str| {
        output.out.lines().find_map(|line| line.strip_prefix(mark)).unwrap().trim().to_owned()
    };
    assert!(output.out.contains("\nRead-only, until ") && output.out.contains("1 guest at a time"));
    let share = json!({ "url": after("Link"), "password": after("Password") });
    let (_, joined) = join(&server, &share, "Bob").await;
    assert_eq!((joined.status, &joined.json()["read_only"]), (200, &json!(true)));
    let list = ann.run(&["shares", "work"]).await.out;
    assert!(list.contains("link") && list.contains("Bob (0 keys)"), "{list}");
    // JSON output equals the REST interface's.
    let fresh = ann.run(&["share", "work", "--full-access", "--json"]).await.json();
    assert_eq!((&fresh["read_only"], &fresh["max_guests"]), (&json!(false), &json!(20)));
    assert_eq!(ann.run(&["unshare", "work"]).await.out, "Revoked 2 shares of work.\n");
    assert_eq!(join(&server, &fresh, "late").await.1.status, 401);
    let list = ann.run(&["shares", "work", "--json"]).await.json();
    assert_eq!(
        (&list[0]["state"], &list[1]["guests"][0]["end"]),
        (&json!("revoked"), &json!("revoked"))
    );
    assert_eq!(ann.run(&["unshare", "work"]).await.out, "work has no active shares.\n");
    // The exit status identifies the failure.
    ann.fails(&["share", "none"], 4).await;
    ann.fails(&["unshare", "work", list[0]["id"].as_str().unwrap()], 5).await;
    assert!(ann.fails(&["share", "work", "--minutes", "4"], 1).await.contains("5 to 180"));
    assert!(ann.fails(&["share", "work", "--mail", "a@b.example"], 1).await.contains("mail"));
    assert_eq!(ann.run(&["share", "work", "--read-only", "--full-access"]).await.status, 2);
    CliUser::new(&mut client, "read").await.fails(&["share", "work"], 3).await;
    assert_eq!(ann.run(&["close", "work"]).await.status, 0);
}

#[tokio::test]
async fn mail_goes_to_each_address() {
    let mut smtp = Smtp::start().await;
    let settings = [("WEBSH_SMTP_URL", smtp.url.as_str()), ("WEBSH_MAIL_FROM", "a@b.example")];
    let (_server, mut client) = TestServer::new(&settings).await;
    let ann = CliUser::new(&mut client, "sessions").await;
    ann.open("work").await;
    let mail = ["share", "work", "--mail", "bob@example.org", "zoe@example.org"];
    let output = ann.run(&mail).await;
    assert_eq!((output.status, output.out.matches("queued").count()), (0, 2), "{output:?}");
    let to = [smtp.next().await.to, smtp.next().await.to].concat();
    assert!(to.contains(&"bob@example.org".to_owned()) && to.len() == 2, "{to:?}");
    let output = ann.run(&["share", "work", "--mail", "eve@example.org", "nobody"]).await;
    assert_eq!(output.status, 1);
    assert!(output.out.contains("invalid address"), "{output:?}");
    until(async || {
        let list = ann.run(&["shares", "work"]).await.out;
        list.contains("eve@example.org").then_some(())
    })
    .await;
    assert_eq!(ann.run(&["close", "work"]).await.status, 0);
}
