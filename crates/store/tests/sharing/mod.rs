//! Shares, guests and their slots.

use chrono::TimeDelta;
use protocol::{
    api::{EndReason, Guest, GuestEnd, MailState, Share, ShareKind, ShareState, samples},
    id::{MemberId, SessionId, ShareId},
};
use store::{Admission, Ending, GuestRow, Member, ShareChanges, ShareEnding, ShareRow, Store};

use crate::{at, entry_for, row};

fn share(session: SessionId, by: MemberId) -> ShareRow {
    let share = Share { created_at: at(0), expires_at: at(600), ..samples::share() };
    ShareRow { share, session, by, password_hash: "$argon2id$…".to_owned() }
}

fn guest(share: ShareId, name: &str) -> GuestRow {
    let guest = Guest { name: name.to_owned(), joined_at: at(10), ..samples::guest() };
    GuestRow { guest, share, member: None }
}

pub async fn shares(store: &Store, ann: &Member, bob: &Member) {
    let session = row(ann, None, "shared");
    store.sessions.add(&session).await.unwrap();
    store.sessions.activate(session.id).await.unwrap();
    let first = share(session.id, ann.id);
    let id = first.share.id;
    assert!(store.shares.add(&first, &[50; 32], 1, &entry_for("share.create")).await.unwrap());
    let second = share(session.id, ann.id);
    assert!(!store.shares.add(&second, &[51; 32], 1, &entry_for("share.create")).await.unwrap());
    assert_eq!(store.shares.by_token(&[50; 32]).await.unwrap(), Some(first.clone()));
    assert_eq!(store.shares.by_token(&[51; 32]).await.unwrap(), None);
    assert_eq!(store.shares.last_read_only(ann.id).await.unwrap(), Some(false));
    assert_eq!(store.shares.last_read_only(bob.id).await.unwrap(), None);

    // Of fifty concurrent guests exactly twenty are admitted.
    let crowd: Vec<_> = (0..50_u8)
        .map(|number| {
            let (store, guest) = (store.clone(), guest(id, &number.to_string()));
            tokio::spawn(async move {
                let entry = entry_for("share.join");
                store.guests.add(&guest, &[100 + number; 32], &entry).await.unwrap()
            })
        })
        .collect();
    let mut admitted = 0;
    for one in crowd {
        match one.await.unwrap() {
            Admission::Admitted => admitted += 1,
            other => assert_eq!(other, Admission::Full),
        }
    }
    assert_eq!(admitted, 20);
    let present = store.guests.present_in(id).await.unwrap();
    assert_eq!(present.len(), 20);
    let first_guest = &present[0];
    let leave = || entry_for("share.leave");
    let gone = first_guest.guest.id;
    assert!(store.guests.end(gone, at(20), GuestEnd::Left, &leave()).await.unwrap());
    assert!(!store.guests.end(gone, at(21), GuestEnd::Removed, &leave()).await.unwrap());
    let next = guest(id, "next");
    let joining = store.guests.add(&next, &[90; 32], &entry_for("share.join")).await.unwrap();
    assert_eq!(joining, Admission::Admitted);
    let found = store.guests.by_cookie(&[90; 32]).await.unwrap().unwrap();
    assert_eq!(found, (next.clone(), first.clone()));
    assert_eq!(store.guests.by_cookie(&[91; 32]).await.unwrap(), None);
    for (keys, raised) in [(7, true), (7, false), (3, false), (8, true)] {
        assert_eq!(store.guests.raise_keys(next.guest.id, keys).await.unwrap(), raised, "{keys}");
    }
    let left = store.guests.get(gone).await.unwrap().unwrap().guest;
    assert_eq!((left.left_at, left.end), (Some(at(20)), Some(GuestEnd::Left)));

    // A guest who left frees their slot, may return while one is free, and can be removed.
    let all_present = store.guests.present().await.unwrap();
    let is_next = |row: &GuestRow| row.guest.id == next.guest.id;
    assert!(
        all_present.len() == 20
            && all_present.iter().any(|(row, of)| is_next(row) && *of == session.id)
    );
    let away = present[1].clone();
    let (one, back) = (away.guest.id, || entry_for("share.join"));
    assert!(store.guests.free_slot(one, at(30), &leave()).await.unwrap());
    assert!(!store.guests.free_slot(one, at(31), &leave()).await.unwrap());
    let went = store.guests.get(one).await.unwrap().unwrap().guest;
    assert_eq!((went.left_at, went.end), (Some(at(30)), None));
    assert_eq!(store.guests.readmit(&away, at(32), &back()).await.unwrap(), Admission::Admitted);
    assert_eq!(store.guests.readmit(&away, at(32), &back()).await.unwrap(), Admission::Admitted);
    assert_eq!(store.guests.get(one).await.unwrap().unwrap(), away);
    assert!(store.guests.free_slot(one, at(33), &leave()).await.unwrap());
    let other = guest(id, "successor");
    let joining = store.guests.add(&other, &[93; 32], &back()).await.unwrap();
    assert_eq!(joining, Admission::Admitted);
    assert_eq!(store.guests.readmit(&away, at(34), &back()).await.unwrap(), Admission::Full);
    assert_eq!(store.guests.readmit(&away, at(900), &back()).await.unwrap(), Admission::Ended);
    assert!(store.guests.end(one, at(35), GuestEnd::Removed, &leave()).await.unwrap());
    let out = store.guests.get(one).await.unwrap().unwrap().guest;
    assert_eq!((out.left_at, out.end), (Some(at(33)), Some(GuestEnd::Removed)));
    assert!(store.guests.end(other.guest.id, at(36), GuestEnd::Left, &leave()).await.unwrap());
    assert_eq!(store.guests.readmit(&away, at(37), &back()).await.unwrap(), Admission::Ended);

    // Only living shares can be changed.
    let changes =
        ShareChanges { expires_at: Some(at(900)), read_only: Some(true), guests_alone: Some(true) };
    let entries = [entry_for("share.extend")];
    assert_eq!(store.shares.writable(at(1)).await.unwrap().len(), 1);
    assert!(store.shares.change(id, changes, at(599), &entries).await.unwrap());
    let late = ShareChanges { expires_at: Some(at(9000)), ..ShareChanges::default() };
    assert!(!store.shares.change(id, late, at(900), &[entry_for("share.extend")]).await.unwrap());
    assert!(store.shares.writable(at(1)).await.unwrap().is_empty());
    assert!(store.shares.guests_alone(session.id, at(1)).await.unwrap());
    assert!(!store.shares.guests_alone(session.id, at(900)).await.unwrap());
    let late = guest(id, "late");
    let late = GuestRow { guest: Guest { joined_at: at(900), ..late.guest }, ..late };
    let joining = store.guests.add(&late, &[92; 32], &entry_for("share.join")).await.unwrap();
    assert_eq!(joining, Admission::Ended);
    let wrong_passwords =
        async |now| store.shares.wrong_passwords(&[session.id], now).await.unwrap();
    assert!(wrong_passwords(at(1)).await.is_empty());
    store.shares.count_wrong_password(id, Some(&entry_for("share.denied"))).await.unwrap();
    assert_eq!(wrong_passwords(at(899)).await, [(session.id, 1)].into());
    assert!(wrong_passwords(at(900)).await.is_empty());

    // A share ends once, and ends all its guests.
    assert!(store.shares.due(at(899), true).await.unwrap().is_empty());
    let due = store.shares.due(at(900), true).await.unwrap();
    assert_eq!((due.len(), due[0].row.share.id, due[0].owner), (1, id, ann.id));
    assert_eq!(store.shares.due(at(1), false).await.unwrap().len(), 1);
    assert_eq!(store.shares.open().await.unwrap(), due);
    let ending = ShareEnding {
        at: at(900),
        state: ShareState::Expired,
        by: None,
        guests: GuestEnd::Expired,
    };
    assert!(store.shares.end(id, &ending, &entry_for("share.expire")).await.unwrap());
    assert!(!store.shares.end(id, &ending, &entry_for("share.expire")).await.unwrap());
    assert!(store.guests.present_in(id).await.unwrap().is_empty());
    let all = store.shares.of_session(session.id).await.unwrap();
    let over = &all[0].share;
    assert_eq!(
        (over.state, over.ended_at, over.wrong_passwords),
        (ShareState::Expired, Some(at(900)), 1)
    );
    assert_eq!(over.guests.len(), 22);
    assert_eq!(
        store.guests.count_by_session(&[session.id]).await.unwrap(),
        [(session.id, 22)].into()
    );
    let last = over.guests.iter().find(|guest| guest.name == "next").unwrap();
    assert_eq!((last.end, last.keys), (Some(GuestEnd::Expired), 8));
    assert!(!store.shares.any_open().await.unwrap());
    assert!(store.shares.open().await.unwrap().is_empty());

    // Delivery states of an email.
    let mut mail = share(session.id, ann.id);
    mail.share.kind = ShareKind::Mail;
    mail.share.email = Some("eve@example.org".to_owned());
    mail.share.mail = Some(MailState::Queued);
    mail.share.expires_at = at(0) + TimeDelta::minutes(5);
    assert!(store.shares.add(&mail, &[52; 32], 1, &entry_for("share.create")).await.unwrap());
    assert_eq!(store.shares.unsent().await.unwrap(), std::slice::from_ref(&mail));
    store
        .shares
        .set_mail_state(mail.share.id, MailState::Failed, Some("No such mailbox."))
        .await
        .unwrap();
    assert!(store.shares.unsent().await.unwrap().is_empty());
    let found = store.shares.get(mail.share.id).await.unwrap().unwrap().share;
    assert_eq!(found.mail_error.as_deref(), Some("No such mailbox."));
    let void = ShareEnding { state: ShareState::Void, guests: GuestEnd::Revoked, ..ending };
    assert!(store.shares.end(mail.share.id, &void, &entry_for("share.mail_failed")).await.unwrap());

    // Shares and guests are removed with their session.
    let closed = Ending {
        at: at(61),
        reason: EndReason::Closed,
        by: None,
        exit_code: None,
        exit_signal: None,
        note: None,
    };
    assert!(store.sessions.end(&session, &closed).await.unwrap());
    assert_eq!(store.sessions.remove_ended(at(62)).await.unwrap(), 1);
    assert_eq!(store.shares.get(id).await.unwrap(), None);
    assert_eq!(store.guests.get(gone).await.unwrap(), None);
}
