//! Queries about sessions. A row is `starting` until its process runs, then `active`, then `ended`
//! for good: every change names the states it may start from, so that none can bring one back.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AttachPolicy, EndReason, Life, SessionState},
    id::{MemberId, SessionId},
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, sea_query::Expr,
};

use crate::{
    Error, Store,
    connect::bounded,
    entity::{member, session},
};

/// What the database knows of a session; the rest its process knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Id.
    pub id: SessionId,
    /// Who owns it.
    pub owner: MemberId,
    /// The owner's name; not written by [`Store::add_session`].
    pub owner_name: String,
    /// The key its creator gave it, unique among the owner's sessions.
    pub idempotency_key: Option<String>,
    /// Its name.
    pub name: String,
    /// Server id.
    pub server: String,
    /// Account of its shell.
    pub account: String,
    /// What a second attach does.
    pub attach_policy: AttachPolicy,
    /// Where it is in its life.
    pub state: SessionState,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// Last use, as known when it ended; the creation time until then.
    pub last_seen: DateTime<Utc>,
    /// Columns at the start, at the end once it ended.
    pub cols: u16,
    /// Rows, likewise.
    pub rows: u16,
    /// Title at the end.
    pub title: String,
    /// How it ended.
    pub ending: Option<Ending>,
}

/// How a session ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    /// When.
    pub at: DateTime<Utc>,
    /// Why.
    pub reason: EndReason,
    /// Who ended it, when a person did.
    pub by: Option<String>,
    /// The shell's exit status.
    pub exit_code: Option<i32>,
    /// The signal that ended the shell.
    pub exit_signal: Option<i32>,
}

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

    /// How many sessions an owner has starting or alive.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn count_living(&self, owner: MemberId) -> Result<u64, Error> {
        bounded(async {
            let query = living(Life::Active).filter(session::Column::OwnerId.eq(owner.0));
            Ok(query.count(&self.db).await?)
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
                update = update
                    .col_expr(session::Column::AttachPolicy, Expr::value(policy_word(policy)));
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

fn living(life: Life) -> Select<session::Entity> {
    let ended = word(SessionState::Ended);
    let states = session::Column::State;
    session::Entity::find().filter(match life {
        Life::Active => states.is_in([word(SessionState::Starting), word(SessionState::Active)]),
        Life::Ended => states.eq(ended),
    })
}

fn active(row: &SessionRow) -> session::ActiveModel {
    session::ActiveModel {
        id: Set(row.id.0),
        owner_id: Set(row.owner.0),
        idempotency_key: Set(row.idempotency_key.clone()),
        name: Set(row.name.clone()),
        server: Set(row.server.clone()),
        account: Set(row.account.clone()),
        attach_policy: Set(policy_word(row.attach_policy).to_owned()),
        state: Set(word(row.state).to_owned()),
        created_at: Set(row.created_at),
        last_seen: Set(row.last_seen),
        cols: Set(row.cols.into()),
        rows: Set(row.rows.into()),
        title: Set(row.title.clone()),
        ..Default::default()
    }
}

fn read((model, owner): (session::Model, Option<member::Model>)) -> Result<SessionRow, Error> {
    let ending = match (model.ended_at, model.end_reason) {
        (Some(at), Some(reason)) => Some(Ending {
            at,
            reason: read_reason(reason)?,
            by: model.ended_by,
            exit_code: model.exit_code,
            exit_signal: model.exit_signal,
        }),
        _ => None,
    };
    Ok(SessionRow {
        id: SessionId(model.id),
        owner: MemberId(model.owner_id),
        owner_name: owner.map(|owner| owner.name).unwrap_or_default(),
        idempotency_key: model.idempotency_key,
        name: model.name,
        server: model.server,
        account: model.account,
        attach_policy: read_policy(model.attach_policy)?,
        state: read_state(model.state)?,
        created_at: model.created_at,
        last_seen: model.last_seen,
        cols: side("cols", model.cols)?,
        rows: side("rows", model.rows)?,
        title: model.title,
        ending,
    })
}

fn side(what: &'static str, value: i32) -> Result<u16, Error> {
    u16::try_from(value).map_err(|_| Error::Unknown { what, value: value.to_string() })
}

fn word(state: SessionState) -> &'static str {
    match state {
        SessionState::Starting => "starting",
        SessionState::Active => "active",
        SessionState::Ended => "ended",
    }
}

fn read_state(found: String) -> Result<SessionState, Error> {
    [SessionState::Starting, SessionState::Active, SessionState::Ended]
        .into_iter()
        .find(|state| word(*state) == found)
        .ok_or(Error::Unknown { what: "state", value: found })
}

fn policy_word(policy: AttachPolicy) -> &'static str {
    match policy {
        AttachPolicy::Handoff => "handoff",
        AttachPolicy::Single => "single",
        AttachPolicy::Multi => "multi",
    }
}

fn read_policy(found: String) -> Result<AttachPolicy, Error> {
    [AttachPolicy::Handoff, AttachPolicy::Single, AttachPolicy::Multi]
        .into_iter()
        .find(|policy| policy_word(*policy) == found)
        .ok_or(Error::Unknown { what: "attach policy", value: found })
}

fn read_reason(found: String) -> Result<EndReason, Error> {
    [EndReason::Exited, EndReason::Closed, EndReason::Expired, EndReason::Dropped, EndReason::Lost]
        .into_iter()
        .find(|reason| reason.code() == found)
        .ok_or(Error::Unknown { what: "end reason", value: found })
}
