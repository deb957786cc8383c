//! Resource usage of the processes of each session, measured on demand and cached.

use std::{
    collections::{HashMap, HashSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};

use protocol::id::SessionId;
use rustix::param::{clock_ticks_per_second, page_size};
use tokio::time::Instant;

use crate::{
    processes::{self, trees},
    registry::Registry,
};

/// Age below which a measurement is returned without a new one.
const FRESH: Duration = Duration::from_secs(2);

/// Age above which a measurement is not returned: callers wait for a new one.
const OLD: Duration = Duration::from_secs(10);

/// Longest interval between two measurements that gives a current processor usage.
const CPU_INTERVAL: Duration = Duration::from_secs(60);

/// Resource usage of the processes of one session.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Usage {
    /// Number of processes, including the session process.
    pub processes: u32,
    /// Bytes of resident memory that is not backed by files.
    pub memory: u64,
    /// Current processor time in thousandths of one core. Absent after the first measurement.
    pub cpu_permille: Option<u32>,
    /// The session process is stopped by a signal or a debugger and thus does not respond.
    pub stopped: bool,
}

#[derive(Debug, Default)]
pub(crate) struct UsageCache {
    last: Mutex<Option<Measurement>>,
    measuring: tokio::sync::Mutex<()>,
}

#[derive(Clone, Debug)]
struct Measurement {
    at: Instant,
    usage: HashMap<SessionId, Usage>,
    ticks: HashMap<SessionId, u64>,
}

impl UsageCache {
    /// See [`Host::usage`](crate::Host::usage).
    pub async fn get(self: &Arc<Self>, registry: &Arc<Registry>) -> HashMap<SessionId, Usage> {
        let age = self.last().as_ref().map(|last| last.at.elapsed());
        match age {
            Some(age) if age < FRESH => {}
            Some(age) if age < OLD => {
                let (cache, registry) = (Arc::clone(self), Arc::clone(registry));
                tokio::spawn(async move { cache.refresh(&registry).await });
            }
            _ => self.refresh(registry).await,
        }
        self.last().as_ref().map(|last| last.usage.clone()).unwrap_or_default()
    }

    fn last(&self) -> MutexGuard<'_, Option<Measurement>> {
        // Each change replaces the whole value, so a panic leaves no partial change.
        self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn refresh(&self, registry: &Registry) {
        let _measuring = self.measuring.lock().await;
        let before = self.last().clone();
        if before.as_ref().is_some_and(|last| last.at.elapsed() < FRESH) {
            return;
        }
        let living = registry.reports().clone().into_iter().filter(|(_, it)| it.end.is_none());
        let roots: Vec<(SessionId, u32)> = living.map(|(id, it)| (id, it.process)).collect();
        let measured = tokio::task::spawn_blocking(move || measure(&roots, before.as_ref())).await;
        if let Ok(measured) = measured {
            *self.last() = Some(measured);
        }
    }
}

fn measure(roots: &[(SessionId, u32)], before: Option<&Measurement>) -> Measurement {
    let at = Instant::now();
    let trees = trees(&processes::all(), roots);
    let roots: HashSet<u32> = roots.iter().map(|(_, pid)| *pid).collect();
    let mut measured = Measurement { at, usage: HashMap::new(), ticks: HashMap::new() };
    for (id, tree) in trees {
        let ticks = tree.iter().map(|stat| stat.ticks).sum();
        let pages: u64 = tree.iter().filter_map(|stat| processes::private_pages(stat.pid)).sum();
        let earlier = before.and_then(|last| Some((last.at, *last.ticks.get(&id)?)));
        let usage = Usage {
            processes: u32::try_from(tree.len()).unwrap_or(u32::MAX),
            memory: pages * u64::try_from(page_size()).unwrap_or_default(),
            cpu_permille: earlier
                .and_then(|(then, was)| permille(ticks, was, at - then, clock_ticks_per_second())),
            stopped: tree.iter().any(|stat| stat.is_stopped() && roots.contains(&stat.pid)),
        };
        measured.usage.insert(id, usage);
        measured.ticks.insert(id, ticks);
    }
    measured
}

/// Returns the thousandths of one core used between two tick counts, if the interval allows it.
fn permille(ticks: u64, before: u64, interval: Duration, hertz: u64) -> Option<u32> {
    let milliseconds = u64::try_from(interval.as_millis()).ok().filter(|ms| *ms > 0)?;
    if interval > CPU_INTERVAL {
        return None;
    }
    // The total falls when processes end that no parent waited for.
    let spent = ticks.saturating_sub(before);
    let permille = spent.saturating_mul(1_000_000) / hertz.max(1) / milliseconds;
    Some(u32::try_from(permille).unwrap_or(u32::MAX))
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn processor_usage_needs_a_short_interval() {
        let second = Duration::from_secs(1);
        for (now, before, interval, expected) in [
            (150, 100, second, Some(500)),
            (500, 100, second * 2, Some(2000)),
            (100, 100, second, Some(0)),
            (90, 100, second, Some(0)),
            (150, 100, Duration::ZERO, None),
            (150, 100, second * 61, None),
        ] {
            let found = permille(now, before, interval, 100);
            assert_eq!(found, expected, "{now} {before} {interval:?}");
        }
    }

    #[test]
    fn this_process_is_measured() {
        let id = SessionId(Uuid::from_u128(1));
        let measured = measure(&[(id, std::process::id())], None);
        let usage = measured.usage[&id];
        assert!(
            usage.processes >= 1 && usage.memory > 0 && usage.cpu_permille.is_none(),
            "{usage:?}"
        );
    }
}
