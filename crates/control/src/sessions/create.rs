//! Creation of sessions: validation, limits, starting the process, and cleaning up after a failure.

use std::{io, sync::Arc, time::Duration};

use protocol::{
    api::{AuditAction, NewSession, Server, Session, SessionState, WorkspaceSettings},
    id::{SessionId, TokenId},
    wire::Report,
};
use store::{Added, SessionRow};
use tokio::time::timeout;
use uuid::Uuid;

use super::{Sessions, limits, lookup, rules::rules, view};
use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    context::{Context, LOCAL, detached},
    error::Limit,
    identity::accounts,
    validate,
};

/// Maximum wait for concurrent creations.
const LOCK_TIMEOUT: Duration = Duration::from_secs(5);

/// Result of a creation.
#[derive(Clone, Debug)]
pub struct Created {
    /// The session.
    pub session: Session,
    /// False if an earlier request with the same idempotency key created it.
    pub new: bool,
}

impl Sessions {
    /// Lists the servers that an actor can create sessions on.
    pub async fn servers(&self, actor: &Actor) -> Result<Vec<Server>, Error> {
        authorize(actor, Action::ListOwn, Target::Workspace)?;
        Ok(vec![accounts::offered(&self.ctx, actor).await?])
    }

    /// Creates a session, or returns the one that the same idempotency key created before.
    ///
    /// # Errors
    /// [`Error::UnknownServer`], [`Error::UnknownAccount`], [`Error::AccountForbidden`],
    /// [`Error::ServerOffline`], [`Error::SessionLimit`], [`Error::SpawnFailed`]. No session is left
    /// behind then.
    pub async fn create(
        self: &Arc<Self>,
        actor: &Actor,
        new: NewSession,
    ) -> Result<Created, Error> {
        authorize(actor, Action::Create, Target::Workspace)?;
        new.idempotency_key.as_deref().map(validate::key).transpose()?;
        let name = new.name.as_deref().map(|name| validate::label("name", name)).transpose()?;
        if new.server != LOCAL {
            return Err(Error::UnknownServer(validate::printable(&new.server)));
        }
        accounts::require_usable(&self.ctx, actor, &new.account).await?;
        let (sessions, actor) = (Arc::clone(self), actor.clone());
        detached(async move { sessions.create_now(&actor, new, name).await }).await
    }

    async fn create_now(
        &self,
        actor: &Actor,
        new: NewSession,
        name: Option<String>,
    ) -> Result<Created, Error> {
        // Bounded, because waits add up while the database does not answer.
        let counting = timeout(LOCK_TIMEOUT, self.counting.lock()).await;
        let counting = counting.map_err(|_| Error::Unavailable)?;
        if let Some(key) = &new.idempotency_key
            && let Some(row) = self.ctx.store.sessions.by_key(actor.member, key).await?
        {
            drop(counting);
            return self.existing(row.id).await;
        }
        if let Err(error) = self.ctx.host.online() {
            tracing::warn!(%error, "sessions cannot be created");
            return Err(Error::ServerOffline(self.ctx.config.server_name.clone()));
        }
        let settings = self.ctx.workspace_settings().await?;
        let own = self.check_limits(actor, &settings).await?;
        let row = self.new_row(actor, new, name, own, &settings);
        let _settling = self.unsettled.begin(row.id, Some(row.owner));
        if let Added::Existing(row) = self.ctx.store.sessions.add(&row).await? {
            drop(counting);
            return self.existing(row.id).await;
        }
        drop(counting);
        let report = self.start(actor, &row, &settings).await?;
        let row = SessionRow { state: SessionState::Active, ..row };
        Ok(Created { session: view::session(&row, Some(&report)), new: true })
    }

    async fn check_limits(
        &self,
        actor: &Actor,
        settings: &WorkspaceSettings,
    ) -> Result<Vec<SessionRow>, Error> {
        let (owner, token) = (actor.member, token(actor));
        let own = self.ctx.store.sessions.living(Some(owner)).await?;
        let all = self.ctx.store.sessions.count_living(None).await?;
        let refuse = |limit| {
            // Closing one of these makes room.
            let counts = |row: &&SessionRow| limit != Limit::Token || row.token == token;
            let counted: Vec<SessionRow> = own.iter().filter(counts).cloned().collect();
            Error::SessionLimit {
                limit,
                sessions: lookup::views(&counted, &self.ctx.host.reports()),
            }
        };
        if let Some(limit) = limits::reached(settings, &own, token, all) {
            return Err(refuse(limit));
        }
        let rate = limits::rate(settings);
        match self.new_per_member.try_reserve_at(rate, owner, self.ctx.now()) {
            // Used up even if the session does not start, because starting it is the work.
            Ok(permit) => drop(permit),
            Err(Error::Throttled(seconds)) => return Err(refuse(Limit::Rate(seconds))),
            Err(error) => return Err(error),
        }
        Ok(own)
    }

    fn new_row(
        &self,
        actor: &Actor,
        new: NewSession,
        name: Option<String>,
        own: Vec<SessionRow>,
        settings: &WorkspaceSettings,
    ) -> SessionRow {
        let name = name.unwrap_or_else(|| {
            let taken: Vec<String> = own.into_iter().map(|row| row.name).collect();
            let base = format!("{}@{}", new.account, self.ctx.config.server_name);
            validate::unused_name(&base, &taken)
        });
        let (cols, rows) = validate::size(new.cols, new.rows);
        let now = self.ctx.now();
        SessionRow {
            id: SessionId(Uuid::now_v7()),
            owner: actor.member,
            owner_name: actor.name.clone(),
            owner_email: actor.email.clone(),
            idempotency_key: new.idempotency_key,
            name,
            server: new.server,
            account: new.account,
            token: token(actor),
            attach_policy: new.attach_policy.unwrap_or(settings.attach_policy),
            state: SessionState::Starting,
            created_at: now,
            last_seen: now,
            cols,
            rows,
            title: String::new(),
            ending: None,
        }
    }

    /// Starts the process of a row and activates the row, or removes it.
    async fn start(
        &self,
        actor: &Actor,
        row: &SessionRow,
        settings: &WorkspaceSettings,
    ) -> Result<Report, Error> {
        let Context { store, host, config, .. } = &*self.ctx;
        let start = host::Start {
            id: row.id,
            account: row.account.clone(),
            cols: row.cols,
            rows: row.rows,
            shell: config.shell.clone(),
            scrollback: config.scrollback,
            rules: rules(settings, row.attach_policy, false),
        };
        let report = match host.start(start).await {
            Ok(report) => report,
            Err(error) => {
                tracing::warn!(session = %row.id, %error, "a session failed to start");
                if let Err(error) = store.sessions.remove_starting(row.id).await {
                    // The reconciler removes it.
                    tracing::warn!(session = %row.id, %error, "its row is not removed yet");
                }
                return Err(start_error(error, &config.server_name));
            }
        };
        let detail = Some(format!("{}@{}", row.account, row.server));
        let active = match self.ctx.audit(actor, AuditAction::SessionCreate, row, detail).await {
            Ok(()) => store.sessions.activate(row.id).await.map_err(Error::from),
            Err(error) => Err(error),
        };
        match active {
            Ok(true) => Ok(report),
            failed => {
                lookup::stop(&self.ctx, row.id).await;
                Err(failed.err().unwrap_or(Error::Unavailable))
            }
        }
    }

    async fn existing(&self, id: SessionId) -> Result<Created, Error> {
        self.unsettled.wait(id).await;
        let row = self.ctx.store.sessions.get(id).await?.ok_or_else(|| {
            Error::SpawnFailed("The session with this key failed to start.".to_owned())
        })?;
        Ok(Created { session: lookup::view(&self.ctx, &row), new: false })
    }
}

fn token(actor: &Actor) -> Option<TokenId> {
    actor.scope.map(|_| TokenId(actor.sign_in))
}

/// Converts an error of the host into one for members. Details that only operators need are logged.
fn start_error(error: host::Error, server: &str) -> Error {
    match error {
        host::Error::Offline(_) => Error::ServerOffline(server.to_owned()),
        host::Error::Spawn(message) => Error::SpawnFailed(message),
        host::Error::UnknownAccount(account) => Error::UnknownAccount(account),
        host::Error::AccountsUnavailable(_) => Error::AccountsUnavailable,
        host::Error::Directory(error) | host::Error::Io(error)
            if matches!(
                error.kind(),
                io::ErrorKind::StorageFull | io::ErrorKind::QuotaExceeded
            ) =>
        {
            Error::SpawnFailed("The disk is full. Free space and try again.".to_owned())
        }
        host::Error::UnusableAccount { .. } => Error::SpawnFailed(error.to_string()),
        _ => Error::SpawnFailed("The session failed to start. Details are in the log.".to_owned()),
    }
}

#[cfg(test)]
mod tests;
