//! Frame pacing: frames follow a pause immediately, then at most 60 times a second. Pure.

use std::time::Duration;

use tokio::time::Instant;

/// Interval between frames after a burst.
const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 60);

/// Frames sent without delay after a pause: an echo, the prompt after it, a redraw.
const BURST: u32 = 3;

/// A token bucket, represented by the time at which it is full.
#[derive(Debug)]
pub struct Pace {
    full_at: Instant,
}

impl Pace {
    pub fn new(now: Instant) -> Self {
        Self { full_at: now }
    }

    pub fn next(&self) -> Instant {
        self.full_at.checked_sub(INTERVAL * (BURST - 1)).unwrap_or(self.full_at)
    }

    /// Takes the token of one frame.
    pub fn take(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + INTERVAL;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_is_followed_by_sixty_frames_a_second() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let mut frames = 0;
        for millisecond in 0..1000 {
            let now = start + Duration::from_millis(millisecond);
            while pace.next() <= now {
                pace.take(now);
                frames += 1;
            }
        }
        assert!((60..=60 + BURST).contains(&frames), "{frames}");
    }

    #[test]
    fn a_pause_refills_one_burst() {
        let start = Instant::now();
        let mut pace = Pace::new(start);
        let later = start + Duration::from_secs(60);
        for _ in 0..BURST {
            assert!(pace.next() <= later);
            pace.take(later);
        }
        assert!(pace.next() > later);
    }
}
