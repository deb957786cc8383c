//! Opening sessions: on which server and account, within which bounds, and what is left when it fails.

use std::{io, time::Duration};

use protocol::{
    api::{Life, NewSession, Server, Session, SessionState, WorkspaceSettings, limits::MAX_SHOWN},
    id::{SessionId, TokenId},
    wire::{EndCause, EndRequest, Report},
};
use store::{Added, Page, SessionRow};
use tokio::time::timeout;
use uuid::Uuid;

use crate::{
    Actor, Control, Error, Subject,
    access::{Action, Target, authorize},
    control::detached,
    sessions::limits::{self, Limit},
    sessions::rules::rules,
    sessions::view,
    validate,
};

/// The id of the machine the web process runs on.
pub(crate) const LOCAL: &str = "local";

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
            online: self.inner.host.online().is_ok(),
            accounts: offered.usable,
            unusable: offered.unusable,
            by_grant: offered.by_grant,
        }])
    }

    /// Opens a session, or finds the one that the same idempotency key opened before.
    ///
    /// # Errors
    /// [`Error::Invalid`], [`Error::UnknownServer`], [`Error::UnknownAccount`],
    /// [`Error::AccountForbidden`], [`Error::ServerOffline`], [`Error::SessionLimit`],
    /// [`Error::SpawnFailed`], [`Error::Unavailable`]: nothing is left behind.
    pub async fn create(&self, actor: &Actor, new: NewSession) -> Result<Created, Error> {
        authorize(actor, Action::Create, Target::Workspace)?;
        new.idempotency_key.as_deref().map(validate::key).transpose()?;
        let name = new.name.as_deref().map(|name| validate::label("name", name)).transpose()?;
        if new.server != LOCAL {
            return Err(Error::UnknownServer(printable(&new.server)));
        }
        self.may_use(actor, &new.account).await?;
        let (control, actor) = (self.clone(), actor.clone());
        detached(async move { control.open_session(&actor, new, name).await }).await
    }

    async fn open_session(
        &self,
        actor: &Actor,
        new: NewSession,
        name: Option<String>,
    ) -> Result<Created, Error> {
        let owner = actor.member;
        let token = actor.scope.map(|_| TokenId(actor.sign_in));
        let store = &self.inner.store;
        // Behind a database that does not answer, each would wait as long as all before it.
        let counting = timeout(TURN, self.inner.counting.lock()).await;
        let counting = counting.map_err(|_| Error::Unavailable)?;
        if let Some(key) = &new.idempotency_key
            && let Some(row) = store.sessions.by_key(owner, key).await?
        {
            drop(counting);
            return self.opened_before(row.id).await;
        }
        if let Err(error) = self.inner.host.online() {
            tracing::warn!(%error, "no session can be opened");
            return Err(Error::ServerOffline(self.inner.settings.server_name.clone()));
        }
        let settings = self.governing().await?;
        let life = Life::Active;
        let page = Page {
            owner: Some(owner),
            life,
            limit: u64::MAX >> 1,
            before: None,
            q: None,
            titles_of: owner,
        };
        let own = store.sessions.list(page).await?;
        let all = store.sessions.count_living(None).await?;
        let refuse = |limit| {
            // Only those of them whose end would make room.
            let counts = |row: &&SessionRow| limit != Limit::Token || row.token == token;
            let counted: Vec<SessionRow> = own.iter().filter(counts).cloned().collect();
            Error::SessionLimit { limit, sessions: self.views(&counted) }
        };
        if let Some(limit) = limits::reached(&settings, &own, token, all) {
            return Err(refuse(limit));
        }
        let creates = &self.inner.creates;
        creates
            .take_at(limits::rate(&settings), owner, self.now())
            .map_err(|seconds| refuse(Limit::Rate(seconds)))?;
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
            owner_name: actor.name.clone(),
            owner_email: actor.email.clone(),
            idempotency_key: new.idempotency_key,
            name,
            server: new.server,
            account: new.account,
            token,
            attach_policy: new.attach_policy.unwrap_or(settings.attach_policy),
            state: SessionState::Starting,
            created_at: now,
            last_seen: now,
            cols,
            rows,
            title: String::new(),
            ending: None,
        };
        let _working = self.work_on(id, Some(owner));
        if let Added::Existing(row) = store.sessions.add(&row).await? {
            drop(counting);
            return self.opened_before(row.id).await;
        }
        drop(counting);
        let report = self.start(actor, &row, &settings).await?;
        row.state = SessionState::Active;
        Ok(Created { session: view::session(&row, Some(&report)), new: true })
    }

    /// Starts the process of a starting row and makes the row active; or removes the row.
    async fn start(
        &self,
        actor: &Actor,
        row: &SessionRow,
        governing: &WorkspaceSettings,
    ) -> Result<Report, Error> {
        let (store, host, settings) = (&self.inner.store, &self.inner.host, &self.inner.settings);
        let start = host::Start {
            id: row.id,
            account: row.account.clone(),
            cols: row.cols,
            rows: row.rows,
            shell: settings.shell.clone(),
            scrollback: settings.scrollback,
            rules: rules(governing, row.attach_policy, false),
        };
        let report = match host.start(start).await {
            Ok(report) => report,
            Err(error) => {
                tracing::warn!(session = %row.id, %error, "a session could not be started");
                if let Err(error) = store.sessions.remove_starting(row.id).await {
                    // It goes when rows and processes are compared the next time.
                    tracing::warn!(session = %row.id, %error, "its row could not be removed yet");
                }
                return Err(not_started(error, &self.inner.settings.server_name));
            }
        };
        let subject = Subject::session(row.id, &row.name);
        let detail = Some(format!("{}@{}", row.account, row.server));
        let recorded = self.audit(&actor.into(), "session.create", subject, detail).await;
        let active = match recorded {
            Ok(()) => store.sessions.activate(row.id).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        match active {
            Ok(true) => Ok(report),
            failed => {
                let request =
                    EndRequest { cause: EndCause::Dropped.into(), ..EndRequest::default() };
                if let Err(error) = host.end(row.id, request).await {
                    tracing::warn!(session = %row.id, %error, "it could not be ended");
                }
                Err(failed.err().unwrap_or(Error::Unavailable))
            }
        }
    }

    async fn opened_before(&self, id: SessionId) -> Result<Created, Error> {
        self.settled(id).await;
        let row = self.inner.store.sessions.get(id).await?.ok_or_else(|| {
            Error::SpawnFailed("The session of this key could not be started.".to_owned())
        })?;
        Ok(Created { session: self.view(&row), new: false })
    }
}

/// What a member is told of a session that could not be started; the log has the rest.
fn not_started(error: host::Error, server: &str) -> Error {
    match error {
        host::Error::Offline(_) => Error::ServerOffline(server.to_owned()),
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
        host::Error::UnusableAccount { .. } => Error::SpawnFailed(error.to_string()),
        _ => Error::SpawnFailed("The session could not be started.".to_owned()),
    }
}

/// Somebody's input, fit to be shown back to them.
fn printable(text: &str) -> String {
    text.chars().filter(|c| !c.is_control()).take(MAX_SHOWN).collect()
}

#[cfg(test)]
mod tests;
