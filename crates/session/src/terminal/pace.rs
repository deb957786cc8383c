//! When the screen may be shown again: at once after a pause, then at most 60 times a second. Pure:
//! time is passed in.

use std::time::Duration;

use tokio::time::Instant;

/// One frame in this time, once the burst is used up.
const INTERVAL: Duration = Duration::from_nanos(1_000_000_000 / 60);

/// Frames that may follow each other at once after a pause: an echo, the prompt behind it, a redraw.
const BURST: u32 = 3;

/// A token bucket in the form of the time at which it will be full.
#[derive(Debug)]
pub struct Pace {
    full_at: Instant,
}

impl Pace {
    /// A full bucket.
    pub fn new(now: Instant) -> Self {
        Self { full_at: now }
    }

    /// When the next frame may be built; not later than `now` means now.
    pub fn next(&self) -> Instant {
        self.full_at.checked_sub(INTERVAL * (BURST - 1)).unwrap_or(self.full_at)
    }

    /// Counts a frame.
    pub fn take(&mut self, now: Instant) {
        self.full_at = self.full_at.max(now) + INTERVAL;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_then_sixty_a_second() {
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
    fn a_pause_gives_the_burst_back_and_no_more() {
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
