//! Tables of what keeps a session alive, and many sessions on a clock that the test winds.

use super::*;

const fn s(seconds: u64) -> Duration {
    Duration::from_secs(seconds)
}

fn rules(keep_alive: KeepAlive, timeout: u32) -> Rules {
    Rules { keep_alive: keep_alive.into(), timeout, grace: 300, ..Rules::default() }
}

#[test]
fn what_keeps_alive_under_which_rule() {
    use {
        Activity::{Act, Output, Presence},
        KeepAlive::{Attached, Input, Working},
    };
    let cases = [
        (Input, Act, true),
        (Input, Presence, false),
        (Input, Output, false),
        (Attached, Act, true),
        (Attached, Presence, true),
        (Attached, Output, false),
        (Working, Act, true),
        (Working, Presence, true),
        (Working, Output, true),
    ];
    for (rule, activity, counts) in cases {
        let mut idle = Idle::new(&rules(rule, 600), s(1000));
        idle.note(activity, s(1500));
        let expected = if counts { s(2100) } else { s(1600) };
        assert_eq!(idle.deadline(), Some(expected), "{rule:?} {activity:?}");
        assert_eq!((idle.expired(expected - s(1)), idle.expired(expected)), (false, true));
    }
}

#[test]
fn without_a_timeout_it_lives_for_ever() {
    let mut idle = Idle::new(&rules(KeepAlive::Attached, 0), s(0));
    assert_eq!((idle.deadline(), idle.next(s(9)), idle.news(s(1 << 40))), (None, None, None));
    assert!(!idle.expired(s(1 << 40)));
}

#[test]
fn warnings_come_twice_and_are_taken_back() {
    let mut idle = Idle::new(&rules(KeepAlive::Attached, 3600), s(0));
    // At this time, the news and when to look again.
    let mut at = |now: u64, news: Option<Option<u64>>, next: u64| {
        let found = (idle.news(s(now)), idle.next(s(now)));
        assert_eq!(found, (news.map(|at| at.map(s)), Some(s(next))), "at {now}");
        idle.warned()
    };
    assert!(!at(0, None, 3300));
    assert!(!at(3299, None, 3300));
    assert!(at(3300, Some(Some(3600)), 3540));
    assert!(at(3500, None, 3540));
    assert!(at(3540, Some(Some(3600)), 3600));
    idle.note(Activity::Act, s(3599));
    assert_eq!((idle.news(s(3599)), idle.warned()), (Some(None), false));
    assert_eq!(idle.next(s(3599)), Some(s(3599 + 3300)));
}

#[test]
fn a_short_timeout_leaves_time_before_the_warning() {
    let mut idle = Idle::new(&rules(KeepAlive::Input, 8), s(0));
    assert_eq!((idle.news(s(0)), idle.next(s(0))), (None, Some(s(4))));
    assert_eq!(
        (idle.news(s(4)), idle.next(s(4))),
        (Some(Some(s(8))), Some(Duration::from_millis(7200)))
    );
}

#[test]
fn other_rules_never_end_it_at_once() {
    let day = 24 * 3600;
    // Timeout before and after, time of the change, when it expires then.
    let cases = [
        (day, 600, 7200, s(7500)),
        (day, 600, 100, s(600)),
        (day, 600, 400, s(700)),
        (0, 600, 7200, s(7500)),
        // What is left of its life is not made longer.
        (3600, 600, 3500, s(3600)),
        (600, 3600, 500, s(3600)),
        (600, 600, 500, s(600)),
    ];
    for (before, after, now, expires) in cases {
        let mut idle = Idle::new(&rules(KeepAlive::Attached, before), s(0));
        idle.configure(&rules(KeepAlive::Attached, after), s(now));
        // Said again, as after a restart of the web process: nothing is gained by it.
        idle.configure(&rules(KeepAlive::Attached, after), s(now + 10));
        assert_eq!(idle.deadline(), Some(expires), "{before} to {after} at {now}");
    }
    let mut idle = Idle::new(&rules(KeepAlive::Attached, day), s(0));
    idle.configure(&rules(KeepAlive::Attached, 600), s(7200));
    assert_eq!(idle.news(s(7200)), Some(Some(s(7500))), "the owner is warned at once");
    idle.configure(&rules(KeepAlive::Attached, 0), s(7300));
    assert_eq!((idle.deadline(), idle.news(s(7300))), (None, Some(None)));
    let mut strict = Idle::new(&rules(KeepAlive::Working, 600), s(0));
    strict.note(Activity::Output, s(5000));
    strict.configure(&rules(KeepAlive::Input, 600), s(5100));
    assert_eq!(strict.deadline(), Some(s(5400)));
}

#[test]
fn of_two_hundred_sessions_none_ends_early_and_each_within_five_seconds() {
    // A generator with a fixed seed: the same sessions each time.
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
        let mut alarm = idle.next(now).unwrap();
        let (mut left, mut looks) = (random(400), 0);
        // Whatever comes first happens: an activity, or the alarm, which only its ringing sets anew.
        loop {
            let pause = Duration::from_millis(random(u64::from(timeout) * 600));
            // The machine sleeps now and then: the alarm rings when it wakes, not before.
            let asleep = if random(50) == 0 { s(random(4)) } else { s(0) };
            if left > 0 && now + pause < alarm {
                now += pause;
                left -= 1;
                let kind =
                    [Activity::Act, Activity::Presence, Activity::Output][random(3) as usize];
                idle.note(kind, now);
                if idle.counts(kind) {
                    last = now;
                }
                continue;
            }
            now = now.max(alarm) + asleep;
            looks += 1;
            idle.news(now);
            if idle.expired(now) {
                break;
            }
            alarm = idle.next(now).unwrap();
        }
        let due = last + s(timeout.into());
        assert!(now >= due && now <= due + s(5), "session {session}: {due:?} {now:?}");
        assert!(looks < 2000, "session {session} was looked at {looks} times");
    }
}
