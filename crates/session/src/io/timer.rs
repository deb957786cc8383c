//! One timer that counts the time the machine is suspended too: after a suspension that was long enough
//! it rings at once. Costs nothing until it rings.

use std::{future::poll_fn, io, time::Duration};

use rustix::time::{
    Itimerspec, TimerfdClockId, TimerfdFlags, TimerfdTimerFlags, Timespec, timerfd_create,
    timerfd_settime,
};

use crate::io::descriptor::Descriptor;

/// A timer on `CLOCK_BOOTTIME`.
pub struct Alarm {
    timer: Descriptor,
}

impl Alarm {
    /// One that is not set.
    ///
    /// # Errors
    /// The kernel's refusal.
    pub fn new() -> io::Result<Self> {
        let flags = TimerfdFlags::CLOEXEC | TimerfdFlags::NONBLOCK;
        let timer = timerfd_create(TimerfdClockId::Boottime, flags)?;
        Ok(Self { timer: Descriptor::new(timer)? })
    }

    /// Sets it to a time since the machine was started, in place of the one before; none: it does not
    /// ring.
    pub fn set(&self, at: Option<Duration>) {
        // All zero means never to the kernel, so a time that is long past is one nanosecond.
        let at = at.map_or(Duration::ZERO, |at| at.max(Duration::from_nanos(1)));
        let zero = Timespec { tv_sec: 0, tv_nsec: 0 };
        let value = Timespec {
            tv_sec: i64::try_from(at.as_secs()).unwrap_or(i64::MAX),
            tv_nsec: at.subsec_nanos().into(),
        };
        let setting = Itimerspec { it_interval: zero, it_value: value };
        // Only a time that is none could be refused.
        let _ = timerfd_settime(&self.timer, TimerfdTimerFlags::ABSTIME, &setting);
    }

    /// Waits until it rings.
    pub async fn rings(&self) {
        let mut count = [0; 8];
        let drained = count.len() + 1;
        let _ = poll_fn(|context| self.timer.poll_read(context, &mut count, drained)).await;
    }
}
