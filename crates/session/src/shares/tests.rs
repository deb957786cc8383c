//! Shares on simulated clocks.

use super::*;

const MINUTE: u64 = 60_000;

/// `milliseconds` after the start, on synchronous clocks.
fn at(milliseconds: u64) -> Now {
    clocks(milliseconds, milliseconds)
}

fn clocks(boot: u64, wall: u64) -> Now {
    let start = Duration::from_secs(1000);
    Now { boot: start + Duration::from_millis(boot), wall: 1_700_000_000_000 + wall }
}

fn id(share: u128, guest: u128) -> GuestId {
    GuestId { share: Uuid::from_u128(share), guest: Uuid::from_u128(guest) }
}

/// Grant of a share that ends `ends` milliseconds after the start.
fn grant(read_only: bool, ends: u64) -> wire::Guest {
    wire::Guest { read_only, ends_at: at(ends).wall, ..wire::Guest::default() }
}

/// Shares of a session whose owner is attached.
fn shares() -> Shares {
    let mut shares = Shares::new(false, at(0).boot);
    shares.set_owner_present(true, at(0).boot);
    shares
}

fn access(permissions: Result<Grant, How>) -> Result<(bool, bool), How> {
    permissions.map(|grant| (!grant.read_only, grant.owner_away))
}

#[test]
fn two_hundred_shares_end_on_time_and_none_early() {
    let mut shares = shares();
    let ends = |share: u128| 5 * MINUTE + u64::try_from(share).unwrap() * 137;
    for share in 0..200 {
        let admitted = shares.admit(id(share, 1000 + share), &grant(false, ends(share)), at(0));
        assert_eq!(access(admitted), Ok((true, false)), "{share}");
    }
    // Checks happen only when the timer fires.
    let (mut now, mut left) = (at(0), 200);
    while let Some(next) = shares.next_check(now.boot) {
        assert!(next > now.boot, "the next check is later");
        let past = u64::try_from((next - at(0).boot).as_millis()).unwrap();
        now = at(past);
        for share in 0..200 {
            let id = id(share, 1000 + share);
            let over = shares.permissions(id, now).is_err();
            assert_eq!(over, ends(share) <= past, "{share} at {past}");
            if over && shares.guest(id).attachments > 0 {
                assert!(past - ends(share) < 2000, "{share} at {past}");
                shares.leave(id, now.wall);
                left -= 1;
            }
        }
        shares.take_warnings(now);
    }
    assert_eq!((left, shares.has_guests()), (0, false));
}

#[test]
fn a_share_ends_on_the_first_clock_that_reaches_its_end() {
    let end = 10 * MINUTE;
    for (boot, wall, over) in [
        (end - 1, end - 1, false),
        (end, end - MINUTE, true),
        (end - MINUTE, end, true),
        (end, 0, true),
    ] {
        let mut shares = shares();
        shares.admit(id(1, 2), &grant(true, end), at(0)).unwrap();
        assert_eq!(
            shares.permissions(id(1, 2), clocks(boot, wall)).is_err(),
            over,
            "{boot} {wall}"
        );
    }
    // Rejoining after the wall clock was set back does not extend the share.
    let mut shares = shares();
    shares.admit(id(1, 2), &grant(true, end), at(0)).unwrap();
    shares.admit(id(1, 2), &grant(true, end), clocks(MINUTE, 0)).unwrap();
    assert_eq!(shares.permissions(id(1, 2), clocks(end, 0)), Err(How::TimeUp));
    assert_eq!(shares.admit(id(1, 3), &grant(true, end), at(end)), Err(How::TimeUp));
}

#[test]
fn a_change_outranks_a_delayed_grant() {
    let late = 20 * MINUTE;
    let changes = |read_only, ends: Option<u64>, revoke| ShareChange {
        read_only,
        ends_at: ends.map(|ends| at(ends).wall),
        revoke,
        ..ShareChange::default()
    };
    type Case = (&'static str, Vec<ShareChange>, wire::Guest, u64, Result<(bool, bool), How>);
    let cases: Vec<Case> = vec![
        ("unchanged", vec![], grant(false, late), 0, Ok((true, false))),
        (
            "read-only",
            vec![changes(Some(true), None, false)],
            grant(false, late),
            0,
            Ok((false, false)),
        ),
        ("full", vec![changes(Some(false), None, false)], grant(true, late), 0, Ok((true, false))),
        ("revoked", vec![changes(None, None, true)], grant(false, late), 0, Err(How::Revoked)),
        (
            "revoked permanently",
            vec![changes(None, None, true), changes(Some(false), Some(late), false)],
            grant(false, late),
            0,
            Err(How::Revoked),
        ),
        ("shortened", vec![changes(None, Some(5), false)], grant(false, late), 6, Err(How::TimeUp)),
        (
            "extended",
            vec![changes(None, Some(late), false)],
            grant(false, MINUTE),
            late - 1,
            Ok((true, false)),
        ),
    ];
    for (name, changed, granted, when, expected) in cases {
        let mut shares = shares();
        for change in &changed {
            shares.change(Uuid::from_u128(1), change, at(0));
        }
        assert_eq!(access(shares.admit(id(1, 2), &granted, at(when))), expected, "before: {name}");
        let mut shares = self::shares();
        shares.admit(id(1, 2), &granted, at(0)).unwrap();
        for change in &changed {
            shares.change(Uuid::from_u128(1), change, at(0));
        }
        assert_eq!(access(shares.permissions(id(1, 2), at(when))), expected, "after: {name}");
        shares.admit(id(9, 8), &grant(true, late), at(0)).unwrap();
        assert_eq!(
            access(shares.permissions(id(9, 8), at(when))),
            Ok((false, false)),
            "another share"
        );
    }
}

#[test]
fn a_later_guest_updates_its_share() {
    let mut shares = shares();
    shares.admit(id(1, 2), &grant(true, 5 * MINUTE), at(0)).unwrap();
    shares.admit(id(1, 3), &grant(false, 9 * MINUTE), at(0)).unwrap();
    assert_eq!(access(shares.permissions(id(1, 2), at(6 * MINUTE))), Ok((true, false)));
}

#[test]
fn a_removed_guest_stays_out_and_others_stay() {
    let mut shares = shares();
    for guest in [2, 3] {
        shares.admit(id(1, guest), &grant(false, MINUTE), at(0)).unwrap();
    }
    shares.remove(Uuid::from_u128(2));
    shares.remove(Uuid::from_u128(4));
    let seen = |shares: &Shares| shares.seen().len();
    assert_eq!(seen(&shares), 2, "a guest that never joined is not part of a receipt");
    for (guest, expected) in
        [(2, Err(How::Removed)), (3, Ok((true, false))), (4, Err(How::Removed))]
    {
        let admitted = shares.admit(id(1, guest), &grant(false, MINUTE), at(1));
        assert_eq!(access(admitted), expected, "{guest}");
    }
}

#[test]
fn guests_are_read_only_without_the_owner_unless_the_rules_permit_typing() {
    let late = 60 * MINUTE;
    let mut shares = shares();
    shares.admit(id(1, 2), &grant(false, late), at(0)).unwrap();
    let away = |shares: &Shares, when| shares.permissions(id(1, 2), at(when)).unwrap().owner_away;
    assert!(!away(&shares, 30 * MINUTE));
    for _ in 0..2 {
        shares.set_owner_present(false, at(MINUTE).boot);
    }
    assert_eq!(
        shares.next_check(at(MINUTE).boot),
        Some(at(2 * MINUTE).boot),
        "the absence of the owner is checked"
    );
    assert_eq!((away(&shares, 2 * MINUTE - 1), away(&shares, 2 * MINUTE)), (false, true));
    shares.configure(true);
    assert!(!away(&shares, 2 * MINUTE));
    shares.configure(false);
    shares.set_owner_present(true, at(3 * MINUTE).boot);
    assert!(!away(&shares, 30 * MINUTE));
    // The owner was never attached.
    let mut shares = Shares::new(false, at(0).boot);
    shares.admit(id(1, 2), &grant(false, late), at(MINUTE)).unwrap();
    assert!(away(&shares, MINUTE));
}

#[test]
fn two_warnings_of_an_end_are_given_and_cancelled() {
    let end = 20 * MINUTE;
    let mut shares = shares();
    shares.admit(id(1, 2), &grant(false, end), at(0)).unwrap();
    shares.admit(id(7, 8), &grant(false, 3 * MINUTE), at(0)).unwrap();
    let warnings = |shares: &mut Shares, when| {
        let warnings = shares.take_warnings(at(when)).into_iter();
        warnings
            .filter(|warning| warning.share == Uuid::from_u128(1))
            .map(|warning| warning.at)
            .collect::<Vec<_>>()
    };
    assert!(
        shares.take_warnings(at(0)).is_empty(),
        "no warning for a guest who joins with five minutes left"
    );
    assert_eq!(warnings(&mut shares, 15 * MINUTE - 1), [0; 0]);
    assert_eq!(warnings(&mut shares, 15 * MINUTE), [at(end).wall]);
    assert_eq!(warnings(&mut shares, 16 * MINUTE), [0; 0]);
    assert_eq!(warnings(&mut shares, 19 * MINUTE), [at(end).wall]);
    let later = |ends| ShareChange { ends_at: Some(at(ends).wall), ..ShareChange::default() };
    shares.change(Uuid::from_u128(1), &later(23 * MINUTE), at(19 * MINUTE));
    assert_eq!(warnings(&mut shares, 19 * MINUTE), [at(23 * MINUTE).wall]);
    shares.change(Uuid::from_u128(1), &later(60 * MINUTE), at(19 * MINUTE));
    assert_eq!(warnings(&mut shares, 19 * MINUTE), [0]);
    // Without guests there are no warnings.
    shares.leave(id(1, 2), at(19 * MINUTE).wall);
    assert_eq!(warnings(&mut shares, 59 * MINUTE), [0; 0]);
}

#[test]
fn receipts_have_times_and_key_counts_of_guests() {
    let mut shares = shares();
    for when in [1, 2] {
        shares.admit(id(1, 2), &grant(false, MINUTE), at(when)).unwrap();
    }
    shares.count_keys(id(1, 2), 3);
    shares.leave(id(1, 2), at(3).wall);
    let one = |shares: &Shares| {
        let seen = shares.seen().remove(0);
        assert_eq!(seen.guest, Uuid::from_u128(2).as_bytes());
        (seen.joined_at - at(0).wall, seen.left_at.saturating_sub(at(0).wall), seen.keys)
    };
    assert_eq!(one(&shares), (1, 0, 3), "one tab is still attached");
    shares.leave(id(1, 2), at(4).wall);
    assert_eq!(one(&shares), (1, 4, 3));
    shares.admit(id(1, 2), &grant(false, MINUTE), at(5)).unwrap();
    shares.count_keys(id(1, 2), 1);
    assert_eq!(one(&shares), (1, 0, 4), "the guest rejoined");
}

#[test]
fn memory_is_bounded_and_attached_guests_are_never_forgotten() {
    let mut shares = shares();
    shares.admit(id(1, 2), &grant(false, MINUTE), at(0)).unwrap();
    for n in 0..500 {
        let other = id(100 + n, 1000 + n);
        shares.admit(other, &grant(false, MINUTE), at(0)).unwrap();
        shares.leave(other, at(1).wall);
    }
    assert_eq!((shares.shares.len(), shares.guests.len()), (MAX_SHARES + 1, MAX_GONE + 1));
    assert!(shares.permissions(id(1, 2), at(1)).is_ok());
    let seen = shares.seen();
    assert!(seen.iter().any(|seen| seen.guest == Uuid::from_u128(1499).as_bytes()));
}
