//! The audit log. Entries are inserted, mostly in the transaction of the change that they record, and
//! read; none is changed or removed.

use protocol::{
    api::{AuditEntry, AuditFilter},
    id::{MemberId, SessionId},
};
use sea_orm::{
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::ExprTrait,
};
use uuid::Uuid;

use super::search::{contains, starts_with};
use crate::{
    Error,
    entity::audit,
    execute::{bounded, record},
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
        bounded(async {
            let found = audit::Entity::find()
                .filter(audit::Column::Id.gt(session.0))
                .filter(audit::Column::Action.eq(action))
                .filter(audit::Column::TargetId.eq(session.to_string()))
                .count(&self.db)
                .await?;
            Ok(found > 0)
        })
        .await
    }

    /// Lists entries, newest first: those older than the entry `before`, if given.
    pub async fn list(
        &self,
        filter: &AuditFilter,
        before: Option<Uuid>,
        limit: u64,
    ) -> Result<Vec<AuditEntry>, Error> {
        bounded(async {
            let mut query = audit::Entity::find();
            if let Some(before) = before {
                query = query.filter(audit::Column::Id.lt(before));
            }
            if let Some(action) = &filter.action {
                let in_group = starts_with(audit::Column::Action, &format!("{action}."));
                query = query.filter(in_group.or(audit::Column::Action.eq(action)));
            }
            if let Some(text) = &filter.q {
                let columns = [audit::Column::Actor, audit::Column::Target, audit::Column::Detail];
                let any = columns
                    .into_iter()
                    .fold(Condition::any(), |any, column| any.add(contains(column, text)));
                query = query.filter(any);
            }
            if let Some(from) = filter.from {
                query = query.filter(audit::Column::At.gte(from));
            }
            if let Some(to) = filter.to {
                query = query.filter(audit::Column::At.lt(to));
            }
            let found = query.order_by_desc(audit::Column::Id).limit(limit).all(&self.db).await?;
            Ok(found.into_iter().map(read).collect())
        })
        .await
    }
}

fn read(model: audit::Model) -> AuditEntry {
    AuditEntry {
        id: model.id,
        at: model.at,
        actor_id: model.actor_id.map(MemberId),
        actor: model.actor,
        via: model.via,
        source: model.source,
        action: model.action,
        target_kind: model.target_kind,
        target_id: model.target_id,
        target: model.target,
        detail: model.detail,
    }
}
