//! Queries about guests: who came by which share, holds a place, and is gone.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, Guest, GuestEnd},
    id::{GuestId, MemberId, SessionId, ShareId},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, ConnectionTrait, DatabaseTransaction, EntityTrait, PaginatorTrait, QueryFilter,
    QuerySelect, TransactionTrait,
    sea_query::{Expr, Func},
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
            let place = place(&transaction, row.share, row.guest.joined_at).await?;
            if place == Joining::In {
                active(row, cookie_hash).insert(&transaction).await?;
                transaction.commit().await?;
            } else {
                transaction.rollback().await?;
            }
            Ok(place)
        })
        .await
    }

    /// Lets a guest in once more who went away without an end, if there is a place: as many as the
    /// share allows, with those who come for the first time. One who holds a place has it.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn return_guest(
        &self,
        row: &GuestRow,
        at: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<Joining, Error> {
        bounded(async {
            let id = row.guest.id.0;
            let Some(found) = guest::Entity::find_by_id(id).one(&self.db).await? else {
                return Ok(Joining::Over);
            };
            if found.end_reason.is_none() && found.left_at.is_none() {
                return Ok(Joining::In);
            }
            let transaction = self.db.begin().await?;
            // As when somebody new comes in: the write first, then the share's lock.
            record(&transaction, entry).await?;
            let mut place = place(&transaction, row.share, at).await?;
            if place == Joining::In {
                let done = guest::Entity::update_many()
                    .col_expr(guest::Column::LeftAt, Expr::value(None::<DateTime<Utc>>))
                    .filter(guest::Column::Id.eq(id))
                    .filter(guest::Column::EndReason.is_null())
                    .exec(&transaction)
                    .await?;
                if done.rows_affected == 0 {
                    place = Joining::Over;
                }
            }
            match place {
                Joining::In => transaction.commit().await?,
                Joining::Full | Joining::Over => transaction.rollback().await?,
            }
            Ok(place)
        })
        .await
    }

    /// All who hold a place of a share that has not ended, and the sessions they are in.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn held_places(&self) -> Result<Vec<(GuestRow, SessionId)>, Error> {
        bounded(async {
            let found = guest::Entity::find()
                .filter(guest::Column::LeftAt.is_null())
                .find_also_related(share::Entity)
                .filter(share::Column::EndedAt.is_null())
                .all(&self.db)
                .await?;
            let held = found.into_iter().filter_map(|(guest, share)| Some((guest, share?)));
            held.map(|(guest, share)| Ok((read(guest)?, SessionId(share.session_id)))).collect()
        })
        .await
    }

    /// Frees the place of a guest who went away and may come back. False when it is free already.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn guest_away(
        &self,
        id: GuestId,
        at: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = self.db.begin().await?;
            record(&transaction, entry).await?;
            let done = guest::Entity::update_many()
                .col_expr(guest::Column::LeftAt, Expr::value(at))
                .filter(guest::Column::Id.eq(id.0))
                .filter(guest::Column::LeftAt.is_null())
                .exec(&transaction)
                .await?;
            match done.rows_affected {
                0 => transaction.rollback().await?,
                _ => transaction.commit().await?,
            }
            Ok(done.rows_affected > 0)
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

    /// Frees a guest's place for good, also that of one who is away: they left when they went. False
    /// when they have an end already.
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
                .col_expr(guest::Column::LeftAt, left_or(at))
                .col_expr(guest::Column::EndReason, Expr::value(end.word()))
                .filter(guest::Column::Id.eq(id.0))
                .filter(guest::Column::EndReason.is_null())
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

/// Whether a share has a place for one more.
async fn place(
    transaction: &DatabaseTransaction,
    share: ShareId,
    at: DateTime<Utc>,
) -> Result<Joining, Error> {
    // Locked where the database can: of two who come at once, one waits here and then counts the
    // other.
    let found =
        living(at).filter(share::Column::Id.eq(share.0)).lock_exclusive().one(transaction).await?;
    let Some(found) = found else { return Ok(Joining::Over) };
    let present = guest::Entity::find()
        .filter(guest::Column::ShareId.eq(share.0))
        .filter(guest::Column::LeftAt.is_null())
        .count(transaction)
        .await?;
    let full = present >= u64::try_from(found.max_guests).unwrap_or_default();
    Ok(if full { Joining::Full } else { Joining::In })
}

/// When a guest left, if they have, or now.
fn left_or(at: DateTime<Utc>) -> Expr {
    Func::coalesce([Expr::col(guest::Column::LeftAt), Expr::value(at)]).into()
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
