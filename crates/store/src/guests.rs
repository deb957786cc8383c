//! Queries about guests: who came by which share, holds a place, and is gone.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, Guest, GuestEnd},
    id::{GuestId, MemberId, ShareId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, EntityTrait, PaginatorTrait,
    QueryFilter, QuerySelect, TransactionTrait, sea_query::Expr,
};

use crate::{
    Error, Store,
    audit::record,
    connect::bounded,
    entity::{guest, share},
    share_row::{self, ShareRow},
    shares::living,
    words::Word,
};

/// A guest, and what they came by. Whether they are attached is not known here.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestRow {
    /// What the owner may see.
    pub guest: Guest,
    /// The share.
    pub share: ShareId,
    /// The member they are, if they are one.
    pub member: Option<MemberId>,
}

/// What became of somebody who wants to come in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Joining {
    /// They hold a place.
    In,
    /// All places are held.
    Full,
    /// The share is over.
    Over,
}

impl Store {
    /// Lets a guest in if there is a place: never more than the share allows, however many come at
    /// once. Of their cookie only the SHA-256 is kept.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_guest(
        &self,
        row: &GuestRow,
        cookie_hash: &[u8; 32],
        entry: &AuditEntry,
    ) -> Result<Joining, Error> {
        bounded(async {
            let transaction = self.db.begin().await?;
            // First of all a write, so that on SQLite one follows the other.
            record(&transaction, entry).await?;
            // Locked where the database can: of two who come at once, one waits here and then counts
            // the other.
            let found = living(row.guest.joined_at)
                .filter(share::Column::Id.eq(row.share.0))
                .lock_exclusive()
                .one(&transaction)
                .await?;
            let Some(found) = found else {
                transaction.rollback().await?;
                return Ok(Joining::Over);
            };
            let present = guest::Entity::find()
                .filter(guest::Column::ShareId.eq(row.share.0))
                .filter(guest::Column::LeftAt.is_null())
                .count(&transaction)
                .await?;
            if present >= u64::try_from(found.max_guests).unwrap_or_default() {
                transaction.rollback().await?;
                return Ok(Joining::Full);
            }
            active(row, cookie_hash).insert(&transaction).await?;
            transaction.commit().await?;
            Ok(Joining::In)
        })
        .await
    }

    /// The guest whose cookie has this SHA-256, present or gone, with their share.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn guest_by_cookie(
        &self,
        hash: &[u8; 32],
    ) -> Result<Option<(GuestRow, ShareRow)>, Error> {
        bounded(async {
            let found = guest::Entity::find()
                .filter(guest::Column::CookieHash.eq(hash.to_vec()))
                .find_also_related(share::Entity)
                .one(&self.db)
                .await?;
            let Some((found, Some(share))) = found else { return Ok(None) };
            Ok(Some((read(found)?, share_row::read(share)?)))
        })
        .await
    }

    /// The guest of an id, present or gone.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn guest(&self, id: GuestId) -> Result<Option<GuestRow>, Error> {
        bounded(async {
            guest::Entity::find_by_id(id.0).one(&self.db).await?.map(read).transpose()
        })
        .await
    }

    /// Guests of a share who hold a place.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn guests_present(&self, share: ShareId) -> Result<Vec<GuestRow>, Error> {
        bounded(async {
            let found = guest::Entity::find()
                .filter(guest::Column::ShareId.eq(share.0))
                .filter(guest::Column::LeftAt.is_null())
                .all(&self.db)
                .await?;
            found.into_iter().map(read).collect()
        })
        .await
    }

    /// Frees a guest's place. False when it is free already.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn end_guest(
        &self,
        id: GuestId,
        at: DateTime<Utc>,
        end: GuestEnd,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = self.db.begin().await?;
            record(&transaction, entry).await?;
            let done = guest::Entity::update_many()
                .col_expr(guest::Column::LeftAt, Expr::value(at))
                .col_expr(guest::Column::EndReason, Expr::value(end.word()))
                .filter(guest::Column::Id.eq(id.0))
                .filter(guest::Column::LeftAt.is_null())
                .exec(&transaction)
                .await?;
            if done.rows_affected == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            transaction.commit().await?;
            Ok(true)
        })
        .await
    }

    /// How many keys a guest has typed in all. A lower number is old news. True when it is news.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn guest_typed(&self, id: GuestId, keys: u64) -> Result<bool, Error> {
        bounded(async {
            let keys = i64::try_from(keys).unwrap_or(i64::MAX);
            let done = guest::Entity::update_many()
                .col_expr(guest::Column::Keys, Expr::value(keys))
                .filter(guest::Column::Id.eq(id.0))
                .filter(guest::Column::Keys.lt(keys))
                .exec(&self.db)
                .await?;
            Ok(done.rows_affected > 0)
        })
        .await
    }
}

/// Frees the places of all guests of a share.
pub(crate) async fn end_all(
    db: &impl ConnectionTrait,
    share: ShareId,
    at: DateTime<Utc>,
    end: GuestEnd,
) -> Result<(), Error> {
    guest::Entity::update_many()
        .col_expr(guest::Column::LeftAt, Expr::value(at))
        .col_expr(guest::Column::EndReason, Expr::value(end.word()))
        .filter(guest::Column::ShareId.eq(share.0))
        .filter(guest::Column::LeftAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

fn active(row: &GuestRow, cookie_hash: &[u8; 32]) -> guest::ActiveModel {
    let guest = row.guest.clone();
    guest::ActiveModel {
        id: Set(guest.id.0),
        share_id: Set(row.share.0),
        member_id: Set(row.member.map(|member| member.0)),
        name: Set(guest.name),
        source: Set(guest.source),
        device: Set(guest.device),
        cookie_hash: Set(cookie_hash.to_vec()),
        joined_at: Set(guest.joined_at),
        left_at: Set(None),
        end_reason: Set(None),
        keys: Set(0),
    }
}

pub(crate) fn read(model: guest::Model) -> Result<GuestRow, Error> {
    Ok(GuestRow {
        guest: Guest {
            id: GuestId(model.id),
            name: model.name,
            member: model.member_id.is_some(),
            source: model.source,
            device: model.device,
            here: false,
            joined_at: model.joined_at,
            left_at: model.left_at,
            end: model.end_reason.map(Word::read).transpose()?,
            keys: u64::try_from(model.keys).unwrap_or_default(),
        },
        share: ShareId(model.share_id),
        member: model.member_id.map(MemberId),
    })
}
