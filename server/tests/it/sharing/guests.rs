//! Guests in a running session: changes by the owner apply while they type, and evict them without
//! affecting the shell or the owner.

use std::{fs, io::ErrorKind, path::PathBuf, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use futures_util::SinkExt;
use host::Host;
use protocol::{
    close,
    id::SessionId,
    wire::{Grant, HistoryRequest, ShareChange, client_message::Body},
};
use serde_json::{Value, json};
use tokio::time::Instant;
use uuid::Uuid;

use crate::support::{
    Client, TestServer, Viewer, close_code, create, id, join, join_as, member_path, message, path,
    share, shares, until,
};

/// Requests for 500 lines each, whose responses exceed the kernel's buffers.
const FLOOD: usize = 16;

/// Opens a session and attaches its owner. Returns the session, its path and the viewer.
async fn open_attached(client: &mut Client) -> (Value, String, Viewer) {
    let made = create(client, "shared").await.json();
    let path = path(&made);
    let viewer = Viewer::attach(client, &made).await;
    (made, path, viewer)
}

/// Returns the path of a share.
fn share_path(path: &str, share: &Value) -> String {
    format!("{path}/shares/{}", id(share))
}

async fn patch(client: &mut Client, path: &str, change: Value) -> Value {
    let response = client.patch(path, change).await;
    assert_eq!(response.status, 200, "{response:?}");
    response.json()
}

/// Reads until the guest has certain permissions.
async fn until_granted(guest: &mut Viewer, is: impl Fn(Grant) -> bool) {
    guest.until_participants(|crew| crew.grant.is_some_and(&is)).await;
}

#[tokio::test]
async fn permissions_of_a_guest_change_while_they_type() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let (session, path, mut owner) = open_attached(&mut ann).await;
    let file = server.data.path().join("typed");
    owner.type_text(&format!("cat >{}\r", file.display())).await;
    owner.type_text("by the owner\r").await;
    owner.until_shows("by the owner").await;

    let made = share(&mut ann, &path, &json!({ "minutes": 30, "read_only": true })).await;
    let (mut bob, _) = join(&server, &made, "Bob").await;
    let mut guest = Viewer::attach_guest(&mut bob).await;
    guest.until_shows("by the owner").await;
    until_granted(&mut guest, |grant| grant.read_only).await;
    owner.until_participants(|crew| crew.present.iter().any(|one| !one.guest.is_empty())).await;
    guest.type_text("while read-only\r").await;
    guest.until_received().await;

    // The guest may type from now on, and the new expiry applies to attached guests too.
    let widen = json!({ "read_only": false, "minutes": 180 });
    let longer = patch(&mut ann, &share_path(&path, &made), widen).await;
    let ends_at = longer["expires_at"].as_str().unwrap();
    assert_eq!(bob.get("/api/v1/join/session").await.json()["expires_at"], ends_at);
    let ends_at: DateTime<Utc> = ends_at.parse().unwrap();
    let ends_at = u64::try_from(ends_at.timestamp_millis()).unwrap();
    until_granted(&mut guest, |grant| !grant.read_only && grant.ends_at == ends_at).await;
    drop(owner);
    until(async || (ann.get(&path).await.json()["clients"] == 0).then_some(())).await;
    guest.type_text("by the guest\r").await;
    guest.until_shows("by the guest").await;

    // Input ends with this response.
    let narrow = patch(&mut ann, &share_path(&path, &made), json!({ "read_only": true })).await;
    assert_eq!(narrow["read_only"], true);
    guest.type_text("too late\r").await;
    until_granted(&mut guest, |grant| grant.read_only).await;
    guest.type_text("far too late\r").await;
    guest.until_received().await;
    let mut owner = Viewer::attach(&mut ann, &session).await;
    owner.type_text("the end\r").await;
    let typed = until(async || {
        let typed = fs::read_to_string(&file).unwrap_or_default();
        typed.ends_with("the end\n").then_some(typed)
    })
    .await;
    assert_eq!(typed, "by the owner\nby the guest\nthe end\n");

    // The list of guests counts their input, also after the session's end.
    let receipt = |list: &Value| {
        let guest = list[0]["guests"][0].clone();
        (guest["name"] == "Bob" && guest["keys"] == 13).then_some(guest)
    };
    let seen = until(async || receipt(&shares(&mut ann, &path).await)).await;
    assert_eq!((&seen["here"], &seen["source"]), (&json!(true), &json!("127.0.0.1")));
    assert_eq!(ann.delete(&path).await.status, 204);
    assert_eq!(close_code(&mut guest.socket).await, close::GONE);
    let seen = until(async || {
        let seen = receipt(&shares(&mut ann, &path).await);
        seen.filter(|seen| !seen["left_at"].is_null())
    })
    .await;
    assert_eq!((&seen["here"], &seen["end"]), (&json!(false), &json!("session_ended")));
    // In the list of ended sessions, only the owner sees that there were guests.
    let mut eve = server.member("eve@example.org", "staff").await;
    let mut too = ann.clone();
    let requests = [(&mut ann, "mine", 1), (&mut too, "all", 1), (&mut eve, "all", 0)];
    for (client, scope, visitors) in requests {
        let list = client.get(&format!("/api/v1/sessions?state=ended&scope={scope}")).await.json();
        assert_eq!(list["items"][0]["visitors"], visitors, "{scope} {list}");
    }
    assert_eq!(eve.get(&format!("{path}/shares")).await.status, 403);
}

#[tokio::test]
async fn the_list_shows_the_driver_and_who_types() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let (_, path, mut owner) = open_attached(&mut ann).await;
    let made = share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    let present = async |client: &mut Client, is: &dyn Fn(&[[String; 2]]) -> bool| {
        until(async || {
            let seen = client.get("/api/v1/sessions").await.json()["items"][0]["present"].take();
            let one = |one: &Value| ["who", "doing"].map(|part| one[part].as_str().unwrap().into());
            let named: Vec<[String; 2]> = seen.as_array().unwrap().iter().map(one).collect();
            is(&named).then_some(seen)
        })
        .await
    };
    let does = |named: &[[String; 2]], who: &str, doing: &str| {
        named.iter().any(|one| one[0] == who && one[1] == doing)
    };
    present(&mut ann, &|named| named.len() == 1 && does(named, "Ann", "drives")).await;
    let (mut bob, _) = join(&server, &made, "Bob").await;
    let mut guest = Viewer::attach_guest(&mut bob).await;
    let seen = present(&mut ann, &|named| named.len() == 2 && does(named, "Bob", "watches")).await;
    let guests: Vec<_> = seen.as_array().unwrap().iter().map(|one| one["guest"].clone()).collect();
    assert_eq!(guests, [false, true], "{seen}");
    assert_ne!(seen[0]["viewer"], seen[1]["viewer"]);

    owner.type_text("echo $((6*7))\r").await;
    present(&mut ann, &|named| does(named, "Ann", "types")).await;
    // The end of typing alone is a change.
    present(&mut ann, &|named| does(named, "Ann", "drives")).await;
    drop(owner);
    present(&mut ann, &|named| named.len() == 1).await;
    guest.echo("guest").await;
    let seen = present(&mut ann, &|named| does(named, "Bob", "drives")).await;
    assert_eq!(ann.get(&path).await.json()["active_client"], Value::Null, "{seen}");

    // Other members see no participants.
    let mut eve = server.member("eve@example.org", "staff").await;
    let all = eve.get("/api/v1/sessions?scope=all").await.json();
    assert_eq!((&all["items"][0]["guests"], &all["items"][0]["present"]), (&json!(1), &json!([])));
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn the_attached_owner_is_notified_of_wrong_passwords() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let (_, path, mut owner) = open_attached(&mut ann).await;
    let [made, other] = [
        share(&mut ann, &path, &json!({ "minutes": 30 })).await,
        share(&mut ann, &path, &json!({ "minutes": 30 })).await,
    ];
    let (mut bob, _) = join(&server, &made, "Bob").await;
    let mut guest = Viewer::attach_guest(&mut bob).await;
    guest.until_participants(|crew| crew.grant.is_some()).await;
    let guess = |share: &Value| json!({ "url": share["url"], "password": "0000-0000-0000-0000" });
    for (times, share) in [(1, &made), (2, &other)] {
        assert_eq!(join(&server, &guess(share), "Eve").await.1.code(), "share_denied");
        owner.until_wrong_passwords(times).await;
    }
    assert_eq!(owner.wrong_passwords, [1, 2]);
    // Ended shares cause no notice.
    assert_eq!(ann.delete(&share_path(&path, &other)).await.status, 204);
    assert_eq!(ann.get(&path).await.json()["wrong_passwords"], 1);
    assert_eq!(join(&server, &guess(&other), "Eve").await.1.code(), "share_denied");
    let counted = async || {
        let tried = shares(&mut ann, &path).await[0]["wrong_passwords"].take();
        (tried == 2).then_some(())
    };
    until(counted).await;
    assert_eq!(join(&server, &guess(&made), "Eve").await.1.code(), "share_denied");
    owner.until_wrong_passwords(3).await;
    assert_eq!(owner.wrong_passwords, [1, 2, 2]);
    guest.until_received().await;
    assert_eq!(guest.wrong_passwords, Vec::<u32>::new(), "only the owner is notified");
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn evicting_guests_does_not_affect_owner_and_shell() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let (_, path, mut owner) = open_attached(&mut ann).await;
    let [first, second] = [
        share(&mut ann, &path, &json!({ "minutes": 30 })).await,
        share(&mut ann, &path, &json!({ "minutes": 30 })).await,
    ];
    let (mut bob, joined) = join(&server, &first, "Bob").await;
    let (mut eve, _) = join(&server, &first, "Eve").await;
    let (mut zoe, _) = join(&server, &second, "Zoe").await;
    let mut guests = [
        Viewer::attach_guest(&mut bob).await,
        Viewer::attach_guest(&mut eve).await,
        Viewer::attach_guest(&mut zoe).await,
    ];
    owner.type_text("echo $((6*7))-here\r").await;
    for guest in &mut guests {
        guest.until_shows("42-here").await;
    }
    let [mut bobs, mut eves, mut zoes] = guests;
    // One guest is removed, then the share of another is revoked; the third stays.
    let bobs_id = joined.json()["guest"].as_str().unwrap().to_owned();
    let remove = format!("{}/guests/{bobs_id}", share_path(&path, &first));
    assert_eq!(ann.delete(&remove).await.status, 204);
    assert_eq!(close_code(&mut bobs.socket).await, close::GONE);
    let refused = bob.post("/api/v1/join/attach", &json!({})).await;
    assert_eq!(refused.error(), (410, "share_removed".to_owned()));
    assert_eq!(ann.delete(&share_path(&path, &first)).await.status, 204);
    assert_eq!(close_code(&mut eves.socket).await, close::GONE);
    owner.echo("stays").await;
    zoes.until_shows("42-stays").await;
    // Leaving takes effect at once as well.
    assert_eq!(zoe.post("/api/v1/join/leave", &json!({})).await.status, 204);
    assert_eq!(close_code(&mut zoes.socket).await, close::GONE);
    owner.echo("alone").await;
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn closing_the_page_frees_the_guest_slot() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let (_, path, mut owner) = open_attached(&mut ann).await;
    let made = share(&mut ann, &path, &json!({ "minutes": 30, "max_guests": 1 })).await;
    let (mut bob, _) = join(&server, &made, "Bob").await;
    let mut guest = Viewer::attach_guest(&mut bob).await;
    guest.until_participants(|crew| crew.grant.is_some()).await;
    let first = async |ann: &mut Client, is: fn(&Value) -> bool| {
        let guest = until(async || {
            let guest = shares(ann, &path).await[0]["guests"][0].clone();
            is(&guest).then_some(guest)
        });
        guest.await
    };
    let here = first(&mut ann, |guest| guest["here"] == true).await;
    assert_eq!((&here["left_at"], &here["end"]), (&Value::Null, &Value::Null));
    assert_eq!(join(&server, &made, "early").await.1.code(), "share_full");

    // No page announces that it closes. A reloaded page finds its slot; another one loses it.
    drop(guest);
    first(&mut ann, |guest| guest["here"] == false).await;
    let mut guest = Viewer::attach_guest(&mut bob).await;
    guest.until_participants(|crew| crew.grant.is_some()).await;
    let here = first(&mut ann, |guest| guest["here"] == true).await;
    assert_eq!(here["left_at"], Value::Null);
    drop(guest);
    let gone = first(&mut ann, |guest| !guest["left_at"].is_null()).await;
    assert_eq!((&gone["here"], &gone["end"]), (&json!(false), &Value::Null));

    // Another guest takes the slot, which blocks the return until they leave.
    let (mut zoe, response) = join(&server, &made, "Zoe").await;
    assert_eq!(response.status, 200, "{response:?}");
    assert_eq!(bob.get("/api/v1/join/session").await.status, 200);
    let refused = bob.post("/api/v1/join/attach", &json!({})).await;
    assert_eq!(refused.error(), (409, "share_full".to_owned()));
    assert_eq!(join_as(&mut bob, &made, "Bob").await.code(), "share_full");
    assert_eq!(zoe.post("/api/v1/join/leave", &json!({})).await.status, 204);
    let mut guest = Viewer::attach_guest(&mut bob).await;
    guest.until_participants(|crew| crew.grant.is_some()).await;
    let back = first(&mut ann, |guest| guest["here"] == true).await;
    assert_eq!((&back["left_at"], &back["id"]), (&Value::Null, &gone["id"]));
    let log = ann.get("/api/v1/audit?action=share").await.json();
    let actions: Vec<_> =
        log["items"].as_array().unwrap().iter().map(|one| one["action"].clone()).collect();
    let [leave, join] = ["share.leave", "share.join"];
    assert_eq!(actions, [join, leave, join, leave, join, "share.create"]);
    let time = |value: &Value| value.as_str().unwrap().parse::<DateTime<Utc>>().unwrap();
    let (came, left) = (time(&gone["joined_at"]), time(&gone["left_at"]));
    let noticed = time(&log["items"][3]["at"]);
    assert!(came < left && left + TimeDelta::seconds(10) <= noticed, "{gone} {noticed}");

    // A guest who is away when the session ends counts as having left.
    drop(guest);
    first(&mut ann, |guest| guest["here"] == false).await;
    owner.type_text("exit\r").await;
    let receipt = until(async || {
        let list = shares(&mut ann, &path).await;
        (list[0]["state"] == "session_ended").then_some(list)
    })
    .await;
    let (guest, ended) = (&receipt[0]["guests"][0], &receipt[0]["ended_at"]);
    assert!(guest["end"].is_null() && guest["left_at"].as_str() < ended.as_str(), "{receipt}");
}

#[tokio::test]
async fn guests_that_read_nothing_are_evicted_as_fast() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let (session, path, mut owner) = open_attached(&mut ann).await;
    let made = share(&mut ann, &path, &json!({ "minutes": 30 })).await;
    let (mut bob, joined) = join(&server, &made, "Bob").await;
    let (mut eve, _) = join(&server, &made, "Eve").await;
    let brief = share(&mut ann, &path, &json!({ "minutes": 5 })).await;
    let (mut zoe, _) = join(&server, &brief, "Zoe").await;
    let mut guests = [
        Viewer::attach_guest(&mut bob).await,
        Viewer::attach_guest(&mut eve).await,
        Viewer::attach_guest(&mut zoe).await,
    ];
    owner.type_text("seq -f %070g 2000; echo $((6*7))-done\r").await;
    for guest in &mut guests {
        guest.until_shows("42-done").await;
        // From now on the guests request far more than the kernel buffers, and read none of it.
        for _ in 0..FLOOD {
            let ask = HistoryRequest { first: 0, count: 500 };
            guest.socket.send(message(Body::History(ask))).await.unwrap();
        }
    }
    let [bobs, eves, zoes] = guests;
    let begun = Instant::now();
    let remove =
        format!("{}/guests/{}", share_path(&path, &made), joined.json()["guest"].as_str().unwrap());
    assert_eq!(ann.delete(&remove).await.status, 204);
    until_reset(&bobs).await;
    assert_eq!(ann.delete(&share_path(&path, &made)).await.status, 204);
    until_reset(&eves).await;
    // Only the session process tracks this guest's remaining time.
    let run_dir = server.data.path().join("run");
    let host = Host::beside(host::Config { run_dir, program: PathBuf::new(), open_files: None })
        .await
        .unwrap();
    let id = |value: &Value| id(value).parse::<Uuid>().unwrap();
    let over = ShareChange {
        share: id(&brief).as_bytes().to_vec(),
        ends_at: Some(1),
        ..ShareChange::default()
    };
    host.change_share(SessionId(id(&session)), over).await.unwrap();
    until_reset(&zoes).await;
    // Each takes less than 2 s on an idle machine, far below the 30 s after which a stalled
    // viewer is disconnected anyway.
    assert!(begun.elapsed() < Duration::from_secs(15), "{:?}", begun.elapsed());
    owner.echo("alone").await;
    assert_eq!(ann.delete(&path).await.status, 204);
}

/// Waits until the server resets a connection that is not read.
async fn until_reset(viewer: &Viewer) {
    let reset = until(async || viewer.socket.get_ref().take_error().unwrap());
    assert_eq!(reset.await.kind(), ErrorKind::ConnectionReset);
}

#[tokio::test]
async fn a_member_who_loses_access_takes_their_guests_along() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let mut bob = server.member("bob@example.org", "member").await;
    let (_, path, owner) = open_attached(&mut bob).await;
    let made = share(&mut bob, &path, &json!({ "minutes": 30 })).await;
    let (mut zoe, _) = join(&server, &made, "Zoe").await;
    let mut guest = Viewer::attach_guest(&mut zoe).await;
    guest.until_participants(|crew| crew.grant.is_some()).await;
    let member = member_path(&mut ann, "bob@example.org").await;
    assert_eq!(ann.delete(&member).await.status, 204);
    assert_eq!(owner.until_closed().await, close::SIGNED_OUT);
    assert_eq!(close_code(&mut guest.socket).await, close::GONE);
    assert_eq!(ann.get(&format!("{path}/shares")).await.json()[0]["state"], "revoked");
    assert_eq!(ann.delete(&path).await.status, 204);
}

#[tokio::test]
async fn workspace_settings_apply_to_attached_guests() {
    let (server, mut ann) = TestServer::new(&[]).await;
    let (_, path, mut owner) = open_attached(&mut ann).await;
    let new = json!({ "minutes": 30, "guests_alone": true });
    let made = share(&mut ann, &path, &new).await;
    let (mut zoe, _) = join(&server, &made, "Zoe").await;
    let mut guest = Viewer::attach_guest(&mut zoe).await;
    until_granted(&mut guest, |grant| !grant.read_only).await;
    let put = async |ann: &mut Client, field: &str, value: Value| {
        let mut settings = ann.get("/api/v1/workspace/settings").await.json();
        settings[field] = value;
        let body = settings.to_string();
        let response = ann.send("PUT", "/api/v1/workspace/settings", &[], body.as_bytes()).await;
        assert_eq!(response.status, 200, "{response:?}");
    };
    put(&mut ann, "share_read_only", json!("forced")).await;
    until_granted(&mut guest, |grant| grant.read_only).await;
    put(&mut ann, "sharing_enabled", json!(false)).await;
    assert_eq!(close_code(&mut guest.socket).await, close::GONE);
    owner.echo("alone").await;
    assert_eq!(ann.delete(&path).await.status, 204);
}
