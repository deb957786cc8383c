//! What tickets open, what closes what they opened, and how much of it there may be.

use super::*;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn holder(id: u128) -> Holder {
    Holder::Member(Uuid::from_u128(id))
}

fn redeem(
    doors: &mut Doors,
    ticket: u8,
    id: u128,
    now: DateTime<Utc>,
) -> Result<(Waiting, Standing), Error> {
    doors.redeem(&[ticket; 32], holder(id), Role::Member, now)
}

fn doors(tickets: &[u8]) -> Doors {
    let mut doors = Doors::default();
    for ticket in tickets {
        let waiting = Waiting {
            session: SessionId(Uuid::from_u128(5)),
            owner: MemberId(Uuid::from_u128(1)),
            watch: false,
            account: None,
            holder: holder(7),
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
        let first = redeem(&mut doors, ticket, sign_in, now);
        assert_eq!(first.is_ok(), works, "{ticket} {sign_in} {now}");
        if ticket == 1 {
            let again = redeem(&mut doors, 1, 7, NOW);
            assert!(matches!(again, Err(Error::BadTicket)));
        }
    }
}

#[test]
fn signing_out_shuts_sockets_and_tickets() {
    let mut doors = doors(&[1, 2]);
    let (_, standing) = redeem(&mut doors, 1, 7, NOW).unwrap();
    doors.shut(holder(8));
    assert_eq!(*standing.borrow(), Some(Worth::of(Role::Member)));
    doors.shut(holder(7));
    assert_eq!(*standing.borrow(), None);
    assert!(matches!(redeem(&mut doors, 2, 7, NOW), Err(Error::BadTicket)));
}

#[test]
fn only_another_worth_is_news() {
    let mut doors = Doors::default();
    let mut standing = doors.stand(holder(7), Role::Member).unwrap();
    doors.regard(holder(7), Worth::of(Role::Member));
    doors.regard(holder(8), Worth::of(Role::Staff));
    assert!(!standing.has_changed().unwrap());
    doors.regard(holder(7), Worth::of(Role::Staff));
    assert_eq!(*standing.borrow_and_update(), Some(Worth::of(Role::Staff)));
    // Whoever was looked up just before the change is told of it as well.
    let again = doors.stand(holder(7), Role::Member).unwrap();
    assert_eq!(*again.borrow(), Some(Worth::of(Role::Staff)));
}

#[test]
fn sockets_and_tickets_of_one_sign_in_are_bounded() {
    let all: Vec<u8> = (0..100).collect();
    let mut doors = doors(&all);
    let waiting = |sign_in| Waiting {
        session: SessionId(Uuid::from_u128(5)),
        owner: MemberId(Uuid::from_u128(1)),
        watch: false,
        account: None,
        holder: holder(sign_in),
        until: NOW + TICKET,
    };
    assert!(doors.add([200; 32], waiting(7), NOW).is_err());
    doors.add([200; 32], waiting(8), NOW).unwrap();
    let open: Vec<_> = all.iter().map(|one| redeem(&mut doors, *one, 7, NOW).unwrap()).collect();
    doors.add([201; 32], waiting(7), NOW).unwrap();
    let one_more = redeem(&mut doors, 201, 7, NOW);
    assert!(matches!(one_more, Err(Error::TooManySockets)));
    drop(open);
    doors.add([201; 32], waiting(7), NOW).unwrap();
    assert!(redeem(&mut doors, 201, 7, NOW).is_ok());
}

#[test]
fn guests_have_sockets_of_their_own() {
    let mut doors = doors(&[]);
    let guest = Holder::Guest(GuestId(Uuid::from_u128(7)));
    let stand = |doors: &mut Doors, holder| doors.stand(holder, Role::Member);
    let open: Vec<_> = (0..MAX_GUEST_SOCKETS).map(|_| stand(&mut doors, guest).unwrap()).collect();
    assert!(matches!(stand(&mut doors, guest), Err(Error::TooManySockets)));
    assert!(doors.open().is_empty(), "a guest is no sign-in");
    let member = stand(&mut doors, holder(7)).unwrap();
    doors.shut(guest);
    let worth = (open[0].borrow().clone(), member.borrow().clone());
    assert_eq!(worth, (None, Some(Worth::of(Role::Member))));
}
