//! The attachment against a scripted session.

use prost::Message as _;
use protocol::wire::{
    Acked, ClientMessage, Crew, End, Ended, Frame, Policy, Present, Reset, Row, ServerMessage,
    Welcome, client_message::Body as Sent, input::Event as Input, server_message::Body,
};

use super::*;
use crate::attach::sequences::Typed;

fn viewer() -> Viewer {
    let session = serde_json::from_value(serde_json::json!({
        "id": uuid::Uuid::from_u128(1), "name": "work", "owner": "Ann", "server": "local",
        "account": "ann", "state": "active", "attach_policy": "multi",
        "created_at": "2026-11-21T08:00:00Z", "last_seen": "2026-11-21T08:00:00Z",
        "bytes_buffered": 0, "clients": 0, "guests": 0, "title": "", "cols": 80, "rows": 24,
    }))
    .unwrap();
    let options = Options {
        mode: AttachMode::Drive,
        take_over: false,
        prefix: Prefix::parse("ctrl-\\").unwrap(),
        prefix_name: "^\\".into(),
        device: "a test".into(),
    };
    Viewer::new(session, options, None)
}

fn receive(viewer: &mut Viewer, body: Body) {
    viewer.receive(Incoming::Message(ServerMessage { body: Some(body) }.encode_to_vec()));
}

fn attached(driving: bool) -> Viewer {
    let mut viewer = viewer();
    viewer.start();
    viewer.receive(Incoming::Ticket(Target::default()));
    receive(&mut viewer, Body::Welcome(Welcome { driving, ..Welcome::default() }));
    viewer
}

#[test]
fn a_ticket_for_another_session_ends_the_attachment() {
    let mut viewer = attached(true);
    viewer.typed(Typed::Text("a".into()));
    viewer.receive(Incoming::Closed(1006));
    viewer.on(Event::Retry);
    let _ = texts(&mut viewer);
    let session = Some(uuid::Uuid::from_u128(2).to_string().parse().unwrap());
    viewer.receive(Incoming::Ticket(Target { session, holder: None }));
    assert_eq!(texts(&mut viewer), Vec::<String>::new());
    let outcome = viewer.outcome();
    assert!(matches!(outcome, Some(Outcome::Closed(CloseReason::OtherTarget))), "{outcome:?}");
    assert_eq!(viewer.client.pending_inputs(), 0);
}

/// Returns the texts that were sent.
fn texts(viewer: &mut Viewer) -> Vec<String> {
    let mut texts = vec![];
    while let Some(request) = viewer.poll() {
        let Request::Send(bytes) = request else { continue };
        let message = ClientMessage::decode(bytes.as_slice()).unwrap();
        if let Some(Sent::Input(input)) = message.body
            && let Some(Input::Text(text)) = input.event
        {
            texts.push(text);
        }
    }
    texts
}

/// Lists this client as 1 and another one as 2.
fn participants(driver: u64) -> Body {
    let present = |viewer| Present {
        viewer,
        driving: viewer == driver,
        may_drive: true,
        ..Present::default()
    };
    let present = vec![present(1), present(2)];
    Body::Crew(Crew { present, you: 1, policy: Policy::Multi.into(), grant: None })
}

#[test]
fn unsent_input_is_discarded_when_the_baton_is_lost() {
    let mut viewer = attached(true);
    receive(&mut viewer, participants(1));
    viewer.typed(Typed::Paste("x".repeat(100_000)));
    viewer.typed(Typed::Text("late".into()));
    assert_eq!(texts(&mut viewer), [""; 0]);
    receive(&mut viewer, participants(2));
    assert!(viewer.poll().is_none());
    assert!(viewer.status_line().unwrap().contains("takes over"));
    let more = viewer.client.pending_inputs() as u64;
    receive(&mut viewer, Body::Acked(Acked { more }));
    receive(&mut viewer, participants(1));
    assert_eq!(texts(&mut viewer), [""; 0]);
    viewer.typed(Typed::Text("now".into()));
    assert_eq!(texts(&mut viewer), ["now"]);
}

#[test]
fn typing_is_accepted_while_there_is_no_driver() {
    let mut viewer = attached(false);
    receive(&mut viewer, participants(2));
    viewer.typed(Typed::Text("a".into()));
    assert_eq!(texts(&mut viewer), [""; 0]);
    receive(&mut viewer, participants(0));
    viewer.typed(Typed::Text("b".into()));
    assert_eq!(texts(&mut viewer), ["b"]);
}

#[test]
fn only_an_unused_session_leaves_its_screen() {
    let screen = || {
        let text = ["a profile\u{1b}[2J says no", "", " "].map(|text| Row {
            row: 0,
            text: text.into(),
            ..Row::default()
        });
        let rows = text.into_iter().enumerate().map(|(row, it)| Row { row: row as i32, ..it });
        Body::Frame(Frame {
            reset: Some(Reset { columns: 40, rows: 3, epoch: 1, ..Reset::default() }),
            rows: rows.collect(),
            ..Frame::default()
        })
    };
    let mut unused = attached(true);
    receive(&mut unused, screen());
    assert_eq!(unused.unread(), ["a profile[2J says no"]);
    let cause = Some(Cause::Session(End::default()));
    receive(&mut unused, Body::Ended(Ended { cause }));
    while unused.poll().is_some() {}
    let Some(Outcome::Over(_, left)) = unused.outcome() else { panic!("the session ended") };
    assert_eq!(left, ["a profile[2J says no"]);
    for typed in [Typed::Text("x".into()), Typed::Paste("x".into())] {
        let mut used = attached(true);
        receive(&mut used, screen());
        used.typed(typed);
        assert_eq!(used.unread(), [""; 0]);
    }
}
