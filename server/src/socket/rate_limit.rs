//! Rate limit for the messages of one socket, as a token bucket. It is far above typing, mouse motion
//! and pastes, including a reconnect's backlog, and below what keeps a processor busy.

use tokio::time::Instant;

/// Messages allowed in one burst.
const BURST: f64 = 50_000.0;

/// Sustained messages per second.
const RATE: f64 = 5_000.0;

#[derive(Debug)]
pub struct RateLimit {
    tokens: f64,
    updated: Instant,
}

impl RateLimit {
    pub fn new(now: Instant) -> Self {
        Self { tokens: BURST, updated: now }
    }

    /// Takes one token; returns whether there was one.
    pub fn admits(&mut self, now: Instant) -> bool {
        let passed = now.duration_since(self.updated).as_secs_f64();
        self.updated = now;
        self.tokens = (self.tokens + passed * RATE).min(BURST) - 1.0;
        self.tokens >= 0.0
    }
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::*;

    #[test]
    fn floods_are_refused_and_people_are_not() {
        let start = Instant::now();
        let mut limit = RateLimit::new(start);
        assert!((0..50_000).all(|_| limit.admits(start)), "the backlog of a broken connection");
        assert!(!limit.admits(start));

        let mut limit = RateLimit::new(start);
        let at = |number: u64, per_second: u64| {
            start + Duration::from_micros(number * 1_000_000 / per_second)
        };
        assert!(
            (0..100_000).all(|number| limit.admits(at(number, 1_000))),
            "a mouse that moves for minutes"
        );
        let mut limit = RateLimit::new(start);
        let refused = (0..100_000).position(|number| !limit.admits(at(number, 100_000)));
        assert_eq!(refused, Some(52_631), "half a second of a flood");
    }
}
