//! Sessions of other accounts of this machine, from the grant to the end. Only root can open them.

use std::fs;

use serde_json::{Value, json};

use crate::support::{
    Client, TestServer, Viewer, close_code, id, join, member_path, path, share, until,
};

#[path = "../../../../crates/session/tests/process/test_account.rs"]
mod test_account;

/// Returns the processes of a user.
fn processes_of(user: &str) -> Vec<String> {
    let entries = fs::read_dir("/proc").unwrap().flatten();
    let statuses = entries.filter_map(|entry| fs::read_to_string(entry.path().join("status")).ok());
    let is_theirs = |status: &String| {
        let users = status.lines().find_map(|line| line.strip_prefix("Uid:")).unwrap_or_default();
        users.split_whitespace().any(|one| one == user)
    };
    statuses.filter(is_theirs).collect()
}

#[tokio::test]
async fn a_session_runs_entirely_as_its_account_and_leaves_nothing() {
    let Some(account) = test_account::Account::new() else { return };
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let body = json!({ "server": "local", "account": account.name });
    let refused = bob.post("/api/v1/sessions", &body).await;
    assert_eq!(refused.error(), (403, "account_forbidden".into()));
    let grant = json!({ "account": account.name, "to": { "role": "member" } });
    let granted = ann.post("/api/v1/servers/local/grants", &grant).await;
    assert_eq!(granted.status, 201, "{granted:?}");

    let user = account.id("-u");
    assert_eq!(processes_of(&user), Vec::<String>::new());
    let session = bob.post("/api/v1/sessions", &body).await;
    assert_eq!((session.status, &session.json()["account"]), (201, &json!(account.name)));
    let session = session.json();
    let mut viewer = Viewer::attach(&mut bob, &session).await;
    let ids = format!("{user} {} {}", account.id("-g"), account.id("-G"));
    let home = account.home.display();
    for (command, expected) in [
        ("ids $(id -u) $(id -g) $(id -G)", format!("ids {ids}")),
        ("user $USER $LOGNAME", format!("user {0} {0}", account.name)),
        ("home $HOME", format!("home {home}")),
        ("at $(pwd)", format!("at {home}")),
        ("made $(touch mine && stat -c %U mine)", format!("made {}", account.name)),
        ("root $(ls /root 2>&1 | wc -l) $(cat /etc/shadow 2>/dev/null | wc -l)", "root 1 0".into()),
    ] {
        viewer.type_text(&format!("echo \"{command}\"\r")).await;
        viewer.until_shows(&expected).await;
    }
    viewer.type_text("setsid sleep 1000 & nohup sleep 1000 >/dev/null 2>&1 &\r").await;
    // The session process, its shell and the two jobs.
    until(async || (processes_of(&user).len() >= 4).then_some(())).await;

    let watching = tokio::spawn(viewer.until_closed());
    let admin = format!("/api/v1/admin/sessions/{}", id(&session));
    assert_eq!(ann.delete(&admin).await.status, 204);
    assert_eq!(watching.await.unwrap(), 1000);
    until(async || processes_of(&user).is_empty().then_some(())).await;
    assert_eq!(server.run_dir(), Vec::<String>::new());
    assert_eq!(bob.get(&path(&session)).await.code(), "dropped");
}

/// Grants the account to staff. Returns clients of a superuser and of a member of staff with a session as
/// the account, the grant's path, and the session.
async fn granted_to_staff(
    account: &test_account::Account,
) -> (TestServer, Client, Client, String, Value) {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "staff").await;
    let grants = "/api/v1/servers/local/grants";
    let grant = json!({ "account": account.name, "to": { "role": "staff" } });
    let granted = ann.post(grants, &grant).await.json();
    let body = json!({ "server": "local", "account": account.name });
    let session = bob.post("/api/v1/sessions", &body).await.json();
    let grant = format!("{grants}/{}", id(&granted));
    (server, ann, bob, grant, session)
}

#[tokio::test]
async fn losing_the_account_ends_access_to_its_sessions() {
    let Some(account) = test_account::Account::new() else { return };
    let (_server, mut ann, mut bob, grant, session) = granted_to_staff(&account).await;
    let attach = format!("{}/attach", path(&session));
    let screen = format!("{}/screen", path(&session));
    let of_bob = member_path(&mut ann, "bob@example.org").await;
    let mut viewer = Viewer::attach(&mut bob, &session).await;
    viewer.echo("ready").await;

    assert_eq!(ann.patch(&of_bob, json!({ "role": "member" })).await.status, 200);
    assert_eq!(close_code(&mut viewer.socket).await, 4403);
    for mode in ["drive", "watch"] {
        let again = bob.post(&attach, &json!({ "mode": mode })).await;
        assert_eq!(again.error(), (403, "account_forbidden".into()), "{mode}");
    }
    let seen = bob.get(&screen).await;
    assert_eq!(seen.error(), (403, "account_forbidden".into()));
    assert_eq!(bob.get(&path(&session)).await.json()["state"], "active", "it keeps running");

    assert_eq!(ann.patch(&of_bob, json!({ "role": "staff" })).await.status, 200);
    let mut viewer = Viewer::attach(&mut bob, &session).await;
    viewer.until_shows("42-ready").await;
    assert_eq!(ann.delete(&grant).await.status, 204);
    assert_eq!(close_code(&mut viewer.socket).await, 4403);
    assert_eq!(bob.post(&attach, &json!({})).await.code(), "account_forbidden");
    assert_eq!(bob.delete(&path(&session)).await.status, 204, "the owner may close it");
}

#[tokio::test]
async fn losing_the_account_ends_shares_of_its_sessions() {
    let Some(account) = test_account::Account::new() else { return };
    let (server, mut ann, mut bob, grant, session) = granted_to_staff(&account).await;
    let shares = format!("{}/shares", path(&session));
    let of_bob = member_path(&mut ann, "bob@example.org").await;
    let mut states = vec![];
    for lost in ["role", "grant"] {
        let made = share(&mut bob, &path(&session), &json!({ "minutes": 30 })).await;
        let (mut zoe, _) = join(&server, &made, "Zoe").await;
        let mut guest = Viewer::attach_guest(&mut zoe).await;
        guest.until_participants(|crew| crew.grant.is_some()).await;
        match lost {
            "role" => {
                // Another role that has the account too disconnects no guest.
                let up = ann.patch(&of_bob, json!({ "role": "superuser" })).await;
                assert_eq!(up.status, 200);
                guest.until_received().await;
                let down = ann.patch(&of_bob, json!({ "role": "member" })).await;
                assert_eq!(down.status, 200);
            }
            _ => {
                assert_eq!(ann.delete(&grant).await.status, 204);
            }
        }
        assert_eq!(close_code(&mut guest.socket).await, 4410, "{lost}");
        assert_eq!(join(&server, &made, "late").await.1.code(), "share_denied", "{lost}");
        let again = bob.post(&shares, &json!({ "minutes": 30 })).await;
        assert_eq!(again.error(), (403, "account_forbidden".into()), "{lost}");
        assert_eq!(ann.patch(&of_bob, json!({ "role": "staff" })).await.status, 200);
        let newest = ann.get(&shares).await.json()[0].take();
        states.push((newest["state"].clone(), newest["ended_by"].clone()));
        assert_eq!(ann.get(&path(&session)).await.json()["state"], "active", "it keeps running");
    }
    assert_eq!(states, vec![(json!("revoked"), json!("websh")); 2]);
    assert_eq!(bob.delete(&path(&session)).await.status, 204);
}
