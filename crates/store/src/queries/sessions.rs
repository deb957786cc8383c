//! Rows of sessions. A row is `starting` until its process runs, then `active`, then `ended`; every
//! change names the states it applies to. Only a session that ended as lost can be revived.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AttachPolicy, EndReason, Life, SessionState},
    id::{MemberId, SessionId},
};
use sea_orm::{
    ActiveModelTrait,
    ActiveValue::Set,
    ColumnTrait, Condition, DatabaseConnection, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, QueryTrait, Select, UpdateMany,
    sea_query::{Expr, ExprTrait},
};

use super::search::contains;
use crate::{
    Ending, Error, SessionRow,
    entity::{
        member,
        session::{ActiveModel, Column, Entity, read},
    },
    execute::{bounded, delete, update},
};

/// Ids in one query: within the parameter limits of both databases.
const PARAMETERS: usize = 500;

/// Result of [`Sessions::add`].
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// The row was inserted.
    New,
    /// The owner has this session with the same idempotency key.
    Existing(Box<SessionRow>),
}

/// Selection of rows to list, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// Owner; all owners when absent.
    pub owner: Option<MemberId>,
    /// Living or ended sessions.
    pub life: Life,
    /// Sessions that have ended, but whose rows are not updated yet.
    pub ended: Vec<SessionId>,
    /// Maximum number of rows.
    pub limit: u64,
    /// Only rows older than this one.
    pub before: Option<SessionId>,
    /// Only rows with this text in their name, account, server or title, ignoring case.
    pub q: Option<String>,
    /// The member whose titles `q` searches. A title reveals the activity of its owner, so the titles of
    /// others are not searched.
    pub titles_of: MemberId,
}

/// Queries on rows of sessions.
#[derive(Clone, Debug)]
pub struct Sessions {
    pub(crate) db: DatabaseConnection,
}

impl Sessions {
    /// Adds a row, unless its owner has one with the same idempotency key.
    pub async fn add(&self, row: &SessionRow) -> Result<Added, Error> {
        let insert = ActiveModel::from(row).insert(&self.db);
        match bounded(async { Ok(insert.await?) }).await {
            Ok(_) => Ok(Added::New),
            Err(Error::Duplicate) => {
                let key = row.idempotency_key.as_deref().ok_or(Error::Duplicate)?;
                let existing = self.by_key(row.owner, key).await?.ok_or(Error::Duplicate)?;
                Ok(Added::Existing(Box::new(existing)))
            }
            Err(error) => Err(error),
        }
    }

    /// Returns the owner's session with this idempotency key.
    pub async fn by_key(&self, owner: MemberId, key: &str) -> Result<Option<SessionRow>, Error> {
        let query = Entity::find()
            .filter(Column::OwnerId.eq(owner.0))
            .filter(Column::IdempotencyKey.eq(key));
        Ok(self.rows(query).await?.pop())
    }

    /// Returns the session with this id.
    pub async fn get(&self, id: SessionId) -> Result<Option<SessionRow>, Error> {
        Ok(self.rows(Entity::find_by_id(id.0)).await?.pop())
    }

    /// Lists a page of sessions, newest first.
    pub async fn list(&self, page: Page) -> Result<Vec<SessionRow>, Error> {
        let reported = Column::Id.is_in(page.ended.iter().map(|id| id.0));
        let ended = Column::State.eq(SessionState::Ended.to_string());
        let in_life = match page.life {
            Life::Active => living().and(reported.not()),
            // Without the OR, the index on the state serves the usual case.
            Life::Ended if page.ended.is_empty() => ended,
            Life::Ended => ended.or(reported),
        };
        let query = Entity::find()
            .filter(in_life)
            .apply_if(page.owner, |query, owner| query.filter(Column::OwnerId.eq(owner.0)))
            .apply_if(page.before, |query, before| query.filter(Column::Id.lt(before.0)))
            .apply_if(page.q, |query, text| query.filter(matches(&text, page.titles_of)))
            .order_by_desc(Column::Id)
            .limit(page.limit);
        self.rows(query).await
    }

    /// Lists the starting and active sessions of one owner, or of all, newest first.
    pub async fn living(&self, owner: Option<MemberId>) -> Result<Vec<SessionRow>, Error> {
        self.rows(living_of(owner).order_by_desc(Column::Id)).await
    }

    /// Returns those of these sessions that ended as lost.
    pub async fn lost(&self, ids: &[SessionId]) -> Result<Vec<SessionRow>, Error> {
        let mut lost = Vec::new();
        for ids in ids.chunks(PARAMETERS) {
            let query = Entity::find()
                .filter(Column::State.eq(SessionState::Ended.to_string()))
                .filter(Column::EndReason.eq(EndReason::Lost.to_string()))
                .filter(Column::Id.is_in(ids.iter().map(|id| id.0)));
            lost.extend(self.rows(query).await?);
        }
        Ok(lost)
    }

    async fn rows(&self, query: Select<Entity>) -> Result<Vec<SessionRow>, Error> {
        let rows = query.find_also_related(member::Entity).all(&self.db);
        bounded(async { rows.await?.into_iter().map(read).collect() }).await
    }

    /// Makes a lost session active again. Returns false if it did not end as lost.
    pub async fn revive(&self, id: SessionId) -> Result<bool, Error> {
        let change = Entity::update_many()
            .set(ActiveModel {
                state: Set(SessionState::Active.to_string()),
                ended_at: Set(None),
                end_reason: Set(None),
                ended_by: Set(None),
                exit_code: Set(None),
                exit_signal: Set(None),
                end_note: Set(None),
                ..Default::default()
            })
            .filter(Column::Id.eq(id.0))
            .filter(Column::State.eq(SessionState::Ended.to_string()))
            .filter(Column::EndReason.eq(EndReason::Lost.to_string()));
        update(&self.db, change).await
    }

    /// Counts the starting and active sessions of one owner, or of all.
    pub async fn count_living(&self, owner: Option<MemberId>) -> Result<u64, Error> {
        bounded(async { Ok(living_of(owner).count(&self.db).await?) }).await
    }

    /// Removes the sessions that ended before a time. Returns their number.
    pub async fn remove_ended(&self, before: DateTime<Utc>) -> Result<u64, Error> {
        let deletion = Entity::delete_many()
            .filter(Column::State.eq(SessionState::Ended.to_string()))
            .filter(Column::EndedAt.lt(before));
        delete(&self.db, deletion).await
    }

    /// Makes a starting session active. Returns false if it is not starting.
    pub async fn activate(&self, id: SessionId) -> Result<bool, Error> {
        let change = Entity::update_many()
            .col_expr(Column::State, Expr::value(SessionState::Active.to_string()))
            .filter(Column::Id.eq(id.0))
            .filter(Column::State.eq(SessionState::Starting.to_string()));
        update(&self.db, change).await
    }

    /// Changes the name and attach policy of a living session, where given. Returns false if there is
    /// none.
    pub async fn change(
        &self,
        id: SessionId,
        name: Option<&str>,
        policy: Option<AttachPolicy>,
    ) -> Result<bool, Error> {
        let mut change = living_row(id)
            // An UPDATE without any SET is a syntax error.
            .col_expr(Column::Id, Expr::value(id.0));
        if let Some(name) = name {
            change = change.col_expr(Column::Name, Expr::value(name));
        }
        if let Some(policy) = policy {
            change = change.col_expr(Column::AttachPolicy, Expr::value(policy.to_string()));
        }
        update(&self.db, change).await
    }

    /// Ends a session and stores its last state. Returns false, without a change, if it has ended.
    pub async fn end(&self, row: &SessionRow, ending: &Ending) -> Result<bool, Error> {
        let change = living_row(row.id).set(ActiveModel {
            state: Set(SessionState::Ended.to_string()),
            last_seen: Set(row.last_seen),
            cols: Set(row.cols.into()),
            rows: Set(row.rows.into()),
            title: Set(row.title.clone()),
            ended_at: Set(Some(ending.at)),
            end_reason: Set(Some(ending.reason.to_string())),
            ended_by: Set(ending.by.clone()),
            exit_code: Set(ending.exit_code),
            exit_signal: Set(ending.exit_signal),
            end_note: Set(ending.note.clone()),
            ..Default::default()
        });
        update(&self.db, change).await
    }

    /// Removes a session that never became active.
    pub async fn remove_starting(&self, id: SessionId) -> Result<(), Error> {
        let deletion = Entity::delete_many()
            .filter(Column::Id.eq(id.0))
            .filter(Column::State.eq(SessionState::Starting.to_string()));
        delete(&self.db, deletion).await.map(drop)
    }
}

/// Matches rows with `text` in a displayed column; in the title only for one owner.
fn matches(text: &str, titles_of: MemberId) -> Condition {
    let has = |column| contains((Entity, column), text);
    let title = Condition::all().add(Column::OwnerId.eq(titles_of.0)).add(has(Column::Title));
    [Column::Name, Column::Account, Column::Server]
        .into_iter()
        .fold(Condition::any().add(title), |any, column| any.add(has(column)))
}

/// Matches starting and active sessions.
fn living() -> Expr {
    Column::State.is_in([SessionState::Starting.to_string(), SessionState::Active.to_string()])
}

fn living_of(owner: Option<MemberId>) -> Select<Entity> {
    Entity::find()
        .filter(living())
        .apply_if(owner, |query, owner| query.filter(Column::OwnerId.eq(owner.0)))
}

/// Changes a session that has not ended.
fn living_row(id: SessionId) -> UpdateMany<Entity> {
    Entity::update_many()
        .filter(Column::Id.eq(id.0))
        .filter(Column::State.ne(SessionState::Ended.to_string()))
}
