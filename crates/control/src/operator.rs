//! What staff and superusers see and do: everybody's sessions, what they take, and ending them.

use protocol::api::{
    AdminFilter, AdminSession, AdminSessionPage, AdminSort, Session, WorkspaceUsage,
};
use store::SessionRow;

use crate::{
    Actor, Control, Error,
    access::{Action, Target, authorize},
    operator_list, view,
};

/// Sessions on a page when nothing is asked for, and at most.
const PAGE: (u64, u64) = (50, 500);

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
        let limit = usize::try_from(limit.unwrap_or(PAGE.0).clamp(1, PAGE.1)).unwrap_or(1);
        let all = self.overview().await?;
        operator_list::page(all, filter, sort, limit, cursor, self.now())
    }

    /// What all sessions hold right now.
    ///
    /// # Errors
    /// [`Error::Forbidden`] for a member.
    pub async fn usage(&self, actor: &Actor) -> Result<WorkspaceUsage, Error> {
        authorize(actor, Action::ListAll, Target::Workspace)?;
        Ok(total(&self.overview().await?))
    }

    /// All living sessions. No session is asked anything: one that is stuck holds up nobody.
    pub(crate) async fn overview(&self) -> Result<Vec<AdminSession>, Error> {
        let rows = self.inner.store.living_sessions().await?;
        let (reports, silent) = (self.inner.host.reports(), self.inner.host.silent());
        let usage = self.inner.host.usage().await;
        let all = rows.iter().map(|row| {
            let session = view::session(row, reports.get(&row.id));
            let usage = usage.get(&row.id);
            let stale = silent.contains(&row.id) || usage.is_some_and(|usage| usage.stopped);
            AdminSession { stale, ..seen(row, session, usage) }
        });
        // One whose row does not say so yet may be over.
        Ok(all.filter(|item| item.session.ended_at.is_none()).collect())
    }
}

/// A session as an operator sees it: not what happens in it.
fn seen(row: &SessionRow, session: Session, usage: Option<&host::Usage>) -> AdminSession {
    AdminSession {
        session: Session { title: String::new(), foreground: None, ..session },
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
