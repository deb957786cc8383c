//! Listing, seeing, changing and ending sessions.

pub(crate) mod attach;
pub(crate) mod create;
pub(crate) mod limits;
mod preview;
pub(crate) mod reconcile;
mod retention;
pub(crate) mod rules;
pub(crate) mod view;

use std::collections::HashMap;

use protocol::{
    api::{
        AttachPolicy, ChangeSession, EndReason, Life, Scope, Session, SessionPage, SessionState,
        limits::SESSION_PAGE,
    },
    id::SessionId,
    wire::{EndCause, EndRequest, Report},
};
use store::{Ending, Page, SessionRow};

use crate::{
    Actor, Control, Doer, Error, Subject,
    access::{Action, Target, authorize},
    control::{Reports, detached},
    validate,
};

impl Control {
    /// Lists sessions, newest first; with `q`, those that have it in their name, account, server or, of
    /// the actor's own, last title.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody's as a member, [`Error::Invalid`] for a bad cursor.
    pub async fn list(
        &self,
        actor: &Actor,
        scope: Scope,
        life: Life,
        q: Option<&str>,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<SessionPage, Error> {
        let owner = match scope {
            Scope::Mine => {
                authorize(actor, Action::ListOwn, Target::Workspace)?;
                Some(actor.member)
            }
            Scope::All => {
                authorize(actor, Action::ListAll, Target::Workspace)?;
                None
            }
        };
        let limit = SESSION_PAGE.limit(limit);
        let before = cursor
            .map(str::parse)
            .transpose()
            .map_err(|_| Error::invalid("cursor", "This cursor is not one of a page before."))?;
        let q = q
            .map(str::trim)
            .filter(|q| !q.is_empty())
            .map(|q| validate::search("q", q))
            .transpose()?;
        let page = Page { owner, life, limit: limit + 1, before, q, titles_of: actor.member };
        let mut rows = self.inner.store.sessions.list(page).await?;
        let full = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > full;
        rows.truncate(full);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let mut items = self.views(&rows);
        let own = rows.iter().filter(|row| row.owner == actor.member);
        let own: Vec<SessionId> = own.map(|row| row.id).collect();
        let counted = match life {
            Life::Active => self.inner.store.shares.wrong_passwords(&own, self.now()).await?,
            Life::Ended => self.inner.store.guests.count_by_session(&own).await?,
        };
        for (item, row) in items.iter_mut().zip(&rows) {
            let count = counted.get(&row.id).copied().unwrap_or_default();
            match life {
                Life::Active => item.wrong_passwords = count,
                Life::Ended => item.visitors = count,
            }
            if row.owner != actor.member {
                view::hide_content(item);
            }
        }
        if life == Life::Active {
            // One whose row does not say so yet may be over.
            items.retain(|session| session.state != SessionState::Ended);
        }
        Ok(SessionPage { items, next })
    }

    /// One session.
    ///
    /// # Errors
    /// [`Error::NotFound`], also for somebody else's; [`Error::Ended`] with all that is known.
    pub async fn get(&self, actor: &Actor, id: SessionId) -> Result<Session, Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::See, Target::SessionOf(row.owner))?;
        self.living_for(actor, &row)?;
        self.shown(actor, &row).await
    }

    /// Changes a living session's name or policy.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Ended`], [`Error::Invalid`].
    pub async fn change(
        &self,
        actor: &Actor,
        id: SessionId,
        change: ChangeSession,
    ) -> Result<Session, Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::Change, Target::SessionOf(row.owner))?;
        let name = change.name.as_deref().map(|name| validate::label("name", name)).transpose()?;
        self.living_for(actor, &row)?;
        for (action, detail) in changes(&row, name.as_deref(), change.attach_policy) {
            let subject = Subject::session(id, &row.name);
            self.audit(&actor.into(), action, subject, Some(detail)).await?;
        }
        self.inner.store.sessions.change(id, name.as_deref(), change.attach_policy).await?;
        self.announce(row.owner);
        let row = self.row(id).await?;
        self.living_for(actor, &row)?;
        if change.attach_policy.is_some() {
            self.govern(&row, &self.governing().await?).await;
        }
        self.shown(actor, &row).await
    }

    /// Ends a session; returns once its whole process tree is gone.
    ///
    /// # Errors
    /// [`Error::NotFound`], [`Error::Forbidden`], [`Error::Ended`] when it is over already,
    /// [`Error::Unreachable`] when its process does not answer.
    pub async fn close(&self, actor: &Actor, id: SessionId) -> Result<(), Error> {
        let row = self.row(id).await?;
        authorize(actor, Action::Close, Target::SessionOf(row.owner))?;
        self.settled(id).await;
        let row = self.row(id).await?;
        self.living_for(actor, &row)?;
        let own = row.owner == actor.member;
        let cause = if own { EndCause::Closed } else { EndCause::Dropped };
        self.end(row, actor.into(), cause, String::new()).await
    }

    /// Ends a living session, whether whoever asked for it waits or not.
    pub(crate) async fn end(
        &self,
        row: SessionRow,
        doer: Doer,
        cause: EndCause,
        note: String,
    ) -> Result<(), Error> {
        let control = self.clone();
        detached(async move { control.end_now(row, &doer, cause, note).await }).await
    }

    async fn end_now(
        &self,
        mut row: SessionRow,
        doer: &Doer,
        cause: EndCause,
        note: String,
    ) -> Result<(), Error> {
        let _working = self.work_on(row.id, Some(row.owner));
        let dropped = cause == EndCause::Dropped;
        let action = if dropped { "session.drop" } else { "session.close" };
        let detail = Some(note.clone()).filter(|note| !note.is_empty());
        let subject = Subject::session(row.id, &row.name);
        if let Err(error) = self.audit(doer, action, subject, detail.clone()).await {
            // An end is never refused: a session that must go can't wait for the database.
            tracing::error!(session = %row.id, by = doer.name(), action, %error, "not in the audit log");
        }
        let by = doer.name().to_owned();
        let request = EndRequest { cause: cause.into(), by: by.clone(), note };
        let ending = match self.inner.host.end(row.id, request).await {
            Ok(Some(report)) => {
                view::adopt(&mut row, &report);
                // As long as they are not written the final report stays.
                if self.write_receipts(&mut HashMap::new(), &report).await.is_err() {
                    return Ok(());
                }
                report.end.as_ref().map(view::ending)
            }
            // Its process did not answer and was killed with all below it.
            Ok(None) => None,
            // Nothing to end any more: how it went is said by its final report, which is dealt with
            // when rows and processes are compared.
            Err(host::Error::Gone) => return Ok(()),
            Err(error) => {
                tracing::warn!(session = %row.id, %error, "a session could not be ended");
                return Err(Error::Unreachable);
            }
        };
        let ending = ending.unwrap_or(Ending {
            at: self.now(),
            reason: if dropped { EndReason::Dropped } else { EndReason::Closed },
            by: Some(by),
            exit_code: None,
            exit_signal: None,
            note: detail,
        });
        match self.inner.store.sessions.end(&row, &ending).await {
            Ok(_) => self.inner.host.acknowledge(row.id).await,
            // The final report stays until a row can say it.
            Err(error) => {
                tracing::warn!(session = %row.id, %error, "its end is not in its row yet");
            }
        }
        Ok(())
    }

    pub(crate) async fn row(&self, id: SessionId) -> Result<SessionRow, Error> {
        self.inner.store.sessions.get(id).await?.ok_or(Error::NotFound("session"))
    }

    /// What a session's process says; an error when it is over.
    pub(crate) fn living(&self, row: &SessionRow) -> Result<Option<Report>, Error> {
        let report = self.inner.host.report(row.id);
        let session = view::session(row, report.as_ref());
        match session.state {
            SessionState::Ended => Err(Error::Ended(Box::new(session))),
            SessionState::Starting | SessionState::Active => Ok(report),
        }
    }

    /// As [`living`](Self::living), with nothing of what happened in it for those who don't own it.
    pub(crate) fn living_for(
        &self,
        actor: &Actor,
        row: &SessionRow,
    ) -> Result<Option<Report>, Error> {
        let own = row.owner == actor.member;
        self.living(row).map_err(|error| if own { error } else { view::without_content(error) })
    }

    async fn shown(&self, actor: &Actor, row: &SessionRow) -> Result<Session, Error> {
        let mut session = self.view(row);
        if row.owner == actor.member {
            session.wrong_passwords = self.wrong_passwords(row.id).await?;
        } else {
            view::hide_content(&mut session);
        }
        Ok(session)
    }

    /// How many wrong passwords were tried for the living shares of a session.
    pub(crate) async fn wrong_passwords(&self, id: SessionId) -> Result<u32, Error> {
        let tried = self.inner.store.shares.wrong_passwords(&[id], self.now()).await?;
        Ok(tried.get(&id).copied().unwrap_or_default())
    }

    pub(crate) fn view(&self, row: &SessionRow) -> Session {
        view::session(row, self.inner.host.report(row.id).as_ref())
    }

    pub(crate) fn views(&self, rows: &[SessionRow]) -> Vec<Session> {
        let reports: Reports = self.inner.host.reports();
        rows.iter().map(|row| view::session(row, reports.get(&row.id))).collect()
    }
}

/// What a change is to be written down as.
fn changes(
    row: &SessionRow,
    name: Option<&str>,
    policy: Option<AttachPolicy>,
) -> Vec<(&'static str, String)> {
    let renamed = name.filter(|name| *name != row.name);
    let other = policy.filter(|policy| *policy != row.attach_policy);
    let renamed = renamed.map(|name| ("session.rename", format!("{} → {name}", row.name)));
    let other = other.map(|policy| {
        let was = format!("{:?} → {policy:?}", row.attach_policy);
        ("session.policy", was.to_lowercase())
    });
    renamed.into_iter().chain(other).collect()
}
