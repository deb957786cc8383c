//! The only module that reads clocks: wall-clock time, and time since boot, which cannot be set.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

#[derive(Clone, Copy, Debug)]
pub struct Now {
    /// Time since boot, suspension included.
    pub boot: Duration,
    /// Unix milliseconds.
    pub wall: u64,
}

pub fn now() -> Now {
    Now { boot: since_boot(), wall: unix_millis() }
}

#[expect(
    clippy::disallowed_methods,
    reason = "the clock of the process; deadlines use tokio's Instant"
)]
pub fn unix_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Time since boot, suspension included.
pub fn since_boot() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), nanoseconds)
}
