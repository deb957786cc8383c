//! The connection of one terminal page as a state machine: what happened goes in, what to do comes
//! out. Times are milliseconds of any steady clock, passed in; it knows no socket and no browser.

use protocol::close;

/// First pause before coming back, in milliseconds.
const FIRST_PAUSE: u64 = 200;

/// Longest pause before coming back, in milliseconds.
const LONGEST_PAUSE: u64 = 10_000;

/// A visible page asks for a sign of life this often, in milliseconds.
const PING_EVERY: u64 = 10_000;

/// Without an answer for this long the connection counts as dead, in milliseconds.
const PONG_WITHIN: u64 = 8_000;

/// A ticket or a socket that takes longer than this is given up, in milliseconds.
const CONNECT_WITHIN: u64 = 15_000;

/// What happened.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The page is ready, or a person asks to come back; `take_over` drives others out.
    Start {
        /// Take over from whoever drives now.
        take_over: bool,
    },
    /// The server gave a ticket.
    Ticket,
    /// The server refused the attach for good; the page shows why.
    Refused,
    /// The server could not be asked, or is not able to answer now.
    Failed,
    /// The session said welcome.
    Welcome,
    /// Any message came in.
    Heard,
    /// The answer to a ping.
    Pong(u32),
    /// The session's last message: nothing more will come.
    Ended,
    /// The socket closed with this code; 1006 when it broke.
    Closed(u16),
    /// The time asked for by [`Link::wake`] has come.
    Tick,
    /// The network is back, or the page is looked at again.
    Nudge,
    /// Whether the page is visible.
    Visible(bool),
}

/// What to do now, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Ask for a ticket.
    Attach {
        /// Take over from whoever drives now.
        take_over: bool,
    },
    /// Open the socket with the ticket just given.
    Open,
    /// Send a ping.
    Ping(u32),
    /// Close the socket and forget it, with a ticket on its way.
    Drop,
    /// The attachment is over and does not come back by itself.
    Over(Over),
}

/// Why an attachment is over for good.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// The server or the session said why in its last message.
    Told,
    /// The sign-in is over.
    SignedOut,
    /// Not allowed any more.
    Forbidden,
    /// Another client drives now.
    TakenOver,
    /// The session is over.
    Gone,
    /// The two sides do not understand each other.
    Misunderstood,
}

/// Where the connection stands, for people.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    /// Not started.
    #[default]
    Idle,
    /// On the way: asking for a ticket or opening the socket.
    Connecting,
    /// Alive.
    Connected,
    /// Comes back by itself at this time.
    Waiting {
        /// When, in milliseconds.
        until: u64,
    },
    /// Over until a person acts.
    Over,
}

/// The state machine.
#[derive(Clone, Debug, Default)]
pub struct Link {
    state: State,
    /// Attempts since the last welcome.
    attempts: u32,
    hidden: bool,
    take_over: bool,
    /// When the attempt under way is given up.
    give_up: u64,
    next_ping: u64,
    /// The ping that waits for its answer, and until when.
    pinged: Option<(u32, u64)>,
    nonce: u32,
}

impl Link {
    /// Where the connection stands.
    #[must_use]
    pub fn state(&self) -> State {
        self.state
    }

    /// When [`Event::Tick`] is wanted, if at all.
    #[must_use]
    pub fn wake(&self) -> Option<u64> {
        match self.state {
            State::Waiting { until } => Some(until),
            State::Connecting => Some(self.give_up),
            State::Connected => match self.pinged {
                Some((_, due)) => Some(due),
                None if self.hidden => None,
                None => Some(self.next_ping),
            },
            State::Idle | State::Over => None,
        }
    }

    /// Takes an event at `now`; `chance` in 0..1 spreads the pauses of many pages.
    #[must_use]
    pub fn on(&mut self, event: Event, now: u64, chance: f64) -> Vec<Action> {
        match (event, self.state) {
            (Event::Start { take_over }, State::Connecting | State::Connected) if !take_over => {
                vec![]
            }
            (Event::Start { take_over }, _) => {
                self.take_over = take_over;
                self.attempts = 0;
                self.connect(now)
            }
            (_, State::Idle | State::Over) => {
                if let Event::Visible(visible) = event {
                    self.hidden = !visible;
                }
                vec![]
            }
            (Event::Ticket, State::Connecting) => {
                self.give_up = now + CONNECT_WITHIN;
                vec![Action::Open]
            }
            (Event::Refused | Event::Ended, _) => self.over(Over::Told),
            (Event::Failed, State::Connecting) => self.pause(now, chance),
            (Event::Welcome, State::Connecting) => {
                self.state = State::Connected;
                (self.attempts, self.take_over, self.pinged) = (0, false, None);
                self.next_ping = now + PING_EVERY;
                vec![]
            }
            (Event::Heard, State::Connected) => {
                self.next_ping = now + PING_EVERY;
                vec![]
            }
            (Event::Pong(nonce), State::Connected) => {
                self.pinged = self.pinged.filter(|(sent, _)| *sent != nonce);
                vec![]
            }
            (Event::Closed(code), State::Connecting | State::Connected) => match verdict(code) {
                Some(why) => self.over(why),
                None => self.pause(now, chance),
            },
            (Event::Tick, _) => self.tick(now, chance),
            (Event::Nudge, State::Waiting { .. }) => self.connect(now),
            (Event::Nudge, State::Connected) if self.pinged.is_none() => self.ping(now),
            (Event::Visible(visible), _) => {
                self.hidden = !visible;
                match self.state {
                    State::Waiting { .. } if visible => self.connect(now),
                    State::Connected if visible && self.pinged.is_none() => self.ping(now),
                    _ => vec![],
                }
            }
            _ => vec![],
        }
    }

    fn tick(&mut self, now: u64, chance: f64) -> Vec<Action> {
        if self.wake().is_none_or(|at| now < at) {
            return vec![];
        }
        match self.state {
            State::Waiting { .. } => self.connect(now),
            State::Connected if self.pinged.is_none() => self.ping(now),
            State::Connected | State::Connecting => self.pause(now, chance),
            State::Idle | State::Over => vec![],
        }
    }

    fn ping(&mut self, now: u64) -> Vec<Action> {
        self.nonce = self.nonce.wrapping_add(1);
        self.pinged = Some((self.nonce, now + PONG_WITHIN));
        vec![Action::Ping(self.nonce)]
    }

    fn connect(&mut self, now: u64) -> Vec<Action> {
        self.state = State::Connecting;
        self.give_up = now + CONNECT_WITHIN;
        self.pinged = None;
        vec![Action::Drop, Action::Attach { take_over: self.take_over }]
    }

    fn pause(&mut self, now: u64, chance: f64) -> Vec<Action> {
        let until = now + pause_of(self.attempts, chance);
        self.attempts = self.attempts.saturating_add(1);
        self.state = State::Waiting { until };
        self.pinged = None;
        vec![Action::Drop]
    }

    fn over(&mut self, why: Over) -> Vec<Action> {
        self.state = State::Over;
        self.pinged = None;
        vec![Action::Drop, Action::Over(why)]
    }
}

/// What a close code means: why it is over, or none when coming back makes sense.
#[must_use]
pub fn verdict(code: u16) -> Option<Over> {
    match code {
        close::ENDED | close::GONE => Some(Over::Gone),
        close::SIGNED_OUT => Some(Over::SignedOut),
        close::FORBIDDEN => Some(Over::Forbidden),
        close::TAKEN_OVER => Some(Over::TakenOver),
        close::BAD_MESSAGE | close::TOO_BIG => Some(Over::Misunderstood),
        _ => None,
    }
}

/// The pause before attempt number `attempts` + 1, in milliseconds: doubling, bounded, and between
/// three quarters and all of that by `chance`.
#[must_use]
pub fn pause_of(attempts: u32, chance: f64) -> u64 {
    let full = FIRST_PAUSE.saturating_mul(1 << attempts.min(10)).min(LONGEST_PAUSE);
    let spread = chance.clamp(0.0, 1.0) * 256.0;
    let spread = spread as u64;
    full - full / 4 * spread / 256
}

#[cfg(test)]
mod tests {
    use super::*;

    const START: Event = Event::Start { take_over: false };

    fn connected() -> Link {
        let mut link = Link::default();
        for event in [START, Event::Ticket, Event::Welcome] {
            let _ = link.on(event, 0, 0.0);
        }
        assert_eq!(link.state(), State::Connected);
        link
    }

    #[test]
    fn the_way_in() {
        let mut link = Link::default();
        let attach = Action::Attach { take_over: false };
        assert_eq!(link.on(START, 5, 0.0), [Action::Drop, attach]);
        assert_eq!(link.on(START, 5, 0.0), []);
        assert_eq!(link.on(Event::Ticket, 6, 0.0), [Action::Open]);
        assert_eq!(link.on(Event::Welcome, 7, 0.0), []);
        assert_eq!(link.state(), State::Connected);
    }

    #[test]
    fn close_codes() {
        for (code, over) in [
            (1000, Some(Over::Gone)),
            (1001, None),
            (1006, None),
            (1009, Some(Over::Misunderstood)),
            (1011, None),
            (1012, None),
            (4400, Some(Over::Misunderstood)),
            (4401, Some(Over::SignedOut)),
            (4403, Some(Over::Forbidden)),
            (4408, None),
            (4409, Some(Over::TakenOver)),
            (4410, Some(Over::Gone)),
            (4413, None),
            (4429, None),
        ] {
            let mut link = connected();
            let actions = link.on(Event::Closed(code), 50, 0.0);
            match over {
                Some(why) => assert_eq!(actions, [Action::Drop, Action::Over(why)], "{code}"),
                None => assert_eq!(link.state(), State::Waiting { until: 250 }, "{code}"),
            }
        }
    }

    #[test]
    fn a_taken_over_page_stays_away_until_a_person_acts() {
        let mut link = connected();
        let _ = link.on(Event::Closed(4409), 0, 0.0);
        for event in [Event::Nudge, Event::Visible(true), Event::Tick, Event::Closed(1006)] {
            assert_eq!(link.on(event, 99_999, 0.0), [], "{event:?}");
        }
        let back = Action::Attach { take_over: true };
        let take_over = Event::Start { take_over: true };
        assert_eq!(link.on(take_over, 100_000, 0.0), [Action::Drop, back]);
    }

    #[test]
    fn pauses_double_to_ten_seconds_and_start_anew_after_a_welcome() {
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
        let _ = link.on(Event::Nudge, now, 0.0);
        let _ = link.on(Event::Ticket, now, 0.0);
        let _ = link.on(Event::Welcome, now, 0.0);
        let _ = link.on(Event::Closed(1012), now, 0.0);
        assert_eq!(link.state(), State::Waiting { until: now + 200 });
    }

    #[test]
    fn pauses_are_spread() {
        assert_eq!((pause_of(0, 0.0), pause_of(0, 0.999), pause_of(40, 1.0)), (200, 151, 7_500));
    }

    #[test]
    fn silence_is_noticed_while_visible_only() {
        let mut link = connected();
        assert_eq!(link.wake(), Some(10_000));
        assert_eq!(link.on(Event::Heard, 4_000, 0.0), []);
        assert_eq!(link.on(Event::Tick, 10_000, 0.0), []);
        assert_eq!(link.on(Event::Tick, 14_000, 0.0), [Action::Ping(1)]);
        assert_eq!(link.on(Event::Pong(1), 14_010, 0.0), []);
        let _ = link.on(Event::Visible(false), 15_000, 0.0);
        assert_eq!(link.wake(), None);
        assert_eq!(link.on(Event::Visible(true), 99_000, 0.0), [Action::Ping(2)]);
        assert_eq!(link.on(Event::Tick, 107_000, 0.0), [Action::Drop]);
        assert!(matches!(link.state(), State::Waiting { .. }));
    }

    #[test]
    fn the_network_coming_back_ends_the_pause_at_once() {
        let mut link = connected();
        let _ = link.on(Event::Closed(1006), 0, 0.0);
        assert_eq!(
            link.on(Event::Nudge, 1, 0.0),
            [Action::Drop, Action::Attach { take_over: false }]
        );
    }

    #[test]
    fn an_attempt_that_hangs_is_given_up() {
        let mut link = Link::default();
        let _ = link.on(START, 0, 0.0);
        assert_eq!(link.on(Event::Tick, 15_000, 0.0), [Action::Drop]);
        assert_eq!(link.state(), State::Waiting { until: 15_200 });
    }

    #[test]
    fn a_refusal_is_final() {
        let mut link = Link::default();
        let _ = link.on(START, 0, 0.0);
        assert_eq!(link.on(Event::Refused, 0, 0.0), [Action::Drop, Action::Over(Over::Told)]);
        assert_eq!(link.wake(), None);
    }
}
