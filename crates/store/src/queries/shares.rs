//! Shares. A share that has ended never changes again.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, MailState, SessionState},
    id::{MemberId, SessionId, ShareId},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, IntoActiveModel, JoinType,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, RelationTrait,
    sea_query::{Expr, ExprTrait},
};
use uuid::Uuid;

use super::guests;
use crate::{
    Error, ShareChanges, ShareContext, ShareEnding, ShareRow,
    entity::{guest, member, session, share},
    execute::{all, begin, bounded, finish, one, update},
    rows::{
        guest::read as read_guest,
        share::{active, read},
    },
};

/// Queries on shares.
#[derive(Clone, Debug)]
pub struct Shares {
    pub(crate) db: DatabaseConnection,
}

impl Shares {
    /// Adds a share. Only the SHA-256 of its token is stored. Returns false, without a change, if its
    /// session has `max` living shares of the same kind.
    pub async fn add(
        &self,
        row: &ShareRow,
        token_hash: &[u8; 32],
        max: u64,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = begin(&self.db, [entry]).await?;
            // PostgreSQL locks the row: of two concurrent transactions, one counts the other's share.
            let _locked = session::Entity::find_by_id(row.session.0)
                .lock_exclusive()
                .one(&transaction)
                .await?;
            let living = share::living(row.share.created_at)
                .filter(share::Column::SessionId.eq(row.session.0))
                .filter(share::Column::Kind.eq(row.share.kind.to_string()))
                .count(&transaction)
                .await?;
            if living >= max {
                return finish(transaction, false).await;
            }
            active(row, token_hash)?.insert(&transaction).await?;
            finish(transaction, true).await
        })
        .await
    }

    /// Returns the share with this id.
    pub async fn get(&self, id: ShareId) -> Result<Option<ShareRow>, Error> {
        one(&self.db, share::Entity::find_by_id(id.0), read).await
    }

    /// Returns the share whose token has this SHA-256, living or not.
    pub async fn by_token(&self, hash: &[u8; 32]) -> Result<Option<ShareRow>, Error> {
        let query = share::Entity::find().filter(share::Column::TokenHash.eq(hash.to_vec()));
        one(&self.db, query, read).await
    }

    /// Lists all shares of a session with their guests, newest first.
    pub async fn of_session(&self, session: SessionId) -> Result<Vec<ShareRow>, Error> {
        bounded(async {
            let found = share::Entity::find()
                .filter(share::Column::SessionId.eq(session.0))
                .order_by_desc(share::Column::Id)
                .all(&self.db)
                .await?;
            let guests = guest::Entity::find()
                .join(JoinType::InnerJoin, guest::Relation::Share.def())
                .filter(share::Column::SessionId.eq(session.0))
                .order_by_asc(guest::Column::Id)
                .all(&self.db)
                .await?;
            let mut by_share: HashMap<_, Vec<_>> = HashMap::new();
            for model in guests {
                let row = read_guest(model)?;
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

    /// Returns `read_only` of the newest share that a member created.
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

    /// Changes a share that is living at `now`. Returns false, without a change, otherwise.
    pub async fn change(
        &self,
        id: ShareId,
        changes: ShareChanges,
        now: DateTime<Utc>,
        entries: &[AuditEntry],
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = begin(&self.db, entries).await?;
            let found = share::living(now).filter(share::Column::Id.eq(id.0)).lock_exclusive();
            let Some(found) = found.one(&transaction).await? else {
                return finish(transaction, false).await;
            };
            let mut changed = found.into_active_model();
            changes.expires_at.inspect(|at| changed.expires_at = Set(*at));
            changes.read_only.inspect(|only| changed.read_only = Set(*only));
            changes.guests_alone.inspect(|alone| changed.guests_alone = Set(*alone));
            if changed.is_changed() {
                changed.update(&transaction).await?;
            }
            finish(transaction, true).await
        })
        .await
    }

    /// Ends a share and all its guests. Returns false, without a change, if it has ended.
    pub async fn end(
        &self,
        id: ShareId,
        ending: &ShareEnding,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = begin(&self.db, [entry]).await?;
            let done = share::Entity::update_many()
                .col_expr(share::Column::EndedAt, Expr::value(ending.at))
                .col_expr(share::Column::EndReason, Expr::value(ending.state.to_string()))
                .col_expr(share::Column::EndedBy, Expr::value(ending.by.clone()))
                .filter(share::Column::Id.eq(id.0))
                .filter(share::Column::EndedAt.is_null())
                .exec(&transaction)
                .await?;
            if done.rows_affected == 0 {
                return finish(transaction, false).await;
            }
            guests::end_all(&transaction, id, ending.at, ending.guests).await?;
            finish(transaction, true).await
        })
        .await
    }

    /// Lists shares that must end and have not: those expired at `now`, those whose session has ended or
    /// whose owner is deactivated, and all if `sharing` is disabled.
    pub async fn due(&self, now: DateTime<Utc>, sharing: bool) -> Result<Vec<ShareContext>, Error> {
        let mut due = Condition::any()
            .add(share::Column::ExpiresAt.lte(now))
            .add(session::Column::State.eq(SessionState::Ended.to_string()))
            .add(member::Column::Active.eq(false));
        if !sharing {
            due = due.add(share::Column::EndedAt.is_null());
        }
        self.with_sessions(due).await
    }

    /// Lists shares that have not ended.
    pub async fn open(&self) -> Result<Vec<ShareContext>, Error> {
        self.with_sessions(Condition::all()).await
    }

    async fn with_sessions(&self, condition: Condition) -> Result<Vec<ShareContext>, Error> {
        bounded(async {
            let found = share::Entity::find()
                .filter(share::Column::EndedAt.is_null())
                .join(JoinType::InnerJoin, share::Relation::Session.def())
                .join(JoinType::InnerJoin, session::Relation::Owner.def())
                .filter(condition)
                .select_also(session::Entity)
                .all(&self.db)
                .await?;
            let found = found.into_iter().filter_map(|(row, session)| Some((row, session?)));
            found
                .map(|(row, session)| {
                    Ok(ShareContext {
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

    /// Returns whether any share has not ended.
    pub async fn any_open(&self) -> Result<bool, Error> {
        bounded(async {
            let open = share::Entity::find().filter(share::Column::EndedAt.is_null());
            Ok(open.one(&self.db).await?.is_some())
        })
        .await
    }

    /// Lists living shares whose guests may type.
    pub async fn writable(&self, now: DateTime<Utc>) -> Result<Vec<ShareRow>, Error> {
        all(&self.db, share::living(now).filter(share::Column::ReadOnly.eq(false)), read).await
    }

    /// Returns whether guests of a session may type while its owner is away.
    pub async fn guests_alone(&self, id: SessionId, now: DateTime<Utc>) -> Result<bool, Error> {
        bounded(async {
            let found = share::living(now)
                .filter(share::Column::SessionId.eq(id.0))
                .filter(share::Column::GuestsAlone.eq(true))
                .one(&self.db)
                .await?;
            Ok(found.is_some())
        })
        .await
    }

    /// Counts a wrong password.
    pub async fn count_wrong_password(&self, id: ShareId, entry: &AuditEntry) -> Result<(), Error> {
        bounded(async {
            let count = Expr::col(share::Column::WrongPasswords).add(1);
            let transaction = begin(&self.db, [entry]).await?;
            share::Entity::update_many()
                .col_expr(share::Column::WrongPasswords, count)
                .filter(share::Column::Id.eq(id.0))
                .exec(&transaction)
                .await?;
            Ok(transaction.commit().await?)
        })
        .await
    }

    /// Returns the number of wrong passwords entered for the living shares of each of these sessions.
    /// Sessions without any are absent.
    pub async fn wrong_passwords(
        &self,
        sessions: &[SessionId],
        now: DateTime<Utc>,
    ) -> Result<HashMap<SessionId, u32>, Error> {
        if sessions.is_empty() {
            return Ok(HashMap::new());
        }
        bounded(async {
            let found: Vec<(Uuid, i32)> = share::living(now)
                .filter(share::Column::WrongPasswords.gt(0))
                .filter(share::Column::SessionId.is_in(sessions.iter().map(|id| id.0)))
                .select_only()
                .columns([share::Column::SessionId, share::Column::WrongPasswords])
                .into_tuple()
                .all(&self.db)
                .await?;
            let mut counts = HashMap::new();
            for (session, wrong) in found {
                let sum: &mut u32 = counts.entry(SessionId(session)).or_default();
                *sum = sum.saturating_add(u32::try_from(wrong).unwrap_or_default());
            }
            Ok(counts)
        })
        .await
    }

    /// Sets the delivery state of the email of a share.
    pub async fn set_mail_state(
        &self,
        id: ShareId,
        state: MailState,
        error: Option<&str>,
    ) -> Result<(), Error> {
        let change = share::Entity::update_many()
            .col_expr(share::Column::Mail, Expr::value(state.to_string()))
            .col_expr(share::Column::MailError, Expr::value(error.map(str::to_owned)))
            .filter(share::Column::Id.eq(id.0));
        update(&self.db, change).await.map(drop)
    }

    /// Lists shares whose email is queued.
    pub async fn unsent(&self) -> Result<Vec<ShareRow>, Error> {
        let query =
            share::Entity::find().filter(share::Column::Mail.eq(MailState::Queued.to_string()));
        all(&self.db, query, read).await
    }
}
