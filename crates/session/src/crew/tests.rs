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
    Leave(u64),
    Types(u64),
    Says(u64, Wish),
    Becomes(Policy),
}

use Act::{Becomes, Drive, Leave, Oversee, Says, TakeOver, Types, Watch};

fn client(n: u8) -> ClientId {
    ClientId(uuid::Uuid::from_bytes([n; 16]))
}

/// Plays acts; what was answered last, who drives, who asks.
fn play(policy: Policy, acts: &[Act]) -> (String, Option<u64>, Vec<u64>) {
    let (mut crew, mut next, mut known) = (Crew::new(policy), 0, Vec::new());
    let mut attach = |crew: &mut Crew, n: u8, role: Role, take_over: bool| {
        next += 1;
        let was_known = known.contains(&n);
        if role == Role::Owner {
            known.push(n);
        }
        format!("{:?}", crew.attach(next, client(n), role, was_known, take_over))
    };
    let mut answer = String::new();
    for act in acts {
        answer = match *act {
            Drive(n) => attach(&mut crew, n, Role::Owner, false),
            TakeOver(n) => attach(&mut crew, n, Role::Owner, true),
            Watch(n) => attach(&mut crew, n, Role::Watcher, false),
            Oversee(n) => attach(&mut crew, n, Role::Overseer, false),
            Leave(number) => {
                crew.leave(number);
                String::new()
            }
            Types(number) => format!("{}", crew.types(number)),
            Says(number, wish) => format!("{:?}", crew.wish(number, &wish)),
            Becomes(policy) => {
                crew.set_policy(policy);
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
