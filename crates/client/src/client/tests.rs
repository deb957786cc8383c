//! The client against a scripted session.

use protocol::wire::{
    self, End, Ended, Paste, Present, Reset, Row, Viewer, client_message, ended::Cause,
};

use super::*;

const OTHER: u64 = 2;
const YOU: u64 = 1;

/// Returns the target with these ids.
fn target(session: u8, holder: u8) -> Target {
    let id = |number| format!("00000000-0000-0000-0000-0000000000{number:02}");
    Target {
        session: Some(id(session).parse().unwrap()),
        holder: Some(id(holder).parse().unwrap()),
    }
}

fn client() -> Client {
    let id = "7f8bfbb0-1f4b-4d5c-8f0e-2b1f6a0f3a55".parse().unwrap();
    Client::new(id, "a test".into(), AttachMode::Drive, Target::default())
}

/// Performs nothing, and returns what was to be performed.
fn actions(client: &mut Client) -> Vec<Action> {
    std::iter::from_fn(|| client.poll()).collect()
}

/// Returns the messages among the actions, and reports presence where it is requested.
fn sent(client: &mut Client) -> Vec<client_message::Body> {
    let mut sent = vec![];
    while let Some(action) = client.poll() {
        match action {
            Action::Send(bytes) => {
                sent.extend(ClientMessage::decode(bytes.as_slice()).unwrap().body);
            }
            Action::ReportPresence => client.report_presence(true, None, 0),
            _ => {}
        }
    }
    sent
}

/// Returns the texts among the inputs sent, with their numbers.
fn texts(client: &mut Client) -> Vec<(u64, String)> {
    let sent = sent(client).into_iter();
    let texts = sent.filter_map(|body| match body {
        Send::Input(wire::Input { number, event: Some(Input::Text(text)) }) => Some((number, text)),
        _ => None,
    });
    texts.collect()
}

fn receive(client: &mut Client, body: Body) {
    let bytes = ServerMessage { body: Some(body) }.encode_to_vec();
    client.receive(&bytes, 0);
}

fn connect(client: &mut Client, accepted: u64, driving: bool) {
    client.on(Event::Start { take_over: false }, 0, 0.0);
    client.on(Event::Ticket(target(1, 2)), 0, 0.0);
    receive(client, Body::Welcome(Welcome { accepted, driving, ..Welcome::default() }));
    assert_eq!(client.state(), State::Connected);
}

fn reconnect(client: &mut Client, accepted: u64, driving: bool) {
    client.on(Event::Closed(1006), 0, 0.0);
    client.on(Event::Retry, 0, 0.0);
    client.on(Event::Ticket(target(1, 2)), 0, 0.0);
    receive(client, Body::Welcome(Welcome { accepted, driving, ..Welcome::default() }));
    assert_eq!(client.state(), State::Connected);
}

fn present(viewer: u64, driving: bool, asking: bool) -> Present {
    let person = Some(Viewer { who: format!("P{viewer}"), ..Viewer::default() });
    Present { viewer, person, driving, asking, may_drive: true, ..Present::default() }
}

fn crew(present: Vec<Present>) -> Body {
    Body::Crew(Crew { present, you: YOU, policy: wire::Policy::Multi.into(), grant: None })
}

fn text(text: &str) -> Input {
    Input::Text(text.into())
}

#[test]
fn a_client_connects_with_its_size_and_the_input_that_waited() {
    let mut client = client();
    client.resize(80, 24);
    assert_eq!(client.input(text("a")), Ok(()));
    client.on(Event::Start { take_over: true }, 0, 0.0);
    let attach = Attach { mode: AttachMode::Drive, take_over: true };
    assert_eq!(actions(&mut client), [Action::Close, Action::Attach(attach)]);
    client.on(Event::Ticket(target(1, 2)), 0, 0.0);
    assert_eq!(actions(&mut client), [Action::Open]);
    let hello = client.hello("secret".into());
    assert_eq!((hello.ticket.as_str(), hello.next_input, hello.take_over), ("secret", 1, true));
    assert_eq!((hello.position, hello.client.len()), (None, 16));
    receive(&mut client, Body::Welcome(Welcome { driving: true, ..Welcome::default() }));
    let sent = sent(&mut client);
    let [Send::Presence(_), Send::Input(first), Send::Input(second)] = sent.as_slice() else {
        panic!("{sent:?}")
    };
    assert_eq!((first.number, &first.event), (1, &Some(text("a"))));
    let size = Input::Resize(Size { columns: 80, rows: 24 });
    assert_eq!((second.number, &second.event), (2, &Some(size)));
}

#[test]
fn unacknowledged_input_is_sent_again_after_a_reconnect() {
    let mut client = client();
    connect(&mut client, 0, true);
    for key in ["a", "b", "c"] {
        assert_eq!(client.input(text(key)), Ok(()));
    }
    assert_eq!(texts(&mut client).len(), 3);
    receive(&mut client, Body::Acked(wire::Acked { more: 1 }));
    client.on(Event::Closed(1006), 0, 0.0);
    assert_eq!(client.input(text("d")), Ok(()));
    assert_eq!(client.pending_inputs(), 3);
    reconnect(&mut client, 2, true);
    assert_eq!(texts(&mut client), [(3, "c".into()), (4, "d".into())]);
}

#[test]
fn input_is_sent_to_one_target_only() {
    let other = target(9, 2);
    for (ticket, expected) in [
        (target(1, 2), Some(vec![(2, "b".to_owned()), (3, "c".to_owned())])),
        (Target::default(), Some(vec![(2, "b".to_owned()), (3, "c".to_owned())])),
        (other, None),
        (target(1, 9), None),
    ] {
        let mut client = client();
        connect(&mut client, 0, true);
        for key in ["a", "b"] {
            assert_eq!(client.input(text(key)), Ok(()));
        }
        receive(&mut client, Body::Acked(wire::Acked { more: 1 }));
        client.on(Event::Closed(1006), 0, 0.0);
        assert_eq!(client.input(text("c")), Ok(()));
        client.on(Event::Retry, 0, 0.0);
        let _ = actions(&mut client);
        client.on(Event::Ticket(ticket), 0, 0.0);
        if let Some(expected) = expected {
            assert_eq!(actions(&mut client), [Action::Open]);
            let welcome = Welcome { accepted: 1, driving: true, ..Welcome::default() };
            receive(&mut client, Body::Welcome(welcome));
            assert_eq!(texts(&mut client), expected, "{ticket:?}");
            continue;
        }
        let over = Action::Notify(Notification::Over(Some(CloseReason::OtherTarget)));
        assert_eq!(actions(&mut client), [Action::Close, over], "{ticket:?}");
        assert_eq!((client.pending_inputs(), client.state()), (0, State::Over));
        assert_eq!(client.input(text("d")), Err(Refused::Over));
        // Another attempt does not change the target.
        client.on(Event::Start { take_over: true }, 0, 0.0);
        client.on(Event::Ticket(ticket), 0, 0.0);
        assert_eq!(client.state(), State::Over);
    }
}

#[test]
fn the_first_ticket_must_be_for_the_target_of_the_page() {
    let id = "7f8bfbb0-1f4b-4d5c-8f0e-2b1f6a0f3a55".parse().unwrap();
    let expected = Target { holder: None, ..target(9, 0) };
    let mut client = Client::new(id, String::new(), AttachMode::Drive, expected);
    assert_eq!(client.input(text("a")), Ok(()));
    client.on(Event::Start { take_over: false }, 0, 0.0);
    client.on(Event::Ticket(target(1, 2)), 0, 0.0);
    assert_eq!((client.pending_inputs(), client.state()), (0, State::Over));
}

#[test]
fn unsent_input_is_discarded_when_the_baton_is_lost() {
    let mut client = client();
    connect(&mut client, 0, true);
    receive(&mut client, crew(vec![present(YOU, true, false), present(OTHER, false, false)]));
    // More than the window, so that the rest waits.
    assert_eq!(client.paste(&"x".repeat(100_000)), Ok(()));
    let _ = sent(&mut client);
    let before = client.pending_inputs();
    receive(&mut client, crew(vec![present(YOU, false, false), present(OTHER, true, false)]));
    let lost = ParticipantsChange { lost: true, ..ParticipantsChange::default() };
    let notified = actions(&mut client);
    assert!(notified.contains(&Action::Notify(Notification::Participants(lost))), "{notified:?}");
    let after = client.pending_inputs();
    assert!(0 < after && after < before, "{before} {after}");
    // The numbers of what was discarded are free again, and nothing of it is sent later.
    receive(&mut client, Body::Acked(wire::Acked { more: after as u64 }));
    receive(&mut client, crew(vec![present(YOU, true, false), present(OTHER, false, false)]));
    assert_eq!(client.input(text("y")), Ok(()));
    assert_eq!(texts(&mut client), [(after as u64 + 1, "y".into())]);
}

#[test]
fn input_typed_offline_is_discarded_when_another_client_drives_after_the_reconnect() {
    for (driver, expected) in [(true, vec![]), (false, vec![(1, "late".to_owned())])] {
        let mut client = client();
        connect(&mut client, 0, true);
        client.on(Event::Closed(1006), 0, 0.0);
        assert_eq!(client.input(text("late")), Ok(()));
        reconnect(&mut client, 0, false);
        assert_eq!(texts(&mut client), []);
        receive(&mut client, crew(vec![present(YOU, false, false), present(OTHER, driver, false)]));
        assert_eq!(texts(&mut client), expected, "{driver}");
        assert_eq!(client.pending_inputs(), expected.len());
    }
}

#[test]
fn typing_is_accepted_while_there_is_no_driver() {
    let mut client = client();
    connect(&mut client, 0, false);
    receive(&mut client, crew(vec![present(YOU, false, false), present(OTHER, true, false)]));
    assert_eq!(client.input(text("a")), Err(Refused::Watching));
    assert_eq!(client.paste("a"), Err(Refused::Watching));
    receive(&mut client, crew(vec![present(YOU, false, false), present(OTHER, false, false)]));
    assert_eq!(client.input(text("b")), Ok(()));
    assert_eq!(texts(&mut client), [(1, "b".into())]);
}

#[test]
fn a_watcher_never_types() {
    let id = "7f8bfbb0-1f4b-4d5c-8f0e-2b1f6a0f3a55".parse().unwrap();
    let mut client = Client::new(id, String::new(), AttachMode::Watch, Target::default());
    assert_eq!(client.input(text("a")), Err(Refused::Watching));
    connect(&mut client, 0, false);
    receive(&mut client, crew(vec![Present { may_drive: false, ..present(YOU, false, false) }]));
    assert_eq!(client.input(text("a")), Err(Refused::Watching));
    client.resize(80, 24);
    assert!(!sent(&mut client).iter().any(|body| matches!(body, Send::Input(_))));
}

#[test]
fn a_client_that_may_drive_sends_its_size_once_per_connection() {
    let sizes = |client: &mut Client| {
        let sent = sent(client).into_iter();
        sent.filter(|body| {
            matches!(body, Send::Input(wire::Input { event: Some(Input::Resize(_)), .. }))
        })
        .count()
    };
    let mut client = client();
    client.resize(80, 24);
    connect(&mut client, 0, false);
    assert_eq!(sizes(&mut client), 0);
    receive(&mut client, crew(vec![present(YOU, false, false), present(OTHER, true, false)]));
    assert_eq!(sizes(&mut client), 1);
    client.resize(80, 24);
    receive(&mut client, crew(vec![present(YOU, true, false), present(OTHER, false, false)]));
    assert_eq!(sizes(&mut client), 0);
    client.resize(100, 30);
    assert_eq!(sizes(&mut client), 1);
    reconnect(&mut client, 2, true);
    assert_eq!(sizes(&mut client), 1);
}

#[test]
fn requests_for_the_baton_are_notified_to_the_driver_once() {
    let requested = |client: &mut Client| {
        actions(client).iter().any(|action| {
            matches!(action, Action::Notify(Notification::Participants(it)) if it.requested)
        })
    };
    let mut client = client();
    connect(&mut client, 0, true);
    let request = crew(vec![present(YOU, true, false), present(OTHER, false, true)]);
    receive(&mut client, request.clone());
    assert!(requested(&mut client));
    receive(&mut client, request);
    assert!(!requested(&mut client));
    receive(&mut client, crew(vec![present(YOU, false, false), present(3, false, true)]));
    assert!(!requested(&mut client));
}

#[test]
fn a_frame_that_does_not_fit_refreshes_the_mirror() {
    let reset = Frame {
        reset: Some(Reset { columns: 4, rows: 1, epoch: 1, ..Reset::default() }),
        rows: vec![Row { text: "ab".into(), ..Row::default() }],
        ..Frame::default()
    };
    let outside = Frame { rows: vec![Row { row: 9, ..Row::default() }], ..Frame::default() };
    let mut client = client();
    connect(&mut client, 0, true);
    let _ = sent(&mut client);
    receive(&mut client, Body::Frame(reset.clone()));
    assert_eq!(sent(&mut client), [Send::Ack(Ack { frames: 1 })]);
    assert!(!client.is_stale());
    receive(&mut client, Body::Frame(outside.clone()));
    assert_eq!(sent(&mut client), [Send::Ack(Ack { frames: 1 }), Send::Refresh(Refresh {})]);
    assert!(client.is_stale());
    assert_eq!(client.hello(String::new()).position, None);
    // Acknowledged, and otherwise ignored.
    receive(&mut client, Body::Frame(outside));
    assert_eq!(sent(&mut client), [Send::Ack(Ack { frames: 1 })]);
    receive(&mut client, Body::Frame(reset));
    assert!(!client.is_stale());
    assert_eq!(client.mirror().lines[0].text, "ab");
}

#[test]
fn acknowledged_input_makes_room_for_more() {
    let mut client = client();
    connect(&mut client, 0, true);
    assert_eq!(client.paste(&"x".repeat(100_000)), Ok(()));
    let pieces = |client: &mut Client| {
        let pieces = sent(client).into_iter().filter(|body| {
            matches!(body, Send::Input(wire::Input { event: Some(Input::Paste(Paste { .. })), .. }))
        });
        pieces.count()
    };
    let first = pieces(&mut client);
    receive(&mut client, Body::Frame(Frame { acked: first as u64, ..Frame::default() }));
    assert_eq!((first, pieces(&mut client)), (3, 4));
}

#[test]
fn pings_are_answered_and_unknown_messages_ignored() {
    let mut client = client();
    connect(&mut client, 0, true);
    let _ = sent(&mut client);
    receive(&mut client, Body::Ping(Ping { nonce: 5 }));
    assert_eq!(sent(&mut client), [Send::Pong(Pong { nonce: 5 })]);
    client.receive(b"\xff\xff\xff", 0);
    client.receive(b"", 0);
    assert_eq!(sent(&mut client), []);
}

#[test]
fn presence_is_repeated_while_connected() {
    let mut client = client();
    assert_eq!(client.wake(), None);
    connect(&mut client, 0, true);
    let _ = sent(&mut client);
    receive(&mut client, Body::Acked(wire::Acked::default()));
    client.on(Event::Visible(false), 0, 0.0);
    assert_eq!(client.wake(), Some(HEARTBEAT));
    client.on(Event::Tick, HEARTBEAT, 0.0);
    assert_eq!(actions(&mut client), [Action::ReportPresence]);
    assert_eq!(client.wake(), Some(2 * HEARTBEAT));
}

#[test]
fn the_last_message_ends_the_attachment() {
    let mut client = client();
    connect(&mut client, 0, true);
    let _ = sent(&mut client);
    let cause = Cause::Session(End::default());
    receive(&mut client, Body::Ended(Ended { cause: Some(cause.clone()) }));
    assert_eq!(
        actions(&mut client),
        [
            Action::Notify(Notification::Ended(cause)),
            Action::Close,
            Action::Notify(Notification::Over(None)),
        ]
    );
    assert_eq!(client.input(text("a")), Err(Refused::Over));
    assert_eq!(client.wake(), None);
}

#[test]
fn a_last_message_without_a_known_cause_leaves_the_decision_to_the_server() {
    let mut client = client();
    connect(&mut client, 0, true);
    let _ = sent(&mut client);
    receive(&mut client, Body::Ended(Ended { cause: None }));
    client.on(Event::Closed(protocol::close::GONE), 0, 0.0);
    assert_eq!(actions(&mut client), [Action::Close]);
    let State::Waiting { until } = client.state() else { panic!("{:?}", client.state()) };
    client.on(Event::Tick, until, 0.0);
    let attach = Attach { mode: AttachMode::Drive, take_over: false };
    assert_eq!(actions(&mut client), [Action::Close, Action::Attach(attach)]);
}

#[test]
fn notices_are_passed_on() {
    let notice = |body| Body::Notice(wire::Notice { body: Some(body) });
    let mut client = client();
    connect(&mut client, 0, true);
    let _ = sent(&mut client);
    for (body, expected) in [
        (notice::Body::Expiry(wire::Expiry { at: 9 }), Notification::Expiry(Some(9))),
        (notice::Body::Expiry(wire::Expiry { at: 0 }), Notification::Expiry(None)),
        (notice::Body::BatonRefused("Ann".into()), Notification::BatonRefused { by: "Ann".into() }),
        (notice::Body::WrongPasswords(3), Notification::WrongPasswords(3)),
    ] {
        receive(&mut client, notice(body));
        assert_eq!(actions(&mut client), [Action::Notify(expected)]);
    }
}
