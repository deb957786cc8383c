//! Rate limits per key: GCRA, the generic cell rate algorithm of ITU-T I.371, with refunds. A permit is
//! reserved before the work and refunded if it succeeds or cannot be done, so that only failures count,
//! while concurrent attempts cannot exceed the limit. Published rate limiters have no refunds.

mod network;

use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};
use tokio::sync::Notify;

use crate::Error;

pub(crate) use network::Network;

/// New keys after which those at full allowance are removed.
const SWEEP: usize = 10_000;

/// Maximum number of attempts that wait for others of the same key; further ones get [`Error::Busy`].
const MAX_WAITING: usize = 64;

/// A limit: `burst` attempts at once, and one more every `refill`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct Rule {
    pub(crate) burst: i32,
    pub(crate) refill: TimeDelta,
}

impl Rule {
    pub(crate) const fn new(burst: i32, refill: TimeDelta) -> Self {
        Self { burst, refill }
    }

    /// Returns the time of full allowance after one more attempt, or the seconds until one is allowed.
    fn reserve(self, full_at: DateTime<Utc>, now: DateTime<Utc>) -> Result<DateTime<Utc>, u64> {
        let at = full_at.max(now) + self.refill;
        let over = at - now - self.refill * self.burst;
        if over <= TimeDelta::zero() {
            return Ok(at);
        }
        // Rounded up, so that an attempt after exactly that time succeeds.
        let seconds = (over.num_milliseconds() + 999) / 1000;
        Err(u64::try_from(seconds).unwrap_or(1).max(1))
    }
}

/// State of one key.
#[derive(Debug, Default)]
struct Bucket {
    /// Time at which the key is back at full allowance.
    full_at: DateTime<Utc>,
    /// Permits whose work is not finished.
    pending: usize,
    waiting: usize,
}

#[derive(Debug)]
struct Buckets<K> {
    by_key: HashMap<K, Bucket>,
    /// Number of keys after the last sweep.
    swept: usize,
}

#[derive(Debug)]
struct Shared<K> {
    buckets: Mutex<Buckets<K>>,
    settled: Notify,
}

/// A rate limiter with one allowance per key. Clones share their state.
#[derive(Clone, Debug)]
pub(crate) struct Throttle<K> {
    rule: Rule,
    shared: Arc<Shared<K>>,
}

impl<K: Clone + Eq + Hash> Throttle<K> {
    pub(crate) fn new(burst: i32, refill: TimeDelta) -> Self {
        let buckets = Mutex::new(Buckets { by_key: HashMap::new(), swept: 0 });
        let shared = Arc::new(Shared { buckets, settled: Notify::new() });
        Self { rule: Rule::new(burst, refill), shared }
    }

    /// Reserves a permit for one attempt. While the allowance is taken by attempts that may still be
    /// refunded, it waits for them: concurrent right passwords do not refuse each other.
    ///
    /// # Errors
    /// [`Error::Throttled`], [`Error::Busy`].
    pub(crate) async fn reserve(&self, key: K, now: DateTime<Utc>) -> Result<Permit<K>, Error> {
        let mut waiting = None;
        loop {
            // Created before the check, so that a permit settled after it wakes this attempt.
            let settled = self.shared.settled.notified();
            match self.attempt(self.rule, &key, now) {
                Ok(permit) => return Ok(permit),
                Err(Refused { seconds, pending: 0 }) => return Err(Error::Throttled(seconds)),
                Err(_) => {}
            }
            if waiting.is_none() {
                waiting = Some(Waiting::new(self, key.clone())?);
            }
            settled.await;
        }
    }

    /// Reserves a permit without waiting.
    ///
    /// # Errors
    /// [`Error::Throttled`].
    pub(crate) fn try_reserve(&self, key: K, now: DateTime<Utc>) -> Result<Permit<K>, Error> {
        self.try_reserve_at(self.rule, key, now)
    }

    /// Like [`try_reserve`](Self::try_reserve), by a rule that may change between calls.
    pub(crate) fn try_reserve_at(
        &self,
        rule: Rule,
        key: K,
        now: DateTime<Utc>,
    ) -> Result<Permit<K>, Error> {
        self.attempt(rule, &key, now).map_err(|refused| Error::Throttled(refused.seconds))
    }

    fn attempt(&self, rule: Rule, key: &K, now: DateTime<Utc>) -> Result<Permit<K>, Refused> {
        let mut buckets = self.buckets();
        if buckets.by_key.len() >= buckets.swept + SWEEP {
            buckets.by_key.retain(|_, it| it.full_at > now || it.pending + it.waiting > 0);
            buckets.swept = buckets.by_key.len();
        }
        let (full_at, pending) =
            buckets.by_key.get(key).map_or((now, 0), |bucket| (bucket.full_at, bucket.pending));
        let full_at = rule.reserve(full_at, now).map_err(|seconds| Refused { seconds, pending })?;
        let bucket = buckets.by_key.entry(key.clone()).or_default();
        bucket.full_at = full_at;
        bucket.pending += 1;
        drop(buckets);
        Ok(Permit { throttle: self.clone(), key: key.clone(), refill: rule.refill })
    }
}

/// Reserves a permit of each of two limits, or of none.
///
/// # Errors
/// See [`Throttle::reserve`].
pub(crate) async fn reserve_both<A: Clone + Eq + Hash, B: Clone + Eq + Hash>(
    (first, key): (&Throttle<A>, A),
    (second, other): (&Throttle<B>, B),
    now: DateTime<Utc>,
) -> Result<(Permit<A>, Permit<B>), Error> {
    let permit = first.reserve(key, now).await?;
    match second.reserve(other, now).await {
        Ok(another) => Ok((permit, another)),
        Err(refused) => {
            permit.refund();
            Err(refused)
        }
    }
}

/// A refused attempt.
struct Refused {
    /// Seconds until an attempt is allowed.
    seconds: u64,
    /// Permits of the key that may still be refunded.
    pending: usize,
}

impl<K> Throttle<K> {
    fn buckets(&self) -> MutexGuard<'_, Buckets<K>> {
        self.shared.buckets.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A permit for one attempt. It is used up when it is dropped, also if the caller goes away during the
/// work.
#[derive(Debug)]
#[must_use = "a permit is reserved for work"]
pub(crate) struct Permit<K: Clone + Eq + Hash> {
    throttle: Throttle<K>,
    key: K,
    refill: TimeDelta,
}

impl<K: Clone + Eq + Hash> Permit<K> {
    /// Returns the permit: the attempt succeeded, or could not be made.
    pub(crate) fn refund(self) {
        if let Some(bucket) = self.throttle.buckets().by_key.get_mut(&self.key) {
            bucket.full_at -= self.refill;
        }
    }
}

impl<K: Clone + Eq + Hash> Drop for Permit<K> {
    fn drop(&mut self) {
        if let Some(bucket) = self.throttle.buckets().by_key.get_mut(&self.key) {
            bucket.pending = bucket.pending.saturating_sub(1);
        }
        self.throttle.shared.settled.notify_waiters();
    }
}

/// An attempt that waits for others of its key.
struct Waiting<'a, K: Clone + Eq + Hash> {
    throttle: &'a Throttle<K>,
    key: K,
}

impl<'a, K: Clone + Eq + Hash> Waiting<'a, K> {
    fn new(throttle: &'a Throttle<K>, key: K) -> Result<Self, Error> {
        let mut buckets = throttle.buckets();
        let bucket = buckets.by_key.entry(key.clone()).or_default();
        if bucket.waiting >= MAX_WAITING {
            return Err(Error::Busy);
        }
        bucket.waiting += 1;
        drop(buckets);
        Ok(Self { throttle, key })
    }
}

impl<K: Clone + Eq + Hash> Drop for Waiting<'_, K> {
    fn drop(&mut self) {
        if let Some(bucket) = self.throttle.buckets().by_key.get_mut(&self.key) {
            bucket.waiting = bucket.waiting.saturating_sub(1);
        }
    }
}

#[cfg(test)]
mod tests;
