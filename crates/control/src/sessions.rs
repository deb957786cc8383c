//! Creating, listing, seeing, changing and closing sessions.

use std::{io, time::Duration};

use protocol::{
    api::{
        AttachPolicy, ChangeSession, EndReason, Life, NewSession, Scope, Server, Session,
        SessionPage, SessionState,
    },
    id::{SessionId, TokenId},
    wire::{EndCause, EndRequest, Report, Rules},
};
use store::{Added, Ending, Page, SessionRow};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    Actor, Control, Error,
    access::{Action, Target, authorize},
    control::{Reports, detached},
    validate, view,
};

/// The id of the machine the web process runs on.
pub(crate) const LOCAL: &str = "local";

/// Sessions on a page when nothing is asked for, and at most.
const PAGE: (u64, u64) = (50, 100);

/// How long a create waits for those before it.
const TURN: Duration = Duration::from_secs(5);

/// What a create came to.
#[derive(Clone, Debug)]
pub struct Created {
    /// The session.
    pub session: Session,
    /// False when a create with the same idempotency key made it before.
    pub new: bool,
}

impl Control {
    /// The servers an actor may open sessions on.
    ///
    /// # Errors
    /// [`Error::Forbidden`].
    pub async fn servers(&self, actor: &Actor) -> Result<Vec<Server>, Error> {
        authorize(actor, Action::ListOwn, Target::Workspace)?;
        let offered = self.offered(actor).await?;
        Ok(vec![Server {
            id: LOCAL.to_owned(),
            name: self.inner.settings.server_name.clone(),
            online: true,
            accounts: offered.usable,
            unusable: offered.unusable,
        }])
    }

    /// Opens a session, or finds the one that the same idempotency key opened before.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UnknownServer`], [`Error::UnknownAccount`],
    /// [`Error::SessionLimit`], [`Error::SpawnFailed`], [`Error::Unavailable`]: nothing is left
    /// behind.
    pub async fn create(&self, actor: &Actor, new: NewSession) -> Result<Created, Error> {
        authorize(actor, Action::Create, Target::Workspace)?;
        new.idempotency_key.as_deref().map(validate::key).transpose()?;
        let name = new.name.as_deref().map(|name| validate::label("name", name)).transpose()?;
        known_policy(new.attach_policy)?;
        if new.server != LOCAL {
            return Err(Error::UnknownServer(printable(&new.server)));
        }
        self.may_use(actor, &new.account).await?;
        let (control, owner) = (self.clone(), actor.clone());
        detached(async move { control.open_session(owner, new, name).await }).await
    }

    async fn open_session(
        &self,
        owner: Actor,
        new: NewSession,
        name: Option<String>,
    ) -> Result<Created, Error> {
        let token = owner.scope.map(|_| TokenId(owner.sign_in));
        let Actor { member: owner, name: owner_name, email: owner_email, .. } = owner;
        let store = &self.inner.store;
        // Behind a database that does not answer, each would wait as long as all before it.
        let counting = timeout(TURN, self.inner.counting.lock()).await;
        let counting = counting.map_err(|_| Error::Unavailable)?;
        if let Some(key) = &new.idempotency_key
            && let Some(row) = store.session_by_key(owner, key).await?
        {
            drop(counting);
            return self.opened_before(row.id).await;
        }
        let page =
            Page { owner: Some(owner), life: Life::Active, limit: u64::MAX >> 1, before: None };
        let own = store.sessions(page).await?;
        if u64::try_from(own.len()).unwrap_or(u64::MAX) >= self.inner.settings.max_sessions {
            return Err(Error::SessionLimit(self.views(&own)));
        }
        let name = name.unwrap_or_else(|| {
            let taken: Vec<String> = own.into_iter().map(|row| row.name).collect();
            let base = format!("{}@{}", new.account, self.inner.settings.server_name);
            validate::fresh_name(&base, &taken)
        });
        let (cols, rows) = validate::size(new.cols, new.rows);
        let now = self.now();
        let id = SessionId(Uuid::now_v7());
        let mut row = SessionRow {
            id,
            owner,
            owner_name,
            owner_email,
            idempotency_key: new.idempotency_key,
            name,
            server: new.server,
            account: new.account,
            token,
            attach_policy: new.attach_policy.unwrap_or_default(),
            state: SessionState::Starting,
            created_at: now,
            last_seen: now,
            cols,
            rows,
            title: String::new(),
            ending: None,
        };
        let _working = self.work_on(id, Some(owner));
        if let Added::Existing(row) = store.add_session(&row).await? {
            drop(counting);
            return self.opened_before(row.id).await;
        }
        drop(counting);
        let report = self.start(&row).await?;
        row.state = SessionState::Active;
        Ok(Created { session: view::session(&row, Some(&report)), new: true })
    }

    /// Starts the process of a starting row and makes the row active; or removes the row.
    async fn start(&self, row: &SessionRow) -> Result<Report, Error> {
        let (store, host, settings) = (&self.inner.store, &self.inner.host, &self.inner.settings);
        let start = host::Start {
            id: row.id,
            account: row.account.clone(),
            cols: row.cols,
            rows: row.rows,
            shell: settings.shell.clone(),
            scrollback: settings.scrollback,
            rules: Rules::default(),
        };
        let report = match host.start(start).await {
            Ok(report) => report,
            Err(error) => {
                tracing::warn!(session = %row.id, %error, "a session could not be started");
                if let Err(error) = store.remove_starting(row.id).await {
                    // It goes when rows and processes are compared the next time.
                    tracing::warn!(session = %row.id, %error, "its row could not be removed yet");
                }
                return Err(not_started(error));
            }
        };
        match store.activate_session(row.id).await {
            Ok(true) => Ok(report),
            failed => {
                let request =
                    EndRequest { cause: EndCause::Dropped.into(), ..EndRequest::default() };
                if let Err(error) = host.end(row.id, request).await {
                    tracing::warn!(session = %row.id, %error, "it could not be ended");
                }
                Err(failed.map_or_else(Error::from, |_| Error::Unavailable))
            }
        }
    }

    async fn opened_before(&self, id: SessionId) -> Result<Created, Error> {
        self.settled(id).await;
        let row = self.inner.store.session(id).await?.ok_or_else(|| {
            Error::SpawnFailed("The session of this key could not be started.".to_owned())
        })?;
        Ok(Created { session: self.view(&row), new: false })
    }

    /// Lists sessions, newest first.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody's as a member, [`Error::Invalid`] for a bad cursor.
    pub async fn list(
        &self,
        actor: &Actor,
        scope: Scope,
        life: Life,
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
        let limit = limit.unwrap_or(PAGE.0).clamp(1, PAGE.1);
        let before = cursor
            .map(str::parse)
            .transpose()
            .map_err(|_| Error::invalid("cursor", "This cursor is not one of a page before."))?;
        let page = Page { owner, life, limit: limit + 1, before };
        let mut rows = self.inner.store.sessions(page).await?;
        let full = usize::try_from(limit).unwrap_or(usize::MAX);
        let more = rows.len() > full;
        rows.truncate(full);
        let next = rows.last().filter(|_| more).map(|row| row.id.to_string());
        let mut items = self.views(&rows);
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
        self.living(&row)?;
        Ok(self.view(&row))
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
        known_policy(change.attach_policy)?;
        self.living(&row)?;
        self.inner.store.change_session(id, name.as_deref(), change.attach_policy).await?;
        self.announce(row.owner);
        let row = self.row(id).await?;
        self.living(&row)?;
        Ok(self.view(&row))
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
        self.living(&row)?;
        let (cause, reason) = if row.owner == actor.member {
            (EndCause::Closed, EndReason::Closed)
        } else {
            (EndCause::Dropped, EndReason::Dropped)
        };
        let by = actor.name.clone();
        let control = self.clone();
        detached(async move { control.end(row, cause, reason, by).await }).await
    }

    async fn end(
        &self,
        mut row: SessionRow,
        cause: EndCause,
        reason: EndReason,
        by: String,
    ) -> Result<(), Error> {
        let _working = self.work_on(row.id, Some(row.owner));
        let request = EndRequest { cause: cause.into(), by: by.clone(), note: String::new() };
        let ending = match self.inner.host.end(row.id, request).await {
            Ok(report) => {
                view::adopt(&mut row, &report);
                report.end.as_ref().map(view::ending)
            }
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
            reason,
            by: Some(by),
            exit_code: None,
            exit_signal: None,
            note: None,
        });
        match self.inner.store.end_session(&row, &ending).await {
            Ok(_) => self.inner.host.acknowledge(row.id).await,
            // The final report stays until a row can say it.
            Err(error) => {
                tracing::warn!(session = %row.id, %error, "its end is not in its row yet");
            }
        }
        Ok(())
    }

    pub(crate) async fn row(&self, id: SessionId) -> Result<SessionRow, Error> {
        self.inner.store.session(id).await?.ok_or(Error::NotFound("session"))
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

    fn view(&self, row: &SessionRow) -> Session {
        view::session(row, self.inner.host.report(row.id).as_ref())
    }

    fn views(&self, rows: &[SessionRow]) -> Vec<Session> {
        let reports: Reports = self.inner.host.reports();
        rows.iter().map(|row| view::session(row, reports.get(&row.id))).collect()
    }
}

/// What a member is told of a session that could not be started; the log has the rest.
fn not_started(error: host::Error) -> Error {
    match error {
        host::Error::Spawn(sentence) => Error::SpawnFailed(sentence),
        host::Error::UnknownAccount(account) => Error::UnknownAccount(account),
        host::Error::Directory(error) | host::Error::Io(error)
            if matches!(
                error.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ) =>
        {
            Error::SpawnFailed("There is no room on the disk for a new session.".to_owned())
        }
        _ => Error::SpawnFailed("The session could not be started.".to_owned()),
    }
}

/// A policy that can't be kept is refused, not just stored.
fn known_policy(policy: Option<AttachPolicy>) -> Result<(), Error> {
    match policy {
        Some(AttachPolicy::Multi) => Err(Error::invalid(
            "attach_policy",
            "Several clients at once are not possible yet: choose handoff or single.",
        )),
        Some(AttachPolicy::Handoff | AttachPolicy::Single) | None => Ok(()),
    }
}

/// Somebody's input, fit to be shown back to them.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(64).collect()
}

#[cfg(test)]
mod tests;
