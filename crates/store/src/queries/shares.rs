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
    Error, GuestRow, ShareChanges, ShareContext, ShareEnding, ShareRow,
    entity::{
        guest, member, session,
        share::{Column, Entity, active, living},
    },
    execute::{all, any, bounded, one, recorded, update},
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
        recorded(&self.db, [entry], async |db| {
            // PostgreSQL locks the row: of two concurrent transactions, one counts the other's share.
            session::Entity::find_by_id(row.session.0).lock_exclusive().one(db).await?;
            let living = living(row.share.created_at)
                .filter(Column::SessionId.eq(row.session.0))
                .filter(Column::Kind.eq(row.share.kind.to_string()))
                .count(db)
                .await?;
            if living < max {
                active(row, token_hash)?.insert(db).await?;
            }
            Ok(living < max)
        })
        .await
    }

    /// Returns the share with this id.
    pub async fn get(&self, id: ShareId) -> Result<Option<ShareRow>, Error> {
        one(&self.db, Entity::find_by_id(id.0), ShareRow::try_from).await
    }

    /// Returns the share whose token has this SHA-256, living or not.
    pub async fn by_token(&self, hash: &[u8; 32]) -> Result<Option<ShareRow>, Error> {
        let query = Entity::find().filter(Column::TokenHash.eq(hash.to_vec()));
        one(&self.db, query, ShareRow::try_from).await
    }

    /// Lists all shares of a session with their guests, newest first.
    pub async fn of_session(&self, session: SessionId) -> Result<Vec<ShareRow>, Error> {
        let shares =
            Entity::find().filter(Column::SessionId.eq(session.0)).order_by_desc(Column::Id);
        let guests = guest::Entity::find()
            .inner_join(Entity)
            .filter(Column::SessionId.eq(session.0))
            .order_by_asc(guest::Column::Id);
        let mut shares = all(&self.db, shares, ShareRow::try_from).await?;
        for row in all(&self.db, guests, GuestRow::try_from).await? {
            if let Some(of) = shares.iter_mut().find(|of| of.share.id == row.share) {
                of.share.guests.push(row.guest);
            }
        }
        Ok(shares)
    }

    /// Returns `read_only` of the newest share that a member created.
    pub async fn last_read_only(&self, member: MemberId) -> Result<Option<bool>, Error> {
        let query =
            Entity::find().filter(Column::CreatedById.eq(member.0)).order_by_desc(Column::Id);
        one(&self.db, query, |last| Ok(last.read_only)).await
    }

    /// Changes a share that is living at `now`. Returns false, without a change, otherwise.
    pub async fn change(
        &self,
        id: ShareId,
        changes: ShareChanges,
        now: DateTime<Utc>,
        entries: &[AuditEntry],
    ) -> Result<bool, Error> {
        recorded(&self.db, entries, async |db| {
            let found = living(now).filter(Column::Id.eq(id.0)).lock_exclusive().one(db).await?;
            let Some(found) = found else { return Ok(false) };
            let mut changed = found.into_active_model();
            changes.expires_at.inspect(|at| changed.expires_at = Set(*at));
            changes.read_only.inspect(|only| changed.read_only = Set(*only));
            changes.guests_alone.inspect(|alone| changed.guests_alone = Set(*alone));
            if changed.is_changed() {
                changed.update(db).await?;
            }
            Ok(true)
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
        recorded(&self.db, [entry], async |db| {
            let ended = Entity::update_many()
                .col_expr(Column::EndedAt, Expr::value(ending.at))
                .col_expr(Column::EndReason, Expr::value(ending.state.to_string()))
                .col_expr(Column::EndedBy, Expr::value(ending.by.clone()))
                .filter(Column::Id.eq(id.0))
                .filter(Column::EndedAt.is_null())
                .exec(db)
                .await?;
            guests::end_all(db, id, ending.at, ending.guests).await?;
            Ok(ended.rows_affected > 0)
        })
        .await
    }

    /// Lists shares that must end and have not: those expired at `now`, those whose session has ended or
    /// whose owner is deactivated, and all if `sharing` is disabled.
    pub async fn due(&self, now: DateTime<Utc>, sharing: bool) -> Result<Vec<ShareContext>, Error> {
        let mut due = Condition::any()
            .add(Column::ExpiresAt.lte(now))
            .add(session::Column::State.eq(SessionState::Ended.to_string()))
            .add(member::Column::Active.eq(false));
        if !sharing {
            due = due.add(Column::EndedAt.is_null());
        }
        self.with_sessions(due).await
    }

    /// Lists shares that have not ended.
    pub async fn open(&self) -> Result<Vec<ShareContext>, Error> {
        self.with_sessions(Condition::all()).await
    }

    async fn with_sessions(&self, condition: Condition) -> Result<Vec<ShareContext>, Error> {
        bounded(async {
            let found = Entity::find()
                .filter(Column::EndedAt.is_null())
                .inner_join(session::Entity)
                .join(JoinType::InnerJoin, session::Relation::Member.def())
                .filter(condition)
                .select_also(session::Entity)
                .all(&self.db)
                .await?;
            let found = found.into_iter().filter_map(|(row, session)| Some((row, session?)));
            found
                .map(|(row, session)| {
                    Ok(ShareContext {
                        row: row.try_into()?,
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
        any(&self.db, Entity::find().filter(Column::EndedAt.is_null())).await
    }

    /// Lists living shares whose guests may type.
    pub async fn writable(&self, now: DateTime<Utc>) -> Result<Vec<ShareRow>, Error> {
        all(&self.db, living(now).filter(Column::ReadOnly.eq(false)), ShareRow::try_from).await
    }

    /// Returns whether guests of a session may type while its owner is away.
    pub async fn guests_alone(&self, id: SessionId, now: DateTime<Utc>) -> Result<bool, Error> {
        let of_session = living(now).filter(Column::SessionId.eq(id.0));
        any(&self.db, of_session.filter(Column::GuestsAlone.eq(true))).await
    }

    /// Counts a wrong password.
    pub async fn count_wrong_password(
        &self,
        id: ShareId,
        entry: Option<&AuditEntry>,
    ) -> Result<(), Error> {
        let count = Entity::update_many()
            .col_expr(Column::WrongPasswords, Expr::col(Column::WrongPasswords).add(1))
            .filter(Column::Id.eq(id.0));
        recorded(&self.db, entry, async |db| Ok(count.exec(db).await.map(|_| true)?))
            .await
            .map(drop)
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
            let found: Vec<(Uuid, i32)> = living(now)
                .filter(Column::WrongPasswords.gt(0))
                .filter(Column::SessionId.is_in(sessions.iter().map(|id| id.0)))
                .select_only()
                .columns([Column::SessionId, Column::WrongPasswords])
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
        let change = Entity::update_many()
            .col_expr(Column::Mail, Expr::value(state.to_string()))
            .col_expr(Column::MailError, Expr::value(error.map(str::to_owned)))
            .filter(Column::Id.eq(id.0));
        update(&self.db, change).await.map(drop)
    }

    /// Lists shares whose email is queued.
    pub async fn unsent(&self) -> Result<Vec<ShareRow>, Error> {
        let query = Entity::find().filter(Column::Mail.eq(MailState::Queued.to_string()));
        all(&self.db, query, ShareRow::try_from).await
    }
}
