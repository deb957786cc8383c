//! The attach policy and the baton as tables: what happens in turn, and who drives and asks afterwards.

use super::*;

/// Something that happens to the crew. Viewers are numbered in the order of their attaching, from 1.
#[derive(Clone, Copy, Debug)]
enum Act {
    /// A client attaches to drive; again if it was here before.
    Drive(u8),
    /// The same, because a person asked to take over.
    TakeOver(u8),
    Watch(u8),
    Oversee(u8),
    /// Somebody comes by a share, with full access or without.
    Come(u8),
    Look(u8),
    /// What a guest may do changes.
    Turns(u64, Role),
    Leave(u64),
    Types(u64),
    Says(u64, Wish),
    Becomes(Policy),
    /// The baton is free; typing is while the driver is idle from now on.
    Frees,
}

use Act::{Becomes, Come, Drive, Frees, Leave, Look, Oversee, Says, TakeOver, Turns, Types, Watch};

fn client(n: u8) -> ClientId {
    ClientId(uuid::Uuid::from_bytes([n; 16]))
}

/// Plays acts; what was answered last, who drives, who asks.
fn play(policy: Policy, acts: &[Act]) -> (String, Option<u64>, Vec<u64>) {
    let (mut crew, mut next, mut known) = (Crew::new(policy, BatonRule::Ask), 0, Vec::new());
    let mut attach = |crew: &mut Crew, n: u8, role: Role, take_over: bool| {
        next += 1;
        let was_known = known.contains(&n);
        if role == Role::Owner {
            known.push(n);
        }
        format!("{:?}", crew.attach(next, client(n), role, was_known, take_over))
    };
    let (mut answer, mut idle) = (String::new(), false);
    for act in acts {
        answer = match *act {
            Drive(n) => attach(&mut crew, n, Role::Owner, false),
            TakeOver(n) => attach(&mut crew, n, Role::Owner, true),
            Watch(n) => attach(&mut crew, n, Role::Watcher, false),
            Oversee(n) => attach(&mut crew, n, Role::Overseer, false),
            Come(n) => attach(&mut crew, n, Role::Guest, false),
            Look(n) => attach(&mut crew, n, Role::Spectator, false),
            Turns(number, role) => format!("{}", crew.set_role(number, role)),
            Frees => {
                crew.configure(crew.policy(), BatonRule::Free);
                idle = true;
                String::new()
            }
            Leave(number) => {
                crew.leave(number);
                String::new()
            }
            Types(number) => format!("{}", crew.types(number, idle)),
            Says(number, wish) => format!("{:?}", crew.wish(number, &wish)),
            Becomes(policy) => {
                crew.configure(policy, BatonRule::Ask);
                String::new()
            }
        };
    }
    (answer, crew.driver(), crew.asking.clone())
}

fn joined(driving: bool, leaves: Option<u64>, replaced: Option<u64>) -> String {
    format!("{:?}", Admission::Joined { driving, leaves, replaced })
}

#[test]
fn who_attaches_and_who_goes() {
    use Policy::{Handoff, Multi, Single};
    let in_use = |number| format!("{:?}", Admission::InUse(number));
    let replaced = |number| format!("{:?}", Admission::Replaced(number));
    let cases: &[(Policy, &[Act], String, Option<u64>)] = &[
        // The first drives, whatever the policy.
        (Handoff, &[Drive(1)], joined(true, None, None), Some(1)),
        (Single, &[Drive(1)], joined(true, None, None), Some(1)),
        (Multi, &[Drive(1)], joined(true, None, None), Some(1)),
        // The second.
        (Handoff, &[Drive(1), Drive(2)], joined(true, Some(1), Some(1)), Some(2)),
        (Single, &[Drive(1), Drive(2)], in_use(1), Some(1)),
        (Multi, &[Drive(1), Drive(2)], joined(false, None, None), Some(1)),
        // The second, because a person says so.
        (Handoff, &[Drive(1), TakeOver(2)], joined(true, Some(1), Some(1)), Some(2)),
        (Single, &[Drive(1), TakeOver(2)], joined(true, Some(1), Some(1)), Some(2)),
        (Multi, &[Drive(1), TakeOver(2)], joined(true, None, Some(1)), Some(2)),
        // The same client come back, its old connection still there.
        (Handoff, &[Drive(1), Drive(1)], joined(true, Some(1), None), Some(2)),
        (Single, &[Drive(1), Drive(1)], joined(true, Some(1), None), Some(2)),
        (Multi, &[Drive(1), Drive(1)], joined(true, Some(1), None), Some(2)),
        (Multi, &[Drive(1), Drive(2), Drive(2)], joined(false, Some(2), None), Some(1)),
        // One that was replaced unheard.
        (Handoff, &[Drive(1), Leave(1), Drive(2), Drive(1)], replaced(2), Some(2)),
        (Single, &[Drive(1), Leave(1), Drive(2), Drive(1)], in_use(2), Some(2)),
        (Handoff, &[Drive(1), Drive(2), TakeOver(1)], joined(true, Some(2), Some(2)), Some(3)),
        // Nobody drives any more.
        (Single, &[Drive(1), Leave(1), Drive(2)], joined(true, None, None), Some(2)),
        // Who watches is in nobody's way.
        (Single, &[Watch(1), Drive(2)], joined(true, None, None), Some(2)),
        (Single, &[Drive(1), Watch(2)], joined(false, None, None), Some(1)),
        (Handoff, &[Drive(1), Oversee(2)], joined(false, None, None), Some(1)),
        (Handoff, &[Oversee(2)], joined(false, None, None), None),
        (Handoff, &[Drive(1), Watch(1)], joined(false, None, None), Some(1)),
        // The policy changes while two are on.
        (Multi, &[Drive(1), Drive(2), Becomes(Single), Drive(3)], in_use(1), Some(1)),
        (Multi, &[Drive(1), Drive(2), Becomes(Handoff), Drive(2)], replaced(1), Some(1)),
    ];
    for (policy, acts, expected, driver) in cases {
        let (answer, drives, _) = play(*policy, acts);
        assert_eq!((&answer, drives), (expected, *driver), "{policy:?} {acts:?}");
    }
}

#[test]
fn who_gets_the_baton() {
    let (ask, take, release) = (Wish::Ask(true), Wish::Take(true), Wish::Release(true));
    let (ignored, changed) = ("Ignored", "Changed");
    // Viewers 1 to 3 are clients of the owner, 4 watches, 5 oversees; 1 drives.
    let here = [Drive(1), Drive(2), Drive(3), Watch(4), Oversee(5)];
    type Case<'a> = (&'a [Act], &'a str, Option<u64>, &'a [u64]);
    let cases: &[Case] = &[
        (&[Says(2, ask)], changed, Some(1), &[2]),
        (&[Says(2, ask), Says(2, ask)], ignored, Some(1), &[2]),
        (&[Says(1, ask)], ignored, Some(1), &[]),
        (&[Says(3, ask), Says(2, ask), Leave(1)], "", Some(3), &[2]),
        (&[Says(3, ask), Says(2, ask), Says(1, release)], changed, Some(3), &[2]),
        (&[Says(3, ask), Says(2, ask), Leave(3), Leave(1)], "", Some(2), &[]),
        (&[Says(3, ask), Says(3, release)], changed, Some(1), &[]),
        (&[Says(3, release)], ignored, Some(1), &[]),
        (&[Says(2, take)], changed, Some(2), &[]),
        (&[Says(2, ask), Says(2, take)], changed, Some(2), &[]),
        (&[Says(1, take)], ignored, Some(1), &[]),
        (&[Says(2, ask), Says(1, Wish::Grant(2))], changed, Some(2), &[]),
        (&[Says(1, Wish::Grant(3))], changed, Some(3), &[]),
        (&[Says(2, Wish::Grant(3))], ignored, Some(1), &[]),
        (&[Says(1, Wish::Grant(1))], ignored, Some(1), &[]),
        (&[Says(1, Wish::Grant(4))], ignored, Some(1), &[]),
        (&[Says(1, Wish::Grant(9))], ignored, Some(1), &[]),
        (&[Says(2, ask), Says(1, Wish::Refuse(2))], "Refused(2)", Some(1), &[]),
        (&[Says(2, ask), Says(3, Wish::Refuse(2))], ignored, Some(1), &[2]),
        (&[Says(1, Wish::Refuse(2))], ignored, Some(1), &[]),
        (&[Says(1, release), Says(2, ask)], changed, Some(2), &[]),
        // Nobody drives: the next to type does.
        (&[Leave(1)], "", None, &[]),
        (&[Leave(1), Types(3)], "true", Some(3), &[]),
        (&[Types(3)], "false", Some(1), &[]),
        (&[Leave(1), Types(4)], "false", None, &[]),
        (&[Leave(1), Types(5)], "false", None, &[]),
        // Who only watches may nothing.
        (&[Says(4, ask)], ignored, Some(1), &[]),
        (&[Says(5, take)], ignored, Some(1), &[]),
        (&[Says(9, take)], ignored, Some(1), &[]),
        // With another policy there is nothing to pass.
        (&[Says(2, ask), Becomes(Policy::Handoff)], "", Some(1), &[]),
        (&[Becomes(Policy::Single), Says(2, take)], ignored, Some(1), &[]),
    ];
    for (acts, answered, driver, asking) in cases {
        let all = [&here[..], acts].concat();
        let (answer, drives, asks) = play(Policy::Multi, &all);
        assert_eq!(
            (answer.as_str(), drives, asks.as_slice()),
            (*answered, *driver, *asking),
            "{acts:?}"
        );
    }
}

#[test]
fn guests_are_nobodys_second_client() {
    use Policy::{Handoff, Multi, Single};
    let in_use = |number| format!("{:?}", Admission::InUse(number));
    let cases: &[(Policy, &[Act], String, Option<u64>)] = &[
        // Whoever comes by a share drives nothing by coming and is in nobody's way.
        (Handoff, &[Come(1)], joined(false, None, None), None),
        (Single, &[Drive(1), Come(2)], joined(false, None, None), Some(1)),
        (Single, &[Come(1), Drive(2)], joined(true, None, None), Some(2)),
        (Handoff, &[Look(1), Drive(2)], joined(true, None, None), Some(2)),
        (Multi, &[Drive(1), Look(2), Drive(3)], joined(false, None, None), Some(1)),
        // A guest that drives goes on when the owner comes, unless a person says otherwise.
        (Handoff, &[Come(1), Types(1), Drive(2)], joined(false, None, None), Some(1)),
        (Single, &[Come(1), Types(1), Drive(2)], joined(false, None, None), Some(1)),
        (Handoff, &[Come(1), Types(1), TakeOver(2)], joined(true, None, Some(1)), Some(2)),
        (Single, &[Come(1), Types(1), TakeOver(2)], joined(true, None, Some(1)), Some(2)),
        (Multi, &[Come(1), Types(1), Drive(2)], joined(false, None, None), Some(1)),
        // The policy goes on between clients of the owner while a guest drives.
        (Handoff, &[Come(1), Types(1), Drive(2), Drive(3)], joined(false, Some(2), None), Some(1)),
        (Single, &[Come(1), Types(1), Drive(2), Drive(3)], in_use(2), Some(1)),
        (
            Single,
            &[Come(1), Types(1), Drive(2), TakeOver(3)],
            joined(true, Some(2), Some(1)),
            Some(3),
        ),
        // The same page of a guest come back, its old connection still there.
        (Handoff, &[Come(1), Types(1), Come(1)], joined(true, Some(1), None), Some(2)),
        (Handoff, &[Drive(1), Look(2), Look(2)], joined(false, Some(2), None), Some(1)),
        (Handoff, &[Come(1), Types(1), Look(1)], joined(false, Some(1), None), None),
        // One that claims to be the owner's page is not.
        (Handoff, &[Drive(1), Come(1)], joined(false, None, None), Some(1)),
        (Multi, &[Come(1), Types(1), Drive(1)], joined(false, None, None), Some(1)),
    ];
    for (policy, acts, expected, driver) in cases {
        let (answer, drives, _) = play(*policy, acts);
        assert_eq!((&answer, drives), (expected, *driver), "{policy:?} {acts:?}");
    }
}

#[test]
fn how_guests_get_the_baton() {
    let (ask, take, release) = (Wish::Ask(true), Wish::Take(true), Wish::Release(true));
    let (ignored, changed) = ("Ignored", "Changed");
    // Viewer 1 is the owner's and drives; 2 and 3 are guests, 4 is one that only watches.
    let here = [Drive(1), Come(2), Come(3), Look(4)];
    type Case<'a> = (&'a [Act], &'a str, Option<u64>, &'a [u64]);
    let cases: &[Case] = &[
        (&[Says(2, ask)], changed, Some(1), &[2]),
        (&[Says(2, ask), Says(1, Wish::Grant(2))], changed, Some(2), &[]),
        (&[Says(1, Wish::Grant(3))], changed, Some(3), &[]),
        (&[Says(1, Wish::Grant(4))], ignored, Some(1), &[]),
        (&[Says(2, ask), Says(1, Wish::Refuse(2))], "Refused(2)", Some(1), &[]),
        (&[Says(2, ask), Says(2, release)], changed, Some(1), &[]),
        (&[Says(2, take)], ignored, Some(1), &[]),
        (&[Says(4, ask)], ignored, Some(1), &[]),
        (&[Says(4, take)], ignored, Some(1), &[]),
        // A guest that drives may pass it on; the owner takes it back, or asks.
        (&[Says(1, Wish::Grant(2)), Says(2, Wish::Grant(3))], changed, Some(3), &[]),
        (&[Says(1, Wish::Grant(2)), Says(1, take)], changed, Some(1), &[]),
        (&[Says(1, Wish::Grant(2)), Says(1, ask)], changed, Some(2), &[1]),
        (&[Says(1, Wish::Grant(2)), Says(3, take)], ignored, Some(2), &[]),
        (&[Says(1, Wish::Grant(2)), Says(2, release)], changed, None, &[]),
        // Let go by the owner, the next to type or to ask drives.
        (&[Says(1, release), Types(2)], "true", Some(2), &[]),
        (&[Says(1, release), Says(3, ask)], changed, Some(3), &[]),
        (&[Says(1, release), Types(4)], "false", None, &[]),
        (&[Says(3, ask), Says(2, ask), Says(1, release)], changed, Some(3), &[2]),
        (&[Says(3, ask), Leave(1)], "", Some(3), &[]),
        // Typing passes a free baton of an idle driver, to a guest or from one.
        (&[Types(2)], "false", Some(1), &[]),
        (&[Frees, Types(2)], "true", Some(2), &[]),
        (&[Frees, Types(2), Types(3)], "true", Some(3), &[]),
        (&[Frees, Types(2), Types(1)], "true", Some(1), &[]),
        (&[Frees, Types(4)], "false", Some(1), &[]),
        // Full access comes and goes.
        (&[Turns(4, Role::Guest), Says(4, ask)], changed, Some(1), &[4]),
        (&[Turns(2, Role::Guest)], "false", Some(1), &[]),
        (&[Says(2, ask), Turns(2, Role::Spectator)], "true", Some(1), &[]),
        (&[Says(1, Wish::Grant(2)), Turns(2, Role::Spectator)], "true", None, &[]),
        (&[Says(1, Wish::Grant(2)), Says(1, ask), Turns(2, Role::Spectator)], "true", Some(1), &[]),
        (&[Says(1, Wish::Grant(2)), Turns(2, Role::Spectator), Types(2)], "false", None, &[]),
        // A change of the policy takes no question of a guest back.
        (&[Says(2, ask), Becomes(Policy::Single)], "", Some(1), &[2]),
    ];
    for policy in [Policy::Handoff, Policy::Single, Policy::Multi] {
        for (acts, answered, driver, asking) in cases {
            let all = [&here[..], acts].concat();
            let (answer, drives, asks) = play(policy, &all);
            assert_eq!(
                (answer.as_str(), drives, asks.as_slice()),
                (*answered, *driver, *asking),
                "{policy:?} {acts:?}"
            );
        }
    }
    // Between two clients of the owner a free baton changes nothing.
    let (answer, driver, _) = play(Policy::Multi, &[Drive(1), Drive(2), Come(3), Frees, Types(2)]);
    assert_eq!((answer.as_str(), driver), ("false", Some(1)));
    // Alone, the owner of a session for one keeps what nobody else could have.
    let (answer, driver, _) = play(Policy::Handoff, &[Drive(1), Look(2), Says(1, release)]);
    assert_eq!((answer.as_str(), driver), ("Ignored", Some(1)));
}

#[test]
fn a_free_baton_passes_after_two_idle_seconds_and_not_before() {
    // milliseconds since the driver did something, in the middle of a paste, passes
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
    for (quiet, pasting, passes) in table {
        // To a guest from the owner, and back.
        for (from, to) in [(1, 2), (2, 1)] {
            let idle = is_idle(quiet.map(Duration::from_millis), pasting);
            let mut crew = Crew::new(Policy::Handoff, BatonRule::Free);
            let _ = crew.attach(1, client(1), Role::Owner, false, false);
            let _ = crew.attach(2, client(2), Role::Guest, false, false);
            if from == 2 {
                let _ = crew.wish(1, &Wish::Grant(2));
            }
            assert_eq!(crew.types(to, idle), passes, "{quiet:?} {pasting} {from}");
            assert_eq!(crew.driver(), Some(if passes { to } else { from }));
            // A baton that is asked for does not pass by typing, however idle.
            crew.configure(crew.policy(), BatonRule::Ask);
            let driver = crew.driver().unwrap();
            assert!(!crew.types(3 - driver, idle), "{quiet:?} {pasting} {from}");
        }
    }
}
