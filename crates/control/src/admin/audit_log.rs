//! Reading and exporting the audit log.

use std::sync::Arc;

use protocol::api::{AuditAction, AuditFilter, AuditPage, limits};
use uuid::Uuid;

use crate::{
    Actor, Error,
    access::{Action, Target, authorize},
    audit::AuditTarget,
    context::Context,
    validate,
};

/// The audit log.
pub struct AuditLog {
    pub(crate) ctx: Arc<Context>,
}

impl AuditLog {
    /// Lists entries, newest first.
    pub async fn list(
        &self,
        actor: &Actor,
        filter: AuditFilter,
        limit: Option<u64>,
        cursor: Option<&str>,
    ) -> Result<AuditPage, Error> {
        authorize(actor, Action::ReadAudit, Target::Workspace)?;
        check(&filter)?;
        let limit = limits::AUDIT_PAGE.limit(limit);
        let before: Option<Uuid> = cursor.map(validate::cursor).transpose()?;
        let mut items = self.ctx.store.audit.list(&filter, before, limit + 1).await?;
        let more = u64::try_from(items.len()).is_ok_and(|found| found > limit);
        if more {
            items.pop();
        }
        let next = items.last().filter(|_| more).map(|last| last.id.to_string());
        Ok(AuditPage { items, next })
    }

    /// Records an export of the log, with its filter.
    pub async fn record_export(&self, actor: &Actor, filter: &AuditFilter) -> Result<(), Error> {
        authorize(actor, Action::ReadAudit, Target::Workspace)?;
        check(filter)?;
        let parts = [
            filter.q.as_ref().map(|q| format!("q: {q}")),
            filter.action.as_ref().map(|action| format!("action: {action}")),
            filter.from.map(|from| format!("from: {}", from.to_rfc3339())),
            filter.to.map(|to| format!("to: {}", to.to_rfc3339())),
        ];
        let detail = parts.into_iter().flatten().collect::<Vec<_>>().join(", ");
        let detail = Some(detail).filter(|detail| !detail.is_empty());
        let target = AuditTarget::singleton("audit");
        self.ctx.audit(actor, AuditAction::AuditExport, target, detail).await
    }
}

/// Refuses a filter that no entry can match and that a database may reject.
fn check(filter: &AuditFilter) -> Result<(), Error> {
    for (field, text) in [("q", &filter.q), ("action", &filter.action)] {
        text.as_ref().map(|text| validate::search(field, text)).transpose()?;
    }
    Ok(())
}
