//! Attaching: who gets a ticket, what it allows, and what ends it before its time.

use chrono::{DateTime, Utc};
use host::{Reader, Writer};
use protocol::{
    api::{ActiveClient, Attach, AttachMode, AttachPolicy, Ticket, limits},
    id::{MemberId, SessionId},
    wire::{AttachRequest, Guest, Hello, Viewer},
};

use crate::{
    Actor, Control, Error, Subject,
    access::{Action, Target, authorize},
    identity::permissions::{Given, Standing, Withdrawn, Worth, withdrawal},
    identity::tickets::{Holder, TICKET, Waiting},
    secret,
    sessions::view,
};

/// What a redeemed ticket allows: one attachment.
#[derive(Debug)]
pub struct Grant {
    /// The session.
    pub session: SessionId,
    /// Look, don't touch.
    pub watch: bool,
    /// Name of the person.
    pub who: String,
    /// The guest whose it is: their session looks after what they may do, and until when.
    pub guest: Option<Guest>,
    /// When the sign-in it came by stops working; none for guests.
    pub until: Option<DateTime<Utc>>,
    /// What the sign-in it came by is worth; a guest's place is worth something until it is over.
    pub(crate) standing: Standing,
    /// What has to be worth that much.
    pub(crate) given: Given,
}

impl Grant {
    /// Waits until it is withdrawn.
    pub async fn withdrawn(&mut self) -> Withdrawn {
        let why = |worth: &Option<Worth>| withdrawal(&self.given, worth.as_ref());
        let worth = self.standing.wait_for(|worth| why(worth).is_some()).await;
        match worth.ok().and_then(|worth| why(&worth)) {
            Some(why) => why,
            // Nothing can withdraw it any more but its own end.
            None => std::future::pending().await,
        }
    }
}

impl Control {
    /// Issues a ticket for one socket to a session.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Ended`], [`Error::AttachedElsewhere`];
    /// [`Error::AccountForbidden`] when the session's account is no longer granted to its owner;
    /// [`Error::Unauthenticated`] when the sign-in ended since the actor was looked up;
    /// [`Error::Unavailable`] also when a look into another's session can't be written down.
    pub async fn attach(
        &self,
        actor: &Actor,
        id: SessionId,
        request: Attach,
    ) -> Result<Ticket, Error> {
        let watch = request.mode == AttachMode::Watch;
        let row = self.row(id).await?;
        authorize(actor, wanted(actor, row.owner, watch), Target::SessionOf(row.owner))?;
        let report = self.living_for(actor, &row)?;
        let account = (row.owner == actor.member).then(|| row.account.clone());
        if let Some(account) = &account {
            self.still_granted(actor, account).await?;
        }
        let driver = report.as_ref().and_then(view::active_client);
        if let (AttachPolicy::Single, false, false, Some(driver)) =
            (row.attach_policy, watch, request.take_over, driver.clone())
            && let Some(driver) = self.still_driving(actor, id, driver).await?
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
        // Issued before it is written down: who has too many tickets fills no log with more.
        let ticket = self.issue(actor.into(), id, row.owner, watch, account)?;
        let subject = Subject::session(id, &row.name);
        if let Err(error) = self.audit(&actor.into(), done, subject, detail).await {
            if row.owner != actor.member {
                return Err(error);
            }
            // A database that is full or locked keeps nobody from what runs and is theirs.
            tracing::error!(session = %id, action = done, %error, "not in the audit log");
        }
        // Asked only now: a sign-out from here on finds the ticket and takes it away.
        self.shut_ended(&[actor.sign_in]).await?;
        if !self.doors().has(&secret::hash(&ticket.ticket)) {
            return Err(Error::Unauthenticated);
        }
        Ok(ticket)
    }

    /// A ticket for one socket of a holder.
    pub(crate) fn issue(
        &self,
        holder: Holder,
        session: SessionId,
        owner: MemberId,
        watch: bool,
        account: Option<String>,
    ) -> Result<Ticket, Error> {
        let ticket = secret::new();
        let now = self.now();
        let until = now + TICKET;
        let waiting = Waiting { session, owner, watch, account, holder, until };
        self.doors().add(secret::hash(&ticket), waiting, now)?;
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
        actor: &Actor,
        id: SessionId,
        driver: ActiveClient,
    ) -> Result<Option<ActiveClient>, Error> {
        match self.inner.host.probe(id).await {
            Ok(report) => Ok(view::active_client(&report)),
            Err(host::Error::Unsupported) => Ok(Some(driver)),
            Err(error) => Err(self.unreachable(actor, id, &error).await),
        }
    }

    /// Takes a ticket in, once, from the sign-in that it was issued to.
    ///
    /// # Errors
    /// [`Error::BadTicket`], [`Error::TooManySockets`], [`Error::Forbidden`] when the role has changed
    /// since.
    pub fn redeem(&self, actor: &Actor, ticket: &str) -> Result<Grant, Error> {
        let hash = secret::hash(ticket);
        let (waiting, standing) =
            self.doors().redeem(&hash, actor.into(), actor.role, self.now())?;
        let Waiting { session, owner, watch, account, .. } = waiting;
        authorize(actor, wanted(actor, owner, watch), Target::SessionOf(owner))?;
        Ok(Grant {
            session,
            watch,
            given: Given { role: actor.role, overseeing: owner != actor.member, account },
            who: actor.name.clone(),
            guest: None,
            until: Some(actor.until),
            standing,
        })
    }

    /// Opens the way to a session's process for a grant, with the viewer's first message.
    ///
    /// # Errors
    /// [`Error::NotFound`] when the session is gone, [`Error::Unreachable`].
    pub async fn connect(&self, grant: &Grant, hello: Hello) -> Result<(Reader, Writer), Error> {
        let device =
            hello.device.chars().filter(|c| !c.is_control()).take(limits::MAX_SHOWN).collect();
        let since = u64::try_from(self.now().timestamp_millis()).unwrap_or_default();
        let request = AttachRequest {
            viewer: Some(Viewer { who: grant.who.clone(), device, since }),
            watch: grant.watch,
            overseeing: grant.given.overseeing,
            hello: Some(Hello { ticket: String::new(), ..hello }),
            guest: grant.guest.clone(),
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
