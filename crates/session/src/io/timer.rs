//! A timer that counts suspension: after a long enough suspension it fires at once.

use std::{future::poll_fn, io, time::Duration};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use super::descriptor::Descriptor;

/// A timer on `CLOCK_BOOTTIME`.
pub struct BootTimer {
    timer: Descriptor,
}

impl BootTimer {
    pub fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Boottime, flags)?;
        Ok(Self { timer: Descriptor::new(timer)? })
    }

    /// Arms the timer for a time since boot, or disarms it.
    pub fn set(&self, at: Option<Duration>) {
        // The kernel reads zero as disarmed, so a time long past is one nanosecond.
        let at = at.map_or(Duration::ZERO, |at| at.max(Duration::from_nanos(1)));
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let value = Timespec {
            tv_sec: i64::try_from(at.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: at.subsec_nanos().into(),
        };
        let setting = Itimerspec { it_interval: zero, it_value: value };
        // Fails only for malformed times.
        let _ = timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &setting);
    }

    pub async fn fired(&self) {
        let mut count = [0; 8];
        let drained = count.len() + 1;
        let _ = poll_fn(|context| self.timer.poll_read(context, &mut count, drained)).await;
    }
}
