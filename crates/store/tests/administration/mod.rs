//! Administration of a workspace: changes of members, invites, tokens, grants, settings and the audit log.

use std::time::Duration;

use protocol::{
    api::{
        AccountGrant, AuditEntry, AuditFilter, ChangeMember, Grantee, Invite, InviteKind,
        KeepAlive, Role, TokenInfo, TokenScope, WorkspaceSettings,
    },
    id::{GrantId, InviteId, MemberId, SessionId, TokenId},
};
use store::{Error, InviteRow, Member, MemberChange, Store};
use uuid::Uuid;

use crate::{add_sign_in, at, entry_for, member, sign_in};

fn role(role: Role) -> ChangeMember {
    ChangeMember { role: Some(role), ..ChangeMember::default() }
}

fn active(active: bool) -> ChangeMember {
    ChangeMember { active: Some(active), ..ChangeMember::default() }
}

async fn change(store: &Store, id: MemberId, change: &ChangeMember) -> MemberChange {
    store.members.change(id, change, &[entry_for("member.role")]).await.unwrap()
}

pub async fn changes(store: &Store, ann: &Member, bob: &Member) {
    let name = ChangeMember { name: Some("Robert".into()), ..role(Role::Superuser) };
    let entries = [entry_for("member.name"), entry_for("member.role")];
    assert_eq!(store.members.change(bob.id, &name, &entries).await.unwrap(), MemberChange::Done);
    let found = store.members.get(bob.id).await.unwrap().unwrap();
    assert_eq!((found.name.as_str(), found.role), ("Robert", Role::Superuser));
    let unknown = MemberId(Uuid::now_v7());
    assert_eq!(change(store, unknown, &role(Role::Staff)).await, MemberChange::NotFound);

    // Of two superusers who demote each other concurrently, one remains.
    let (demoted_ann, demoted_bob) = (role(Role::Staff), role(Role::Member));
    let (one, other) =
        tokio::join!(change(store, ann.id, &demoted_ann), change(store, bob.id, &demoted_bob));
    let mut both = [one, other];
    both.sort_by_key(|change| *change == MemberChange::LastSuperuser);
    assert_eq!(both, [MemberChange::Done, MemberChange::LastSuperuser]);
    let last = if one == MemberChange::LastSuperuser { ann.id } else { bob.id };
    assert_eq!(change(store, last, &active(false)).await, MemberChange::LastSuperuser);
    assert_eq!(change(store, last, &role(Role::Superuser)).await, MemberChange::Done);
    assert_eq!(change(store, ann.id, &role(Role::Superuser)).await, MemberChange::Done);
    assert_eq!(change(store, bob.id, &role(Role::Member)).await, MemberChange::Done);

    // Deactivation revokes all credentials, and reactivation does not restore them.
    let sign_in = sign_in();
    let password_hash = store.members.get(bob.id).await.unwrap().unwrap().password_hash;
    assert!(add_sign_in(store, bob, &sign_in, 20, &password_hash).await);
    let by = sign_in.id;
    let made = store.tokens.add(bob.id, by, &token(1), &[21; 32], &entry_for("token.create")).await;
    assert!(made.unwrap());
    assert!(store.sign_ins.by_hash(&[20; 32], at(1)).await.unwrap().is_some());
    assert!(store.tokens.by_hash(&[21; 32], at(1)).await.unwrap().is_some());
    let ids = [sign_in.id, token(1).id.0];
    assert_eq!(store.credentials.valid(&ids, at(1)).await.unwrap().len(), 2);
    assert_eq!(change(store, bob.id, &active(false)).await, MemberChange::Done);
    // No credential is added for a deactivated member.
    assert!(!add_sign_in(store, bob, &crate::sign_in(), 23, &password_hash).await);
    let made = store.tokens.add(bob.id, by, &token(2), &[22; 32], &entry_for("token.create")).await;
    assert!(!made.unwrap());
    assert_eq!(change(store, bob.id, &active(true)).await, MemberChange::Done);
    assert_eq!(store.sign_ins.by_hash(&[20; 32], at(1)).await.unwrap(), None);
    assert_eq!(store.tokens.by_hash(&[21; 32], at(1)).await.unwrap(), None);
    let made = store.tokens.add(bob.id, by, &token(2), &[22; 32], &entry_for("token.create")).await;
    assert!(!made.unwrap());
    assert_eq!(store.tokens.get(token(2).id).await.unwrap(), None);
    assert_eq!(store.sign_ins.by_hash(&[23; 32], at(1)).await.unwrap(), None);
}

fn invite(by: &Member, email: &str, kind: InviteKind, member: Option<MemberId>) -> InviteRow {
    let invite = Invite {
        id: InviteId(Uuid::now_v7()),
        kind,
        email: email.to_owned(),
        role: Role::Staff,
        by: by.name.clone(),
        created_at: at(0),
        expires_at: at(100),
    };
    InviteRow { invite, member, creator: Some(by.id), used_at: None }
}

pub async fn invites(store: &Store, ann: &Member, bob: &Member) {
    let first = invite(ann, "eve@example.org", InviteKind::Join, None);
    let second = invite(ann, "eve@example.org", InviteKind::Join, None);
    assert!(store.invites.add(&first, &[30; 32], &entry_for("member.invite")).await.unwrap());
    assert!(store.invites.add(&second, &[31; 32], &entry_for("member.invite")).await.unwrap());
    assert_eq!(store.invites.by_hash(&[30; 32]).await.unwrap(), None);
    assert_eq!(store.invites.by_hash(&[31; 32]).await.unwrap(), Some(second.clone()));
    assert_eq!(store.invites.pending(at(99)).await.unwrap(), std::slice::from_ref(&second.invite));
    assert!(store.invites.pending(at(100)).await.unwrap().is_empty());

    // Of two concurrent uses, one succeeds.
    let (eve, mallory) =
        (member("eve@example.org", Role::Staff), member("mallory@example.org", Role::Staff));
    let id = second.invite.id;
    let late = store.invites.join(id, &eve, at(100), &entry_for("member.join")).await;
    assert!(!late.unwrap());
    let (join_eve, join_mallory) = (entry_for("member.join"), entry_for("member.join"));
    let (one, other) = tokio::join!(
        store.invites.join(id, &eve, at(50), &join_eve),
        store.invites.join(id, &mallory, at(50), &join_mallory)
    );
    assert_ne!(one.unwrap(), other.unwrap());
    assert_eq!(store.members.list().await.unwrap().len(), 3);
    let used = store.invites.get(id).await.unwrap().unwrap();
    assert_eq!(used.used_at, Some(at(50)));
    assert!(!store.invites.remove(id, &entry_for("member.invite")).await.unwrap());

    let reset = invite(ann, &bob.email, InviteKind::Reset, Some(bob.id));
    assert!(store.invites.add(&reset, &[32; 32], &entry_for("member.reset")).await.unwrap());
    let id = reset.invite.id;
    let entry = entry_for("member.password");
    assert!(
        store.invites.reset_password(id, bob.id, "$argon2id$reset", at(60), &entry).await.unwrap()
    );
    let again = entry_for("member.password");
    assert!(
        !store.invites.reset_password(id, bob.id, "$argon2id$again", at(60), &again).await.unwrap()
    );
    let found = store.members.get(bob.id).await.unwrap().unwrap();
    assert_eq!(found.password_hash, "$argon2id$reset");

    let withdrawn = invite(ann, "zoe@example.org", InviteKind::Join, None);
    assert!(store.invites.add(&withdrawn, &[33; 32], &entry_for("member.invite")).await.unwrap());
    assert!(store.invites.remove(withdrawn.invite.id, &entry_for("member.invite")).await.unwrap());
    assert!(!store.invites.remove(withdrawn.invite.id, &entry_for("member.invite")).await.unwrap());

    // Demotion and deactivation remove the invites of that member alone, and prevent new ones.
    let up = role(Role::Superuser);
    for down in [role(Role::Staff), active(false)] {
        assert_eq!(change(store, bob.id, &up).await, MemberChange::Done);
        let theirs = invite(bob, "zoe@example.org", InviteKind::Join, None);
        let other = invite(ann, "max@example.org", InviteKind::Join, None);
        assert!(store.invites.add(&theirs, &[34; 32], &entry_for("member.invite")).await.unwrap());
        assert!(store.invites.add(&other, &[35; 32], &entry_for("member.invite")).await.unwrap());
        assert_eq!(change(store, bob.id, &down).await, MemberChange::Done);
        assert_eq!(store.invites.by_hash(&[34; 32]).await.unwrap(), None);
        assert_eq!(store.invites.by_hash(&[35; 32]).await.unwrap(), Some(other));
        let late = invite(bob, "zoe@example.org", InviteKind::Join, None);
        assert!(!store.invites.add(&late, &[36; 32], &entry_for("member.invite")).await.unwrap());
        assert_eq!(store.invites.by_hash(&[36; 32]).await.unwrap(), None);
    }
    let back = ChangeMember { active: Some(true), ..role(Role::Member) };
    assert_eq!(change(store, bob.id, &back).await, MemberChange::Done);
}

fn token(number: u128) -> TokenInfo {
    TokenInfo {
        id: TokenId(Uuid::from_u128(number)),
        name: format!("token {number}"),
        scope: TokenScope::Sessions,
        created_at: at(0),
        expires_at: at(100),
        used_at: None,
    }
}

pub async fn tokens(store: &Store, bob: &Member) {
    let (first, second) = (token(3), TokenInfo { scope: TokenScope::Admin, ..token(4) });
    let sign_in = sign_in();
    let password_hash = store.members.get(bob.id).await.unwrap().unwrap().password_hash;
    assert!(add_sign_in(store, bob, &sign_in, 24, &password_hash).await);
    for (one, hash) in [(&first, [40; 32]), (&second, [41; 32])] {
        let made =
            store.tokens.add(bob.id, sign_in.id, one, &hash, &entry_for("token.create")).await;
        assert!(made.unwrap());
    }
    // A removed sign-in cannot create tokens.
    assert!(store.sign_ins.remove(sign_in.id, &entry_for("member.sign_out")).await.unwrap());
    let made = store
        .tokens
        .add(bob.id, sign_in.id, &token(5), &[42; 32], &entry_for("token.create"))
        .await;
    assert!(!made.unwrap());
    assert_eq!(store.tokens.of_member(bob.id).await.unwrap(), [second.clone(), first.clone()]);
    let (found, owner) = store.tokens.by_hash(&[41; 32], at(99)).await.unwrap().unwrap();
    assert_eq!((found, owner.id), (second.clone(), bob.id));
    assert_eq!(store.tokens.by_hash(&[41; 32], at(100)).await.unwrap(), None);
    assert_eq!(store.tokens.by_hash(&[49; 32], at(0)).await.unwrap(), None);
    store.tokens.set_used(first.id, at(7)).await.unwrap();
    let used = TokenInfo { used_at: Some(at(7)), ..first.clone() };
    assert_eq!(store.tokens.get(first.id).await.unwrap(), Some((bob.id, used)));
    let renamed = entry_for("token.rename");
    assert!(store.tokens.rename(first.id, "nightly", &renamed).await.unwrap());
    assert_eq!(store.tokens.get(first.id).await.unwrap().unwrap().1.name, "nightly");
    assert!(store.tokens.remove(first.id, &entry_for("token.remove")).await.unwrap());
    assert!(!store.tokens.rename(first.id, "late", &entry_for("token.rename")).await.unwrap());
    assert!(!store.tokens.remove(first.id, &entry_for("token.remove")).await.unwrap());
    assert_eq!(store.tokens.of_member(bob.id).await.unwrap(), [second]);
}

pub async fn grants(store: &Store, bob: &Member) {
    let bob = store.members.get(bob.id).await.unwrap().unwrap();
    let grant = |account: &str, to, to_name: &str| AccountGrant {
        id: GrantId(Uuid::now_v7()),
        server: "local".to_owned(),
        account: account.to_owned(),
        to,
        to_name: to_name.to_owned(),
        by: "Ann".to_owned(),
        created_at: at(0),
    };
    let by_name = grant("deploy", Grantee::Member(bob.id), &bob.name);
    let by_role = grant("deploy", Grantee::Role(Role::Staff), "staff");
    let other = grant("backup", Grantee::Role(Role::Staff), "staff");
    for one in [&by_name, &by_role, &other] {
        store.grants.add(one, &entry_for("grant.add")).await.unwrap();
    }
    for one in [&by_name, &by_role] {
        let again = AccountGrant { id: GrantId(Uuid::now_v7()), ..one.clone() };
        let twice = store.grants.add(&again, &entry_for("grant.add")).await;
        assert!(matches!(twice, Err(Error::Duplicate)), "{twice:?}");
    }
    let all = store.grants.list("local").await.unwrap();
    assert_eq!(all, [other.clone(), by_name, by_role]);
    assert!(store.grants.list("moon").await.unwrap().is_empty());
    assert!(store.grants.remove(other.id, &entry_for("grant.remove")).await.unwrap());
    assert!(!store.grants.remove(other.id, &entry_for("grant.remove")).await.unwrap());
    assert_eq!(store.grants.list("local").await.unwrap().len(), 2);
}

pub async fn settings(store: &Store) {
    assert_eq!(store.settings.get().await.unwrap(), None);
    let mut new = WorkspaceSettings {
        name: "Ops".to_owned(),
        keep_alive: KeepAlive::Working,
        changed_by: Some("Ann".to_owned()),
        changed_at: Some(at(9)),
        ..WorkspaceSettings::default()
    };
    store.settings.put(&new, &entry_for("settings.change")).await.unwrap();
    assert_eq!(store.settings.get().await.unwrap(), Some(new.clone()));
    new.session_timeout_minutes = 10;
    store.settings.put(&new, &entry_for("settings.change")).await.unwrap();
    assert_eq!(store.settings.get().await.unwrap(), Some(new));
}

pub async fn audit_log(store: &Store) {
    let all = AuditFilter::default();
    let entries = store.audit.list(&all, None, 1000).await.unwrap();
    assert!(entries.is_sorted_by(|newer, older| newer.id > older.id));
    let count = |action: &str| entries.iter().filter(|entry| entry.action == action).count();
    // Changes that were not made left no entry.
    assert_eq!((count("member.join"), count("grant.add"), count("grant.remove")), (3, 3, 1));
    assert_eq!((count("settings.change"), count("token.remove")), (2, 1));
    assert_eq!(count("token.rename"), 1);

    let page = store.audit.list(&all, None, 2).await.unwrap();
    let next = store.audit.list(&all, Some(page[1].id), 2).await.unwrap();
    assert_eq!([page, next].concat(), entries[..4]);

    let (dropped, other) = (SessionId(Uuid::now_v7()), SessionId(Uuid::now_v7()));
    let has_drop = async |session| store.audit.has_entry(session, "session.drop").await.unwrap();
    assert!(!has_drop(dropped).await);
    let entry = AuditEntry { target_id: Some(dropped.to_string()), ..entry_for("session.drop") };
    store.audit.add(&entry).await.unwrap();
    assert!(has_drop(dropped).await && !has_drop(other).await);
    assert!(!store.audit.has_entry(dropped, "session.close").await.unwrap());

    let odd = AuditEntry {
        target: "50% of Ann_Lee\\".to_owned(),
        detail: Some("Ärger".to_owned()),
        at: at(77),
        ..entry_for("odd.thing")
    };
    store.audit.add(&odd).await.unwrap();
    let filter = |change: fn(&mut AuditFilter)| {
        let mut filter = AuditFilter::default();
        change(&mut filter);
        filter
    };
    for (filter, found) in [
        (filter(|f| f.q = Some("50% of".into())), true),
        (filter(|f| f.q = Some("50_ of".into())), false),
        (filter(|f| f.q = Some("ANN_LEE\\".into())), true),
        (filter(|f| f.q = Some("Ärger".into())), true),
        (filter(|f| f.action = Some("odd".into())), true),
        (filter(|f| f.action = Some("odd.thing".into())), true),
        (filter(|f| f.action = Some("od".into())), false),
        (filter(|f| f.action = Some("%".into())), false),
        (filter(|f| f.from = Some(at(77))), true),
        (filter(|f| f.from = Some(at(77) + Duration::from_millis(1))), false),
        (filter(|f| f.to = Some(at(77))), false),
    ] {
        let some = store.audit.list(&filter, None, 1000).await.unwrap();
        assert_eq!(some.contains(&odd), found, "{filter:?}");
    }
}
