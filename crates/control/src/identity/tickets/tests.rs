//! Redeeming and revoking tickets, and the limits on connections.

use super::*;

const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

fn holder(id: u128) -> Holder {
    Holder::Member(Uuid::from_u128(id))
}

fn redeem(
    tickets: &mut Tickets,
    ticket: u8,
    id: u128,
    now: DateTime<Utc>,
) -> Result<PendingTicket, Error> {
    tickets.redeem(&[ticket; 32], holder(id), now)
}

fn with_tickets(numbers: &[u8]) -> Tickets {
    let mut tickets = Tickets::default();
    for number in numbers {
        let ticket = PendingTicket {
            session: SessionId(Uuid::from_u128(5)),
            owner: MemberId(Uuid::from_u128(1)),
            watch: false,
            account: None,
            holder: holder(7),
            until: NOW + LIFETIME,
        };
        tickets.add([*number; 32], ticket, NOW).unwrap();
    }
    tickets
}

#[test]
fn a_ticket_works_once_for_its_sign_in_and_in_time() {
    let late = NOW + LIFETIME;
    // ticket, sign-in, time, works
    let table = [
        (1, 7, NOW, true),
        (2, 7, NOW, false),
        (1, 8, NOW, false),
        (1, 7, late - TimeDelta::milliseconds(1), true),
        (1, 7, late, false),
    ];
    for (ticket, sign_in, now, works) in table {
        let mut tickets = with_tickets(&[1]);
        let first = redeem(&mut tickets, ticket, sign_in, now);
        assert_eq!(first.is_ok(), works, "{ticket} {sign_in} {now}");
        if ticket == 1 {
            let again = redeem(&mut tickets, 1, 7, NOW);
            assert!(matches!(again, Err(Error::BadTicket)));
        }
    }
}

#[test]
fn signing_out_closes_connections_and_revokes_tickets() {
    let mut tickets = with_tickets(&[1, 2]);
    let permissions = tickets.connect(holder(7), Role::Member).unwrap();
    redeem(&mut tickets, 1, 7, NOW).unwrap();
    tickets.close(holder(8));
    assert_eq!(*permissions.borrow(), Some(Permissions::of_role(Role::Member)));
    tickets.close(holder(7));
    assert_eq!(*permissions.borrow(), None);
    assert!(matches!(redeem(&mut tickets, 2, 7, NOW), Err(Error::BadTicket)));
}

#[test]
fn only_changed_permissions_notify() {
    let mut tickets = Tickets::default();
    let mut permissions = tickets.connect(holder(7), Role::Member).unwrap();
    tickets.update(holder(7), Permissions::of_role(Role::Member));
    tickets.update(holder(8), Permissions::of_role(Role::Staff));
    assert!(!permissions.has_changed().unwrap());
    tickets.update(holder(7), Permissions::of_role(Role::Staff));
    assert_eq!(*permissions.borrow_and_update(), Some(Permissions::of_role(Role::Staff)));
    // A connection opened with an outdated role gets the current permissions.
    let again = tickets.connect(holder(7), Role::Member).unwrap();
    assert_eq!(*again.borrow(), Some(Permissions::of_role(Role::Staff)));
}

#[test]
fn sockets_and_tickets_of_one_sign_in_are_bounded() {
    let all: Vec<u8> = (0..100).collect();
    let mut tickets = with_tickets(&all);
    let ticket = |sign_in| PendingTicket {
        session: SessionId(Uuid::from_u128(5)),
        owner: MemberId(Uuid::from_u128(1)),
        watch: false,
        account: None,
        holder: holder(sign_in),
        until: NOW + LIFETIME,
    };
    assert!(tickets.add([200; 32], ticket(7), NOW).is_err());
    tickets.add([200; 32], ticket(8), NOW).unwrap();
    let mut connect = || tickets.connect(holder(7), Role::Member);
    let open: Vec<_> = all.iter().map(|_| connect().unwrap()).collect();
    assert!(matches!(connect(), Err(Error::TooManySockets)));
    drop(open);
    connect().unwrap();
}

#[test]
fn guests_have_connections_of_their_own() {
    let mut tickets = with_tickets(&[]);
    let guest = Holder::Guest(GuestId(Uuid::from_u128(7)));
    let connect = |tickets: &mut Tickets, holder| tickets.connect(holder, Role::Member);
    let open: Vec<_> =
        (0..MAX_GUEST_CONNECTIONS).map(|_| connect(&mut tickets, guest).unwrap()).collect();
    assert!(matches!(connect(&mut tickets, guest), Err(Error::TooManySockets)));
    assert!(tickets.connected_sign_ins().is_empty(), "a guest is not a sign-in");
    let member = connect(&mut tickets, holder(7)).unwrap();
    tickets.close(guest);
    let permissions = (open[0].borrow().clone(), member.borrow().clone());
    assert_eq!(permissions, (None, Some(Permissions::of_role(Role::Member))));
}
