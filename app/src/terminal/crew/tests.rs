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
    use Move::{Ask, Grant, Refuse, Release, Take, Withdraw};
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
            vec![Grant(OTHER), Refuse(OTHER), Grant(THIRD), Refuse(THIRD), Release],
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
    for made in
        [Move::Ask, Move::Withdraw, Move::Take, Move::Grant(7), Move::Refuse(8), Move::Release]
    {
        let (word, viewer) = made.word();
        assert_eq!(Move::read(word, viewer), Some(made));
    }
    assert_eq!(Move::read("dance", 1), None);
}
