//! Tables of activities that keep a session alive, and many sessions on a simulated clock.

use super::*;

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn rules(keep_alive: KeepAlive, timeout: u32) -> Rules {
    Rules { keep_alive: keep_alive.into(), timeout, grace: 300, ..Rules::default() }
}

#[test]
fn each_rule_counts_its_activities() {
    use {
        Activity::{Action, Output, Presence},
        KeepAlive::{Attached, Input, Working},
    };
    let cases = [
        (Input, Action, true),
        (Input, Presence, false),
        (Input, Output, false),
        (Attached, Action, true),
        (Attached, Presence, true),
        (Attached, Output, false),
        (Working, Action, true),
        (Working, Presence, true),
        (Working, Output, true),
    ];
    for (rule, activity, counts) in cases {
        let mut idle = Idle::new(&rules(rule, 600), s(1000));
        idle.record(activity, s(1500));
        let expected = if counts { s(2100) } else { s(1600) };
        assert_eq!(idle.deadline(), Some(expected), "{rule:?} {activity:?}");
        assert_eq!((idle.expired(expected - s(1)), idle.expired(expected)), (false, true));
    }
}

#[test]
fn a_session_without_a_timeout_never_expires() {
    let mut idle = Idle::new(&rules(KeepAlive::Attached, 0), s(0));
    assert_eq!(
        (idle.deadline(), idle.next_check(s(9)), idle.take_notice(s(1 << 40))),
        (None, None, None)
    );
    assert!(!idle.expired(s(1 << 40)));
}

#[test]
fn two_warnings_are_given_and_cancelled_by_activity() {
    let mut idle = Idle::new(&rules(KeepAlive::Attached, 3600), s(0));
    // Time, due notice and time of the next check.
    let mut at = |now: u64, notice: Option<Option<u64>>, next: u64| {
        let found = (idle.take_notice(s(now)), idle.next_check(s(now)));
        assert_eq!(found, (notice.map(|at| at.map(s)), Some(s(next))), "at {now}");
        idle.warned()
    };
    assert!(!at(0, None, 3300));
    assert!(!at(3299, None, 3300));
    assert!(at(3300, Some(Some(3600)), 3540));
    assert!(at(3500, None, 3540));
    assert!(at(3540, Some(Some(3600)), 3600));
    idle.record(Activity::Action, s(3599));
    assert_eq!((idle.take_notice(s(3599)), idle.warned()), (Some(None), false));
    assert_eq!(idle.next_check(s(3599)), Some(s(3599 + 3300)));
}

#[test]
fn a_short_timeout_has_a_shorter_warning_lead() {
    let mut idle = Idle::new(&rules(KeepAlive::Input, 8), s(0));
    assert_eq!((idle.take_notice(s(0)), idle.next_check(s(0))), (None, Some(s(4))));
    assert_eq!(
        (idle.take_notice(s(4)), idle.next_check(s(4))),
        (Some(Some(s(8))), Some(Duration::from_millis(7200)))
    );
}

#[test]
fn new_rules_never_end_a_session_at_once() {
    let day = 24 * 3600;
    // Timeout before and after, time of the change, resulting expiry.
    let cases = [
        (day, 600, 7200, s(7500)),
        (day, 600, 100, s(600)),
        (day, 600, 400, s(700)),
        (0, 600, 7200, s(7500)),
        // The grace period never extends the remaining life.
        (3600, 600, 3500, s(3600)),
        (600, 3600, 500, s(3600)),
        (600, 600, 500, s(600)),
    ];
    for (before, after, now, expires) in cases {
        let mut idle = Idle::new(&rules(KeepAlive::Attached, before), s(0));
        idle.configure(&rules(KeepAlive::Attached, after), s(now));
        // Repeating the rules, as after a restart of the web process, extends nothing.
        idle.configure(&rules(KeepAlive::Attached, after), s(now + 10));
        assert_eq!(idle.deadline(), Some(expires), "{before} to {after} at {now}");
    }
    let mut idle = Idle::new(&rules(KeepAlive::Attached, day), s(0));
    idle.configure(&rules(KeepAlive::Attached, 600), s(7200));
    assert_eq!(idle.take_notice(s(7200)), Some(Some(s(7500))), "the owner is warned immediately");
    idle.configure(&rules(KeepAlive::Attached, 0), s(7300));
    assert_eq!((idle.deadline(), idle.take_notice(s(7300))), (None, Some(None)));
    let mut strict = Idle::new(&rules(KeepAlive::Working, 600), s(0));
    strict.record(Activity::Output, s(5000));
    strict.configure(&rules(KeepAlive::Input, 600), s(5100));
    assert_eq!(strict.deadline(), Some(s(5400)));
}

#[test]
fn two_hundred_sessions_end_within_five_seconds_of_their_deadline_and_never_early() {
    // A generator with a fixed seed makes the same sessions in each run.
    let mut state = 0x9e37_79b9_7f4a_7c15_u64;
    let mut random = move |below: u64| {
        state ^= state << 13;
        state ^= state >> 7;
        state ^= state << 17;
        state % below
    };
    for session in 0..200 {
        let timeout = 600 + random(23 * 3600) as u32;
        let rule = [KeepAlive::Input, KeepAlive::Attached, KeepAlive::Working][session % 3];
        let mut now = s(1_000_000 + random(1_000_000));
        let mut idle = Idle::new(&rules(rule, timeout), now);
        let mut last = now;
        let mut timer = idle.next_check(now).unwrap();
        let (mut left, mut checks) = (random(400), 0);
        // The next event is an activity or the timer, which is armed again only after it fires.
        loop {
            let pause = Duration::from_millis(random(u64::from(timeout) * 600));
            // The machine sometimes sleeps: the timer then fires when it wakes.
            let asleep = if random(50) == 0 { s(random(4)) } else { s(0) };
            if left > 0 && now + pause < timer {
                now += pause;
                left -= 1;
                let kind = Activity::ALL[random(3) as usize];
                idle.record(kind, now);
                if idle.counts(kind) {
                    last = now;
                }
                continue;
            }
            now = now.max(timer) + asleep;
            checks += 1;
            idle.take_notice(now);
            if idle.expired(now) {
                break;
            }
            timer = idle.next_check(now).unwrap();
        }
        let due = last + s(timeout.into());
        assert!(now >= due && now <= due + s(5), "session {session}: {due:?} {now:?}");
        assert!(checks < 2000, "session {session} was checked {checks} times");
    }
}
