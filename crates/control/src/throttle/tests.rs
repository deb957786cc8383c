//! The rule with given times, and concurrent attempts.

use super::*;

fn at(seconds: i64) -> DateTime<Utc> {
    DateTime::UNIX_EPOCH + TimeDelta::seconds(seconds)
}

const TEN: Rule = Rule::new(10, TimeDelta::seconds(60));

#[test]
fn the_rule_allows_a_burst_then_one_each_refill() {
    // seconds of full allowance, now, expected
    for (full_at, now, expected) in [
        (0, 0, Ok(60)),
        (0, 1000, Ok(1060)),
        (540, 0, Ok(600)),
        (541, 0, Err(1)),
        (600, 0, Err(60)),
        (600, 45, Err(15)),
        (600, 60, Ok(660)),
        (600, 3600, Ok(3660)),
        // A clock that was set back: an attempt is allowed at the same time as before.
        (600, -30, Err(90)),
    ] {
        let found = TEN.reserve(at(full_at), at(now));
        assert_eq!(found, expected.map(at), "{full_at} {now}");
    }
}

fn taken<K: Clone + Eq + Hash>(throttle: &Throttle<K>, key: K, now: i64) -> Option<u64> {
    match throttle.try_reserve(key, at(now)) {
        Ok(_) => None,
        Err(Error::Throttled(seconds)) => Some(seconds),
        Err(error) => panic!("{error}"),
    }
}

#[test]
fn each_key_has_its_own_allowance() {
    let throttle = Throttle::new(10, TimeDelta::seconds(60));
    for _ in 0..10 {
        assert_eq!(taken(&throttle, "ann", 0), None);
    }
    assert_eq!(taken(&throttle, "ann", 0), Some(60));
    assert_eq!(taken(&throttle, "bob", 45), None);
    assert_eq!(taken(&throttle, "ann", 45), Some(15));
}

#[test]
fn a_rate_can_change() {
    let throttle = Throttle::new(1, TimeDelta::seconds(60));
    let slow = Rule::new(1, TimeDelta::seconds(60));
    let fast = Rule::new(3, TimeDelta::seconds(20));
    for (rule, now, allowed) in
        [(slow, 0, true), (slow, 0, false), (fast, 20, true), (fast, 20, false)]
    {
        let reserved = throttle.try_reserve_at(rule, "ann", at(now));
        assert_eq!(reserved.is_ok(), allowed, "{rule:?} {now}");
    }
}

#[test]
fn a_refunded_permit_does_not_count() {
    let throttle = Throttle::new(2, TimeDelta::seconds(60));
    for _ in 0..100 {
        throttle.try_reserve("ann", at(0)).unwrap().refund();
    }
    assert_eq!(taken(&throttle, "ann", 0), None);
}

/// Lets `count` concurrent attempts work, which fail or succeed, and returns the number that worked.
async fn worked(count: usize, right: bool) -> usize {
    let throttle = Throttle::new(10, TimeDelta::seconds(60));
    let attempts: Vec<_> = (0..count)
        .map(|_| {
            let throttle = throttle.clone();
            tokio::spawn(async move {
                let permit = throttle.reserve("ann", at(0)).await?;
                tokio::task::yield_now().await;
                if right {
                    permit.refund();
                }
                Ok::<_, Error>(())
            })
        })
        .collect();
    let mut worked = 0;
    for attempt in attempts {
        worked += usize::from(attempt.await.unwrap().is_ok());
    }
    worked
}

#[tokio::test]
async fn concurrent_attempts_wait_for_refunds_and_never_exceed_the_rule() {
    for (count, right, expected) in [(50, true, 50), (50, false, 10), (300, false, 10)] {
        assert_eq!(worked(count, right).await, expected, "{count} {right}");
    }
}

#[test]
fn keys_at_full_allowance_are_removed() {
    let throttle = Throttle::new(1, TimeDelta::seconds(1));
    for key in 0..SWEEP {
        assert_eq!(taken(&throttle, key, 0), None);
    }
    assert_eq!(taken(&throttle, SWEEP, 2), None);
    assert_eq!(throttle.buckets().by_key.len(), 1);
}
