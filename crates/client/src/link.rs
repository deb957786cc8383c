//! The connection of one client as a state machine: tickets, reconnects with backoff, pings. Times are
//! milliseconds of any monotonic clock. It does not depend on sockets, or on messages except the ping.

use protocol::close;

use crate::target::Target;

/// First pause before a reconnect, in milliseconds.
const FIRST_PAUSE: u64 = 200;

/// Longest pause before a reconnect, in milliseconds.
const LONGEST_PAUSE: u64 = 10_000;

/// Silence after which a visible client sends a ping, in milliseconds.
const PING_EVERY: u64 = 10_000;

/// Time within which a ping must be answered, in milliseconds.
const PONG_WITHIN: u64 = 8_000;

/// Time limit for a ticket and for a socket, in milliseconds.
const CONNECT_WITHIN: u64 = 15_000;

/// Refused tickets in a row after which their age is no longer a likely cause.
const MAX_TICKETS: u32 = 4;

/// Sockets in a row that did not open although the server issued a ticket: more are no coincidence, for
/// example of a restart.
const MAX_UNOPENED: u32 = 1;

/// Event from outside, besides the messages of the session.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Event {
    /// The client is ready, or a person reconnects.
    Start { take_over: bool },
    /// The server issued a ticket for this target.
    Ticket(Target),
    /// The server refused the attach permanently.
    Refused,
    /// The request failed for a reason that may pass.
    Failed,
    /// The socket closed with this code; 1006 without a close frame.
    Closed(u16),
    /// The time of [`Link::wake`] has come.
    Tick,
    /// A reconnect is likely to succeed, for example because the network is back.
    Retry,
    /// The client became visible or hidden.
    Visible(bool),
}

/// Action to perform, in order.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Action {
    /// Request a ticket.
    Attach {
        take_over: bool,
    },
    /// Open the socket with the ticket.
    Open,
    Ping(u32),
    /// Close the socket and cancel the request for a ticket.
    Close,
    /// The attachment is over; it does not reconnect by itself. Without a reason, the last message or the
    /// refusal gave it.
    Over(Option<CloseReason>),
}

/// Reason for which an attachment is over until a person acts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CloseReason {
    SignedOut,
    Forbidden,
    /// Another client drives now.
    TakenOver,
    /// Malformed or oversized message, or incompatible versions.
    Incompatible,
    /// More input than the program takes, or more terminals than allowed.
    TooMuch,
    /// The ticket is for another session, or for another member or guest.
    OtherTarget,
}

impl CloseReason {
    /// Returns the reason that a close code stands for; none when another attach makes sense. That includes
    /// a session or share that is over, without the message that explains it: only the server knows how it
    /// ended, perhaps not yet, and refuses to attach once it does.
    pub fn from_code(code: u16) -> Option<Self> {
        match code {
            close::SIGNED_OUT => Some(Self::SignedOut),
            close::FORBIDDEN => Some(Self::Forbidden),
            close::TAKEN_OVER => Some(Self::TakenOver),
            close::BAD_MESSAGE | close::TOO_BIG => Some(Self::Incompatible),
            close::TOO_MANY => Some(Self::TooMuch),
            _ => None,
        }
    }

    /// Returns the sentence for people.
    pub fn sentence(self) -> &'static str {
        match self {
            Self::SignedOut => "You were signed out. Sign in again.",
            Self::Forbidden => "You no longer have access to this session.",
            Self::TakenOver => "Another client took over this session.",
            Self::Incompatible => {
                "This client and the server are incompatible. Update the older one."
            }
            Self::OtherTarget => {
                "The server offered another session or identity. Unsent input was discarded. Attach again."
            }
            Self::TooMuch => {
                "Too much unread input, or too many open terminals. Wait or close a terminal, then attach again."
            }
        }
    }
}

#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum State {
    #[default]
    Idle,
    /// Requesting a ticket or opening the socket.
    Connecting,
    Connected,
    /// Reconnects at this time.
    Waiting {
        until: u64,
    },
    Over,
}

#[derive(Clone, Debug, Default)]
pub struct Link {
    state: State,
    attempts: u32,
    hidden: bool,
    take_over: bool,
    /// Deadline of the current attempt.
    deadline: u64,
    /// The current attempt has a ticket, and its socket is not open yet.
    opening: bool,
    /// Sockets in a row that did not open.
    unopened: u32,
    next_ping: u64,
    /// Unanswered ping and its deadline.
    pinged: Option<(u32, u64)>,
    nonce: u32,
}

impl Link {
    pub fn state(&self) -> State {
        self.state
    }

    /// Returns true if something between the client and the server, which issues tickets, does not forward
    /// WebSockets.
    pub fn lacks_websockets(&self) -> bool {
        self.unopened > MAX_UNOPENED
    }

    /// Returns the time at which [`Event::Tick`] is due, if any.
    pub fn wake(&self) -> Option<u64> {
        match self.state {
            State::Waiting { until } => Some(until),
            State::Connecting => Some(self.deadline),
            State::Connected => match self.pinged {
                Some((_, due)) => Some(due),
                None if self.hidden => None,
                None => Some(self.next_ping),
            },
            State::Idle | State::Over => None,
        }
    }

    /// Processes an event at `now`; `chance` in 0..1 spreads the reconnects of many clients.
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
            (Event::Ticket(_), State::Connecting) => {
                self.deadline = now + CONNECT_WITHIN;
                self.opening = true;
                vec![Action::Open]
            }
            (Event::Refused, _) => self.over(None),
            (Event::Failed, State::Connecting) => self.pause(now, chance),
            // The ticket may have expired on the way; a new attempt shows whether that was the cause.
            (Event::Closed(close::FORBIDDEN), State::Connecting) if self.attempts < MAX_TICKETS => {
                self.pause(now, chance)
            }
            (Event::Closed(code), State::Connecting | State::Connected) => {
                self.opening &= code == close::ABNORMAL;
                match CloseReason::from_code(code) {
                    Some(why) => self.over(Some(why)),
                    None => self.pause(now, chance),
                }
            }
            (Event::Tick, _) => self.tick(now, chance),
            (Event::Retry, State::Waiting { .. }) => self.connect(now),
            (Event::Retry, State::Connected) if self.pinged.is_none() => self.ping(now),
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

    pub fn welcome(&mut self, now: u64) {
        if self.state == State::Connecting {
            self.state = State::Connected;
            (self.attempts, self.take_over, self.pinged) = (0, false, None);
            (self.opening, self.unopened) = (false, 0);
            self.received(now);
        }
    }

    pub fn received(&mut self, now: u64) {
        self.next_ping = now + PING_EVERY;
    }

    /// Adopts the answer to the ping with this nonce.
    pub fn pong(&mut self, nonce: u32) {
        self.pinged.take_if(|(sent, _)| *sent == nonce);
    }

    #[must_use]
    pub fn ended(&mut self) -> Vec<Action> {
        match self.state {
            State::Idle | State::Over => vec![],
            _ => self.over(None),
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
        self.deadline = now + CONNECT_WITHIN;
        self.opening = false;
        self.pinged = None;
        vec![Action::Close, Action::Attach { take_over: self.take_over }]
    }

    /// Returns whether the current attempt takes over from the driver.
    pub fn takes_over(&self) -> bool {
        self.take_over
    }

    fn pause(&mut self, now: u64, chance: f64) -> Vec<Action> {
        let until = now + pause_of(self.attempts, chance);
        self.attempts = self.attempts.saturating_add(1);
        self.unopened = if self.opening { self.unopened.saturating_add(1) } else { 0 };
        self.state = State::Waiting { until };
        self.pinged = None;
        vec![Action::Close]
    }

    /// Ends the attachment.
    #[must_use]
    pub(crate) fn over(&mut self, why: Option<CloseReason>) -> Vec<Action> {
        self.state = State::Over;
        self.pinged = None;
        vec![Action::Close, Action::Over(why)]
    }
}

/// Returns the pause before attempt number `attempts` + 1, in milliseconds. It doubles up to a bound;
/// `chance` takes off up to a quarter.
fn pause_of(attempts: u32, chance: f64) -> u64 {
    let full = FIRST_PAUSE.saturating_mul(1 << attempts.min(10)).min(LONGEST_PAUSE);
    let spread = chance.clamp(0.0, 1.0) * 256.0;
    let spread = spread as u64;
    full - full / 4 * spread / 256
}

#[cfg(test)]
mod tests;
