//! Attaching: tickets that open one socket each, and the sockets that are open by a sign-in.

use std::{collections::HashMap, time::Duration};

use chrono::{DateTime, TimeDelta, Utc};
use host::{Reader, Writer};
use protocol::{
    api::{ActiveClient, Attach, AttachMode, AttachPolicy, Role, Ticket},
    id::{MemberId, SessionId},
    wire::{AttachRequest, Hello, Viewer},
};
use tokio::{sync::watch, time::MissedTickBehavior};
use uuid::Uuid;

use crate::{
    Actor, Control, Error, Subject,
    access::{Action, Target, authorize},
    secret, view,
};

/// How long a ticket works.
const TICKET: TimeDelta = TimeDelta::seconds(30);

/// Most sockets of one sign-in, and most tickets it may hold.
const MAX_SOCKETS: usize = 100;

/// Pause between two looks at whether the sign-ins of open sockets still exist.
const LOOK: Duration = Duration::from_secs(1);

/// Longest name of a device, in characters.
const MAX_DEVICE: usize = 64;

/// What a redeemed ticket allows: one attachment.
#[derive(Debug)]
pub struct Grant {
    /// The session.
    pub session: SessionId,
    /// Look, don't touch.
    pub watch: bool,
    /// A superuser who looks at somebody else's: everybody attached is told.
    pub overseeing: bool,
    /// Name of the person.
    pub who: String,
    /// When the sign-in it came by stops working.
    pub until: DateTime<Utc>,
    /// Changes to true when that sign-in is ended before.
    pub signed_out: watch::Receiver<bool>,
    /// Changes to true when the role no longer allows it; never for an own session.
    pub dismissed: watch::Receiver<bool>,
}

/// Tickets that wait, and sign-ins that have sockets.
#[derive(Debug, Default)]
pub(crate) struct Doors {
    tickets: HashMap<[u8; 32], Waiting>,
    sign_ins: HashMap<Uuid, watch::Sender<bool>>,
    /// Those among them that look into others' sessions.
    overseers: HashMap<Uuid, watch::Sender<bool>>,
}

#[derive(Debug)]
struct Waiting {
    session: SessionId,
    owner: MemberId,
    watch: bool,
    sign_in: Uuid,
    until: DateTime<Utc>,
}

impl Doors {
    fn add(&mut self, hash: [u8; 32], waiting: Waiting, now: DateTime<Utc>) -> Result<(), Error> {
        self.tickets.retain(|_, other| other.until > now);
        let mine = self.tickets.values().filter(|other| other.sign_in == waiting.sign_in).count();
        if mine >= MAX_SOCKETS {
            return Err(Error::Throttled(u64::try_from(TICKET.num_seconds()).unwrap_or(1)));
        }
        self.tickets.insert(hash, waiting);
        Ok(())
    }

    /// Takes a ticket and, in the same breath, a place among the sign-in's sockets: a sign-out comes
    /// before both or after both.
    fn redeem(
        &mut self,
        hash: &[u8; 32],
        actor: &Actor,
        now: DateTime<Utc>,
    ) -> Result<(Waiting, watch::Receiver<bool>), Error> {
        let waiting = self.tickets.remove(hash).ok_or(Error::BadTicket)?;
        if waiting.sign_in != actor.sign_in || waiting.until <= now {
            return Err(Error::BadTicket);
        }
        Ok((waiting, self.stand(actor)?))
    }

    /// A place among the sockets and streams of a sign-in.
    fn stand(&mut self, actor: &Actor) -> Result<watch::Receiver<bool>, Error> {
        self.sign_ins.retain(|_, sender| sender.receiver_count() > 0);
        let sender =
            self.sign_ins.entry(actor.sign_in).or_insert_with(|| watch::Sender::new(false));
        if sender.receiver_count() >= MAX_SOCKETS {
            return Err(Error::TooManySockets);
        }
        Ok(sender.subscribe())
    }

    /// Tells when an actor may no longer look into others' sessions.
    fn oversee(&mut self, actor: &Actor) -> watch::Receiver<bool> {
        self.overseers.retain(|_, sender| sender.receiver_count() > 0);
        let sender =
            self.overseers.entry(actor.sign_in).or_insert_with(|| watch::Sender::new(false));
        sender.subscribe()
    }

    /// Closes what a sign-in has open of others' sessions.
    fn dismiss(&mut self, sign_in: Uuid) {
        if let Some(sender) = self.overseers.remove(&sign_in) {
            sender.send_replace(true);
        }
    }

    /// The sign-ins that something is open by.
    fn open(&mut self) -> Vec<Uuid> {
        self.sign_ins.retain(|_, sender| sender.receiver_count() > 0);
        self.sign_ins.keys().copied().collect()
    }

    /// Closes everything that is open by a sign-in.
    pub(crate) fn shut(&mut self, sign_in: Uuid) {
        self.tickets.retain(|_, waiting| waiting.sign_in != sign_in);
        if let Some(sender) = self.sign_ins.remove(&sign_in) {
            sender.send_replace(true);
        }
    }
}

impl Control {
    /// Issues a ticket for one socket to a session.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Ended`], [`Error::AttachedElsewhere`];
    /// [`Error::Unauthenticated`] when the sign-in ended since the actor was looked up.
    pub async fn attach(
        &self,
        actor: &Actor,
        id: SessionId,
        request: Attach,
    ) -> Result<Ticket, Error> {
        let watch = request.mode == AttachMode::Watch;
        let row = self.row(id).await?;
        authorize(actor, wanted(actor, row.owner, watch), Target::SessionOf(row.owner))?;
        let report = self.living(&row)?;
        let driver = report.as_ref().and_then(view::active_client);
        if let (AttachPolicy::Single, false, false, Some(driver)) =
            (row.attach_policy, watch, request.take_over, driver.clone())
            && let Some(driver) = self.still_driving(id, driver).await?
        {
            return Err(Error::AttachedElsewhere(driver));
        }
        let takes_over = !watch && row.attach_policy != AttachPolicy::Multi && driver.is_some();
        let (done, detail) = if row.owner != actor.member {
            ("session.watch", Some(format!("of {}", row.owner_name)))
        } else if takes_over {
            ("session.take_over", None)
        } else {
            ("session.attach", watch.then(|| "watching".to_owned()))
        };
        let subject = Subject::session(id, &row.name);
        self.audit(&actor.into(), done, subject, detail).await?;
        let ticket = secret::new();
        let now = self.now();
        let until = now + TICKET;
        let (owner, sign_in) = (row.owner, actor.sign_in);
        let waiting = Waiting { session: id, owner, watch, sign_in, until };
        self.doors().add(secret::hash(&ticket), waiting, now)?;
        // Asked only now: a sign-out from here on finds the ticket and takes it away.
        self.shut_ended(&[actor.sign_in]).await?;
        if !self.doors().tickets.contains_key(&secret::hash(&ticket)) {
            return Err(Error::Unauthenticated);
        }
        Ok(Ticket {
            ticket,
            url: "/api/v1/socket".to_owned(),
            subprotocol: protocol::SUBPROTOCOL.to_owned(),
            expires_at: until,
        })
    }

    /// Who drives a session once its process has asked them whether they are there. A connection that
    /// broke without a word locks nobody out.
    async fn still_driving(
        &self,
        id: SessionId,
        driver: ActiveClient,
    ) -> Result<Option<ActiveClient>, Error> {
        match self.inner.host.probe(id).await {
            Ok(report) => Ok(view::active_client(&report)),
            Err(host::Error::Unsupported) => Ok(Some(driver)),
            Err(error) => Err(self.unreachable(id, &error).await),
        }
    }

    /// Changes to true when the actor's sign-in is ended: for what stays open by it.
    ///
    /// # Errors
    /// [`Error::TooManySockets`].
    pub fn signed_out(&self, actor: &Actor) -> Result<watch::Receiver<bool>, Error> {
        self.doors().stand(actor)
    }

    /// Closes what is open by sign-ins that were ended behind this process's back, as the command
    /// line does it. Polled for as long as the server runs, which is for good.
    pub async fn watch_sign_ins(self) {
        let mut ticks = tokio::time::interval(LOOK);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Delay);
        loop {
            ticks.tick().await;
            // A database that does not answer signs nobody out; it is asked again.
            let _ = self.recheck_sign_ins().await;
        }
    }

    /// Looks once at the sign-ins that something is open by, and closes what is open by those that
    /// have ended, or of others' sessions by those whose role no longer allows it.
    ///
    /// # Errors
    /// [`Error::Unavailable`]; everything stays open then.
    pub async fn recheck_sign_ins(&self) -> Result<(), Error> {
        let open = self.doors().open();
        self.shut_ended(&open).await
    }

    async fn shut_ended(&self, sign_ins: &[Uuid]) -> Result<(), Error> {
        if sign_ins.is_empty() {
            return Ok(());
        }
        let working = self.inner.store.standing(sign_ins, self.now()).await?;
        let mut doors = self.doors();
        for ended in sign_ins.iter().filter(|sign_in| !working.contains_key(sign_in)) {
            doors.shut(*ended);
        }
        let no_more = working.iter().filter(|(_, standing)| standing.role < Role::Superuser);
        no_more.for_each(|(sign_in, _)| doors.dismiss(*sign_in));
        Ok(())
    }

    /// Takes a ticket in, once, from the sign-in that it was issued to.
    ///
    /// # Errors
    /// [`Error::BadTicket`], [`Error::TooManySockets`], [`Error::Forbidden`] when the role has changed
    /// since.
    pub fn redeem(&self, actor: &Actor, ticket: &str) -> Result<Grant, Error> {
        let (waiting, signed_out) =
            self.doors().redeem(&secret::hash(ticket), actor, self.now())?;
        let Waiting { session, owner, watch, .. } = waiting;
        authorize(actor, wanted(actor, owner, watch), Target::SessionOf(owner))?;
        let overseeing = owner != actor.member;
        let never = || watch::Sender::new(false).subscribe();
        let dismissed = if overseeing { self.doors().oversee(actor) } else { never() };
        Ok(Grant {
            session,
            watch,
            overseeing,
            dismissed,
            who: actor.name.clone(),
            until: actor.until,
            signed_out,
        })
    }

    /// Opens the way to a session's process for a grant, with the viewer's first message.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the session is gone, [`Error::Unreachable`].
    pub async fn connect(&self, grant: &Grant, hello: Hello) -> Result<(Reader, Writer), Error> {
        let device = hello.device.chars().filter(|c| !c.is_control()).take(MAX_DEVICE).collect();
        let since = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        let request = AttachRequest {
            viewer: Some(Viewer { who: grant.who.clone(), device, since }),
            watch: grant.watch,
            overseeing: grant.overseeing,
            hello: Some(Hello { ticket: String::new(), ..hello }),
            guest: None,
        };
        self.inner.host.attach(grant.session, request).await.map_err(|error| match error {
            host::Error::Gone => Error::NotFound("session"),
            error => {
                tracing::warn!(session = %grant.session, %error, "a session can't be reached");
                Error::Unreachable
            }
        })
    }
}

/// What an attach is, as far as who may do it goes.
fn wanted(actor: &Actor, owner: MemberId, watch: bool) -> Action {
    match (watch, owner == actor.member) {
        (false, _) => Action::Drive,
        (true, true) => Action::Watch,
        (true, false) => Action::Oversee,
    }
}

#[cfg(test)]
mod tests {
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
        let (_, signed_out) = doors.redeem(&[1; 32], &actor(7), NOW).unwrap();
        doors.shut(Uuid::from_u128(8));
        assert!(!*signed_out.borrow());
        doors.shut(Uuid::from_u128(7));
        assert!(*signed_out.borrow());
        assert!(matches!(doors.redeem(&[2; 32], &actor(7), NOW), Err(Error::BadTicket)));
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
}
