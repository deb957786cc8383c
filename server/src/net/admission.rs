//! Bounds on open connections, in total and per address, and their activity. When a bound is reached, the
//! connection that was silent for longest without an authenticated request makes room. Does not depend on
//! sockets or HTTP.

use std::{
    collections::HashMap,
    net::IpAddr,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use tokio::time::{Instant, sleep_until};
use tokio_util::sync::CancellationToken;

/// Time within which the first byte must arrive.
const FIRST_BYTE_TIMEOUT: Duration = Duration::from_secs(10);

/// Time without a byte in either direction after which a connection closes. An event stream sends a
/// comment every 25 s.
const IDLE_TIMEOUT: Duration = Duration::from_secs(75);

/// Most connections, however many descriptors there are; each takes some memory too.
const MAX_CONNECTIONS: u64 = 20_000;

/// Interval between log lines about a reached bound.
const LOG_INTERVAL: Duration = Duration::from_mins(1);

/// Open connections.
#[derive(Debug)]
pub struct Admission {
    max: usize,
    max_per_address: usize,
    open: Mutex<Open>,
}

#[derive(Debug, Default)]
struct Open {
    connections: HashMap<u64, (IpAddr, Arc<Activity>)>,
    next: u64,
    logged: Option<Instant>,
}

/// Place of an open connection, free again once dropped.
#[derive(Debug)]
pub struct Place {
    admission: Arc<Admission>,
    number: u64,
    pub activity: Arc<Activity>,
}

/// Activity of a connection since it was accepted.
#[derive(Debug)]
pub struct Activity {
    last: Mutex<Instant>,
    is_used: AtomicBool,
    is_authenticated: AtomicBool,
    evicted: CancellationToken,
}

impl Admission {
    /// Returns the bounds for a number of descriptors. Each attached viewer needs two, and some are reserved
    /// for the database, files and requests of those who are connected already.
    pub fn new(descriptors: Option<u64>) -> Arc<Self> {
        let descriptors = descriptors.unwrap_or(u64::MAX);
        let reserved = (descriptors / 16).max(48);
        let max = (descriptors.saturating_sub(reserved) / 2).clamp(8, MAX_CONNECTIONS);
        let max = usize::try_from(max).unwrap_or(usize::MAX);
        Arc::new(Self { max, max_per_address: max / 4, open: Mutex::default() })
    }

    fn open(&self) -> MutexGuard<'_, Open> {
        // Every change under this lock is one insert or remove, so a panic leaves it consistent.
        self.open.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Admits a connection, if necessary in place of another one. Returns none if all others are
    /// authenticated. Addresses for which `is_unbounded` holds, such as those of proxies, only count in total.
    pub fn admit(
        self: &Arc<Self>,
        address: IpAddr,
        is_unbounded: impl Fn(IpAddr) -> bool,
        now: Instant,
    ) -> Option<Place> {
        let mut open = self.open();
        let from_address = open.connections.values().filter(|(from, _)| *from == address).count();
        let too_many_from_address = from_address >= self.max_per_address && !is_unbounded(address);
        if too_many_from_address || open.connections.len() >= self.max {
            if open.logged.is_none_or(|logged| now >= logged + LOG_INTERVAL) {
                open.logged = Some(now);
                tracing::warn!(
                    %address, from_address, connections = open.connections.len(),
                    "too many connections: the longest silent ones are closed"
                );
            }
            let evicted = open
                .connections
                .iter()
                .filter(|(_, (from, _))| !too_many_from_address || *from == address)
                .filter(|(_, (_, activity))| !activity.is_authenticated())
                .min_by_key(|(_, (_, activity))| activity.last())
                .map(|(number, _)| *number)?;
            if let Some((_, activity)) = open.connections.remove(&evicted) {
                activity.evicted.cancel();
            }
        }
        let activity = Arc::new(Activity::new(now));
        let number = open.next;
        open.next += 1;
        open.connections.insert(number, (address, Arc::clone(&activity)));
        Some(Place { admission: Arc::clone(self), number, activity })
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        self.admission.open().connections.remove(&self.number);
    }
}

impl Activity {
    fn new(now: Instant) -> Self {
        Self {
            last: Mutex::new(now),
            is_used: AtomicBool::default(),
            is_authenticated: AtomicBool::default(),
            evicted: CancellationToken::new(),
        }
    }

    /// Records that bytes passed.
    pub fn record(&self, now: Instant) {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner) = now;
        self.is_used.store(true, Ordering::Relaxed);
    }

    /// Records an authenticated request: the connection is never closed in favour of another one.
    pub fn record_authenticated(&self) {
        self.is_authenticated.store(true, Ordering::Relaxed);
    }

    fn is_authenticated(&self) -> bool {
        self.is_authenticated.load(Ordering::Relaxed)
    }

    fn last(&self) -> Instant {
        *self.last.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the time at which the connection closes if it stays silent.
    fn deadline(&self) -> Instant {
        let is_used = self.is_used.load(Ordering::Relaxed);
        self.last() + if is_used { IDLE_TIMEOUT } else { FIRST_BYTE_TIMEOUT }
    }

    /// Waits until the connection has to close: it is silent for too long, or another one takes its place.
    pub async fn over(&self) {
        let silent = async {
            while Instant::now() < self.deadline() {
                sleep_until(self.deadline()).await;
            }
        };
        tokio::select! {
            () = silent => {}
            () = self.evicted.cancelled() => {}
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn address(last: u8) -> IpAddr {
        IpAddr::from([192, 0, 2, last])
    }

    #[test]
    fn bounds_follow_the_descriptors() {
        for (descriptors, max) in [
            (Some(0), 8),
            (Some(64), 8),
            (Some(256), 104),
            (Some(1024), 480),
            (Some(65_536), 20_000),
            (None, 20_000),
        ] {
            let admission = Admission::new(descriptors);
            assert_eq!(
                (admission.max, admission.max_per_address),
                (max, max / 4),
                "{descriptors:?}"
            );
        }
    }

    #[test]
    fn the_longest_silent_connection_makes_room_and_no_authenticated_one() {
        let (admission, start) = (Admission::new(Some(256)), Instant::now());
        let at = |millis| start + Duration::from_millis(millis);
        let admit = |last, millis| admission.admit(address(last), |_| false, at(millis));
        let places: Vec<Place> =
            (0..104).map(|number| admit(number, u64::from(number)).unwrap()).collect();
        places[0].activity.record_authenticated();
        places[1].activity.record(at(200));
        let more = admit(200, 300).unwrap();
        let evicted = || places.iter().map(|it| it.activity.evicted.is_cancelled());
        assert_eq!(evicted().position(|it| it), Some(2));
        drop(more);
        // The place of the dropped one is free.
        let more = admit(200, 300).unwrap();
        assert_eq!(evicted().filter(|it| *it).count(), 1);
        more.activity.record_authenticated();
        places.iter().for_each(|place| place.activity.record_authenticated());
        assert!(admit(201, 400).is_none());
    }

    #[test]
    fn one_address_evicts_only_its_own_connections() {
        let (admission, now) = (Admission::new(Some(256)), Instant::now());
        let other = admission.admit(address(1), |_| false, now).unwrap();
        let mut places = Vec::new();
        for _ in 0..=admission.max_per_address {
            places.push(admission.admit(address(2), |_| false, now).unwrap());
        }
        let evicted = |places: &[Place]| {
            places.iter().filter(|place| place.activity.evicted.is_cancelled()).count()
        };
        assert!(!other.activity.evicted.is_cancelled());
        assert_eq!(evicted(&places), 1);
        // A proxy has the connections of all its clients.
        for _ in 0..=admission.max_per_address {
            places.push(admission.admit(address(3), |it| it == address(3), now).unwrap());
        }
        assert_eq!(evicted(&places), 1);
    }

    #[test]
    fn silence_closes_a_connection() {
        let now = Instant::now();
        let activity = Activity::new(now);
        assert_eq!(activity.deadline(), now + FIRST_BYTE_TIMEOUT);
        let later = now + Duration::from_secs(5);
        activity.record(later);
        assert_eq!(activity.deadline(), later + IDLE_TIMEOUT);
    }
}
