//! Text of the status line, which covers the last row. Pure.

use chrono::{DateTime, Timelike};
use client::{Client, Participant, Participants, link::State};

/// Returns the state of the connection, unless it is attached. `shown` means that a screen was shown
/// before.
pub fn connection(client: &Client, shown: bool) -> Option<String> {
    let input = match client.pending_inputs() {
        0 => String::new(),
        1 => " 1 input will be sent.".into(),
        more => format!(" {more} inputs will be sent."),
    };
    match client.state() {
        State::Waiting { .. } if client.lacks_websockets() => {
            Some(format!(" websh: the proxy does not forward WebSockets, retrying.{input}"))
        }
        State::Connecting | State::Waiting { .. } if shown => {
            Some(format!(" websh: connection lost, reconnecting.{input}"))
        }
        State::Connecting => Some(" websh: connecting".into()),
        State::Waiting { .. } => Some(" websh: server unreachable, retrying".into()),
        State::Idle | State::Connected | State::Over => None,
    }
}

/// Returns the reason why keys are not sent, and how to change that.
pub fn watching(may_drive: bool, participants: &Participants, prefix: &str) -> String {
    match participants.driver() {
        _ if !may_drive => {
            format!(" websh: watching only, keys are not sent. {prefix} d detaches.")
        }
        Some(driver) => format!(
            " websh: {} drives with {}. {prefix} a asks, {prefix} t takes over.",
            driver.who, driver.device
        ),
        None if participants.typing_drives() => " websh: no one drives. Type to drive.".into(),
        None => format!(" websh: watching, keys are not sent. {prefix} t takes over."),
    }
}

/// Returns the request of another participant, for the driver.
pub fn request(requester: &Participant, prefix: &str) -> String {
    let who = if requester.who.is_empty() { "Another client" } else { &requester.who };
    format!(" websh: {who} asks to drive. {prefix} g grants, {prefix} n declines.")
}

/// Returns the warning of an expiry at this time in Unix milliseconds.
pub fn expiry(at: i64, prefix: &str) -> Option<String> {
    let at = DateTime::from_timestamp_millis(at)?;
    Some(format!(
        " websh: idle, this session will end at {:02}:{:02} UTC. {prefix} k keeps it.",
        at.hour(),
        at.minute()
    ))
}

#[cfg(test)]
mod tests {
    use client::{Event, Target};
    use protocol::{
        api::AttachMode,
        id::ClientId,
        wire::{Crew, Present, Viewer, input::Event as Input},
    };
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_connection_that_is_not_attached_shows_its_state() {
        let id = ClientId(Uuid::nil());
        let mut client = Client::new(id, String::new(), AttachMode::Drive, Target::default());
        assert_eq!(connection(&client, false), None);
        client.on(Event::Start { take_over: false }, 0, 0.0);
        assert!(!connection(&client, false).unwrap().contains("lost"));
        for _ in 0..2 {
            client.input(Input::Text("x".into())).unwrap();
        }
        client.on(Event::Failed, 0, 0.0);
        let lost = connection(&client, true).unwrap();
        assert!(lost.contains("reconnecting") && lost.contains("2 inputs"), "{lost}");
        for _ in 0..2 {
            client.on(Event::Retry, 0, 0.0);
            client.on(Event::Ticket(Target::default()), 0, 0.0);
            client.on(Event::Closed(1006), 0, 0.0);
        }
        let blocked = connection(&client, true).unwrap();
        assert!(blocked.contains("does not forward WebSockets"), "{blocked}");
    }

    #[test]
    fn watchers_see_what_they_can_do() {
        let ann = Viewer { who: "Ann".into(), device: "Firefox".into(), since: 0 };
        let ann = Present { viewer: 2, person: Some(ann), driving: true, ..Present::default() };
        let crew = Crew { present: vec![ann], ..Crew::default() };
        let participants = Participants::from(crew);
        let sentence = watching(true, &participants, "^\\");
        assert!(sentence.contains("Ann drives with Firefox"), "{sentence}");
        assert!(sentence.contains("^\\ t"), "{sentence}");
        assert!(watching(false, &participants, "^\\").contains("keys are not sent"));
    }

    #[test]
    fn an_expiry_shows_its_time() {
        let sentence = expiry(1_700_000_000_000, "^\\").unwrap();
        assert!(sentence.contains("22:13 UTC"), "{sentence}");
    }
}
