//! Keys and hints about the baton: which key performs which action, and why keys are not sent.

use client::{BatonAction, Participants, participants::GuestAccess};

use super::keys::{ALT, CONTROL, META, Press, SHIFT};

/// Returns the action of a key, if it is possible now: Ctrl+Shift or Command+Shift with A to request,
/// D to drive, G to grant, X to refuse.
pub fn action(participants: &Participants, press: &Press) -> Option<BatonAction> {
    let held = press.modifiers & (CONTROL | META | SHIFT | ALT);
    if held != CONTROL | SHIFT && held != META | SHIFT || press.repeat {
        return None;
    }
    let actions = participants.actions();
    let first = |is: fn(&BatonAction) -> bool| actions.iter().copied().find(is);
    match press.key.to_ascii_lowercase().as_str() {
        "a" => first(|it| matches!(it, BatonAction::Request | BatonAction::Withdraw)),
        "d" => first(|it| *it == BatonAction::Take),
        "g" => first(|it| matches!(it, BatonAction::Grant(_))),
        "x" => first(|it| matches!(it, BatonAction::Refuse(_))),
        _ => None,
    }
}

/// Returns the reason why keys are not sent, and the keys that change that.
pub fn hint(participants: &Participants, mac: bool) -> String {
    let actions = participants.actions();
    let chord = if mac { "⌘⇧" } else { "Ctrl+Shift+" };
    match participants.access {
        Some(GuestAccess { read_only: true, .. }) => {
            return "This share is read-only. Your keys are not sent.".into();
        }
        Some(GuestAccess { owner_away: true, .. }) => {
            return "The owner is away. You can type again when they are back.".into();
        }
        _ => {}
    }
    let Some(driver) = participants.driver().filter(|_| !actions.is_empty()) else {
        return "You are watching. Your keys are not sent.".into();
    };
    let who = &driver.who;
    match (actions.contains(&BatonAction::Take), actions.first()) {
        (false, Some(BatonAction::Withdraw)) => format!("{who} drives. Your request is pending."),
        (false, _) => format!("{who} drives. {chord}A asks to drive."),
        (true, _) if actions.contains(&BatonAction::Request) => {
            format!("{who} drives. {chord}A asks to drive, {chord}D takes over.")
        }
        (true, _) => format!("{who} drives. {chord}A stops asking, {chord}D takes over."),
    }
}

#[cfg(test)]
mod tests {
    use protocol::wire::{Crew, Grant, Policy, Present, Viewer};

    use super::*;

    const YOU: u64 = 1;
    const OTHER: u64 = 2;

    fn present(viewer: u64, driving: bool, asking: bool, may_drive: bool) -> Present {
        let person = Some(Viewer { who: format!("P{viewer}"), ..Viewer::default() });
        Present { viewer, person, driving, asking, may_drive, ..Present::default() }
    }

    fn participants(present: Vec<Present>) -> Participants {
        Participants::from(Crew { present, you: YOU, policy: Policy::Multi.into(), grant: None })
    }

    fn press(key: &str, modifiers: u32) -> Press {
        Press { key: key.into(), modifiers, ..Press::default() }
    }

    #[test]
    fn keys_perform_only_possible_actions() {
        let drives =
            participants(vec![present(YOU, true, false, true), present(OTHER, false, true, true)]);
        let watches =
            participants(vec![present(YOU, false, false, true), present(OTHER, true, false, true)]);
        let both = CONTROL | SHIFT;
        for (participants, key, modifiers, expected) in [
            (&watches, "A", both, Some(BatonAction::Request)),
            (&watches, "a", META | SHIFT, Some(BatonAction::Request)),
            (&watches, "D", both, Some(BatonAction::Take)),
            (&watches, "G", both, None),
            (&watches, "A", CONTROL, None),
            (&watches, "A", both | ALT, None),
            (&drives, "G", both, Some(BatonAction::Grant(OTHER))),
            (&drives, "X", both, Some(BatonAction::Refuse(OTHER))),
            (&drives, "A", both, None),
            (&drives, "D", both, None),
        ] {
            assert_eq!(action(participants, &press(key, modifiers)), expected, "{key} {modifiers}");
        }
    }

    #[test]
    fn hints_name_the_driver_and_the_keys() {
        let mut people = vec![present(YOU, false, false, true), present(OTHER, true, false, true)];
        let text = hint(&participants(people.clone()), false);
        assert_eq!(text, "P2 drives. Ctrl+Shift+A asks to drive, Ctrl+Shift+D takes over.");
        people[0].may_drive = false;
        let text = hint(&participants(people), false);
        assert_eq!(text, "You are watching. Your keys are not sent.");
    }

    #[test]
    fn hints_for_guests() {
        let hint = |read_only, owner_away, may_drive, asking| {
            let present = vec![
                Present { guest: vec![9; 16], ..present(YOU, false, asking, may_drive) },
                present(OTHER, true, false, true),
            ];
            let grant = Some(Grant { read_only, owner_away, ends_at: 7 });
            let crew = Crew { present, you: YOU, policy: Policy::Handoff.into(), grant };
            hint(&Participants::from(crew), false)
        };
        assert!(hint(true, false, false, false).contains("read-only"));
        assert!(hint(false, true, false, false).contains("owner is away"));
        assert_eq!(hint(false, false, true, false), "P2 drives. Ctrl+Shift+A asks to drive.");
        assert_eq!(hint(false, false, true, true), "P2 drives. Your request is pending.");
    }
}
