//! Keeps session rows and session processes in step, and notifies lists of changed reports.

use std::{
    collections::{BTreeMap, HashMap, HashSet},
    sync::Arc,
    time::Duration,
};

use protocol::{
    api::{AuditAction, EndReason},
    id::{MemberId, SessionId},
    wire::Report,
};
use store::{Ending, SessionRow};

use super::{
    guest_receipts::{self, Recorded},
    lookup,
    reconcile::{Step, reconcile, without_row},
    rules,
    unsettled::Unsettled,
};
use crate::{Error, audit::AuditActor, context::Context};

/// Pause before the next attempt after a failed reconciliation.
const RETRY: Duration = Duration::from_secs(1);

type Owners = HashMap<SessionId, MemberId>;

type Reports = HashMap<SessionId, Report>;

/// Reconciles session rows with session processes.
pub struct Reconciler {
    pub(crate) ctx: Arc<Context>,
    pub(crate) unsettled: Arc<Unsettled>,
}

impl Reconciler {
    /// Reconciles after each change, forever.
    pub async fn run(self: Arc<Self>) {
        let mut host = self.ctx.host.changed();
        let mut settled = self.unsettled.changed();
        let mut last = None;
        let mut owners = Owners::new();
        // The reports that lists have been notified of.
        let mut notified = Reports::new();
        let mut recorded = Recorded::new();
        loop {
            let reports = self.ctx.host.reports();
            let shape = self.shape(&reports);
            let mut failed = false;
            // Reports also change while a session only works, which needs no query.
            if last.as_ref() != Some(&shape) {
                match self.reconcile().await {
                    Ok((complete, found)) => {
                        owners.extend(found);
                        last = complete.then_some(shape);
                    }
                    Err(error) => {
                        tracing::warn!(%error, "sessions could not be reconciled");
                        (last, failed) = (None, true);
                    }
                }
            }
            for id in changed(&notified, &reports) {
                if let Some(report) = reports.get(&id) {
                    // The next report retries; the final one is recorded before it is acknowledged.
                    let _ = guest_receipts::write(&self.ctx, &mut recorded, report).await;
                }
                match owners.get(&id) {
                    Some(owner) => self.ctx.announce(*owner),
                    // The owner is unknown until the database answers.
                    None if failed => continue,
                    None => {}
                }
                match reports.get(&id) {
                    Some(report) => drop(notified.insert(id, report.clone())),
                    None => drop(notified.remove(&id)),
                }
            }
            owners.retain(|id, _| notified.contains_key(id));
            guest_receipts::retain(&mut recorded, notified.values());
            tokio::select! {
                _ = host.changed() => {}
                _ = settled.changed() => {}
                () = tokio::time::sleep(RETRY), if last.is_none() => {}
            }
        }
    }

    /// Reconciles once. Returns false if some sessions were too new.
    pub async fn run_once(&self) -> Result<bool, Error> {
        Ok(self.reconcile().await?.0)
    }

    /// Sends the current rules to all session processes.
    pub async fn push_rules(&self) -> Result<(), Error> {
        rules::push_to_all(&self.ctx).await
    }

    /// Returns the sessions, each with whether it has ended, and the unsettled ones.
    fn shape(&self, reports: &Reports) -> (BTreeMap<SessionId, bool>, HashSet<SessionId>) {
        let sessions = reports.iter().map(|(id, report)| (*id, report.end.is_some())).collect();
        (sessions, self.unsettled.ids())
    }

    /// Reconciles once and returns the owners of the sessions too.
    async fn reconcile(&self) -> Result<(bool, Owners), Error> {
        let Context { store, host, .. } = &*self.ctx;
        // Read before and after the rows: a session that is created or closed in between differs, and is
        // skipped this time.
        let before = host.reports();
        let mut unsettled = self.unsettled.ids();
        let mut rows = store.sessions.living(None).await?;
        let reports = host.reports();
        unsettled.extend(self.unsettled.ids());
        let known = unsettled.len();
        unsettled.extend(reports.keys().filter(|id| !before.contains_key(id)).copied());
        // A session that is too busy to answer is neither lost nor without a row.
        unsettled.extend(host.unreported());
        let complete = unsettled.len() == known;
        let unknown = without_row(&rows, &reports, &unsettled);
        rows.extend(store.sessions.lost(&unknown).await?);
        let owners: Owners = rows.iter().map(|row| (row.id, row.owner)).collect();
        for step in reconcile(&rows, &reports, &unsettled, self.ctx.now()) {
            let owner = owners.get(&step.session()).copied();
            self.perform(step).await?;
            owner.inspect(|owner| self.ctx.announce(*owner));
        }
        Ok((complete, owners))
    }

    async fn perform(&self, step: Step) -> Result<(), Error> {
        let Context { store, host, .. } = &*self.ctx;
        match step {
            Step::Activate(id) => drop(store.sessions.activate(id).await?),
            Step::Remove(id) => store.sessions.remove_starting(id).await?,
            Step::End(row, ending) => {
                if let Some(report) = host.report(row.id) {
                    guest_receipts::write(&self.ctx, &mut Recorded::new(), &report).await?;
                }
                if store.sessions.end(&row, &ending).await? {
                    let reason = ending.reason.code();
                    tracing::info!(session = %row.id, reason, "a session ended");
                    self.audit_ending(&row, &ending).await;
                }
                host.acknowledge(row.id).await;
            }
            Step::Revive(id) => {
                if store.sessions.revive(id).await? {
                    tracing::warn!(session = %id, "a lost session was found again");
                }
            }
            Step::Acknowledge(id) => host.acknowledge(id).await,
            Step::Stop(id) => {
                tracing::warn!(session = %id, "ending a session without a row");
                let settling = self.unsettled.begin(id, None);
                let ctx = Arc::clone(&self.ctx);
                tokio::spawn(async move {
                    let _settling = settling;
                    lookup::stop(&ctx, id).await;
                });
            }
        }
        Ok(())
    }

    /// Records an end in the audit log, unless it was recorded by the request that caused it. The command
    /// line and a shutdown of the machine end sessions without such a request.
    async fn audit_ending(&self, row: &SessionRow, ending: &Ending) {
        let action = match ending.reason {
            EndReason::Exited => AuditAction::SessionExit,
            EndReason::Expired => AuditAction::SessionExpire,
            EndReason::Lost => AuditAction::SessionLost,
            EndReason::Closed => AuditAction::SessionClose,
            EndReason::Dropped => AuditAction::SessionDrop,
        };
        let recorded = async {
            let requested = matches!(ending.reason, EndReason::Closed | EndReason::Dropped);
            if requested && self.ctx.store.audit.has_entry(row.id, action.into()).await? {
                return Ok(());
            }
            let status = ending.exit_code.map(|code| format!("status {code}"));
            let detail = if requested { ending.note.clone() } else { status };
            let actor = AuditActor::websh_for(ending.by.clone().filter(|_| requested));
            self.ctx.audit(actor, action, row, detail).await
        };
        if let Err(error) = recorded.await {
            tracing::error!(session = %row.id, %action, %error, "not in the audit log");
        }
    }
}

/// Returns the sessions whose reports were added, removed or changed.
fn changed(before: &Reports, after: &Reports) -> HashSet<SessionId> {
    let ids = before.keys().chain(after.keys());
    ids.filter(|id| before.get(id) != after.get(id)).copied().collect()
}

#[cfg(test)]
mod tests {
    use uuid::Uuid;

    use super::*;

    #[test]
    fn only_changed_reports_are_returned() {
        let id = |number| SessionId(Uuid::from_u128(number));
        let titled = |title: &str| Report { title: title.into(), ..Report::default() };
        let before =
            Reports::from([(id(1), titled("a")), (id(2), titled("a")), (id(3), titled("a"))]);
        let after =
            Reports::from([(id(1), titled("a")), (id(2), titled("b")), (id(4), titled("a"))]);
        assert_eq!(changed(&before, &after), [2, 3, 4].map(id).into());
        assert_eq!(changed(&after, &after), HashSet::new());
    }
}
