//! Queries about sessions. A row is `starting` until its process runs, then `active`, then `ended`:
//! every change names the states it may start from. Only one that was thought lost can come back.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AttachPolicy, EndReason, Life, SessionState},
    id::{MemberId, SessionId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, Condition, EntityTrait, PaginatorTrait,
    QueryFilter, QueryOrder, QuerySelect, Select, sea_query::Expr,
};

use crate::{
    Error, Store,
    audit::{folded, like},
    connect::bounded,
    entity::{member, session},
    session_row::{Ending, SessionRow, active, read, word},
    words::Word,
};

/// Ids in one question: every database takes as many parameters.
const PARAMETERS: usize = 500;

/// What became of a row to be added.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Added {
    /// It is there.
    New,
    /// The owner has one with this key already: this one.
    Existing(Box<SessionRow>),
}

/// Which rows to list, newest first.
#[derive(Clone, Debug)]
pub struct Page {
    /// Of this owner; of all when absent.
    pub owner: Option<MemberId>,
    /// Living or ended ones.
    pub life: Life,
    /// At most so many.
    pub limit: u64,
    /// Only those older than this one.
    pub before: Option<SessionId>,
    /// Only those with this in their name, account, server or title, whatever the case.
    pub q: Option<String>,
    /// Whose titles `q` may be found in: a title tells what its owner does.
    pub titles_of: MemberId,
}

impl Store {
    /// Adds a row, unless its owner has one with the same idempotency key.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_session(&self, row: &SessionRow) -> Result<Added, Error> {
        bounded(async {
            match active(row).insert(&self.db).await.map_err(Error::from) {
                Ok(_) => Ok(Added::New),
                Err(Error::Duplicate) => {
                    let existing = match &row.idempotency_key {
                        Some(key) => self.by_key(row.owner, key).await?,
                        None => None,
                    };
                    existing.map(|row| Added::Existing(Box::new(row))).ok_or(Error::Duplicate)
                }
                Err(error) => Err(error),
            }
        })
        .await
    }

    /// The owner's session of an idempotency key.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn session_by_key(
        &self,
        owner: MemberId,
        key: &str,
    ) -> Result<Option<SessionRow>, Error> {
        bounded(self.by_key(owner, key)).await
    }

    async fn by_key(&self, owner: MemberId, key: &str) -> Result<Option<SessionRow>, Error> {
        let found = session::Entity::find()
            .filter(session::Column::OwnerId.eq(owner.0))
            .filter(session::Column::IdempotencyKey.eq(key))
            .find_also_related(member::Entity)
            .one(&self.db)
            .await?;
        found.map(read).transpose()
    }

    /// The session of an id.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn session(&self, id: SessionId) -> Result<Option<SessionRow>, Error> {
        bounded(async {
            let found = session::Entity::find_by_id(id.0)
                .find_also_related(member::Entity)
                .one(&self.db)
                .await?;
            found.map(read).transpose()
        })
        .await
    }

    /// A page of sessions, newest first.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn sessions(&self, page: Page) -> Result<Vec<SessionRow>, Error> {
        bounded(async {
            let mut query = living(page.life);
            if let Some(owner) = page.owner {
                query = query.filter(session::Column::OwnerId.eq(owner.0));
            }
            if let Some(before) = page.before {
                query = query.filter(session::Column::Id.lt(before.0));
            }
            if let Some(part) = page.q {
                query = query.filter(says(&part, page.titles_of));
            }
            let found = query
                .order_by_desc(session::Column::Id)
                .limit(page.limit)
                .find_also_related(member::Entity)
                .all(&self.db)
                .await?;
            found.into_iter().map(read).collect()
        })
        .await
    }

    /// All sessions that are starting or alive.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn living_sessions(&self) -> Result<Vec<SessionRow>, Error> {
        bounded(async {
            let found =
                living(Life::Active).find_also_related(member::Entity).all(&self.db).await?;
            found.into_iter().map(read).collect()
        })
        .await
    }

    /// Those of these sessions that ended as lost.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn lost_sessions(&self, of: &[SessionId]) -> Result<Vec<SessionRow>, Error> {
        bounded(async {
            let mut lost = Vec::new();
            for ids in of.chunks(PARAMETERS) {
                let found = living(Life::Ended)
                    .filter(session::Column::EndReason.eq(EndReason::Lost.code()))
                    .filter(session::Column::Id.is_in(ids.iter().map(|id| id.0)))
                    .find_also_related(member::Entity)
                    .all(&self.db)
                    .await?;
                for row in found {
                    lost.push(read(row)?);
                }
            }
            Ok(lost)
        })
        .await
    }

    /// A session that was thought lost lives after all. False when its row does not say lost.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn revive_session(&self, id: SessionId) -> Result<bool, Error> {
        bounded(async {
            let done = session::Entity::update_many()
                .set(session::ActiveModel {
                    state: Set(word(SessionState::Active).to_owned()),
                    ended_at: Set(None),
                    end_reason: Set(None),
                    ended_by: Set(None),
                    exit_code: Set(None),
                    exit_signal: Set(None),
                    end_note: Set(None),
                    ..Default::default()
                })
                .filter(session::Column::Id.eq(id.0))
                .filter(session::Column::State.eq(word(SessionState::Ended)))
                .filter(session::Column::EndReason.eq(EndReason::Lost.code()))
                .exec(&self.db)
                .await?;
            Ok(done.rows_affected == 1)
        })
        .await
    }

    /// How many sessions are starting or alive: of one owner, or all.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn count_living(&self, owner: Option<MemberId>) -> Result<u64, Error> {
        bounded(async {
            let mut query = living(Life::Active);
            if let Some(owner) = owner {
                query = query.filter(session::Column::OwnerId.eq(owner.0));
            }
            Ok(query.count(&self.db).await?)
        })
        .await
    }

    /// Forgets the sessions that ended before a time. Returns how many.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn forget_ended(&self, before: DateTime<Utc>) -> Result<u64, Error> {
        bounded(async {
            let done = session::Entity::delete_many()
                .filter(session::Column::State.eq(word(SessionState::Ended)))
                .filter(session::Column::EndedAt.lt(before))
                .exec(&self.db)
                .await?;
            Ok(done.rows_affected)
        })
        .await
    }

    /// A starting session is alive now. False when it is not starting any more.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn activate_session(&self, id: SessionId) -> Result<bool, Error> {
        bounded(async {
            let done = session::Entity::update_many()
                .col_expr(session::Column::State, Expr::value(word(SessionState::Active)))
                .filter(session::Column::Id.eq(id.0))
                .filter(session::Column::State.eq(word(SessionState::Starting)))
                .exec(&self.db)
                .await?;
            Ok(done.rows_affected == 1)
        })
        .await
    }

    /// Changes name and policy of a living session, where given. False when there is none.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn change_session(
        &self,
        id: SessionId,
        name: Option<&str>,
        policy: Option<AttachPolicy>,
    ) -> Result<bool, Error> {
        bounded(async {
            let mut update = session::Entity::update_many();
            if let Some(name) = name {
                update = update.col_expr(session::Column::Name, Expr::value(name));
            }
            if let Some(policy) = policy {
                update = update.col_expr(session::Column::AttachPolicy, Expr::value(policy.word()));
            }
            let done = update
                // Keeps the statement whole when nothing is to change.
                .col_expr(session::Column::Id, Expr::value(id.0))
                .filter(session::Column::Id.eq(id.0))
                .filter(session::Column::State.ne(word(SessionState::Ended)))
                .exec(&self.db)
                .await?;
            Ok(done.rows_affected == 1)
        })
        .await
    }

    /// Ends a session and keeps what was last known of it. False when it had ended before: the
    /// first word stays.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn end_session(&self, row: &SessionRow, ending: &Ending) -> Result<bool, Error> {
        bounded(async {
            let done = session::Entity::update_many()
                .set(session::ActiveModel {
                    state: Set(word(SessionState::Ended).to_owned()),
                    last_seen: Set(row.last_seen),
                    cols: Set(row.cols.into()),
                    rows: Set(row.rows.into()),
                    title: Set(row.title.clone()),
                    ended_at: Set(Some(ending.at)),
                    end_reason: Set(Some(ending.reason.code().to_owned())),
                    ended_by: Set(ending.by.clone()),
                    exit_code: Set(ending.exit_code),
                    exit_signal: Set(ending.exit_signal),
                    end_note: Set(ending.note.clone()),
                    ..Default::default()
                })
                .filter(session::Column::Id.eq(row.id.0))
                .filter(session::Column::State.ne(word(SessionState::Ended)))
                .exec(&self.db)
                .await?;
            Ok(done.rows_affected == 1)
        })
        .await
    }

    /// Removes a session that never came to life.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn remove_starting(&self, id: SessionId) -> Result<(), Error> {
        bounded(async {
            session::Entity::delete_many()
                .filter(session::Column::Id.eq(id.0))
                .filter(session::Column::State.eq(word(SessionState::Starting)))
                .exec(&self.db)
                .await?;
            Ok(())
        })
        .await
    }
}

/// Rows that say `part` somewhere that people look; in their title only those of one owner.
fn says(part: &str, titles_of: MemberId) -> Condition {
    use session::Column::{Account, Name, OwnerId, Server, Title};
    let has = |column| {
        let column = (session::Entity, column);
        Condition::any().add(like(column, part, "%")).add(folded(column, part))
    };
    let title = Condition::all().add(OwnerId.eq(titles_of.0)).add(has(Title));
    Condition::any().add(has(Name)).add(has(Account)).add(has(Server)).add(title)
}

fn living(life: Life) -> Select<session::Entity> {
    let ended = word(SessionState::Ended);
    let states = session::Column::State;
    session::Entity::find().filter(match life {
        Life::Active => states.is_in([word(SessionState::Starting), word(SessionState::Active)]),
        Life::Ended => states.eq(ended),
    })
}
