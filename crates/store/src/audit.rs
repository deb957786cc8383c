//! The audit log. Rows are added, most of them in the transaction of the change they tell of, and
//! read; nothing changes or removes one.

use protocol::{
    api::{AuditEntry, AuditFilter},
    id::{MemberId, SessionId},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
    sea_query::{Expr, ExprTrait, Func, IntoColumnRef, LikeExpr},
};
use uuid::Uuid;

use crate::{Error, Store, connect::bounded, entity::audit};

impl Store {
    /// Adds an entry of its own.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_audit(&self, entry: &AuditEntry) -> Result<(), Error> {
        bounded(record(&self.db, entry)).await
    }

    /// Begins a change with the entry that tells of it. That is a write, so SQLite lets one change
    /// follow the other.
    pub(crate) async fn begin(&self, entry: &AuditEntry) -> Result<DatabaseTransaction, Error> {
        let change = self.db.begin().await?;
        record(&change, entry).await?;
        Ok(change)
    }

    /// Whether a session's end by somebody is written down: an entry of this action about it. What is done
    /// to a session is younger than it, and ids are in the order of time.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn ending_is_told(&self, session: SessionId, action: &str) -> Result<bool, Error> {
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

    /// A page of entries, newest first: those older than the one with the id `before`.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn audit(
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
                let of_kind = like(audit::Column::Action, &format!("{action}."), "");
                query = query.filter(of_kind.or(audit::Column::Action.eq(action)));
            }
            if let Some(part) = &filter.q {
                let columns = [audit::Column::Actor, audit::Column::Target, audit::Column::Detail];
                let any = columns.into_iter().fold(Condition::any(), |any, column| {
                    any.add(like(column, part, "%")).add(folded(column, part))
                });
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

/// Ends a change: for good if something was done, or else with nothing of it left, not even its
/// entry. Returns `done`.
pub(crate) async fn finish(change: DatabaseTransaction, done: bool) -> Result<bool, Error> {
    if done {
        change.commit().await?;
    } else {
        change.rollback().await?;
    }
    Ok(done)
}

/// Adds an entry, as part of whatever `db` is.
pub(crate) async fn record(db: &impl ConnectionTrait, entry: &AuditEntry) -> Result<(), Error> {
    let entry = entry.clone();
    audit::ActiveModel {
        id: Set(entry.id),
        at: Set(entry.at),
        actor_id: Set(entry.actor_id.map(|id| id.0)),
        actor: Set(entry.actor),
        via: Set(entry.via),
        source: Set(entry.source),
        action: Set(entry.action),
        target_kind: Set(entry.target_kind),
        target_id: Set(entry.target_id),
        target: Set(entry.target),
        detail: Set(entry.detail),
    }
    .insert(db)
    .await?;
    Ok(())
}

/// What has `part` behind `lead`, and anything behind that.
pub(crate) fn like(column: impl IntoColumnRef, part: &str, lead: &str) -> Expr {
    Expr::col(column).like(pattern(part, lead))
}

/// As [`like`], whatever the case. SQLite folds ASCII only.
pub(crate) fn folded(column: impl IntoColumnRef, part: &str) -> Expr {
    Expr::expr(Func::lower(Expr::col(column))).like(pattern(&part.to_lowercase(), "%"))
}

fn pattern(part: &str, lead: &str) -> LikeExpr {
    let literal = part.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
    LikeExpr::new(format!("{lead}{literal}%")).escape('\\')
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

#[cfg(test)]
mod tests {
    use sea_orm::TransactionTrait;

    use super::*;

    #[tokio::test]
    async fn a_full_database_says_so() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_file(&dir.path().join("websh.db")).await.unwrap();
        let entry = || AuditEntry {
            id: Uuid::now_v7(),
            at: chrono::DateTime::UNIX_EPOCH,
            actor_id: None,
            actor: "Ann".to_owned(),
            via: "page".to_owned(),
            source: None,
            action: "odd.thing".to_owned(),
            target_kind: "odd".to_owned(),
            target_id: None,
            target: "odd".to_owned(),
            detail: Some("x".repeat(100_000)),
        };
        // The bound is the connection's, which a transaction holds.
        let transaction = store.db.begin().await.unwrap();
        transaction.execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
        let error = record(&transaction, &entry()).await.unwrap_err();
        assert!(matches!(error, Error::Full(_)), "{error:?}");
    }
}
