//! All sessions of the workspace for staff and superusers: listing them, their resource usage, and
//! dropping them.

use std::sync::Arc;

use futures_util::{StreamExt, stream};
use protocol::{
    api::{
        self, AdminFilter, AdminSession, AdminSessionPage, AdminSort, AuditAction, DropAll,
        DropResults, Dropped, Session, WorkspaceUsage, limits,
    },
    id::SessionId,
};

use super::session_list;
use crate::{
    Actor, Error, SignIns,
    access::{Action, Target, authorize},
    audit::{AuditActor, AuditTarget},
    context::{Context, detached},
    sessions::{Sessions, view},
    validate,
};

const CONCURRENCY: usize = 16;

/// Sessions of all members.
pub struct AllSessions {
    pub(crate) ctx: Arc<Context>,
    pub(crate) sessions: Arc<Sessions>,
    pub(crate) sign_ins: Arc<SignIns>,
}

impl AllSessions {
    /// Lists all running sessions, without their content.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: &AdminFilter,
        sort: AdminSort,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<AdminSessionPage, Error> {
        authorize(actor, Action::ListAll, Target::Workspace)?;
        let limit = usize::try_from(limits::ADMIN_PAGE.limit(limit)).unwrap_or(1);
        session_list::page(self.running().await?, filter, sort, limit, cursor, self.ctx.now())
    }

    /// Returns the current resource usage of all sessions.
    pub async fn usage(&self, actor: &Actor) -> Result<WorkspaceUsage, Error> {
        authorize(actor, Action::ReadUsage, Target::Workspace)?;
        Ok(total(&self.running().await?))
    }

    /// Drops any session. Returns when its whole process tree is gone.
    ///
    /// # Errors
    /// [`Error::Ended`] if it has ended already, [`Error::Unreachable`] if even KILL did not end it.
    pub async fn drop_one(
        &self,
        actor: &Actor,
        id: SessionId,
        request: api::Drop,
    ) -> Result<(), Error> {
        authorize(actor, Action::Drop, Target::Workspace)?;
        let reason = validate::reason(request.reason.as_deref())?;
        self.sessions.drop_by_operator(&actor.into(), id, reason).await
    }

    /// Drops all sessions that match, even if the caller is dropped.
    ///
    /// # Errors
    /// [`Error::Invalid`] also for a wrong password; [`Error::Throttled`]; [`Error::Unavailable`] if it
    /// cannot be recorded in the audit log. No session is dropped then.
    pub async fn drop_all(&self, actor: &Actor, request: DropAll) -> Result<DropResults, Error> {
        authorize(actor, Action::DropAll, Target::Workspace)?;
        let reason = validate::reason(request.reason.as_deref())?;
        let filter = request.filter.unwrap_or_default();
        let AdminFilter { q, owner, server, account, .. } = &filter;
        for (field, text) in [("q", q), ("owner", owner), ("server", server), ("account", account)]
        {
            text.as_ref().map(|text| validate::search(field, text)).transpose()?;
        }
        if request.confirm.trim() != self.ctx.workspace_settings().await?.name {
            let message = "The name does not match. Enter the name of the workspace.";
            return Err(Error::invalid("confirm", message));
        }
        self.sign_ins.confirm(actor, &request.password).await.map_err(|error| match error {
            Error::InvalidCredentials => Error::invalid("password", "Incorrect password."),
            error => error,
        })?;
        let mut all = self.running().await?;
        let now = self.ctx.now();
        all.retain(|item| {
            session_list::matches(item, &filter, now)
                && !(request.keep_own && item.owner_id == actor.member)
        });
        let detail = describe(&filter, request.keep_own, &reason);
        let detail = Some(format!("{} sessions; {detail}", all.len()));
        let target = AuditTarget::singleton("workspace");
        self.ctx.audit(actor, AuditAction::SessionDropAll, target, detail).await?;
        let actor = AuditActor::from(actor);
        let sessions = Arc::clone(&self.sessions);
        detached(async move { Ok(drop_each(&sessions, &actor, all, &reason).await) }).await
    }

    /// Returns all running sessions. No session process is queried, so that a stuck one does not block.
    async fn running(&self) -> Result<Vec<AdminSession>, Error> {
        let rows = self.ctx.store.sessions.living(None).await?;
        let (reports, silent) = (self.ctx.host.reports(), self.ctx.host.unreported());
        let usage = self.ctx.host.usage().await;
        let all = rows.iter().map(|row| {
            let mut session = view::session(row, reports.get(&row.id));
            view::hide_content(&mut session);
            let usage = usage.get(&row.id);
            AdminSession {
                session,
                owner_id: row.owner,
                owner_email: row.owner_email.clone(),
                cpu_permille: usage.and_then(|usage| usage.cpu_permille),
                memory_bytes: usage.map(|usage| usage.memory),
                processes: usage.map(|usage| usage.processes),
                stale: silent.contains(&row.id) || usage.is_some_and(|usage| usage.stopped),
            }
        });
        // A session may have ended before its row is updated.
        Ok(all.filter(|item| item.session.ended_at.is_none()).collect())
    }
}

async fn drop_each(
    sessions: &Sessions,
    actor: &AuditActor,
    all: Vec<AdminSession>,
    reason: &str,
) -> DropResults {
    let dropping = all.into_iter().enumerate().map(|(index, item)| async move {
        let Session { id, name, .. } = item.session;
        let result = sessions.drop_by_operator(actor, id, reason.to_owned()).await;
        (index, dropped(id, name, result))
    });
    // Unordered, so that a stuck session does not delay the others.
    let dropping = stream::iter(dropping).buffer_unordered(CONCURRENCY);
    let mut results: Vec<(usize, Dropped)> = dropping.collect().await;
    results.sort_by_key(|(index, _)| *index);
    DropResults { results: results.into_iter().map(|(_, result)| result).collect() }
}

fn describe(filter: &AdminFilter, keep_own: bool, reason: &str) -> String {
    let AdminFilter { q, owner, server, account, idle_minutes, attached } = filter;
    let parts = [
        q.as_ref().map(|q| format!("matching {q:?}")),
        owner.as_ref().map(|owner| format!("of {owner}")),
        server.as_ref().map(|server| format!("on {server}")),
        account.as_ref().map(|account| format!("as {account}")),
        idle_minutes.map(|minutes| format!("idle for {minutes} minutes")),
        attached.map(|attached| if attached { "attached" } else { "not attached" }.to_owned()),
        keep_own.then(|| "not their own".to_owned()),
    ];
    let parts: Vec<String> = parts.into_iter().flatten().collect();
    let which = if parts.is_empty() { "all".to_owned() } else { parts.join(", ") };
    if reason.is_empty() { which } else { format!("{which}; {reason}") }
}

fn dropped(id: SessionId, name: String, result: Result<(), Error>) -> Dropped {
    let error = match result {
        // A session that ended by itself is gone as well.
        Ok(()) | Err(Error::Ended(_)) => None,
        Err(error) => Some(error),
    };
    let message = error.as_ref().map(ToString::to_string);
    Dropped { id, name, error: error.map(|error| error.code()), message }
}

fn total(all: &[AdminSession]) -> WorkspaceUsage {
    let mut total = WorkspaceUsage::default();
    for item in all {
        let memory = item.memory_bytes.unwrap_or_default();
        total.sessions += 1;
        total.memory_bytes += memory;
        total.bytes_buffered += item.session.bytes_buffered;
        if item.session.clients + item.session.guests == 0 {
            total.idle += 1;
            total.idle_memory_bytes += memory;
        }
    }
    total
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn a_session_that_was_not_dropped_has_a_code_and_a_message() {
        for (result, code, message) in [
            (Ok(()), None, None),
            (
                Err(Error::Unreachable),
                Some("session_unreachable"),
                Some("The session is not responding. Try again in a moment."),
            ),
            (Err(Error::NotFound("session")), Some("not_found"), Some("No such session.")),
        ] {
            let dropped = dropped(SessionId(Uuid::from_u128(1)), "work".into(), result);
            assert_eq!((dropped.error.as_deref(), dropped.message.as_deref()), (code, message));
        }
    }

    #[test]
    fn filters_are_described() {
        let none = AdminFilter::default();
        let some = AdminFilter {
            q: Some("build".into()),
            idle_minutes: Some(90),
            attached: Some(false),
            ..AdminFilter::default()
        };
        for (filter, keep_own, reason, expected) in [
            (&none, false, "", "all"),
            (&none, true, "", "not their own"),
            (&none, false, "the disk is full", "all; the disk is full"),
            (&some, false, "", "matching \"build\", idle for 90 minutes, not attached"),
        ] {
            assert_eq!(describe(filter, keep_own, reason), expected);
        }
    }
}
