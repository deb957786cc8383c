//! A session's row as the rest of websh sees it, and how it is written down.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AttachPolicy, EndReason, SessionState},
    id::{MemberId, SessionId, TokenId},
};
use sea_orm::ActiveValue::Set;

use crate::{
    Error,
    entity::{member, session},
    words::Word,
};

/// What the database knows of a session; the rest its process knows.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    /// Id.
    pub id: SessionId,
    /// Who owns it.
    pub owner: MemberId,
    /// The owner's name; not written by [`Store::add_session`](crate::Store::add_session).
    pub owner_name: String,
    /// The owner's address; not written either.
    pub owner_email: String,
    /// The key its creator gave it, unique among the owner's sessions.
    pub idempotency_key: Option<String>,
    /// Its name.
    pub name: String,
    /// Server id.
    pub server: String,
    /// Account of its shell.
    pub account: String,
    /// The API token that opened it, if one did.
    pub token: Option<TokenId>,
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
    /// Why, in the words of who ended it.
    pub note: Option<String>,
}

/// A new row as it is inserted.
pub(crate) fn active(row: &SessionRow) -> session::ActiveModel {
    session::ActiveModel {
        id: Set(row.id.0),
        owner_id: Set(row.owner.0),
        idempotency_key: Set(row.idempotency_key.clone()),
        name: Set(row.name.clone()),
        server: Set(row.server.clone()),
        account: Set(row.account.clone()),
        token_id: Set(row.token.map(|token| token.0)),
        attach_policy: Set(row.attach_policy.word().to_owned()),
        state: Set(word(row.state).to_owned()),
        created_at: Set(row.created_at),
        last_seen: Set(row.last_seen),
        cols: Set(row.cols.into()),
        rows: Set(row.rows.into()),
        title: Set(row.title.clone()),
        ..Default::default()
    }
}

/// A row that was found, with its owner.
pub(crate) fn read(
    (model, owner): (session::Model, Option<member::Model>),
) -> Result<SessionRow, Error> {
    let ending = match (model.ended_at, model.end_reason) {
        (Some(at), Some(reason)) => Some(Ending {
            at,
            reason: read_reason(reason)?,
            by: model.ended_by,
            exit_code: model.exit_code,
            exit_signal: model.exit_signal,
            note: model.end_note,
        }),
        _ => None,
    };
    let (owner_name, owner_email) =
        owner.map(|owner| (owner.name, owner.email)).unwrap_or_default();
    Ok(SessionRow {
        id: SessionId(model.id),
        owner: MemberId(model.owner_id),
        owner_name,
        owner_email,
        idempotency_key: model.idempotency_key,
        name: model.name,
        server: model.server,
        account: model.account,
        token: model.token_id.map(TokenId),
        attach_policy: Word::read(model.attach_policy)?,
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

pub(crate) fn word(state: SessionState) -> &'static str {
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

fn read_reason(found: String) -> Result<EndReason, Error> {
    [EndReason::Exited, EndReason::Closed, EndReason::Expired, EndReason::Dropped, EndReason::Lost]
        .into_iter()
        .find(|reason| reason.code() == found)
        .ok_or(Error::Unknown { what: "end reason", value: found })
}
