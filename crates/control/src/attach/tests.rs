//! What tickets open, what closes what they opened, and how much of it there may be.

use super::*;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn actor(sign_in: u128) -> Actor {
    Actor {
        member: MemberId(Uuid::from_u128(1)),
        email: String::new(),
        name: "Ann".into(),
        role: Role::Member,
        sign_in: Uuid::from_u128(sign_in),
        until: NOW + TimeDelta::days(1),
        scope: None,
        source: std::net::Ipv4Addr::LOCALHOST.into(),
    }
}

fn doors(tickets: &[u8]) -> Doors {
    let mut doors = Doors::default();
    for ticket in tickets {
        let waiting = Waiting {
            session: SessionId(Uuid::from_u128(5)),
            owner: MemberId(Uuid::from_u128(1)),
            watch: false,
            sign_in: Uuid::from_u128(7),
            until: NOW + TICKET,
        };
        doors.add([*ticket; 32], waiting, NOW).unwrap();
    }
    doors
}

#[test]
fn a_ticket_works_once_for_its_sign_in_and_in_time() {
    let late = NOW + TICKET;
    // ticket, sign-in, time, works
    let table = [
        (1, 7, NOW, true),
        (2, 7, NOW, false),
        (1, 8, NOW, false),
        (1, 7, late - TimeDelta::milliseconds(1), true),
        (1, 7, late, false),
    ];
    for (ticket, sign_in, now, works) in table {
        let mut doors = doors(&[1]);
        let first = doors.redeem(&[ticket; 32], &actor(sign_in), now);
        assert_eq!(first.is_ok(), works, "{ticket} {sign_in} {now}");
        if ticket == 1 {
            let again = doors.redeem(&[1; 32], &actor(7), NOW);
            assert!(matches!(again, Err(Error::BadTicket)));
        }
    }
}

#[test]
fn signing_out_shuts_sockets_and_tickets() {
    let mut doors = doors(&[1, 2]);
    let (_, standing) = doors.redeem(&[1; 32], &actor(7), NOW).unwrap();
    doors.shut(Uuid::from_u128(8));
    assert_eq!(*standing.borrow(), Some(Role::Member));
    doors.shut(Uuid::from_u128(7));
    assert_eq!(*standing.borrow(), None);
    assert!(matches!(doors.redeem(&[2; 32], &actor(7), NOW), Err(Error::BadTicket)));
}

#[test]
fn only_another_role_is_news() {
    let mut doors = Doors::default();
    let mut standing = doors.stand(&actor(7)).unwrap();
    doors.regard(Uuid::from_u128(7), Role::Member);
    doors.regard(Uuid::from_u128(8), Role::Staff);
    assert!(!standing.has_changed().unwrap());
    doors.regard(Uuid::from_u128(7), Role::Staff);
    assert_eq!(*standing.borrow_and_update(), Some(Role::Staff));
    // Whoever was looked up just before the change is told of it as well.
    assert_eq!(*doors.stand(&actor(7)).unwrap().borrow(), Some(Role::Staff));
}

#[test]
fn sockets_and_tickets_of_one_sign_in_are_bounded() {
    let all: Vec<u8> = (0..100).collect();
    let mut doors = doors(&all);
    let waiting = |sign_in| Waiting {
        session: SessionId(Uuid::from_u128(5)),
        owner: MemberId(Uuid::from_u128(1)),
        watch: false,
        sign_in: Uuid::from_u128(sign_in),
        until: NOW + TICKET,
    };
    assert!(doors.add([200; 32], waiting(7), NOW).is_err());
    doors.add([200; 32], waiting(8), NOW).unwrap();
    let open: Vec<_> =
        all.iter().map(|one| doors.redeem(&[*one; 32], &actor(7), NOW).unwrap()).collect();
    doors.add([201; 32], waiting(7), NOW).unwrap();
    let one_more = doors.redeem(&[201; 32], &actor(7), NOW);
    assert!(matches!(one_more, Err(Error::TooManySockets)));
    drop(open);
    doors.add([201; 32], waiting(7), NOW).unwrap();
    assert!(doors.redeem(&[201; 32], &actor(7), NOW).is_ok());
}
