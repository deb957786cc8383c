//! Runs every query in one scenario, on each database.

#![expect(clippy::unwrap_used, reason = "a step that fails fails the test")]

use chrono::{DateTime, Utc};
use protocol::{
    api::{
        AttachPolicy, AuditEntry, EndReason, Life, Role, SessionState, SignInInfo,
        samples::audit_entry,
    },
    id::{MemberId, SessionId, TokenId},
};
use store::{
    Added, Credential, Ending, Error, Member, NewDevice, Page, SessionRow, Store,
    samples::session_row,
};
use uuid::Uuid;

mod administration;
mod sharing;
mod support;

#[tokio::test]
async fn all_queries_work_on_sqlite() {
    let dir = tempfile::tempdir().unwrap();
    let url = format!("sqlite://{}", dir.path().join("50% of it?/websh.db").display());
    scenario(&url).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn all_queries_work_on_postgres() {
    #[expect(clippy::disallowed_methods, reason = "a database provided by the caller")]
    let given = std::env::var("WEBSH_TEST_POSTGRES");
    match given {
        Ok(url) => scenario(&url).await,
        Err(_) => {
            let cluster = support::Postgres::start();
            scenario(&cluster.url()).await;
        }
    }
}

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::from_timestamp(1_800_000_000 + seconds, 0).unwrap()
}

fn member(email: &str, role: Role) -> Member {
    Member {
        id: MemberId(Uuid::now_v7()),
        email: email.to_owned(),
        name: email.split('@').next().unwrap().to_owned(),
        role,
        password_hash: "$argon2id$…".to_owned(),
        created_at: at(0),
        active: true,
        signed_in_at: None,
    }
}

fn entry_for(action: &str) -> AuditEntry {
    AuditEntry { at: at(5), ..audit_entry(action) }
}

async fn add_sign_in(
    store: &Store,
    member: &Member,
    info: &SignInInfo,
    hash: u8,
    verified: &str,
) -> bool {
    let entry = entry_for("member.sign_in");
    let device = NewDevice { hash: [hash; 32], expires_at: info.expires_at };
    store.sign_ins.add(member.id, info, &[hash; 32], verified, &device, &entry).await.unwrap()
}

fn sign_in() -> SignInInfo {
    SignInInfo {
        id: Uuid::now_v7(),
        current: false,
        created_at: at(0),
        expires_at: at(100),
        device: "Firefox on Linux".to_owned(),
        source: "192.0.2.1".to_owned(),
    }
}

fn row(owner: &Member, key: Option<&str>, name: &str) -> SessionRow {
    SessionRow {
        id: SessionId(Uuid::now_v7()),
        owner: owner.id,
        owner_name: owner.name.clone(),
        owner_email: owner.email.clone(),
        idempotency_key: key.map(str::to_owned),
        name: name.to_owned(),
        token: Some(TokenId(Uuid::from_u128(7))),
        state: SessionState::Starting,
        created_at: at(10),
        last_seen: at(10),
        ..session_row(0)
    }
}

fn names(rows: &[SessionRow]) -> Vec<&str> {
    rows.iter().map(|row| row.name.as_str()).collect()
}

async fn scenario(url: &str) {
    let store = Store::open(url).await.unwrap();
    store.ping().await.unwrap();

    // Only one member can be the first.
    assert!(!store.members.any().await.unwrap());
    let ann = member("ann@example.org", Role::Superuser);
    assert!(store.members.add_first(&ann, &[], &entry_for("member.join")).await.unwrap());
    let late = member("late@example.org", Role::Superuser);
    assert!(!store.members.add_first(&late, &[], &entry_for("member.join")).await.unwrap());
    assert!(store.members.any().await.unwrap());
    assert_eq!(store.members.get(late.id).await.unwrap(), None);

    // Addresses are unique.
    let bob = member("bob@example.org", Role::Member);
    store.members.add(&bob, &[], &entry_for("member.join")).await.unwrap();
    let twice = store
        .members
        .add(&member("bob@example.org", Role::Staff), &[], &entry_for("member.join"))
        .await;
    assert!(matches!(twice, Err(Error::Duplicate)), "{twice:?}");
    assert_eq!(store.members.by_email("bob@example.org").await.unwrap(), Some(bob.clone()));
    assert_eq!(store.members.get(ann.id).await.unwrap(), Some(ann.clone()));
    assert!(
        store
            .members
            .set_password(bob.id, "$argon2id$new", None, &entry_for("member.password"))
            .await
            .unwrap()
    );
    assert!(
        !store
            .members
            .set_password(late.id, "$argon2id$new", None, &entry_for("member.password"))
            .await
            .unwrap()
    );
    let hashes: Vec<String> =
        store.members.list().await.unwrap().into_iter().map(|one| one.password_hash).collect();
    assert_eq!(hashes, ["$argon2id$…", "$argon2id$new"]);

    sign_ins(&store, &ann, &bob).await;
    administration::changes(&store, &ann, &bob).await;
    administration::invites(&store, &ann, &bob).await;
    administration::tokens(&store, &bob).await;
    administration::grants(&store, &bob).await;
    administration::settings(&store).await;
    administration::audit_log(&store).await;
    sharing::shares(&store, &ann, &bob).await;
    sessions(&store, &ann, &bob).await;

    // Everything persists.
    drop(store);
    let store = Store::open(url).await.unwrap();
    assert_eq!(store.members.list().await.unwrap().len(), 3);
    assert_eq!(names(&store.sessions.living(None).await.unwrap()), ["bob's"]);
}

async fn sign_ins(store: &Store, ann: &Member, bob: &Member) {
    let until = |expires| SignInInfo { expires_at: at(expires), ..sign_in() };
    let first = until(100);
    for (member, info, hash) in
        [(ann, first.clone(), 1), (ann, until(200), 2), (bob, until(100), 3), (bob, until(100), 4)]
    {
        let verified = if member.id == ann.id { "$argon2id$…" } else { "$argon2id$new" };
        assert!(add_sign_in(store, member, &info, hash, verified).await);
    }
    // The password was changed after it was verified.
    assert!(!add_sign_in(store, bob, &until(100), 5, "$argon2id$…").await);
    assert_eq!(store.sign_ins.by_hash(&[5; 32], at(0)).await.unwrap(), None);
    let ann = &Member { signed_in_at: Some(at(0)), ..ann.clone() };
    assert_eq!(
        store.sign_ins.by_hash(&[1; 32], at(99)).await.unwrap(),
        Some((first.clone(), ann.clone()))
    );
    assert_eq!(store.sign_ins.by_hash(&[1; 32], at(100)).await.unwrap(), None);
    assert_eq!(store.sign_ins.by_hash(&[9; 32], at(0)).await.unwrap(), None);

    // So are devices, until they expire; a device is added with its sign-in only.
    let device = async |hash: u8, now| {
        let member = store.devices.member(&[hash; 32], at(now)).await.unwrap();
        member.map(|member| member.id)
    };
    for (hash, now, expected) in [
        (1, 99, Some(ann.id)),
        (1, 100, None),
        (2, 199, Some(ann.id)),
        (3, 0, Some(bob.id)),
        (5, 0, None),
        (9, 0, None),
    ] {
        assert_eq!(device(hash, now).await, expected, "{hash} {now}");
    }
    // A device belongs to the member who signed in last.
    assert!(add_sign_in(store, bob, &until(100), 6, "$argon2id$new").await);
    let last = until(100);
    let by_device = NewDevice { hash: [6; 32], expires_at: at(150) };
    let entry = entry_for("member.sign_in");
    let added = store.sign_ins.add(ann.id, &last, &[7; 32], "$argon2id$…", &by_device, &entry);
    assert!(added.await.unwrap());
    assert_eq!(device(6, 149).await, Some(ann.id));
    assert!(store.sign_ins.remove(last.id, &entry_for("member.sign_out")).await.unwrap());
    let sixth = store.sign_ins.by_hash(&[6; 32], at(0)).await.unwrap().unwrap().0;
    assert!(store.sign_ins.remove(sixth.id, &entry_for("member.sign_out")).await.unwrap());

    let ids = [first.id, Uuid::now_v7()];
    let credential = Credential { member: ann.id, role: ann.role };
    assert_eq!(
        store.credentials.valid(&ids, at(99)).await.unwrap(),
        [(first.id, credential)].into()
    );
    assert!(store.credentials.valid(&ids, at(100)).await.unwrap().is_empty());
    assert!(store.credentials.valid(&[], at(0)).await.unwrap().is_empty());

    assert!(store.sign_ins.remove(first.id, &entry_for("member.sign_out")).await.unwrap());
    assert!(store.credentials.valid(&ids, at(0)).await.unwrap().is_empty());
    assert!(!store.sign_ins.remove(first.id, &entry_for("member.sign_out")).await.unwrap());
    assert_eq!(store.sign_ins.by_hash(&[1; 32], at(0)).await.unwrap(), None);
    assert_eq!(store.sign_ins.of_member(bob.id, at(99)).await.unwrap().len(), 2);
    assert!(store.sign_ins.of_member(bob.id, at(100)).await.unwrap().is_empty());
    let kept = store.sign_ins.by_hash(&[4; 32], at(0)).await.unwrap().unwrap().0;
    assert!(
        store
            .members
            .set_password(bob.id, "$argon2id$other", Some(kept.id), &entry_for("member.password"))
            .await
            .unwrap()
    );
    assert_eq!(store.sign_ins.of_member(bob.id, at(99)).await.unwrap(), [kept]);
    assert_eq!((device(3, 0).await, device(2, 0).await), (None, Some(ann.id)));
    assert!(
        store
            .members
            .set_password(bob.id, "$argon2id$third", None, &entry_for("member.password"))
            .await
            .unwrap()
    );
    assert_eq!(store.sign_ins.by_hash(&[4; 32], at(0)).await.unwrap(), None);
    store.devices.remove_expired(at(150)).await.unwrap();
    assert_eq!((device(1, 0).await, device(2, 0).await), (None, Some(ann.id)));
    store.sign_ins.remove_expired(at(199)).await.unwrap();
    assert!(store.sign_ins.by_hash(&[2; 32], at(0)).await.unwrap().is_some());
    store.sign_ins.remove_expired(at(200)).await.unwrap();
    assert_eq!(store.sign_ins.by_hash(&[2; 32], at(0)).await.unwrap(), None);
}

async fn sessions(store: &Store, ann: &Member, bob: &Member) {
    // A repeated create returns the first row. Keys are unique per owner.
    let mut first = row(ann, Some("k1"), "first");
    assert_eq!(store.sessions.add(&first).await.unwrap(), Added::New);
    let repeated = store.sessions.add(&row(ann, Some("k1"), "again")).await.unwrap();
    assert_eq!(repeated, Added::Existing(Box::new(first.clone())));
    assert_eq!(store.sessions.by_key(ann.id, "k1").await.unwrap(), Some(first.clone()));
    assert_eq!(store.sessions.by_key(bob.id, "k1").await.unwrap(), None);
    let bobs = row(bob, Some("k1"), "bob's");
    assert_eq!(store.sessions.add(&bobs).await.unwrap(), Added::New);
    let second = row(ann, None, "second");
    let third = row(ann, None, "third");
    store.sessions.add(&second).await.unwrap();
    store.sessions.add(&third).await.unwrap();
    let same_id = SessionRow { idempotency_key: Some("other".into()), ..second.clone() };
    assert!(matches!(store.sessions.add(&same_id).await, Err(Error::Duplicate)));

    // A session is activated once.
    assert!(store.sessions.activate(first.id).await.unwrap());
    assert!(!store.sessions.activate(first.id).await.unwrap());
    first.state = SessionState::Active;
    assert_eq!(store.sessions.get(first.id).await.unwrap(), Some(first.clone()));

    // Pages, newest first.
    let titles_of = ann.id;
    let page = |owner, life, limit, before| {
        let (ended, q) = (Vec::new(), None);
        Page { owner, life, ended, limit, before, q, titles_of }
    };
    let all = store.sessions.list(page(None, Life::Active, 10, None)).await.unwrap();
    assert_eq!(names(&all), ["third", "second", "bob's", "first"]);
    let mine = store.sessions.list(page(Some(ann.id), Life::Active, 2, None)).await.unwrap();
    assert_eq!(names(&mine), ["third", "second"]);
    let next =
        store.sessions.list(page(Some(ann.id), Life::Active, 2, Some(second.id))).await.unwrap();
    assert_eq!(names(&next), ["first"]);
    // A session that has ended is in exactly one list before its row is updated.
    for (life, expected) in [(Life::Active, vec!["third", "first"]), (Life::Ended, vec!["second"])]
    {
        let page = Page { ended: vec![second.id], ..page(Some(ann.id), life, 2, None) };
        assert_eq!(names(&store.sessions.list(page).await.unwrap()), expected);
    }
    assert_eq!(store.sessions.count_living(None).await.unwrap(), 4);
    assert_eq!(store.sessions.count_living(Some(ann.id)).await.unwrap(), 3);

    // Living sessions can be changed.
    assert!(store.sessions.change(first.id, Some("renamed"), None).await.unwrap());
    assert!(store.sessions.change(first.id, None, Some(AttachPolicy::Multi)).await.unwrap());
    assert!(store.sessions.change(first.id, None, None).await.unwrap());
    let changed = store.sessions.get(first.id).await.unwrap().unwrap();
    assert_eq!((changed.name.as_str(), changed.attach_policy), ("renamed", AttachPolicy::Multi));

    // A session ends once.
    let ending = Ending {
        at: at(60),
        reason: EndReason::Exited,
        by: None,
        exit_code: Some(7),
        exit_signal: None,
        note: Some("finished".into()),
    };
    let last =
        SessionRow { last_seen: at(50), cols: 120, rows: 40, title: "vim".into(), ..changed };
    assert!(store.sessions.end(&last, &ending).await.unwrap());
    let closed = Ending { reason: EndReason::Closed, by: Some("ann".into()), ..ending.clone() };
    assert!(!store.sessions.end(&last, &closed).await.unwrap());
    let ended = store.sessions.get(first.id).await.unwrap().unwrap();
    assert_eq!(
        ended,
        SessionRow { state: SessionState::Ended, ending: Some(ending), ..last.clone() }
    );
    assert!(!store.sessions.change(first.id, Some("late"), None).await.unwrap());
    assert!(!store.sessions.activate(first.id).await.unwrap());
    let over = store.sessions.list(page(Some(ann.id), Life::Ended, 10, None)).await.unwrap();
    assert_eq!(over, [ended]);

    // Only starting sessions are removed.
    store.sessions.remove_starting(second.id).await.unwrap();
    assert_eq!(store.sessions.get(second.id).await.unwrap(), None);
    store.sessions.remove_starting(first.id).await.unwrap();
    assert!(store.sessions.get(first.id).await.unwrap().is_some());
    assert!(store.sessions.end(&third, &closed).await.unwrap());

    // Only lost sessions are revived, in the state they had.
    let found = row(ann, None, "found");
    store.sessions.add(&found).await.unwrap();
    store.sessions.activate(found.id).await.unwrap();
    let lost = Ending { reason: EndReason::Lost, by: None, exit_code: None, ..closed.clone() };
    assert!(!store.sessions.revive(found.id).await.unwrap());
    assert!(store.sessions.end(&found, &lost).await.unwrap());
    let ids = [first.id, third.id, found.id, bobs.id, second.id];
    let found_lost = store.sessions.lost(&ids).await.unwrap();
    let ended = SessionRow { state: SessionState::Ended, ending: Some(lost), ..found.clone() };
    assert_eq!(found_lost, [ended]);
    assert!(store.sessions.revive(found.id).await.unwrap());
    assert!(!store.sessions.revive(third.id).await.unwrap());
    let again = SessionRow { state: SessionState::Active, ..found.clone() };
    assert_eq!(store.sessions.get(found.id).await.unwrap(), Some(again.clone()));
    assert!(store.sessions.lost(&ids).await.unwrap().is_empty());
    assert!(store.sessions.end(&again, &closed).await.unwrap());

    // The search text is literal and its case is ignored.
    let odd = SessionRow { account: "Ab_%".into(), ..row(bob, None, "Nightly Build") };
    store.sessions.add(&odd).await.unwrap();
    for (owner, q, expected) in [
        (None, "BUILD", vec!["Nightly Build"]),
        (None, "aB_%", vec!["Nightly Build"]),
        (None, "n%t", vec![]),
        (None, "local", vec!["Nightly Build", "bob's"]),
        (Some(ann.id), "build", vec![]),
    ] {
        let page = Page { q: Some(q.into()), ..page(owner, Life::Active, 10, None) };
        let q = q.to_owned();
        assert_eq!(names(&store.sessions.list(page).await.unwrap()), expected, "{q}");
    }
    // Sessions of others are not found by their title.
    for (owner, titles_of, expected) in [
        (Some(ann.id), ann.id, vec!["renamed"]),
        (None, ann.id, vec!["renamed"]),
        (None, bob.id, vec![]),
    ] {
        let q = Some("vim".into());
        let page = Page { titles_of, q, ..page(owner, Life::Ended, 10, None) };
        assert_eq!(names(&store.sessions.list(page).await.unwrap()), expected);
    }

    // Only ended sessions are removed, by their end.
    assert_eq!(store.sessions.remove_ended(at(60)).await.unwrap(), 0);
    assert_eq!(store.sessions.remove_ended(at(61)).await.unwrap(), 3);
    assert_eq!(store.sessions.get(first.id).await.unwrap(), None);
    assert_eq!(store.sessions.count_living(None).await.unwrap(), 2);
    store.sessions.remove_starting(odd.id).await.unwrap();
}
