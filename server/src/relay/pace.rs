//! How many messages one socket may send: far more than anybody types, moves or pastes, and than comes
//! at once after a connection broke; fewer than keep a processor busy. It knows no socket.

use tokio::time::Instant;

/// Messages that may come at once.
const BURST: f64 = 50_000.0;

/// Messages a second in the long run.
const RATE: f64 = 5_000.0;

/// A bucket of messages that fills with time.
#[derive(Debug)]
pub struct Pace {
    left: f64,
    since: Instant,
}

impl Pace {
    /// A full one.
    pub fn new(now: Instant) -> Self {
        Self { left: BURST, since: now }
    }

    /// Whether one more may come now.
    pub fn admits(&mut self, now: Instant) -> bool {
        let passed = now.duration_since(self.since).as_secs_f64();
        self.since = now;
        self.left = (self.left + passed * RATE).min(BURST) - 1.0;
        self.left >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn floods_are_refused_and_people_are_not() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        assert!(
            (0..50_000).all(|_| pace.admits(start)),
            "what waited while the connection was broken"
        );
        assert!(!pace.admits(start));

        let mut pace = Pace::new(start);
        let at = |number: u64, a_second: u64| {
            start + Duration::from_micros(number * 1_000_000 / a_second)
        };
        assert!(
            (0..100_000).all(|number| pace.admits(at(number, 1_000))),
            "a mouse that moves for minutes"
        );
        let mut pace = Pace::new(start);
        let refused = (0..100_000).position(|number| !pace.admits(at(number, 100_000)));
        assert_eq!(refused, Some(52_631), "half a second of a flood");
    }
}
