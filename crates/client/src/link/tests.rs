//! States of the connection, event by event.

use super::*;

const START: Event = Event::Start { take_over: false };

fn connected() -> Link {
    let mut link = Link::default();
    for event in [START, Event::Ticket(Target::default())] {
        let _ = link.on(event, 0, 0.0);
    }
    link.welcome(0);
    assert_eq!(link.state(), State::Connected);
    link
}

#[test]
fn a_ticket_a_socket_and_a_welcome_connect() {
    let mut link = Link::default();
    let attach = Action::Attach { take_over: false };
    assert_eq!(link.on(START, 5, 0.0), [Action::Close, attach]);
    assert_eq!(link.on(START, 5, 0.0), []);
    assert_eq!(link.on(Event::Ticket(Target::default()), 6, 0.0), [Action::Open]);
    link.welcome(7);
    assert_eq!(link.state(), State::Connected);
}

#[test]
fn close_codes_end_or_reconnect() {
    for (code, over) in [
        (1000, None),
        (1001, None),
        (1006, None),
        (1009, Some(CloseReason::Incompatible)),
        (1011, None),
        (1012, None),
        (4400, Some(CloseReason::Incompatible)),
        (4401, Some(CloseReason::SignedOut)),
        (4403, Some(CloseReason::Forbidden)),
        (4408, None),
        (4409, Some(CloseReason::TakenOver)),
        (4410, None),
        (4413, None),
        (4429, Some(CloseReason::TooMuch)),
    ] {
        let mut link = connected();
        let actions = link.on(Event::Closed(code), 50, 0.0);
        match over {
            Some(why) => assert_eq!(actions, [Action::Close, Action::Over(Some(why))], "{code}"),
            None => assert_eq!(link.state(), State::Waiting { until: 250 }, "{code}"),
        }
    }
}

#[test]
fn an_expired_ticket_is_requested_again() {
    let mut link = Link::default();
    let _ = link.on(START, 0, 0.0);
    for _ in 0..MAX_TICKETS {
        let _ = link.on(Event::Ticket(Target::default()), 0, 0.0);
        assert_eq!(link.on(Event::Closed(4403), 0, 0.0), [Action::Close]);
        let _ = link.on(Event::Retry, 0, 0.0);
    }
    let over = [Action::Close, Action::Over(Some(CloseReason::Forbidden))];
    assert_eq!(link.on(Event::Closed(4403), 0, 0.0), over);
}

#[test]
fn a_client_that_was_taken_over_stays_away_until_a_person_acts() {
    let mut link = connected();
    let _ = link.on(Event::Closed(4409), 0, 0.0);
    for event in [Event::Retry, Event::Visible(true), Event::Tick, Event::Closed(1006)] {
        assert_eq!(link.on(event, 99_999, 0.0), [], "{event:?}");
    }
    let back = Action::Attach { take_over: true };
    let take_over = Event::Start { take_over: true };
    assert_eq!(link.on(take_over, 100_000, 0.0), [Action::Close, back]);
}

#[test]
fn pauses_double_to_ten_seconds_and_reset_after_a_welcome() {
    let mut link = connected();
    let mut now = 0;
    let mut pauses = vec![];
    let _ = link.on(Event::Closed(1006), now, 0.0);
    for _ in 0..8 {
        let State::Waiting { until } = link.state() else { panic!("{:?}", link.state()) };
        pauses.push(until - now);
        now = until;
        assert_eq!(link.on(Event::Tick, now - 1, 0.0), []);
        assert_eq!(link.on(Event::Tick, now, 0.0).len(), 2);
        let _ = link.on(Event::Failed, now, 0.0);
    }
    assert_eq!(pauses, [200, 400, 800, 1600, 3200, 6400, 10_000, 10_000]);
    let _ = link.on(Event::Retry, now, 0.0);
    let _ = link.on(Event::Ticket(Target::default()), now, 0.0);
    link.welcome(now);
    let _ = link.on(Event::Closed(1012), now, 0.0);
    assert_eq!(link.state(), State::Waiting { until: now + 200 });
}

#[test]
fn pauses_are_spread() {
    assert_eq!((pause_of(0, 0.0), pause_of(0, 0.999), pause_of(40, 1.0)), (200, 151, 7_500));
}

#[test]
fn silence_is_detected_only_while_visible() {
    let mut link = connected();
    assert_eq!(link.wake(), Some(10_000));
    link.received(4_000);
    assert_eq!(link.on(Event::Tick, 10_000, 0.0), []);
    assert_eq!(link.on(Event::Tick, 14_000, 0.0), [Action::Ping(1)]);
    link.pong(1);
    let _ = link.on(Event::Visible(false), 15_000, 0.0);
    assert_eq!(link.wake(), None);
    assert_eq!(link.on(Event::Visible(true), 99_000, 0.0), [Action::Ping(2)]);
    assert_eq!(link.on(Event::Tick, 107_000, 0.0), [Action::Close]);
    assert!(matches!(link.state(), State::Waiting { .. }));
}

#[test]
fn a_retry_ends_the_pause() {
    let mut link = connected();
    let _ = link.on(Event::Closed(1006), 0, 0.0);
    assert_eq!(link.on(Event::Retry, 1, 0.0), [Action::Close, Action::Attach { take_over: false }]);
}

#[test]
fn an_attempt_has_a_deadline() {
    let mut link = Link::default();
    let _ = link.on(START, 0, 0.0);
    assert_eq!(link.on(Event::Tick, 15_000, 0.0), [Action::Close]);
    assert_eq!(link.state(), State::Waiting { until: 15_200 });
}

#[test]
fn an_unexplained_end_is_queried_until_it_is_known() {
    let mut link = connected();
    let mut now = 0;
    for code in [4410, 1000, 4408, 4410] {
        assert_eq!(link.on(Event::Closed(code), now, 0.0), [Action::Close], "{code}");
        let State::Waiting { until } = link.state() else { panic!("{:?}", link.state()) };
        now = until;
        let attach = Action::Attach { take_over: false };
        assert_eq!(link.on(Event::Tick, now, 0.0), [Action::Close, attach]);
        let _ = link.on(Event::Ticket(Target::default()), now, 0.0);
    }
    assert_eq!(link.on(Event::Refused, now, 0.0), [Action::Close, Action::Over(None)]);
}

#[test]
fn sockets_that_never_open_after_a_ticket_are_not_forwarded() {
    /// One attempt until it fails; returns whether WebSockets are missing then.
    fn attempt(link: &mut Link, events: &[Event]) -> bool {
        let _ = link.on(START, 0, 0.0);
        let _ = link.on(Event::Retry, 0, 0.0);
        for event in events {
            let _ = link.on(*event, 0, 0.0);
        }
        link.lacks_websockets()
    }
    let refused = [Event::Ticket(Target::default()), Event::Closed(1006)];
    let unavailable = [Event::Failed];
    let restarting = [Event::Ticket(Target::default()), Event::Closed(1012)];
    let mut link = Link::default();
    assert!(!attempt(&mut link, &refused), "once may be a restart");
    assert!(attempt(&mut link, &refused));
    assert!(attempt(&mut link, &refused));
    assert!(!attempt(&mut link, &unavailable), "the server itself is unreachable");
    assert!(!attempt(&mut link, &refused));
    assert!(!attempt(&mut link, &restarting), "a close frame came through");
    assert!(!attempt(&mut link, &refused));
    assert!(attempt(&mut link, &[Event::Ticket(Target::default()), Event::Failed]));
    let _ = link.on(Event::Retry, 0, 0.0);
    let _ = link.on(Event::Ticket(Target::default()), 0, 0.0);
    link.welcome(0);
    assert!(!link.lacks_websockets());
}

#[test]
fn a_refusal_is_final() {
    let mut link = Link::default();
    let _ = link.on(START, 0, 0.0);
    assert_eq!(link.on(Event::Refused, 0, 0.0), [Action::Close, Action::Over(None)]);
    assert_eq!(link.wake(), None);
}
