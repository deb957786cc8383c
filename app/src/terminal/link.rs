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

/// Refused tickets in a row after which it is not their age.
const MOST_TICKETS: u32 = 4;

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
    /// More input than the program takes, or more terminals than a browser may have.
    TooMuch,
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
            // A ticket may have grown old on the way: the next attach tells whether it was only that.
            (Event::Closed(close::FORBIDDEN), State::Connecting)
                if self.attempts < MOST_TICKETS =>
            {
                self.pause(now, chance)
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

    /// Whether the attach under way was asked for by a person who takes over.
    #[must_use]
    pub fn takes_over(&self) -> bool {
        self.take_over
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
        close::ENDED | close::GONE | close::IDLE => Some(Over::Gone),
        close::SIGNED_OUT => Some(Over::SignedOut),
        close::FORBIDDEN => Some(Over::Forbidden),
        close::TAKEN_OVER => Some(Over::TakenOver),
        close::BAD_MESSAGE | close::TOO_BIG => Some(Over::Misunderstood),
        close::TOO_MANY => Some(Over::TooMuch),
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
mod tests;
