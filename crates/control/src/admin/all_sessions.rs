//! What staff and superusers see and do: everybody's sessions, what they take, and ending them.

use std::sync::Arc;

use protocol::{
    api::{
        self, AdminFilter, AdminSession, AdminSessionPage, AdminSort, DropAll, DropResults,
        Dropped, Session, WorkspaceUsage, limits,
    },
    id::SessionId,
    wire::EndCause,
};
use store::SessionRow;
use tokio::sync::Semaphore;

use crate::{
    Actor, Control, Doer, Error, Subject,
    access::{Action, Target, authorize},
    admin::session_list,
    control::detached,
    sessions::view,
    validate,
};

/// Sessions that are ended at the same time.
const AT_ONCE: usize = 16;

impl Control {
    /// Everybody's living sessions, as far as an operator may know them.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a member, [`Error::Invalid`] for a bad cursor.
    pub async fn all_sessions(
        &self,
        actor: &Actor,
        filter: &AdminFilter,
        sort: AdminSort,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<AdminSessionPage, Error> {
        authorize(actor, Action::ListAll, Target::Workspace)?;
        let limit = usize::try_from(limits::ADMIN_PAGE.limit(limit)).unwrap_or(1);
        let all = self.overview().await?;
        session_list::page(all, filter, sort, limit, cursor, self.now())
    }

    /// What all sessions hold right now.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a member.
    pub async fn usage(&self, actor: &Actor) -> Result<WorkspaceUsage, Error> {
        authorize(actor, Action::ReadUsage, Target::Workspace)?;
        Ok(total(&self.overview().await?))
    }

    /// Ends anybody's session; returns once its whole process tree is gone.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a member, [`Error::Invalid`] for a bad reason, [`Error::NotFound`],
    /// [`Error::Ended`] when it is over already, [`Error::Unreachable`] when not even KILL ended it.
    pub async fn drop_session(
        &self,
        actor: &Actor,
        id: SessionId,
        asked: api::Drop,
    ) -> Result<(), Error> {
        authorize(actor, Action::Drop, Target::Workspace)?;
        let reason = validate::reason(asked.reason.as_deref())?;
        self.drop_one(&actor.into(), id, reason).await
    }

    async fn drop_one(&self, doer: &Doer, id: SessionId, reason: String) -> Result<(), Error> {
        self.settled(id).await;
        let row = self.row(id).await?;
        self.living(&row).map_err(view::without_content)?;
        self.end(row, doer.clone(), EndCause::Dropped, reason).await
    }

    /// Ends all sessions that match. Goes on to its end even when whoever asked goes away.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for everybody but superusers; [`Error::Invalid`] for another name than the
    /// workspace's, a wrong password, a bad reason or filter; [`Error::Throttled`]; [`Error::Unavailable`]
    /// when it can't be written down. Nothing is ended then.
    pub async fn drop_all(&self, actor: &Actor, asked: DropAll) -> Result<DropResults, Error> {
        authorize(actor, Action::DropAll, Target::Workspace)?;
        let reason = validate::reason(asked.reason.as_deref())?;
        let filter = asked.filter.unwrap_or_default();
        let AdminFilter { q, owner, server, account, .. } = &filter;
        for (field, text) in [("q", q), ("owner", owner), ("server", server), ("account", account)]
        {
            text.as_ref().map(|text| validate::search(field, text)).transpose()?;
        }
        if asked.confirm.trim() != self.governing().await?.name {
            let message = "Type the workspace's name exactly as it is.";
            return Err(Error::invalid("confirm", message));
        }
        self.confirm(actor, &asked.password).await.map_err(|error| match error {
            Error::InvalidCredentials => Error::invalid("password", "This is not your password."),
            error => error,
        })?;
        let mut all = self.overview().await?;
        let now = self.now();
        all.retain(|item| {
            session_list::matches(item, &filter, now)
                && !(asked.keep_own && item.owner_id == actor.member)
        });
        let detail = described(&filter, asked.keep_own, &reason);
        let detail = format!("{} sessions; {detail}", all.len());
        let doer = Doer::from(actor);
        let subject = Subject::only("workspace");
        self.audit(&doer, "session.drop_all", subject, Some(detail)).await?;
        let control = self.clone();
        detached(async move { Ok(control.drop_each(&doer, all, &reason).await) }).await
    }

    async fn drop_each(&self, doer: &Doer, all: Vec<AdminSession>, reason: &str) -> DropResults {
        let places = Arc::new(Semaphore::new(AT_ONCE));
        let dropping: Vec<_> = all
            .into_iter()
            .map(|item| {
                let (control, places) = (self.clone(), Arc::clone(&places));
                let (doer, reason) = (doer.clone(), reason.to_owned());
                let Session { id, name, .. } = item.session;
                let ending = tokio::spawn(async move {
                    let _place = places.acquire().await;
                    control.drop_one(&doer, id, reason).await
                });
                (id, name, ending)
            })
            .collect();
        let mut results = Vec::new();
        for (id, name, ending) in dropping {
            results.push(became(id, name, ending.await.unwrap_or(Err(Error::Unavailable))));
        }
        DropResults { results }
    }

    /// All living sessions. No session is asked anything: one that is stuck holds up nobody.
    pub(crate) async fn overview(&self) -> Result<Vec<AdminSession>, Error> {
        let rows = self.inner.store.sessions.living().await?;
        let (reports, silent) = (self.inner.host.reports(), self.inner.host.unreported());
        let usage = self.inner.host.usage().await;
        let all = rows.iter().map(|row| {
            let mut session = view::session(row, reports.get(&row.id));
            view::hide_content(&mut session);
            let usage = usage.get(&row.id);
            let stale = silent.contains(&row.id) || usage.is_some_and(|usage| usage.stopped);
            AdminSession { stale, ..seen(row, session, usage) }
        });
        // One whose row does not say so yet may be over.
        Ok(all.filter(|item| item.session.ended_at.is_none()).collect())
    }
}

/// A filter and a reason as the audit log has them.
fn described(filter: &AdminFilter, keep_own: bool, reason: &str) -> String {
    let AdminFilter { q, owner, server, account, idle_minutes, attached } = filter;
    let said = [
        q.as_ref().map(|q| format!("with {q:?}")),
        owner.as_ref().map(|owner| format!("of {owner}")),
        server.as_ref().map(|server| format!("on {server}")),
        account.as_ref().map(|account| format!("as {account}")),
        idle_minutes.map(|minutes| format!("unused for {minutes} minutes")),
        attached.map(|attached| if attached { "attached" } else { "not attached" }.to_owned()),
        keep_own.then(|| "not their own".to_owned()),
    ];
    let said: Vec<String> = said.into_iter().flatten().collect();
    let which = if said.is_empty() { "all".to_owned() } else { said.join(", ") };
    if reason.is_empty() { which } else { format!("{which}; {reason}") }
}

/// What became of a session that was to be dropped.
fn became(id: SessionId, name: String, ended: Result<(), Error>) -> Dropped {
    let error = match ended {
        // Over by itself meanwhile: nothing of it is left either.
        Ok(()) | Err(Error::Ended(_)) => None,
        Err(error) => Some(error),
    };
    let message = error.as_ref().map(Error::message);
    Dropped { id, name, error: error.map(|error| error.code().into_owned()), message }
}

/// A session as an operator sees it: not what happens in it.
fn seen(row: &SessionRow, session: Session, usage: Option<&host::Usage>) -> AdminSession {
    AdminSession {
        session,
        owner_id: row.owner,
        owner_email: row.owner_email.clone(),
        cpu_permille: usage.and_then(|usage| usage.cpu_permille),
        memory_bytes: usage.map(|usage| usage.memory),
        processes: usage.map(|usage| usage.processes),
        stale: false,
    }
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
    fn what_was_not_dropped_has_a_word_and_a_sentence() {
        for (ended, code, said) in [
            (Ok(()), None, None),
            (
                Err(Error::Unreachable),
                Some("session_unreachable"),
                Some("The session does not answer."),
            ),
            (Err(Error::NotFound("session")), Some("not_found"), Some("There is no such session.")),
        ] {
            let became = became(SessionId(Uuid::from_u128(1)), "work".into(), ended);
            assert_eq!((became.error.as_deref(), became.message.as_deref()), (code, said));
        }
    }

    #[test]
    fn what_was_dropped_is_described() {
        let none = AdminFilter::default();
        let some = AdminFilter {
            q: Some("build".into()),
            idle_minutes: Some(90),
            attached: Some(false),
            ..AdminFilter::default()
        };
        for (filter, keep_own, reason, said) in [
            (&none, false, "", "all"),
            (&none, true, "", "not their own"),
            (&none, false, "the disk is full", "all; the disk is full"),
            (&some, false, "", "with \"build\", unused for 90 minutes, not attached"),
        ] {
            assert_eq!(described(filter, keep_own, reason), said);
        }
    }
}
