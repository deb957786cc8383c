//! Actions on the baton, case by case.

use super::*;

const YOU: u64 = 1;
const OTHER: u64 = 2;
const THIRD: u64 = 3;

fn present(viewer: u64, driving: bool, asking: bool, may_drive: bool) -> wire::Present {
    let person = wire::Viewer { who: format!("P{viewer}"), ..wire::Viewer::default() };
    let person = Some(person);
    wire::Present { viewer, person, driving, asking, may_drive, ..wire::Present::default() }
}

fn participants(policy: wire::Policy, present: Vec<wire::Present>) -> Participants {
    Participants::from(wire::Crew { present, you: YOU, policy: policy.into(), grant: None })
}

#[test]
fn actions() {
    use BatonAction::{Grant, Lend, Refuse, Release, Request, Take, Withdraw};
    let multi = wire::Policy::Multi;
    for (policy, people, expected) in [
        (multi, vec![present(YOU, true, false, true)], vec![]),
        (
            multi,
            vec![present(YOU, true, false, true), present(OTHER, false, false, true)],
            vec![Release],
        ),
        (
            multi,
            vec![
                present(YOU, true, false, true),
                present(OTHER, false, true, true),
                present(THIRD, false, true, true),
            ],
            vec![
                Grant(OTHER),
                Lend(OTHER),
                Refuse(OTHER),
                Grant(THIRD),
                Lend(THIRD),
                Refuse(THIRD),
                Release,
            ],
        ),
        (multi, vec![present(YOU, true, false, true), present(OTHER, false, false, false)], vec![]),
        (
            multi,
            vec![present(YOU, false, false, true), present(OTHER, true, false, true)],
            vec![Request, Take],
        ),
        (
            multi,
            vec![present(YOU, false, true, true), present(OTHER, true, false, true)],
            vec![Withdraw, Take],
        ),
        (multi, vec![present(YOU, false, false, true)], vec![Take]),
        (multi, vec![present(YOU, false, false, false), present(OTHER, true, false, true)], vec![]),
        (multi, vec![present(OTHER, true, false, true)], vec![]),
        (
            wire::Policy::Handoff,
            vec![present(YOU, false, false, true), present(OTHER, true, false, true)],
            vec![],
        ),
    ] {
        assert_eq!(
            participants(policy, people.clone()).actions(),
            expected,
            "{policy:?} {people:?}"
        );
    }
}

#[test]
fn typing_drives_when_there_is_no_driver() {
    for (people, free) in [
        (vec![present(YOU, false, false, true)], true),
        (vec![present(YOU, true, false, true)], false),
        (vec![present(YOU, false, false, false)], false),
        (vec![present(YOU, false, false, true), present(OTHER, true, false, true)], false),
        (vec![], false),
    ] {
        assert_eq!(
            participants(wire::Policy::Multi, people.clone()).typing_drives(),
            free,
            "{people:?}"
        );
    }
}

#[test]
fn guests_request_and_owners_take() {
    let guest = |viewer, driving, asking, may_drive| wire::Present {
        guest: vec![9; 16],
        ..present(viewer, driving, asking, may_drive)
    };
    let handoff = wire::Policy::Handoff;
    for (people, expected) in [
        (
            vec![present(YOU, true, false, true), guest(OTHER, false, true, true)],
            vec![
                BatonAction::Grant(OTHER),
                BatonAction::Lend(OTHER),
                BatonAction::Refuse(OTHER),
                BatonAction::Release,
            ],
        ),
        (
            vec![present(YOU, false, false, true), guest(OTHER, true, false, true)],
            vec![BatonAction::Request, BatonAction::Take],
        ),
        (vec![present(YOU, true, false, true), guest(OTHER, false, false, false)], vec![]),
        (
            vec![guest(YOU, false, false, true), present(OTHER, true, false, true)],
            vec![BatonAction::Request],
        ),
        (
            vec![guest(YOU, false, true, true), present(OTHER, true, false, true)],
            vec![BatonAction::Withdraw],
        ),
        (vec![guest(YOU, false, false, true)], vec![BatonAction::Request]),
        (vec![guest(YOU, false, false, false), present(OTHER, true, false, true)], vec![]),
    ] {
        assert_eq!(participants(handoff, people.clone()).actions(), expected, "{people:?}");
    }
}

#[test]
fn typing_may_interrupt_when_one_of_the_two_is_a_guest() {
    let guest = |it: wire::Present| wire::Present { guest: vec![9; 16], ..it };
    let (me, other) = (present(YOU, false, false, true), present(OTHER, true, false, true));
    for (people, may) in [
        (vec![me.clone(), other.clone()], false),
        (vec![guest(me.clone()), other.clone()], true),
        (vec![me.clone(), guest(other.clone())], true),
        (vec![guest(present(YOU, false, false, false)), other], false),
        (vec![guest(me)], false),
    ] {
        assert_eq!(
            participants(wire::Policy::Multi, people.clone()).typing_may_interrupt(),
            may,
            "{people:?}"
        );
    }
}

#[test]
fn the_driver_hands_over_to_those_who_may_drive_also_for_a_limited_time() {
    let guest = |it: wire::Present| wire::Present { guest: vec![9; 16], ..it };
    let (drives, watches) = (present(YOU, true, false, true), present(YOU, false, false, true));
    let asks = present(OTHER, false, true, true);
    let (may, may_not) = (present(OTHER, false, false, true), present(OTHER, false, false, false));
    for (people, hands) in [
        (vec![drives.clone(), guest(may.clone())], true),
        (vec![drives.clone(), guest(may_not)], false),
        (vec![drives.clone(), guest(asks)], false),
        (vec![watches, guest(may.clone())], false),
        // Another client of the owner, with a policy for one client.
        (vec![drives, may], false),
    ] {
        assert_eq!(
            participants(wire::Policy::Handoff, people.clone()).can_hand_to(OTHER),
            hands,
            "{people:?}"
        );
    }
    assert_eq!(BatonAction::Grant(OTHER).message().seconds, 0);
    assert_eq!(BatonAction::Lend(OTHER).message().seconds, 300);
}

#[test]
fn names_round_trip() {
    for action in [
        BatonAction::Request,
        BatonAction::Withdraw,
        BatonAction::Take,
        BatonAction::Grant(7),
        BatonAction::Lend(6),
        BatonAction::Refuse(8),
        BatonAction::Release,
    ] {
        let (name, viewer) = action.name();
        assert_eq!(BatonAction::parse(name, viewer), Some(action));
    }
    assert_eq!(BatonAction::parse("dance", 1), None);
}
