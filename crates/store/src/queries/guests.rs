//! Guests and their slots: a guest who has not left occupies one of the slots of their share.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, GuestEnd},
    id::{GuestId, SessionId, ShareId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, DatabaseTransaction,
    EntityTrait, PaginatorTrait, QueryFilter, QuerySelect,
    sea_query::{Expr, Func},
};
use uuid::Uuid;

use crate::{
    Error, GuestRow, ShareRow,
    entity::{
        guest::{Column, Entity, active},
        share,
    },
    execute::{all, bounded, one, recorded, update, update_recorded},
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
        let mut admission = Admission::Ended;
        recorded(&self.db, [entry], async |db| {
            admission = find_slot(db, row.share, row.guest.joined_at).await?;
            if admission == Admission::Admitted {
                active(row, cookie_hash).insert(db).await?;
            }
            Ok(admission == Admission::Admitted)
        })
        .await?;
        Ok(admission)
    }

    /// Gives a guest who left without an end a slot again, if one is free. A guest who has a slot keeps
    /// it.
    pub async fn readmit(
        &self,
        row: &GuestRow,
        at: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<Admission, Error> {
        // One limit for both queries: the caller holds the lock on all slots.
        bounded(async {
            match self.get(row.guest.id).await? {
                None => return Ok(Admission::Ended),
                Some(found) if found.guest.end.is_none() && found.guest.left_at.is_none() => {
                    return Ok(Admission::Admitted);
                }
                Some(_) => {}
            }
            let mut admission = Admission::Ended;
            recorded(&self.db, [entry], async |db| {
                admission = find_slot(db, row.share, at).await?;
                if admission == Admission::Admitted {
                    let done = Entity::update_many()
                        .col_expr(Column::LeftAt, Expr::value(None::<DateTime<Utc>>))
                        .filter(Column::Id.eq(row.guest.id.0))
                        .filter(Column::EndReason.is_null())
                        .exec(db)
                        .await?;
                    if done.rows_affected == 0 {
                        admission = Admission::Ended;
                    }
                }
                Ok(admission == Admission::Admitted)
            })
            .await?;
            Ok(admission)
        })
        .await
    }

    /// Lists all guests who have a slot in a share that has not ended, with their sessions.
    pub async fn present(&self) -> Result<Vec<(GuestRow, SessionId)>, Error> {
        bounded(async {
            let found = Entity::find()
                .filter(Column::LeftAt.is_null())
                .find_also_related(share::Entity)
                .filter(share::Column::EndedAt.is_null())
                .all(&self.db)
                .await?;
            let present = found.into_iter().filter_map(|(guest, share)| Some((guest, share?)));
            present
                .map(|(guest, share)| Ok((guest.try_into()?, SessionId(share.session_id))))
                .collect()
        })
        .await
    }

    /// Lists the guests who have a slot in a share.
    pub async fn present_in(&self, share: ShareId) -> Result<Vec<GuestRow>, Error> {
        let query =
            Entity::find().filter(Column::ShareId.eq(share.0)).filter(Column::LeftAt.is_null());
        all(&self.db, query, GuestRow::try_from).await
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
            let found: Vec<(Uuid, i64)> = Entity::find()
                .inner_join(share::Entity)
                .filter(share::Column::SessionId.is_in(sessions.iter().map(|id| id.0)))
                .select_only()
                .column(share::Column::SessionId)
                .column_as(Column::Id.count(), "guests")
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
            let found = Entity::find()
                .filter(Column::CookieHash.eq(hash.to_vec()))
                .find_also_related(share::Entity)
                .one(&self.db)
                .await?;
            let Some((guest, Some(share))) = found else { return Ok(None) };
            Ok(Some((guest.try_into()?, share.try_into()?)))
        })
        .await
    }

    /// Returns the guest with this id, present or not.
    pub async fn get(&self, id: GuestId) -> Result<Option<GuestRow>, Error> {
        one(&self.db, Entity::find_by_id(id.0), GuestRow::try_from).await
    }

    /// Frees the slot of a guest who may come back. Returns false if it is free already.
    pub async fn free_slot(
        &self,
        id: GuestId,
        at: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        let change = Entity::update_many()
            .col_expr(Column::LeftAt, Expr::value(at))
            .filter(Column::Id.eq(id.0))
            .filter(Column::LeftAt.is_null());
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
        let left_at = Func::coalesce([Expr::col(Column::LeftAt), Expr::value(at)]);
        let change = Entity::update_many()
            .col_expr(Column::LeftAt, left_at.into())
            .col_expr(Column::EndReason, Expr::value(end.to_string()))
            .filter(Column::Id.eq(id.0))
            .filter(Column::EndReason.is_null());
        update_recorded(&self.db, change, entry).await
    }

    /// Raises the total number of keys that a guest has typed. Returns false, without a change, if the
    /// stored number is not lower.
    pub async fn raise_keys(&self, id: GuestId, keys: u64) -> Result<bool, Error> {
        let keys = i64::try_from(keys).unwrap_or(i64::MAX);
        let change = Entity::update_many()
            .col_expr(Column::Keys, Expr::value(keys))
            .filter(Column::Id.eq(id.0))
            .filter(Column::Keys.lt(keys));
        update(&self.db, change).await
    }
}

async fn find_slot(
    db: &DatabaseTransaction,
    share: ShareId,
    at: DateTime<Utc>,
) -> Result<Admission, Error> {
    // PostgreSQL locks the row: the second of two concurrent requests waits here and then counts the
    // first guest.
    let found = share::living(at).filter(share::Column::Id.eq(share.0)).lock_exclusive();
    let Some(found) = found.one(db).await? else { return Ok(Admission::Ended) };
    let present = Entity::find()
        .filter(Column::ShareId.eq(share.0))
        .filter(Column::LeftAt.is_null())
        .count(db)
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
    Entity::update_many()
        .col_expr(Column::LeftAt, Expr::value(at))
        .col_expr(Column::EndReason, Expr::value(end.to_string()))
        .filter(Column::ShareId.eq(share.0))
        .filter(Column::LeftAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}
