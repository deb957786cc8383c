//! Rate limits per key: GCRA, the generic cell rate algorithm of ITU-T I.371, with refunds. A successful
//! sign-in refunds its cell, so that only failures count, while concurrent attempts cannot exceed the
//! limit. Published rate limiters have no refunds.

use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

use chrono::{DateTime, TimeDelta, Utc};

/// New keys after which those at full allowance are removed.
const SWEEP: usize = 10_000;

/// A rate limiter with one allowance per key.
#[derive(Debug)]
pub(crate) struct Throttle<K> {
    burst: i32,
    refill: TimeDelta,
    /// Time at which each key is back at full allowance, and the number of keys after the last sweep.
    full_at: Mutex<(HashMap<K, DateTime<Utc>>, usize)>,
}

impl<K: Eq + Hash> Throttle<K> {
    /// Allows `burst` attempts at once, and one more every `refill`.
    pub(crate) fn new(burst: i32, refill: TimeDelta) -> Self {
        Self { burst, refill, full_at: Mutex::new((HashMap::new(), 0)) }
    }

    /// Takes a cell, or returns the seconds until one is free.
    pub(crate) fn take(&self, key: K, now: DateTime<Utc>) -> Result<(), u64> {
        self.take_at((self.burst, self.refill), key, now)
    }

    /// Checks for a free cell without taking it.
    pub(crate) fn check(&self, key: &K, now: DateTime<Utc>) -> Result<(), u64> {
        let guard = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let at = guard.0.get(key).copied().unwrap_or(now).max(now) + self.refill;
        within(at - now - self.refill * self.burst)
    }

    /// Like [`take`](Self::take), at a rate that may change between calls.
    pub(crate) fn take_at(
        &self,
        (burst, refill): (i32, TimeDelta),
        key: K,
        now: DateTime<Utc>,
    ) -> Result<(), u64> {
        let mut guard = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        let (full_at, swept) = &mut *guard;
        if full_at.len() >= *swept + SWEEP {
            full_at.retain(|_, at| *at > now);
            *swept = full_at.len();
        }
        let at = full_at.get(&key).copied().unwrap_or(now).max(now) + refill;
        within(at - now - refill * burst)?;
        full_at.insert(key, at);
        Ok(())
    }

    /// Returns a taken cell.
    pub(crate) fn refund(&self, key: &K) {
        let mut guard = self.full_at.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(at) = guard.0.get_mut(key) {
            *at -= self.refill;
        }
    }
}

/// Returns the seconds until an excess over the allowance is gone.
fn within(over: TimeDelta) -> Result<(), u64> {
    if over <= TimeDelta::zero() {
        return Ok(());
    }
    // Rounded up, so that an attempt after exactly that time succeeds.
    let seconds = (over.num_milliseconds() + 999) / 1000;
    Err(u64::try_from(seconds).unwrap_or(1).max(1))
}

/// Network that attempts come from: an IPv4 address, or the /64 of an IPv6 address, within which a host
/// chooses its own addresses (RFC 4291, 2.5.1).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Network(IpAddr);

impl From<IpAddr> for Network {
    fn from(address: IpAddr) -> Self {
        Self(match address.to_canonical() {
            IpAddr::V6(address) => {
                Ipv6Addr::from_bits(address.to_bits() & !u128::from(u64::MAX)).into()
            }
            address => address,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_of_one_network_share_an_allowance() {
        let network = |address: &str| Network::from(address.parse::<IpAddr>().unwrap());
        for (one, other, same) in [
            ("192.0.2.1", "192.0.2.1", true),
            ("192.0.2.1", "192.0.2.2", false),
            ("192.0.2.1", "::ffff:192.0.2.1", true),
            ("::ffff:192.0.2.1", "::ffff:192.0.2.2", false),
            ("2001:db8:1:2::1", "2001:db8:1:2:ffff:ffff:ffff:ffff", true),
            ("2001:db8:1:2::1", "2001:db8:1:3::1", false),
        ] {
            assert_eq!(network(one) == network(other), same, "{one} {other}");
        }
    }

    fn at(seconds: i64) -> DateTime<Utc> {
        DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
    }

    #[test]
    fn ten_then_one_a_minute() {
        let throttle = Throttle::new(10, TimeDelta::seconds(60));
        for _ in 0..10 {
            assert_eq!(throttle.take("ann", at(0)), Ok(()));
        }
        assert_eq!(throttle.take("ann", at(0)), Err(60));
        assert_eq!(
            (throttle.check(&"ann", at(0)), throttle.check(&"bob", at(0))),
            (Err(60), Ok(()))
        );
        assert_eq!(throttle.take("ann", at(45)), Err(15));
        assert_eq!(throttle.take("bob", at(45)), Ok(()));
        assert_eq!(throttle.take("ann", at(60)), Ok(()));
        assert_eq!(throttle.take("ann", at(60)), Err(60));
        for _ in 0..10 {
            assert_eq!(throttle.take("ann", at(3600)), Ok(()));
        }
        assert_eq!(throttle.take("ann", at(3600)), Err(60));
    }

    #[test]
    fn a_rate_can_change() {
        let throttle = Throttle::new(1, TimeDelta::seconds(60));
        let slow = (1, TimeDelta::seconds(60));
        let fast = (3, TimeDelta::seconds(20));
        assert_eq!(throttle.take_at(slow, "ann", at(0)), Ok(()));
        assert_eq!(throttle.take_at(slow, "ann", at(0)), Err(60));
        assert_eq!(throttle.take_at(fast, "ann", at(20)), Ok(()));
        assert_eq!(throttle.take_at(fast, "ann", at(20)), Err(20));
    }

    #[test]
    fn a_refunded_cell_does_not_count() {
        let throttle = Throttle::new(2, TimeDelta::seconds(60));
        for _ in 0..100 {
            assert_eq!(throttle.take("ann", at(0)), Ok(()));
            throttle.refund(&"ann");
        }
    }

    #[test]
    fn keys_at_full_allowance_are_removed() {
        let throttle = Throttle::new(1, TimeDelta::seconds(1));
        for key in 0..SWEEP {
            throttle.take(key, at(0)).unwrap();
        }
        throttle.take(SWEEP, at(2)).unwrap();
        assert_eq!(throttle.full_at.lock().unwrap().0.len(), 1);
    }
}
