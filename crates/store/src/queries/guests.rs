//! Guests and their slots: a guest who has not left occupies one of the slots of their share.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, GuestEnd},
    id::{GuestId, SessionId, ShareId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction,
    EntityTrait, JoinType, PaginatorTrait, QueryFilter, QuerySelect, RelationTrait,
    sea_query::{Expr, Func},
};
use uuid::Uuid;

use crate::{
    Error, GuestRow, ShareRow,
    entity::{guest, share},
    execute::{all, begin, bounded, finish, one, update, update_recorded},
    rows::{
        guest::{active, read},
        share::read as read_share,
    },
};

/// Result of a request for a guest slot.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    /// The guest has a slot.
    Admitted,
    /// All slots are occupied.
    Full,
    /// The share has ended or expired.
    Ended,
}

/// Queries on guests.
#[derive(Clone, Debug)]
pub struct Guests {
    pub(crate) db: DatabaseConnection,
}

impl Guests {
    /// Adds a guest if a slot is free. Concurrent requests never exceed the limit of the share. Only the
    /// SHA-256 of the guest's cookie is stored.
    pub async fn add(
        &self,
        row: &GuestRow,
        cookie_hash: &[u8; 32],
        entry: &AuditEntry,
    ) -> Result<Admission, Error> {
        bounded(async {
            let transaction = begin(&self.db, [entry]).await?;
            let admission = free_slot(&transaction, row.share, row.guest.joined_at).await?;
            if admission == Admission::Admitted {
                active(row, cookie_hash).insert(&transaction).await?;
            }
            finish(transaction, admission == Admission::Admitted).await?;
            Ok(admission)
        })
        .await
    }

    /// Gives a guest who left without an end a slot again, if one is free. A guest who has a slot keeps
    /// it.
    pub async fn readmit(
        &self,
        row: &GuestRow,
        at: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<Admission, Error> {
        bounded(async {
            let id = row.guest.id.0;
            let Some(found) = guest::Entity::find_by_id(id).one(&self.db).await? else {
                return Ok(Admission::Ended);
            };
            if found.end_reason.is_none() && found.left_at.is_none() {
                return Ok(Admission::Admitted);
            }
            let transaction = begin(&self.db, [entry]).await?;
            let mut admission = free_slot(&transaction, row.share, at).await?;
            if admission == Admission::Admitted {
                let done = guest::Entity::update_many()
                    .col_expr(guest::Column::LeftAt, Expr::value(None::<DateTime<Utc>>))
                    .filter(guest::Column::Id.eq(id))
                    .filter(guest::Column::EndReason.is_null())
                    .exec(&transaction)
                    .await?;
                if done.rows_affected == 0 {
                    admission = Admission::Ended;
                }
            }
            finish(transaction, admission == Admission::Admitted).await?;
            Ok(admission)
        })
        .await
    }

    /// Lists all guests who have a slot in a share that has not ended, with their sessions.
    pub async fn present(&self) -> Result<Vec<(GuestRow, SessionId)>, Error> {
        bounded(async {
            let found = guest::Entity::find()
                .filter(guest::Column::LeftAt.is_null())
                .find_also_related(share::Entity)
                .filter(share::Column::EndedAt.is_null())
                .all(&self.db)
                .await?;
            let present = found.into_iter().filter_map(|(guest, share)| Some((guest, share?)));
            present.map(|(guest, share)| Ok((read(guest)?, SessionId(share.session_id)))).collect()
        })
        .await
    }

    /// Lists the guests who have a slot in a share.
    pub async fn present_in(&self, share: ShareId) -> Result<Vec<GuestRow>, Error> {
        let query = guest::Entity::find()
            .filter(guest::Column::ShareId.eq(share.0))
            .filter(guest::Column::LeftAt.is_null());
        all(&self.db, query, read).await
    }

    /// Returns the number of guests that each of these sessions ever had. Sessions without guests are
    /// absent.
    pub async fn count_by_session(
        &self,
        sessions: &[SessionId],
    ) -> Result<HashMap<SessionId, u32>, Error> {
        if sessions.is_empty() {
            return Ok(HashMap::new());
        }
        bounded(async {
            let found: Vec<(Uuid, i64)> = guest::Entity::find()
                .join(JoinType::InnerJoin, guest::Relation::Share.def())
                .filter(share::Column::SessionId.is_in(sessions.iter().map(|id| id.0)))
                .select_only()
                .column(share::Column::SessionId)
                .column_as(guest::Column::Id.count(), "guests")
                .group_by(share::Column::SessionId)
                .into_tuple()
                .all(&self.db)
                .await?;
            let count = |guests| u32::try_from(guests).unwrap_or(u32::MAX);
            Ok(found.into_iter().map(|(id, guests)| (SessionId(id), count(guests))).collect())
        })
        .await
    }

    /// Returns the guest whose cookie has this SHA-256, present or not, with their share.
    pub async fn by_cookie(&self, hash: &[u8; 32]) -> Result<Option<(GuestRow, ShareRow)>, Error> {
        bounded(async {
            let found = guest::Entity::find()
                .filter(guest::Column::CookieHash.eq(hash.to_vec()))
                .find_also_related(share::Entity)
                .one(&self.db)
                .await?;
            let Some((found, Some(share))) = found else { return Ok(None) };
            Ok(Some((read(found)?, read_share(share)?)))
        })
        .await
    }

    /// Returns the guest with this id, present or not.
    pub async fn get(&self, id: GuestId) -> Result<Option<GuestRow>, Error> {
        one(&self.db, guest::Entity::find_by_id(id.0), read).await
    }

    /// Frees the slot of a guest who may come back. Returns false if it is free already.
    pub async fn free_slot(
        &self,
        id: GuestId,
        at: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        let change = guest::Entity::update_many()
            .col_expr(guest::Column::LeftAt, Expr::value(at))
            .filter(guest::Column::Id.eq(id.0))
            .filter(guest::Column::LeftAt.is_null());
        update_recorded(&self.db, change, entry).await
    }

    /// Ends a guest's access permanently. A guest who had left already keeps that time. Returns false if
    /// the guest has an end.
    pub async fn end(
        &self,
        id: GuestId,
        at: DateTime<Utc>,
        end: GuestEnd,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        let left_at = Func::coalesce([Expr::col(guest::Column::LeftAt), Expr::value(at)]);
        let change = guest::Entity::update_many()
            .col_expr(guest::Column::LeftAt, left_at.into())
            .col_expr(guest::Column::EndReason, Expr::value(end.to_string()))
            .filter(guest::Column::Id.eq(id.0))
            .filter(guest::Column::EndReason.is_null());
        update_recorded(&self.db, change, entry).await
    }

    /// Raises the total number of keys that a guest has typed. Returns false, without a change, if the
    /// stored number is not lower.
    pub async fn raise_keys(&self, id: GuestId, keys: u64) -> Result<bool, Error> {
        let keys = i64::try_from(keys).unwrap_or(i64::MAX);
        let change = guest::Entity::update_many()
            .col_expr(guest::Column::Keys, Expr::value(keys))
            .filter(guest::Column::Id.eq(id.0))
            .filter(guest::Column::Keys.lt(keys));
        update(&self.db, change).await
    }
}

async fn free_slot(
    transaction: &DatabaseTransaction,
    share: ShareId,
    at: DateTime<Utc>,
) -> Result<Admission, Error> {
    // PostgreSQL locks the row: the second of two concurrent requests waits here and then counts the
    // first guest.
    let found = share::living(at)
        .filter(share::Column::Id.eq(share.0))
        .lock_exclusive()
        .one(transaction)
        .await?;
    let Some(found) = found else { return Ok(Admission::Ended) };
    let present = guest::Entity::find()
        .filter(guest::Column::ShareId.eq(share.0))
        .filter(guest::Column::LeftAt.is_null())
        .count(transaction)
        .await?;
    let full = present >= u64::try_from(found.max_guests).unwrap_or_default();
    Ok(if full { Admission::Full } else { Admission::Admitted })
}

/// Ends all guests of a share who have not left.
pub(super) async fn end_all(
    db: &impl ConnectionTrait,
    share: ShareId,
    at: DateTime<Utc>,
    end: GuestEnd,
) -> Result<(), Error> {
    guest::Entity::update_many()
        .col_expr(guest::Column::LeftAt, Expr::value(at))
        .col_expr(guest::Column::EndReason, Expr::value(end.to_string()))
        .filter(guest::Column::ShareId.eq(share.0))
        .filter(guest::Column::LeftAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}
