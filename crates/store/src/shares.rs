//! Queries about shares: made, changed, ended, and told of. A share that has ended stays as it is.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, MailState},
    id::{MemberId, SessionId, ShareId},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, EntityTrait, IntoActiveModel, JoinType, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, RelationTrait, TransactionTrait,
    sea_query::{Expr, ExprTrait},
};

use crate::{
    Error, Store,
    audit::record,
    connect::bounded,
    entity::{guest, member, session, share},
    guests,
    share_row::{DueShare, ShareChanges, ShareEnding, ShareRow, active, read},
    words::Word,
};

impl Store {
    /// Adds a share, of whose token only the SHA-256 is kept. False, and nothing changed, when its
    /// session has `most` living ones of the kind.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_share(
        &self,
        row: &ShareRow,
        token_hash: &[u8; 32],
        most: u64,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = self.db.begin().await?;
            record(&transaction, entry).await?;
            // Locked where the database can: of two that are made at once, one counts the other.
            let _row = session::Entity::find_by_id(row.session.0)
                .lock_exclusive()
                .one(&transaction)
                .await?;
            let living = share::Entity::find()
                .filter(share::Column::SessionId.eq(row.session.0))
                .filter(share::Column::Kind.eq(row.share.kind.word()))
                .filter(share::Column::EndedAt.is_null())
                .filter(share::Column::ExpiresAt.gt(row.share.created_at))
                .count(&transaction)
                .await?;
            if living >= most {
                transaction.rollback().await?;
                return Ok(false);
            }
            active(row, token_hash)?.insert(&transaction).await?;
            transaction.commit().await?;
            Ok(true)
        })
        .await
    }

    /// The share of an id.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn share(&self, id: ShareId) -> Result<Option<ShareRow>, Error> {
        bounded(async {
            share::Entity::find_by_id(id.0).one(&self.db).await?.map(read).transpose()
        })
        .await
    }

    /// The share whose token has this SHA-256, over or not.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn share_by_token(&self, hash: &[u8; 32]) -> Result<Option<ShareRow>, Error> {
        bounded(async {
            share::Entity::find()
                .filter(share::Column::TokenHash.eq(hash.to_vec()))
                .one(&self.db)
                .await?
                .map(read)
                .transpose()
        })
        .await
    }

    /// All shares of a session with their guests, newest first.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn shares_of(&self, session: SessionId) -> Result<Vec<ShareRow>, Error> {
        bounded(async {
            let found = share::Entity::find()
                .filter(share::Column::SessionId.eq(session.0))
                .order_by_desc(share::Column::Id)
                .all(&self.db)
                .await?;
            let came = guest::Entity::find()
                .join(JoinType::InnerJoin, guest::Relation::Share.def())
                .filter(share::Column::SessionId.eq(session.0))
                .order_by_asc(guest::Column::Id)
                .all(&self.db)
                .await?;
            let mut by_share: HashMap<_, Vec<_>> = HashMap::new();
            for model in came {
                let row = guests::read(model)?;
                by_share.entry(row.share).or_default().push(row.guest);
            }
            let filled = found.into_iter().map(read).map(|row| {
                let mut row = row?;
                row.share.guests = by_share.remove(&row.share.id).unwrap_or_default();
                Ok(row)
            });
            filled.collect()
        })
        .await
    }

    /// What a member last chose: whether their guests only look.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn last_read_only(&self, member: MemberId) -> Result<Option<bool>, Error> {
        bounded(async {
            let last = share::Entity::find()
                .filter(share::Column::CreatedById.eq(member.0))
                .order_by_desc(share::Column::Id)
                .one(&self.db)
                .await?;
            Ok(last.map(|last| last.read_only))
        })
        .await
    }

    /// Changes a living share. False, and nothing changed, when it is over at `now`.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn change_share(
        &self,
        id: ShareId,
        changes: ShareChanges,
        now: DateTime<Utc>,
        entries: &[AuditEntry],
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = self.db.begin().await?;
            for entry in entries {
                record(&transaction, entry).await?;
            }
            let found = living(now).filter(share::Column::Id.eq(id.0)).lock_exclusive();
            let Some(found) = found.one(&transaction).await? else {
                transaction.rollback().await?;
                return Ok(false);
            };
            let mut changed = found.into_active_model();
            changes.expires_at.inspect(|at| changed.expires_at = Set(*at));
            changes.read_only.inspect(|only| changed.read_only = Set(*only));
            changes.guests_alone.inspect(|alone| changed.guests_alone = Set(*alone));
            if changed.is_changed() {
                changed.update(&transaction).await?;
            }
            transaction.commit().await?;
            Ok(true)
        })
        .await
    }

    /// Ends a share, and with it all its guests. False when it has ended before.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn end_share(
        &self,
        id: ShareId,
        ending: &ShareEnding,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = self.db.begin().await?;
            record(&transaction, entry).await?;
            let done = share::Entity::update_many()
                .col_expr(share::Column::EndedAt, Expr::value(ending.at))
                .col_expr(share::Column::EndReason, Expr::value(ending.state.word()))
                .col_expr(share::Column::EndedBy, Expr::value(ending.by.clone()))
                .filter(share::Column::Id.eq(id.0))
                .filter(share::Column::EndedAt.is_null())
                .exec(&transaction)
                .await?;
            if done.rows_affected == 0 {
                transaction.rollback().await?;
                return Ok(false);
            }
            guests::end_all(&transaction, id, ending.at, ending.guests).await?;
            transaction.commit().await?;
            Ok(true)
        })
        .await
    }

    /// Shares that are to end and have not: those whose time is over at `now`, whose session has
    /// ended, or whose owner may not come in or share any more.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn due_shares(
        &self,
        now: DateTime<Utc>,
        sharing: bool,
    ) -> Result<Vec<DueShare>, Error> {
        let mut due = Condition::any()
            .add(share::Column::ExpiresAt.lte(now))
            .add(session::Column::State.eq("ended"))
            .add(member::Column::Active.eq(false));
        if !sharing {
            due = due.add(share::Column::EndedAt.is_null());
        }
        self.with_sessions(due).await
    }

    /// Shares that have not ended.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn open_shares(&self) -> Result<Vec<DueShare>, Error> {
        self.with_sessions(Condition::all()).await
    }

    async fn with_sessions(&self, which: Condition) -> Result<Vec<DueShare>, Error> {
        bounded(async {
            let found = share::Entity::find()
                .filter(share::Column::EndedAt.is_null())
                .join(JoinType::InnerJoin, share::Relation::Session.def())
                .join(JoinType::InnerJoin, session::Relation::Owner.def())
                .filter(which)
                .select_also(session::Entity)
                .all(&self.db)
                .await?;
            let due = found.into_iter().filter_map(|(row, session)| Some((row, session?)));
            due.map(|(row, session)| {
                Ok(DueShare {
                    row: read(row)?,
                    owner: MemberId(session.owner_id),
                    name: session.name,
                    account: session.account,
                    session_ended: session.ended_at,
                })
            })
            .collect()
        })
        .await
    }

    /// Living shares whose guests may type.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn writable_shares(&self, now: DateTime<Utc>) -> Result<Vec<ShareRow>, Error> {
        bounded(async {
            let found = living(now).filter(share::Column::ReadOnly.eq(false)).all(&self.db).await?;
            found.into_iter().map(read).collect()
        })
        .await
    }

    /// Whether guests of a session may type while its owner is away.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn guests_alone(&self, id: SessionId, now: DateTime<Utc>) -> Result<bool, Error> {
        bounded(async {
            let found = living(now)
                .filter(share::Column::SessionId.eq(id.0))
                .filter(share::Column::GuestsAlone.eq(true))
                .one(&self.db)
                .await?;
            Ok(found.is_some())
        })
        .await
    }

    /// Whether any share has not ended.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn has_shares(&self) -> Result<bool, Error> {
        bounded(async {
            let one = share::Entity::find().filter(share::Column::EndedAt.is_null());
            Ok(one.one(&self.db).await?.is_some())
        })
        .await
    }

    /// Counts a wrong password.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn count_wrong_password(&self, id: ShareId, entry: &AuditEntry) -> Result<(), Error> {
        bounded(async {
            let transaction = self.db.begin().await?;
            record(&transaction, entry).await?;
            share::Entity::update_many()
                .col_expr(
                    share::Column::WrongPasswords,
                    Expr::col(share::Column::WrongPasswords).add(1),
                )
                .filter(share::Column::Id.eq(id.0))
                .exec(&transaction)
                .await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    /// Says what became of the mail of a share.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn mail_is(
        &self,
        id: ShareId,
        state: MailState,
        error: Option<&str>,
    ) -> Result<(), Error> {
        bounded(async {
            share::Entity::update_many()
                .col_expr(share::Column::Mail, Expr::value(state.word()))
                .col_expr(share::Column::MailError, Expr::value(error.map(str::to_owned)))
                .filter(share::Column::Id.eq(id.0))
                .exec(&self.db)
                .await?;
            Ok(())
        })
        .await
    }

    /// Shares whose mail waits to be sent.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn unsent_shares(&self) -> Result<Vec<ShareRow>, Error> {
        bounded(async {
            let found = share::Entity::find()
                .filter(share::Column::Mail.eq(MailState::Queued.word()))
                .all(&self.db)
                .await?;
            found.into_iter().map(read).collect()
        })
        .await
    }
}

/// Shares that guests can come in by.
pub(crate) fn living(now: DateTime<Utc>) -> sea_orm::Select<share::Entity> {
    share::Entity::find()
        .filter(share::Column::EndedAt.is_null())
        .filter(share::Column::ExpiresAt.gt(now))
}
