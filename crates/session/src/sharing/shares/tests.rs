//! Shares on clocks that the test turns.

use super::*;

const MINUTE: u64 = 60_000;

/// `milliseconds` after the start, on clocks that go alike.
fn at(milliseconds: u64) -> Now {
    clocks(milliseconds, milliseconds)
}

fn clocks(boot: u64, wall: u64) -> Now {
    let start = Duration::from_secs(1000);
    Now { boot: start + Duration::from_millis(boot), wall: 1_700_000_000_000 + wall }
}

fn badge(share: u128, guest: u128) -> Badge {
    Badge { share: Uuid::from_u128(share), guest: Uuid::from_u128(guest) }
}

/// What comes with a guest of a share that ends so many milliseconds after the start.
fn came(read_only: bool, ends: u64) -> wire::Guest {
    wire::Guest { read_only, ends_at: at(ends).wall, ..wire::Guest::default() }
}

/// A session whose owner is there.
fn shares() -> Shares {
    let mut shares = Shares::new(false, at(0).boot);
    shares.owner_is_here(true, at(0).boot);
    shares
}

fn may(standing: Result<Grant, How>) -> Result<(bool, bool), How> {
    standing.map(|grant| (!grant.read_only, grant.owner_away))
}

#[test]
fn two_hundred_end_on_time_and_not_one_early() {
    let mut shares = shares();
    let ends = |share: u128| 5 * MINUTE + u64::try_from(share).unwrap() * 137;
    for share in 0..200 {
        let admitted = shares.admit(badge(share, 1000 + share), &came(false, ends(share)), at(0));
        assert_eq!(may(admitted), Ok((true, false)), "{share}");
    }
    // Nobody looks but when the alarm rings.
    let (mut now, mut left) = (at(0), 200);
    while let Some(next) = shares.next(now.boot) {
        assert!(next > now.boot, "the alarm goes on");
        let past = u64::try_from((next - at(0).boot).as_millis()).unwrap();
        now = at(past);
        for share in 0..200 {
            let badge = badge(share, 1000 + share);
            let over = shares.standing(badge, now).is_err();
            assert_eq!(over, ends(share) <= past, "{share} at {past}");
            if over && shares.guest(badge).here > 0 {
                assert!(past - ends(share) < 2000, "{share} at {past}");
                shares.leave(badge, now.wall);
                left -= 1;
            }
        }
        shares.news(now);
    }
    assert_eq!((left, shares.nobody()), (0, true));
}

#[test]
fn whichever_clock_gets_there_first_ends_it() {
    let end = 10 * MINUTE;
    for (boot, wall, over) in [
        (end - 1, end - 1, false),
        (end, end - MINUTE, true),
        (end - MINUTE, end, true),
        (end, 0, true),
    ] {
        let mut shares = shares();
        shares.admit(badge(1, 2), &came(true, end), at(0)).unwrap();
        assert_eq!(
            shares.standing(badge(1, 2), clocks(boot, wall)).is_err(),
            over,
            "{boot} {wall}"
        );
    }
    // Coming again with a clock that was set back gives no more time.
    let mut shares = shares();
    shares.admit(badge(1, 2), &came(true, end), at(0)).unwrap();
    shares.admit(badge(1, 2), &came(true, end), clocks(MINUTE, 0)).unwrap();
    assert_eq!(shares.standing(badge(1, 2), clocks(end, 0)), Err(How::TimeUp));
    assert_eq!(shares.admit(badge(1, 3), &came(true, end), at(end)), Err(How::TimeUp));
}

#[test]
fn what_a_change_says_outranks_what_was_on_its_way() {
    let late = 20 * MINUTE;
    let changes = |read_only, ends: Option<u64>, revoke| ShareChange {
        read_only,
        ends_at: ends.map(|ends| at(ends).wall),
        revoke,
        ..ShareChange::default()
    };
    type Case = (&'static str, Vec<ShareChange>, wire::Guest, u64, Result<(bool, bool), How>);
    let cases: Vec<Case> = vec![
        ("as it came", vec![], came(false, late), 0, Ok((true, false))),
        (
            "read-only",
            vec![changes(Some(true), None, false)],
            came(false, late),
            0,
            Ok((false, false)),
        ),
        ("full", vec![changes(Some(false), None, false)], came(true, late), 0, Ok((true, false))),
        ("revoked", vec![changes(None, None, true)], came(false, late), 0, Err(How::Revoked)),
        (
            "revoked for good",
            vec![changes(None, None, true), changes(Some(false), Some(late), false)],
            came(false, late),
            0,
            Err(How::Revoked),
        ),
        ("shortened", vec![changes(None, Some(5), false)], came(false, late), 6, Err(How::TimeUp)),
        (
            "extended",
            vec![changes(None, Some(late), false)],
            came(false, MINUTE),
            late - 1,
            Ok((true, false)),
        ),
    ];
    for (what, told, came, when, expected) in cases {
        let mut shares = shares();
        for change in &told {
            shares.change(Uuid::from_u128(1), change, at(0));
        }
        assert_eq!(may(shares.admit(badge(1, 2), &came, at(when))), expected, "before: {what}");
        let mut shares = self::shares();
        shares.admit(badge(1, 2), &came, at(0)).unwrap();
        for change in &told {
            shares.change(Uuid::from_u128(1), change, at(0));
        }
        assert_eq!(may(shares.standing(badge(1, 2), at(when))), expected, "after: {what}");
        shares.admit(badge(9, 8), &self::came(true, late), at(0)).unwrap();
        assert_eq!(
            may(shares.standing(badge(9, 8), at(when))),
            Ok((false, false)),
            "another share"
        );
    }
}

#[test]
fn a_later_guest_brings_later_news_of_its_share() {
    let mut shares = shares();
    shares.admit(badge(1, 2), &came(true, 5 * MINUTE), at(0)).unwrap();
    shares.admit(badge(1, 3), &came(false, 9 * MINUTE), at(0)).unwrap();
    assert_eq!(may(shares.standing(badge(1, 2), at(6 * MINUTE))), Ok((true, false)));
}

#[test]
fn who_was_removed_stays_out_and_the_others_stay() {
    let mut shares = shares();
    for guest in [2, 3] {
        shares.admit(badge(1, guest), &came(false, MINUTE), at(0)).unwrap();
    }
    shares.remove(Uuid::from_u128(2));
    shares.remove(Uuid::from_u128(4));
    let seen = |shares: &Shares| shares.seen().len();
    assert_eq!(seen(&shares), 2, "one that never came is no part of a receipt");
    for (guest, expected) in
        [(2, Err(How::Removed)), (3, Ok((true, false))), (4, Err(How::Removed))]
    {
        let admitted = shares.admit(badge(1, guest), &came(false, MINUTE), at(1));
        assert_eq!(may(admitted), expected, "{guest}");
    }
}

#[test]
fn without_the_owner_guests_only_watch_unless_the_rule_says_otherwise() {
    let late = 60 * MINUTE;
    let mut shares = shares();
    shares.admit(badge(1, 2), &came(false, late), at(0)).unwrap();
    let away = |shares: &Shares, when| shares.standing(badge(1, 2), at(when)).unwrap().owner_away;
    assert!(!away(&shares, 30 * MINUTE));
    for _ in 0..2 {
        shares.owner_is_here(false, at(MINUTE).boot);
    }
    assert_eq!(shares.next(at(MINUTE).boot), Some(at(2 * MINUTE).boot), "the alarm is for that");
    assert_eq!((away(&shares, 2 * MINUTE - 1), away(&shares, 2 * MINUTE)), (false, true));
    shares.configure(true);
    assert!(!away(&shares, 2 * MINUTE));
    shares.configure(false);
    shares.owner_is_here(true, at(3 * MINUTE).boot);
    assert!(!away(&shares, 30 * MINUTE));
    // A session nobody of the owner's ever was on.
    let mut shares = Shares::new(false, at(0).boot);
    shares.admit(badge(1, 2), &came(false, late), at(MINUTE)).unwrap();
    assert!(away(&shares, MINUTE));
}

#[test]
fn ends_are_warned_of_twice_and_taken_back() {
    let end = 20 * MINUTE;
    let mut shares = shares();
    shares.admit(badge(1, 2), &came(false, end), at(0)).unwrap();
    shares.admit(badge(7, 8), &came(false, 3 * MINUTE), at(0)).unwrap();
    let told = |shares: &mut Shares, when| {
        let news = shares.news(at(when)).into_iter();
        news.filter(|news| news.share == Uuid::from_u128(1)).map(|news| news.at).collect::<Vec<_>>()
    };
    assert!(shares.news(at(0)).is_empty(), "who comes with five minutes left sees that");
    assert_eq!(told(&mut shares, 15 * MINUTE - 1), [0; 0]);
    assert_eq!(told(&mut shares, 15 * MINUTE), [at(end).wall]);
    assert_eq!(told(&mut shares, 16 * MINUTE), [0; 0]);
    assert_eq!(told(&mut shares, 19 * MINUTE), [at(end).wall]);
    let later = |ends| ShareChange { ends_at: Some(at(ends).wall), ..ShareChange::default() };
    shares.change(Uuid::from_u128(1), &later(23 * MINUTE), at(19 * MINUTE));
    assert_eq!(told(&mut shares, 19 * MINUTE), [at(23 * MINUTE).wall]);
    shares.change(Uuid::from_u128(1), &later(60 * MINUTE), at(19 * MINUTE));
    assert_eq!(told(&mut shares, 19 * MINUTE), [0]);
    // With nobody there, nobody is told.
    shares.leave(badge(1, 2), at(19 * MINUTE).wall);
    assert_eq!(told(&mut shares, 59 * MINUTE), [0; 0]);
}

#[test]
fn receipts_say_who_came_when_and_how_much_they_typed() {
    let mut shares = shares();
    for when in [1, 2] {
        shares.admit(badge(1, 2), &came(false, MINUTE), at(when)).unwrap();
    }
    shares.typed(badge(1, 2), 3);
    shares.leave(badge(1, 2), at(3).wall);
    let one = |shares: &Shares| {
        let seen = shares.seen().remove(0);
        assert_eq!(seen.guest, Uuid::from_u128(2).as_bytes());
        (seen.joined_at - at(0).wall, seen.left_at.saturating_sub(at(0).wall), seen.keys)
    };
    assert_eq!(one(&shares), (1, 0, 3), "one tab is still there");
    shares.leave(badge(1, 2), at(4).wall);
    assert_eq!(one(&shares), (1, 4, 3));
    shares.admit(badge(1, 2), &came(false, MINUTE), at(5)).unwrap();
    shares.typed(badge(1, 2), 1);
    assert_eq!(one(&shares), (1, 0, 4), "and comes back");
}

#[test]
fn memory_is_bounded_and_nobody_who_is_here_is_forgotten() {
    let mut shares = shares();
    shares.admit(badge(1, 2), &came(false, MINUTE), at(0)).unwrap();
    for n in 0..500 {
        let other = badge(100 + n, 1000 + n);
        shares.admit(other, &came(false, MINUTE), at(0)).unwrap();
        shares.leave(other, at(1).wall);
    }
    assert_eq!((shares.shares.len(), shares.guests.len()), (SHARES + 1, LEFT + 1));
    assert!(shares.standing(badge(1, 2), at(1)).is_ok());
    let seen = shares.seen();
    assert!(seen.iter().any(|seen| seen.guest == Uuid::from_u128(1499).as_bytes()));
}
