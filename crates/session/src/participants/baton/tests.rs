//! Tables for the attach policy and the baton: a sequence of steps, and the resulting driver and requests.

use super::*;

/// One step. Attachments are numbered from 1 in the order of attaching.
#[derive(Clone, Copy, Debug)]
enum Step {
    /// A client attaches to drive, possibly again.
    Drive(u8),
    /// The same, with the user choosing to take over.
    TakeOver(u8),
    Watch(u8),
    Oversee(u8),
    /// A guest attaches, with full access or read-only.
    Join(u8),
    Spectate(u8),
    /// The permissions of a guest change.
    SetRole(u64, Role),
    Leave(u64),
    Type(u64),
    Request(u64, Wish),
    SetPolicy(Policy),
    /// The free rule applies from now on, and the driver is idle.
    Free,
}

use Step::{
    Drive, Free, Join, Leave, Oversee, Request, SetPolicy, SetRole, Spectate, TakeOver, Type, Watch,
};

fn client(n: u8) -> ClientId {
    ClientId(uuid::Uuid::from_bytes([n; 16]))
}

/// Runs the steps. Returns the result of the last one, the driver and the pending requests.
fn run(policy: Policy, steps: &[Step]) -> (String, Option<u64>, Vec<u64>) {
    let (mut baton, mut next, mut known) = (Baton::new(policy, BatonRule::Ask), 0, Vec::new());
    let mut attach = |baton: &mut Baton, n: u8, role: Role, take_over: bool| {
        next += 1;
        let was_known = known.contains(&n);
        if role == Role::Owner {
            known.push(n);
        }
        format!("{:?}", baton.attach(next, client(n), role, was_known, take_over))
    };
    let (mut result, mut idle) = (String::new(), false);
    for step in steps {
        result = match *step {
            Drive(n) => attach(&mut baton, n, Role::Owner, false),
            TakeOver(n) => attach(&mut baton, n, Role::Owner, true),
            Watch(n) => attach(&mut baton, n, Role::Watcher, false),
            Oversee(n) => attach(&mut baton, n, Role::Overseer, false),
            Join(n) => attach(&mut baton, n, Role::Guest, false),
            Spectate(n) => attach(&mut baton, n, Role::Spectator, false),
            SetRole(number, role) => format!("{}", baton.set_role(number, role)),
            Free => {
                baton.configure(baton.policy(), BatonRule::Free);
                idle = true;
                String::new()
            }
            Leave(number) => {
                baton.leave(number);
                String::new()
            }
            Type(number) => format!("{}", baton.claim_by_typing(number, idle)),
            Request(number, wish) => format!("{:?}", baton.request(number, &wish)),
            SetPolicy(policy) => {
                baton.configure(policy, BatonRule::Ask);
                String::new()
            }
        };
    }
    (result, baton.driver(), baton.requests.clone())
}

fn joined(driving: bool, displaces: Option<u64>, replaced: Option<u64>) -> String {
    format!("{:?}", Admission::Joined { driving, displaces, replaced })
}

#[test]
fn the_policy_decides_who_attaches_and_drives() {
    use Policy::{Handoff, Multi, Single};
    let in_use = |number| format!("{:?}", Admission::InUse(number));
    let replaced = |number| format!("{:?}", Admission::Replaced(number));
    let cases: &[(Policy, &[Step], String, Option<u64>)] = &[
        // The first client drives under every policy.
        (Handoff, &[Drive(1)], joined(true, None, None), Some(1)),
        (Single, &[Drive(1)], joined(true, None, None), Some(1)),
        (Multi, &[Drive(1)], joined(true, None, None), Some(1)),
        // The second client.
        (Handoff, &[Drive(1), Drive(2)], joined(true, Some(1), Some(1)), Some(2)),
        (Single, &[Drive(1), Drive(2)], in_use(1), Some(1)),
        (Multi, &[Drive(1), Drive(2)], joined(false, None, None), Some(1)),
        // The second client, with the user choosing to take over.
        (Handoff, &[Drive(1), TakeOver(2)], joined(true, Some(1), Some(1)), Some(2)),
        (Single, &[Drive(1), TakeOver(2)], joined(true, Some(1), Some(1)), Some(2)),
        (Multi, &[Drive(1), TakeOver(2)], joined(true, None, Some(1)), Some(2)),
        // The same client returns while its old connection is still open.
        (Handoff, &[Drive(1), Drive(1)], joined(true, Some(1), None), Some(2)),
        (Single, &[Drive(1), Drive(1)], joined(true, Some(1), None), Some(2)),
        (Multi, &[Drive(1), Drive(1)], joined(true, Some(1), None), Some(2)),
        (Multi, &[Drive(1), Drive(2), Drive(2)], joined(false, Some(2), None), Some(1)),
        // A client that was replaced while detached.
        (Handoff, &[Drive(1), Leave(1), Drive(2), Drive(1)], replaced(2), Some(2)),
        (Single, &[Drive(1), Leave(1), Drive(2), Drive(1)], in_use(2), Some(2)),
        (Handoff, &[Drive(1), Drive(2), TakeOver(1)], joined(true, Some(2), Some(2)), Some(3)),
        // The driver has left.
        (Single, &[Drive(1), Leave(1), Drive(2)], joined(true, None, None), Some(2)),
        // Watchers do not compete with drivers.
        (Single, &[Watch(1), Drive(2)], joined(true, None, None), Some(2)),
        (Single, &[Drive(1), Watch(2)], joined(false, None, None), Some(1)),
        (Handoff, &[Drive(1), Oversee(2)], joined(false, None, None), Some(1)),
        (Handoff, &[Oversee(2)], joined(false, None, None), None),
        (Handoff, &[Drive(1), Watch(1)], joined(false, None, None), Some(1)),
        // The policy changes while two clients are attached.
        (Multi, &[Drive(1), Drive(2), SetPolicy(Single), Drive(3)], in_use(1), Some(1)),
        (Multi, &[Drive(1), Drive(2), SetPolicy(Handoff), Drive(2)], replaced(1), Some(1)),
    ];
    for (policy, steps, expected, driver) in cases {
        let (result, drives, _) = run(*policy, steps);
        assert_eq!((&result, drives), (expected, *driver), "{policy:?} {steps:?}");
    }
}

#[test]
fn the_baton_passes_between_clients_of_the_owner() {
    let (ask, take, release) = (Wish::Ask(true), Wish::Take(true), Wish::Release(true));
    let (ignored, changed) = ("Ignored", "Changed");
    // Attachments 1 to 3 are clients of the owner, 4 watches, 5 oversees; 1 drives.
    let attached = [Drive(1), Drive(2), Drive(3), Watch(4), Oversee(5)];
    type Case<'a> = (&'a [Step], &'a str, Option<u64>, &'a [u64]);
    let cases: &[Case] = &[
        (&[Request(2, ask)], changed, Some(1), &[2]),
        (&[Request(2, ask), Request(2, ask)], ignored, Some(1), &[2]),
        (&[Request(1, ask)], ignored, Some(1), &[]),
        (&[Request(3, ask), Request(2, ask), Leave(1)], "", Some(3), &[2]),
        (&[Request(3, ask), Request(2, ask), Request(1, release)], changed, Some(3), &[2]),
        (&[Request(3, ask), Request(2, ask), Leave(3), Leave(1)], "", Some(2), &[]),
        (&[Request(3, ask), Request(3, release)], changed, Some(1), &[]),
        (&[Request(3, release)], ignored, Some(1), &[]),
        (&[Request(2, take)], changed, Some(2), &[]),
        (&[Request(2, ask), Request(2, take)], changed, Some(2), &[]),
        (&[Request(1, take)], ignored, Some(1), &[]),
        (&[Request(2, ask), Request(1, Wish::Grant(2))], changed, Some(2), &[]),
        (&[Request(1, Wish::Grant(3))], changed, Some(3), &[]),
        (&[Request(2, Wish::Grant(3))], ignored, Some(1), &[]),
        (&[Request(1, Wish::Grant(1))], ignored, Some(1), &[]),
        (&[Request(1, Wish::Grant(4))], ignored, Some(1), &[]),
        (&[Request(1, Wish::Grant(9))], ignored, Some(1), &[]),
        (&[Request(2, ask), Request(1, Wish::Refuse(2))], "Refused(2)", Some(1), &[]),
        (&[Request(2, ask), Request(3, Wish::Refuse(2))], ignored, Some(1), &[2]),
        (&[Request(1, Wish::Refuse(2))], ignored, Some(1), &[]),
        (&[Request(1, release), Request(2, ask)], changed, Some(2), &[]),
        // Without a driver, the next client to type drives.
        (&[Leave(1)], "", None, &[]),
        (&[Leave(1), Type(3)], "true", Some(3), &[]),
        (&[Type(3)], "false", Some(1), &[]),
        (&[Leave(1), Type(4)], "false", None, &[]),
        (&[Leave(1), Type(5)], "false", None, &[]),
        // Watchers cannot request the baton.
        (&[Request(4, ask)], ignored, Some(1), &[]),
        (&[Request(5, take)], ignored, Some(1), &[]),
        (&[Request(9, take)], ignored, Some(1), &[]),
        // Other policies do not pass the baton on request.
        (&[Request(2, ask), SetPolicy(Policy::Handoff)], "", Some(1), &[]),
        (&[SetPolicy(Policy::Single), Request(2, take)], ignored, Some(1), &[]),
    ];
    for (steps, expected, driver, requests) in cases {
        let all = [&attached[..], steps].concat();
        let (result, drives, pending) = run(Policy::Multi, &all);
        assert_eq!(
            (result.as_str(), drives, pending.as_slice()),
            (*expected, *driver, *requests),
            "{steps:?}"
        );
    }
}

#[test]
fn guests_do_not_count_as_second_clients_of_the_owner() {
    use Policy::{Handoff, Multi, Single};
    let in_use = |number| format!("{:?}", Admission::InUse(number));
    let cases: &[(Policy, &[Step], String, Option<u64>)] = &[
        // Guests neither drive on joining nor compete with drivers.
        (Handoff, &[Join(1)], joined(false, None, None), None),
        (Single, &[Drive(1), Join(2)], joined(false, None, None), Some(1)),
        (Single, &[Join(1), Drive(2)], joined(true, None, None), Some(2)),
        (Handoff, &[Spectate(1), Drive(2)], joined(true, None, None), Some(2)),
        (Multi, &[Drive(1), Spectate(2), Drive(3)], joined(false, None, None), Some(1)),
        // A driving guest keeps the baton when the owner attaches, unless the owner takes over.
        (Handoff, &[Join(1), Type(1), Drive(2)], joined(false, None, None), Some(1)),
        (Single, &[Join(1), Type(1), Drive(2)], joined(false, None, None), Some(1)),
        (Handoff, &[Join(1), Type(1), TakeOver(2)], joined(true, None, Some(1)), Some(2)),
        (Single, &[Join(1), Type(1), TakeOver(2)], joined(true, None, Some(1)), Some(2)),
        (Multi, &[Join(1), Type(1), Drive(2)], joined(false, None, None), Some(1)),
        // The policy applies between clients of the owner while a guest drives.
        (Handoff, &[Join(1), Type(1), Drive(2), Drive(3)], joined(false, Some(2), None), Some(1)),
        (Single, &[Join(1), Type(1), Drive(2), Drive(3)], in_use(2), Some(1)),
        (
            Single,
            &[Join(1), Type(1), Drive(2), TakeOver(3)],
            joined(true, Some(2), Some(1)),
            Some(3),
        ),
        // The same page of a guest returns while its old connection is still open.
        (Handoff, &[Join(1), Type(1), Join(1)], joined(true, Some(1), None), Some(2)),
        (Handoff, &[Drive(1), Spectate(2), Spectate(2)], joined(false, Some(2), None), Some(1)),
        (Handoff, &[Join(1), Type(1), Spectate(1)], joined(false, Some(1), None), None),
        // A guest with the client id of the owner remains a guest.
        (Handoff, &[Drive(1), Join(1)], joined(false, None, None), Some(1)),
        (Multi, &[Join(1), Type(1), Drive(1)], joined(false, None, None), Some(1)),
    ];
    for (policy, steps, expected, driver) in cases {
        let (result, drives, _) = run(*policy, steps);
        assert_eq!((&result, drives), (expected, *driver), "{policy:?} {steps:?}");
    }
}

#[test]
fn the_baton_passes_to_and_from_guests() {
    let (ask, take, release) = (Wish::Ask(true), Wish::Take(true), Wish::Release(true));
    let (ignored, changed) = ("Ignored", "Changed");
    // Attachment 1 is the owner and drives; 2 and 3 are guests, 4 is a read-only guest.
    let attached = [Drive(1), Join(2), Join(3), Spectate(4)];
    type Case<'a> = (&'a [Step], &'a str, Option<u64>, &'a [u64]);
    let cases: &[Case] = &[
        (&[Request(2, ask)], changed, Some(1), &[2]),
        (&[Request(2, ask), Request(1, Wish::Grant(2))], changed, Some(2), &[]),
        (&[Request(1, Wish::Grant(3))], changed, Some(3), &[]),
        (&[Request(1, Wish::Grant(4))], ignored, Some(1), &[]),
        (&[Request(2, ask), Request(1, Wish::Refuse(2))], "Refused(2)", Some(1), &[]),
        (&[Request(2, ask), Request(2, release)], changed, Some(1), &[]),
        (&[Request(2, take)], ignored, Some(1), &[]),
        (&[Request(4, ask)], ignored, Some(1), &[]),
        (&[Request(4, take)], ignored, Some(1), &[]),
        // A driving guest may pass the baton on; the owner takes it back or requests it.
        (&[Request(1, Wish::Grant(2)), Request(2, Wish::Grant(3))], changed, Some(3), &[]),
        (&[Request(1, Wish::Grant(2)), Request(1, take)], changed, Some(1), &[]),
        (&[Request(1, Wish::Grant(2)), Request(1, ask)], changed, Some(2), &[1]),
        (&[Request(1, Wish::Grant(2)), Request(3, take)], ignored, Some(2), &[]),
        (&[Request(1, Wish::Grant(2)), Request(2, release)], changed, None, &[]),
        // After the owner releases the baton, the next guest to type or request it drives.
        (&[Request(1, release), Type(2)], "true", Some(2), &[]),
        (&[Request(1, release), Request(3, ask)], changed, Some(3), &[]),
        (&[Request(1, release), Type(4)], "false", None, &[]),
        (&[Request(3, ask), Request(2, ask), Request(1, release)], changed, Some(3), &[2]),
        (&[Request(3, ask), Leave(1)], "", Some(3), &[]),
        // Typing claims a free baton of an idle driver, to or from a guest.
        (&[Type(2)], "false", Some(1), &[]),
        (&[Free, Type(2)], "true", Some(2), &[]),
        (&[Free, Type(2), Type(3)], "true", Some(3), &[]),
        (&[Free, Type(2), Type(1)], "true", Some(1), &[]),
        (&[Free, Type(4)], "false", Some(1), &[]),
        // Full access is granted and withdrawn.
        (&[SetRole(4, Role::Guest), Request(4, ask)], changed, Some(1), &[4]),
        (&[SetRole(2, Role::Guest)], "false", Some(1), &[]),
        (&[Request(2, ask), SetRole(2, Role::Spectator)], "true", Some(1), &[]),
        (&[Request(1, Wish::Grant(2)), SetRole(2, Role::Spectator)], "true", None, &[]),
        (
            &[Request(1, Wish::Grant(2)), Request(1, ask), SetRole(2, Role::Spectator)],
            "true",
            Some(1),
            &[],
        ),
        (&[Request(1, Wish::Grant(2)), SetRole(2, Role::Spectator), Type(2)], "false", None, &[]),
        // A change of the policy keeps requests of guests.
        (&[Request(2, ask), SetPolicy(Policy::Single)], "", Some(1), &[2]),
    ];
    for policy in [Policy::Handoff, Policy::Single, Policy::Multi] {
        for (steps, expected, driver, requests) in cases {
            let all = [&attached[..], steps].concat();
            let (result, drives, pending) = run(policy, &all);
            assert_eq!(
                (result.as_str(), drives, pending.as_slice()),
                (*expected, *driver, *requests),
                "{policy:?} {steps:?}"
            );
        }
    }
    // The free rule does not apply between two clients of the owner.
    let (result, driver, _) = run(Policy::Multi, &[Drive(1), Drive(2), Join(3), Free, Type(2)]);
    assert_eq!((result.as_str(), driver), ("false", Some(1)));
    // The owner cannot release a baton that no other client could hold.
    let (result, driver, _) = run(Policy::Handoff, &[Drive(1), Spectate(2), Request(1, release)]);
    assert_eq!((result.as_str(), driver), ("Ignored", Some(1)));
}

#[test]
fn a_free_baton_passes_after_two_idle_seconds() {
    // Milliseconds since the driver typed, during a paste, passes.
    let table = [
        (Some(0), false, false),
        (Some(1_999), false, false),
        (Some(2_000), false, true),
        (Some(2_000), true, false),
        (Some(9_999), true, false),
        (Some(10_000), true, true),
        (None, false, true),
        (None, true, true),
    ];
    for (inactivity, pasting, passes) in table {
        // From the owner to a guest, and back.
        for (from, to) in [(1, 2), (2, 1)] {
            let idle = is_idle(inactivity.map(Duration::from_millis), pasting);
            let mut baton = Baton::new(Policy::Handoff, BatonRule::Free);
            let _ = baton.attach(1, client(1), Role::Owner, false, false);
            let _ = baton.attach(2, client(2), Role::Guest, false, false);
            if from == 2 {
                let _ = baton.request(1, &Wish::Grant(2));
            }
            assert_eq!(baton.claim_by_typing(to, idle), passes, "{inactivity:?} {pasting} {from}");
            assert_eq!(baton.driver(), Some(if passes { to } else { from }));
            // Under the request rule, typing never claims the baton.
            baton.configure(baton.policy(), BatonRule::Ask);
            let driver = baton.driver().unwrap();
            assert!(!baton.claim_by_typing(3 - driver, idle), "{inactivity:?} {pasting} {from}");
        }
    }
}
