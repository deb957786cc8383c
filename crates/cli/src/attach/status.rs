//! The sentences of the line over the last row. Pure: what is the case goes in.

use app::terminal::link::State;
use chrono::{DateTime, Timelike};
use protocol::wire::{Crew, Expiry, Present};

/// What the connection has to say, if anything. `waiting` inputs are on their way.
pub fn connection(state: State, before: bool, waiting: usize) -> Option<String> {
    let typed = match waiting {
        0 => String::new(),
        1 => " One thing you typed will be sent.".into(),
        more => format!(" {more} things you typed will be sent."),
    };
    match state {
        State::Connecting | State::Waiting { .. } if before => {
            Some(format!(" websh: connection lost; coming back by itself.{typed}"))
        }
        State::Connecting => Some(" websh: connecting".into()),
        State::Waiting { .. } => Some(" websh: can't be reached; trying again.".into()),
        State::Idle | State::Connected | State::Over => None,
    }
}

/// That keys go nowhere, and how to change that.
pub fn watching(may_drive: bool, crew: Option<&Crew>, prefix: &str) -> String {
    let driver = crew.and_then(|crew| crew.present.iter().find(|it| it.driving));
    let who = driver
        .and_then(|driver| driver.person.as_ref())
        .map(|person| format!("{} drives with {}", person.who, person.device));
    match (may_drive, who) {
        (false, _) => format!(" websh: you are watching, keys go nowhere. {prefix} d leaves."),
        (true, Some(who)) => format!(" websh: {who}. {prefix} a asks, {prefix} t takes over."),
        (true, None) => format!(" websh: nobody drives. {prefix} t takes over."),
    }
}

/// Who asks to drive, said to who drives.
pub fn asking(asking: &Present, prefix: &str) -> String {
    let who = asking.person.as_ref().map_or("Somebody", |person| &person.who);
    format!(" websh: {who} asks to drive. {prefix} g grants, {prefix} n refuses.")
}

/// That the session expires soon.
pub fn expiry(expiry: Expiry, prefix: &str) -> Option<String> {
    let at = i64::try_from(expiry.at).ok().filter(|at| *at > 0);
    let at = at.and_then(DateTime::from_timestamp_millis)?;
    Some(format!(
        " websh: this session expires at {:02}:{:02} UTC unless it is used. {prefix} k keeps it.",
        at.hour(),
        at.minute()
    ))
}

#[cfg(test)]
mod tests {
    use protocol::wire::Viewer;

    use super::*;

    #[test]
    fn a_live_connection_says_nothing() {
        assert_eq!(connection(State::Connected, true, 9), None);
        let lost = connection(State::Waiting { until: 1 }, true, 2).unwrap();
        assert!(lost.contains("coming back") && lost.contains("2 things"), "{lost}");
        assert!(!connection(State::Connecting, false, 0).unwrap().contains("lost"));
    }

    #[test]
    fn watchers_are_told_what_they_can_do() {
        let ann = Viewer { who: "Ann".into(), device: "Firefox".into(), since: 0 };
        let ann = Present { person: Some(ann), driving: true, ..Present::default() };
        let crew = Crew { present: vec![ann], ..Crew::default() };
        let said = watching(true, Some(&crew), "^\\");
        assert!(said.contains("Ann drives with Firefox") && said.contains("^\\ t"), "{said}");
        assert!(watching(false, Some(&crew), "^\\").contains("go nowhere"));
    }

    #[test]
    fn only_a_coming_end_is_announced() {
        assert_eq!(expiry(Expiry { at: 0 }, "^\\"), None);
        let said = expiry(Expiry { at: 1_700_000_000_000 }, "^\\").unwrap();
        assert!(said.contains("22:13 UTC"), "{said}");
    }
}
