//! Guests: coming in by a link and its password, and what whoever is in by one may do.

use chrono::TimeDelta;
use protocol::{
    api::{Guest, GuestEnd, Join, Joined, Role, ShareState, SharedSession, Ticket},
    id::{GuestId, SessionId, ShareId},
    wire,
};
use store::{Admission, GuestRow, SessionRow, ShareRow};
use uuid::Uuid;

use crate::{
    Actor, Caller, Control, Doer, Error, Grant, Subject, audit, identity::permissions::Given,
    identity::tickets::Holder, secret, sharing::password as share_secret,
    sharing::rules as share_rules, sharing::updates::milliseconds, validate,
};

/// How long a browser keeps a guest's cookie: longer than most shares last, however often they are
/// extended, so that it can ask what became of it.
const COOKIE: TimeDelta = TimeDelta::days(1);

/// Somebody who came by a share and holds a place.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Visitor {
    /// Where they are, as they may know it.
    pub joined: Joined,
    /// What they came by.
    pub share: ShareId,
    session: SessionRow,
    row: GuestRow,
}

impl Visitor {
    fn id(&self) -> GuestId {
        self.joined.guest
    }

    fn session(&self) -> SessionId {
        self.session.id
    }
}

/// Somebody who has just come in.
pub struct Entered {
    /// Where they are.
    pub joined: Joined,
    /// The secret for their cookie; none when they came in before and keep the one they have.
    pub token: Option<String>,
    /// How long the cookie is kept.
    pub lasts: TimeDelta,
}

impl Control {
    /// Lets somebody in by a link and its password: a member by their own name, anybody by the one
    /// they give. Who shows the cookie of a place they hold keeps it. All refusals but those of the
    /// right password are one, and take as long.
    ///
    /// # Errors
    /// [`Error::Invalid`] for a name, [`Error::Throttled`], [`Error::ShareDenied`]; with the right
    /// password [`Error::ShareOver`], [`Error::ShareFull`]; [`Error::Busy`], [`Error::Unavailable`].
    pub async fn join(
        &self,
        given: Join,
        member: Option<&Actor>,
        held: Option<&str>,
        caller: &Caller,
    ) -> Result<Entered, Error> {
        let name = match member {
            Some(member) => member.name.clone(),
            None => validate::label("name", &given.name)?,
        };
        let hash = secret::hash(&given.token);
        let now = self.now();
        // Asked now and taken once it was wrong: right ones that come at once hinder nobody. As many
        // wrong ones slip through as passwords are checked at once, which finds none of 80 bits.
        self.inner.joins_by_share.ask(&hash, now).map_err(Error::Throttled)?;
        self.inner.joins_by_source.ask(&caller.source.into(), now).map_err(Error::Throttled)?;
        let row = self.inner.store.shares.by_token(&hash).await?;
        let expected = row.as_ref().map(|row| row.password_hash.clone());
        let typed = share_secret::tidy(&given.password);
        let right = self.inner.passwords.check(typed, expected).await?;
        let row = match share_rules::admit(row.as_ref(), right, self.now()) {
            Err(Error::ShareDenied) => {
                // The count may be full by now: it is refused either way.
                let _ = self.inner.joins_by_share.take(hash, now);
                let _ = self.inner.joins_by_source.take(caller.source.into(), now);
                self.note_wrong_password(row, &name, caller);
                return Err(Error::ShareDenied);
            }
            admitted => admitted?,
        };
        self.enter(row, name, member, held, caller).await
    }

    /// Writes down a wrong password and tells the owner, behind the answer: how long it takes would say
    /// whether there is such a share.
    fn note_wrong_password(&self, row: Option<ShareRow>, name: &str, caller: &Caller) {
        let doer = Doer::guest(name, caller.source);
        let control = self.clone();
        tokio::spawn(async move {
            let Some(row) = row else {
                let _ = control.audit(&doer, "share.denied", Subject::only("share"), None).await;
                return;
            };
            let Ok(session) = control.row(row.session).await else { return };
            let subject = Subject::share(row.share.id, &session.name);
            let entry = audit::entry(control.now(), &doer, "share.denied", subject, None);
            let _ = control.inner.store.shares.count_wrong_password(row.share.id, &entry).await;
            control.announce(session.owner);
            // Whoever is in the session hears it there; lists ask.
            let tried = control.wrong_passwords(session.id).await.unwrap_or_default();
            if share_rules::state(&row, control.now()) == ShareState::Active && tried > 0 {
                let share = row.share.id.0.as_bytes().to_vec();
                let told =
                    wire::ShareChange { share, wrong_passwords: tried, ..Default::default() };
                let _ = control.inner.host.change_share(session.id, told).await;
            }
        });
    }

    async fn enter(
        &self,
        share: &ShareRow,
        name: String,
        member: Option<&Actor>,
        held: Option<&str>,
        caller: &Caller,
    ) -> Result<Entered, Error> {
        let session = self.row(share.session).await?;
        self.living(&session).map_err(|_| Error::ShareOver(GuestEnd::SessionEnded))?;
        let now = self.now();
        if let Some(held) = held
            && let Some((guest, of)) =
                self.inner.store.guests.by_cookie(&secret::hash(held)).await?
            && of.share.id == share.share.id
            && guest.guest.end.is_none()
        {
            let _turn = self.inner.joining.lock().await;
            self.take_place(&guest, &session).await?;
            return Ok(Entered {
                joined: joined(&session, share, &guest),
                token: None,
                lasts: COOKIE,
            });
        }
        let guest = GuestRow {
            guest: Guest {
                id: GuestId(Uuid::now_v7()),
                name,
                member: member.is_some(),
                source: caller.source.to_string(),
                device: caller.device.clone(),
                here: false,
                joined_at: now,
                left_at: None,
                end: None,
                keys: 0,
            },
            share: share.share.id,
            member: member.map(|member| member.member),
        };
        let doer = match member {
            Some(member) => member.into(),
            None => Doer::guest(&guest.guest.name, caller.source),
        };
        let subject = Subject::share(share.share.id, &session.name);
        let entry = audit::entry(now, &doer, "share.join", subject, None);
        let token = secret::new();
        let joining = {
            // One after the other: a crowd that waits here does not wait for the database's lock.
            let _turn = self.inner.joining.lock().await;
            self.inner.store.guests.add(&guest, &secret::hash(&token), &entry).await?
        };
        match joining {
            Admission::Admitted => {}
            Admission::Full => return Err(Error::ShareFull),
            // Ended since it was looked at: a moment later it would have been refused.
            Admission::Ended => return Err(Error::ShareDenied),
        }
        self.announce(session.owner);
        Ok(Entered { joined: joined(&session, share, &guest), token: Some(token), lasts: COOKIE })
    }

    /// Who holds a guest's cookie.
    ///
    /// # Errors
    /// [`Error::NotJoined`], [`Error::ShareOver`] with why they are in no more,
    /// [`Error::Unavailable`].
    pub async fn visitor(&self, token: &str) -> Result<Visitor, Error> {
        let found = self.inner.store.guests.by_cookie(&secret::hash(token)).await?;
        let (guest, share) = found.ok_or(Error::NotJoined)?;
        if let Some(end) = guest.guest.end {
            return Err(Error::ShareOver(end));
        }
        if let Some(end) = share_rules::over(share_rules::state(&share, self.now())) {
            return Err(Error::ShareOver(end));
        }
        let session = self.row(share.session).await?;
        self.living(&session).map_err(|_| Error::ShareOver(GuestEnd::SessionEnded))?;
        let joined = joined(&session, &share, &guest);
        Ok(Visitor { joined, share: share.share.id, session, row: guest })
    }

    /// A guest's ticket for one socket, and their place if they were away.
    ///
    /// # Errors
    /// [`Error::Throttled`] when they hold too many; as [`join`](Self::join) with the right password
    /// where they were away.
    pub async fn attach_visitor(&self, visitor: &Visitor) -> Result<Ticket, Error> {
        // Until they have the ticket: nobody is found to be gone meanwhile.
        let _turn = self.inner.joining.lock().await;
        self.take_place(&visitor.row, &visitor.session).await?;
        let owner = visitor.session.owner;
        let issued =
            self.issue(Holder::Guest(visitor.id()), visitor.session(), owner, false, None)?;
        Ok(Ticket { url: "/api/v1/join/socket".to_owned(), ..issued })
    }

    /// Takes a guest's ticket in, once.
    ///
    /// # Errors
    /// [`Error::BadTicket`], [`Error::TooManySockets`].
    pub fn redeem_visitor(&self, visitor: &Visitor, ticket: &str) -> Result<Grant, Error> {
        let holder = Holder::Guest(visitor.id());
        // Of all roles a guest has none: whatever is looked at is whether their place is there.
        let redeemed = self.doors().redeem(&secret::hash(ticket), holder, Role::Member, self.now());
        let (waiting, standing) = redeemed?;
        let Joined { name, read_only, expires_at, .. } = &visitor.joined;
        let guest = wire::Guest {
            share: visitor.share.0.as_bytes().to_vec(),
            guest: visitor.id().0.as_bytes().to_vec(),
            name: name.clone(),
            read_only: *read_only,
            ends_at: milliseconds(*expires_at),
        };
        Ok(Grant {
            session: waiting.session,
            watch: false,
            given: Given { role: Role::Member, overseeing: false, account: None },
            who: name.clone(),
            guest: Some(guest),
            until: None,
            standing,
        })
    }

    /// A guest goes: the place is free, and what they have open is closed.
    ///
    /// # Errors
    /// [`Error::Unavailable`].
    pub async fn leave(&self, visitor: &Visitor, caller: &Caller) -> Result<(), Error> {
        let doer = Doer::guest(&visitor.joined.name, caller.source);
        let subject = Subject::share(visitor.share, &visitor.joined.session.name);
        let now = self.now();
        let entry = audit::entry(now, &doer, "share.leave", subject, None);
        self.inner.store.guests.end(visitor.id(), now, GuestEnd::Left, &entry).await?;
        self.doors().shut(Holder::Guest(visitor.id()));
        self.announce(visitor.session.owner);
        Ok(())
    }
}

/// Where a guest is.
fn joined(session: &SessionRow, share: &ShareRow, guest: &GuestRow) -> Joined {
    Joined {
        session: SharedSession {
            id: session.id,
            name: session.name.clone(),
            owner: session.owner_name.clone(),
        },
        guest: guest.guest.id,
        name: guest.guest.name.clone(),
        read_only: share.share.read_only,
        expires_at: share.share.expires_at,
    }
}
