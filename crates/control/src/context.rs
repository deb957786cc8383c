//! State shared by all areas of the crate: database, host, clock, configuration and change
//! notifications. It depends on none of the areas.

pub(crate) mod changes;

use std::{path::PathBuf, sync::Arc};

use chrono::{DateTime, TimeDelta, Utc};
use host::Host;
use protocol::{
    api::{AuditAction, AuditEntry, WorkspaceSettings},
    id::{MemberId, SessionId},
};
use store::{SessionRow, Store};

use self::changes::Changes;
use crate::{
    Actor, Clock, Error,
    access::{Action, Target, authorize},
    audit::{self, AuditActor, AuditTarget},
};

/// Id of the machine that the web process runs on.
pub(crate) const LOCAL: &str = "local";

/// Configuration from the operator of the server. Superusers change the workspace settings instead.
#[derive(Clone, Debug)]
pub struct Config {
    /// Display name of this machine.
    pub server_name: String,
    /// Shell to start instead of each account's login shell.
    pub shell: Option<PathBuf>,
    /// Lines of history that a session keeps.
    pub scrollback: u32,
    /// Public origin, used in links.
    pub public_url: String,
    /// Lifetime of a sign-in.
    pub sign_in_lifetime: TimeDelta,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            server_name: "localhost".to_owned(),
            shell: None,
            scrollback: 10_000,
            public_url: String::new(),
            sign_in_lifetime: TimeDelta::days(30),
        }
    }
}

pub(crate) struct Context {
    pub(crate) store: Store,
    pub(crate) host: Host,
    pub(crate) clock: Arc<dyn Clock>,
    pub(crate) config: Config,
    pub(crate) changes: Changes,
}

impl Context {
    pub(crate) fn now(&self) -> DateTime<Utc> {
        self.clock.now()
    }

    /// Notifies the lists that show a session of this member.
    pub(crate) fn announce(&self, owner: MemberId) {
        self.changes.announce(owner);
    }

    pub(crate) async fn workspace_settings(&self) -> Result<WorkspaceSettings, Error> {
        Ok(self.store.settings.get().await?.unwrap_or_default())
    }

    pub(crate) async fn session_row(&self, id: SessionId) -> Result<SessionRow, Error> {
        self.store.sessions.get(id).await?.ok_or(Error::NotFound("session"))
    }

    /// Returns a session that the actor may perform an action on.
    pub(crate) async fn authorized_session(
        &self,
        actor: &Actor,
        action: Action,
        id: SessionId,
    ) -> Result<SessionRow, Error> {
        let row = self.session_row(id).await?;
        authorize(actor, action, Target::SessionOf(row.owner))?;
        Ok(row)
    }

    pub(crate) fn entry(
        &self,
        actor: impl Into<AuditActor>,
        action: AuditAction,
        target: impl Into<AuditTarget>,
        detail: Option<String>,
    ) -> AuditEntry {
        audit::entry(self.now(), actor, action, target, detail)
    }

    /// Writes an audit entry for an action that has no transaction of its own. Changes of the database
    /// pass their entry along instead, so that both are written or neither. Never put a secret in
    /// `detail`.
    ///
    /// On an error the caller refuses the action, unless it ends a session or is an attach by the owner.
    pub(crate) async fn audit(
        &self,
        actor: impl Into<AuditActor>,
        action: AuditAction,
        target: impl Into<AuditTarget>,
        detail: Option<String>,
    ) -> Result<(), Error> {
        let entry = self.entry(actor, action, target, detail);
        Ok(self.store.audit.add(&entry).await?)
    }
}

/// Runs work to completion even if the caller is dropped.
pub(crate) async fn detached<T: Send + 'static>(
    work: impl Future<Output = Result<T, Error>> + Send + 'static,
) -> Result<T, Error> {
    tokio::spawn(work).await.unwrap_or_else(|error| {
        tracing::error!(%error, "a request was not completed");
        Err(Error::Unavailable)
    })
}
