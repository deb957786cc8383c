//! Execution of queries within the time limit, and of changes that are recorded in the audit log in the
//! same transaction.

use std::time::Duration;

use protocol::api::AuditEntry;
use sea_orm::{
    ActiveModelTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction, DeleteMany,
    EntityTrait, Select, TransactionTrait, UpdateMany,
};

use crate::{Error, entity::audit};

/// Time limit on a query.
pub(crate) const TIMEOUT: Duration = Duration::from_secs(5);

/// Fails a query that exceeds [`TIMEOUT`], so that no page hangs on a slow database.
pub(crate) async fn bounded<T>(query: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    tokio::time::timeout(TIMEOUT, query)
        .await
        .unwrap_or_else(|_| Err(Error::Unavailable("no answer in 5 s".to_owned())))
}

pub(crate) async fn one<E: EntityTrait, T>(
    db: &DatabaseConnection,
    query: Select<E>,
    read: impl Fn(E::Model) -> Result<T, Error>,
) -> Result<Option<T>, Error> {
    bounded(async { query.one(db).await?.map(read).transpose() }).await
}

pub(crate) async fn all<E: EntityTrait, T>(
    db: &DatabaseConnection,
    query: Select<E>,
    read: impl Fn(E::Model) -> Result<T, Error>,
) -> Result<Vec<T>, Error> {
    bounded(async { query.all(db).await?.into_iter().map(read).collect() }).await
}

pub(crate) async fn any<E: EntityTrait>(
    db: &DatabaseConnection,
    query: Select<E>,
) -> Result<bool, Error> {
    Ok(one(db, query, |_| Ok(())).await?.is_some())
}

/// Returns whether a change updated a row.
pub(crate) async fn update<E: EntityTrait>(
    db: &DatabaseConnection,
    change: UpdateMany<E>,
) -> Result<bool, Error> {
    bounded(async { Ok(change.exec(db).await?.rows_affected > 0) }).await
}

/// Returns whether a change updated a row. Only then the audit entry is added.
pub(crate) async fn update_recorded<E: EntityTrait>(
    db: &DatabaseConnection,
    change: UpdateMany<E>,
    entry: &AuditEntry,
) -> Result<bool, Error> {
    recorded(db, [entry], async |db| Ok(change.exec(db).await?.rows_affected > 0)).await
}

/// Returns the number of deleted rows.
pub(crate) async fn delete<E: EntityTrait>(
    db: &DatabaseConnection,
    deletion: DeleteMany<E>,
) -> Result<u64, Error> {
    bounded(async { Ok(deletion.exec(db).await?.rows_affected) }).await
}

/// Returns whether a row was deleted. Only then the audit entry is added.
pub(crate) async fn delete_recorded<E: EntityTrait>(
    db: &DatabaseConnection,
    deletion: DeleteMany<E>,
    entry: &AuditEntry,
) -> Result<bool, Error> {
    recorded(db, [entry], async |db| Ok(deletion.exec(db).await?.rows_affected > 0)).await
}

/// Runs a change in one transaction with its audit entries. A change that returns false or fails is
/// rolled back, and so are the entries. They come first: a transaction that starts with a write makes
/// SQLite serialize concurrent changes.
pub(crate) async fn recorded(
    db: &DatabaseConnection,
    entries: impl IntoIterator<Item = &AuditEntry>,
    change: impl AsyncFnOnce(&DatabaseTransaction) -> Result<bool, Error>,
) -> Result<bool, Error> {
    bounded(async {
        let transaction = db.begin().await?;
        for entry in entries {
            record(&transaction, entry).await?;
        }
        let done = change(&transaction).await?;
        finish(transaction, done).await
    })
    .await
}

/// Commits a transaction if its change was `done`, or rolls it back. Returns `done`.
pub(crate) async fn finish(transaction: DatabaseTransaction, done: bool) -> Result<bool, Error> {
    if done {
        transaction.commit().await?;
    } else {
        transaction.rollback().await?;
    }
    Ok(done)
}

pub(crate) async fn record(db: &impl ConnectionTrait, entry: &AuditEntry) -> Result<(), Error> {
    audit::ActiveModel::from(entry.clone()).insert(db).await?;
    Ok(())
}

#[cfg(test)]
mod tests {
    use protocol::api::samples;

    use super::*;
    use crate::Store;

    #[tokio::test]
    async fn a_full_database_has_its_own_error() {
        let dir = tempfile::tempdir().unwrap();
        let store = Store::open_file(&dir.path().join("websh.db")).await.unwrap();
        let entry =
            AuditEntry { detail: Some("x".repeat(100_000)), ..samples::audit_entry("odd.thing") };
        // The page limit belongs to a connection; a transaction keeps using the same one.
        let transaction = store.db.begin().await.unwrap();
        transaction.execute_unprepared("PRAGMA max_page_count = 1").await.unwrap();
        let error = record(&transaction, &entry).await.unwrap_err();
        assert!(matches!(error, Error::Full(_)), "{error:?}");
    }
}
