//! Who may do what about the keyboard, case by case.

use super::*;
use crate::terminal::keys::ALT;

const YOU: u64 = 1;
const OTHER: u64 = 2;
const THIRD: u64 = 3;

fn present(viewer: u64, driving: bool, asking: bool, may_drive: bool) -> wire::Present {
    let person = wire::Viewer { who: format!("P{viewer}"), ..wire::Viewer::default() };
    let person = Some(person);
    wire::Present { viewer, person, driving, asking, may_drive, ..wire::Present::default() }
}

fn crew(policy: wire::Policy, present: Vec<wire::Present>) -> Crew {
    Crew::of(wire::Crew { present, you: YOU, policy: policy.into(), grant: None })
}

fn press(key: &str, modifiers: u32) -> Press {
    Press { key: key.into(), modifiers, ..Press::default() }
}

#[test]
fn moves() {
    use Move::{Ask, Grant, Lend, Refuse, Release, Take, Withdraw};
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
            vec![Ask, Take],
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
        assert_eq!(crew(policy, people.clone()).moves(), expected, "{policy:?} {people:?}");
    }
}

#[test]
fn keys_mean_only_what_can_be_done() {
    let drives = crew(
        wire::Policy::Multi,
        vec![present(YOU, true, false, true), present(OTHER, false, true, true)],
    );
    let looks = crew(
        wire::Policy::Multi,
        vec![present(YOU, false, false, true), present(OTHER, true, false, true)],
    );
    let both = CONTROL | SHIFT;
    for (crew, key, modifiers, expected) in [
        (&looks, "A", both, Some(Move::Ask)),
        (&looks, "a", META | SHIFT, Some(Move::Ask)),
        (&looks, "D", both, Some(Move::Take)),
        (&looks, "G", both, None),
        (&looks, "A", CONTROL, None),
        (&looks, "A", both | ALT, None),
        (&drives, "G", both, Some(Move::Grant(OTHER))),
        (&drives, "X", both, Some(Move::Refuse(OTHER))),
        (&drives, "A", both, None),
        (&drives, "D", both, None),
    ] {
        assert_eq!(crew.key(&press(key, modifiers)), expected, "{key} {modifiers}");
    }
}

#[test]
fn hints_name_who_drives_and_the_keys_that_help() {
    let mut people = vec![present(YOU, false, false, true), present(OTHER, true, false, true)];
    let hint = crew(wire::Policy::Multi, people.clone()).hint(false);
    assert_eq!(hint, "P2 drives. Ctrl+Shift+A asks, Ctrl+Shift+D drives from here.");
    people[0].may_drive = false;
    let hint = crew(wire::Policy::Multi, people).hint(false);
    assert_eq!(hint, "You are watching: keys go nowhere.");
}

#[test]
fn typing_is_enough_where_nobody_drives() {
    for (people, free) in [
        (vec![present(YOU, false, false, true)], true),
        (vec![present(YOU, true, false, true)], false),
        (vec![present(YOU, false, false, false)], false),
        (vec![present(YOU, false, false, true), present(OTHER, true, false, true)], false),
        (vec![], false),
    ] {
        assert_eq!(crew(wire::Policy::Multi, people.clone()).free(), free, "{people:?}");
    }
}

#[test]
fn moves_survive_their_buttons() {
    for made in [
        Move::Ask,
        Move::Withdraw,
        Move::Take,
        Move::Grant(7),
        Move::Lend(6),
        Move::Refuse(8),
        Move::Release,
    ] {
        let (word, viewer) = made.word();
        assert_eq!(Move::read(word, viewer), Some(made));
    }
    assert_eq!(Move::read("dance", 1), None);
}

#[test]
fn guests_ask_and_owners_take() {
    let guest = |viewer, driving, asking, may_drive| wire::Present {
        guest: vec![9; 16],
        ..present(viewer, driving, asking, may_drive)
    };
    let handoff = wire::Policy::Handoff;
    for (people, expected) in [
        (
            vec![present(YOU, true, false, true), guest(OTHER, false, true, true)],
            vec![Move::Grant(OTHER), Move::Lend(OTHER), Move::Refuse(OTHER), Move::Release],
        ),
        (
            vec![present(YOU, false, false, true), guest(OTHER, true, false, true)],
            vec![Move::Ask, Move::Take],
        ),
        (vec![present(YOU, true, false, true), guest(OTHER, false, false, false)], vec![]),
        (vec![guest(YOU, false, false, true), present(OTHER, true, false, true)], vec![Move::Ask]),
        (
            vec![guest(YOU, false, true, true), present(OTHER, true, false, true)],
            vec![Move::Withdraw],
        ),
        (vec![guest(YOU, false, false, true)], vec![Move::Ask]),
        (vec![guest(YOU, false, false, false), present(OTHER, true, false, true)], vec![]),
    ] {
        assert_eq!(crew(handoff, people.clone()).moves(), expected, "{people:?}");
    }
}

#[test]
fn a_guest_is_told_why_keys_go_nowhere() {
    let hint = |read_only, owner_away, may_drive, asking| {
        let people = vec![
            wire::Present { guest: vec![9; 16], ..present(YOU, false, asking, may_drive) },
            present(OTHER, true, false, true),
        ];
        let grant = Some(wire::Grant { read_only, owner_away, ends_at: 7 });
        let crew =
            wire::Crew { present: people, you: YOU, policy: wire::Policy::Handoff.into(), grant };
        Crew::of(crew).hint(false)
    };
    assert!(hint(true, false, false, false).contains("read-only"));
    assert!(hint(false, true, false, false).contains("owner is away"));
    assert_eq!(hint(false, false, true, false), "P2 drives. Ctrl+Shift+A asks for the keyboard.");
    assert_eq!(hint(false, false, true, true), "P2 drives and knows that you ask.");
}

#[test]
fn the_session_decides_whether_typing_interrupts_where_a_guest_is() {
    let guest = |it: wire::Present| wire::Present { guest: vec![9; 16], ..it };
    let (me, other) = (present(YOU, false, false, true), present(OTHER, true, false, true));
    for (people, may) in [
        (vec![me.clone(), other.clone()], false),
        (vec![guest(me.clone()), other.clone()], true),
        (vec![me.clone(), guest(other.clone())], true),
        (vec![guest(present(YOU, false, false, false)), other], false),
        (vec![guest(me)], false),
    ] {
        assert_eq!(crew(wire::Policy::Multi, people.clone()).may_interrupt(), may, "{people:?}");
    }
}

#[test]
fn who_drives_hands_over_to_whoever_may_and_for_a_time_if_wanted() {
    let guest = |it: wire::Present| wire::Present { guest: vec![9; 16], ..it };
    let (drives, looks) = (present(YOU, true, false, true), present(YOU, false, false, true));
    let asks = present(OTHER, false, true, true);
    let (may, may_not) = (present(OTHER, false, false, true), present(OTHER, false, false, false));
    for (people, hands) in [
        (vec![drives.clone(), guest(may.clone())], true),
        (vec![drives.clone(), guest(may_not)], false),
        (vec![drives.clone(), guest(asks)], false),
        (vec![looks, guest(may.clone())], false),
        // Another client of the owner, where only one may drive.
        (vec![drives, may], false),
    ] {
        assert_eq!(
            crew(wire::Policy::Handoff, people.clone()).hands_to(OTHER),
            hands,
            "{people:?}"
        );
    }
    assert_eq!(Move::Grant(OTHER).baton().seconds, 0);
    assert_eq!(Move::Lend(OTHER).baton().seconds, 300);
}
