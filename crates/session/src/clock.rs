//! The one place of this process that reads clocks: the wall clock, for times that people see, and the
//! time since the machine was started, for what must count a suspension and not be set.

use std::time::{Duration, SystemTime, UNIX_EPOCH};

use rustix::time::{ClockId, clock_gettime};

use crate::sharing::shares::Now;

/// Milliseconds since 1970, UTC.
#[expect(
    clippy::disallowed_methods,
    reason = "the clock of the process; deadlines use tokio's Instant"
)]
pub fn unix_millis() -> u64 {
    let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
    u64::try_from(since.as_millis()).unwrap_or(u64::MAX)
}

/// Both times of now.
pub fn now() -> Now {
    Now { boot: since_boot(), wall: unix_millis() }
}

/// Time since the machine was started, suspension included.
pub fn since_boot() -> Duration {
    let time = clock_gettime(ClockId::Boottime);
    let nanoseconds = u32::try_from(time.tv_nsec).unwrap_or_default();
    Duration::new(u64::try_from(time.tv_sec).unwrap_or_default(), nanoseconds)
}
