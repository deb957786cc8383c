//! The audit log. Entries are inserted, mostly in the transaction of the change that they record, and
//! read; none is changed or removed.

use protocol::{
    api::{AuditEntry, AuditFilter},
    id::SessionId,
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, sea_query::ExprTrait,
};
use uuid::Uuid;

use super::search::{contains, starts_with};
use crate::{
    Error,
    entity::audit::{Column, Entity},
    execute::{all, any, bounded, record},
};

/// Queries on the audit log.
#[derive(Clone, Debug)]
pub struct AuditLog {
    pub(crate) db: DatabaseConnection,
}

impl AuditLog {
    /// Adds an entry without a change.
    pub async fn add(&self, entry: &AuditEntry) -> Result<(), Error> {
        bounded(record(&self.db, entry)).await
    }

    /// Returns whether an entry of this action targets the session. Only entries newer than the session
    /// are searched: ids are in the order of time.
    pub async fn has_entry(&self, session: SessionId, action: &str) -> Result<bool, Error> {
        let query = Entity::find()
            .filter(Column::Id.gt(session.0))
            .filter(Column::Action.eq(action))
            .filter(Column::TargetId.eq(session.to_string()));
        any(&self.db, query).await
    }

    /// Lists entries, newest first: those older than the entry `before`, if given.
    pub async fn list(
        &self,
        filter: &AuditFilter,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<AuditEntry>, Error> {
        let query = Entity::find()
            .apply_if(before, |query, before| query.filter(Column::Id.lt(before)))
            .apply_if(filter.action.as_ref(), |query, action| {
                let in_group = starts_with(Column::Action, &format!("{action}."));
                query.filter(in_group.or(Column::Action.eq(action)))
            })
            .apply_if(filter.q.as_ref(), |query, text| {
                let columns = [Column::Actor, Column::Target, Column::Detail].into_iter();
                let any = |any: Condition, column| any.add(contains(column, text));
                query.filter(columns.fold(Condition::any(), any))
            })
            .apply_if(filter.from, |query, from| query.filter(Column::At.gte(from)))
            .apply_if(filter.to, |query, to| query.filter(Column::At.lt(to)))
            .order_by_desc(Column::Id)
            .limit(limit);
        all(&self.db, query, |entry| Ok(entry.into())).await
    }
}
