//! Sessions, living and ended.

use protocol::{
    api::{AttachPolicy, EndReason, SessionState},
    id::{MemberId, SessionId, TokenId},
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use super::member;
use crate::{
    Error,
    column::{number, parse},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sessions")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub owner_id: Uuid,
    pub idempotency_key: Option<String>,
    pub name: String,
    pub server: String,
    pub account: String,
    pub attach_policy: String,
    pub state: String,
    pub created_at: DateTimeUtc,
    pub last_seen: DateTimeUtc,
    pub cols: i32,
    pub rows: i32,
    pub title: String,
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: Option<String>,
    pub ended_by: Option<String>,
    pub exit_code: Option<i32>,
    pub exit_signal: Option<i32>,
    pub token_id: Option<Uuid>,
    pub end_note: Option<String>,
    #[sea_orm(belongs_to, from = "owner_id", to = "id")]
    pub owner: BelongsTo<member::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// The stored part of a session. The rest is known to the session process alone.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SessionRow {
    pub id: SessionId,
    pub owner: MemberId,
    /// Name of the owner. Read only.
    pub owner_name: String,
    /// Email address of the owner. Read only.
    pub owner_email: String,
    /// Key given by the client that created it, unique among the owner's sessions.
    pub idempotency_key: Option<String>,
    pub name: String,
    pub server: String,
    /// Account that its shell runs as.
    pub account: String,
    /// API token it was created with.
    pub token: Option<TokenId>,
    pub attach_policy: AttachPolicy,
    pub state: SessionState,
    pub created_at: DateTimeUtc,
    /// Time of the last activity once it has ended; the creation time until then.
    pub last_seen: DateTimeUtc,
    /// Columns at the start, at the end once it has ended.
    pub cols: u16,
    /// Rows, likewise.
    pub rows: u16,
    pub title: String,
    pub ending: Option<Ending>,
}

/// The end of a session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Ending {
    pub at: DateTimeUtc,
    pub reason: EndReason,
    /// Name of the person who ended it.
    pub by: Option<String>,
    pub exit_code: Option<i32>,
    /// Signal that ended the shell.
    pub exit_signal: Option<i32>,
    /// Explanation by the person who ended it.
    pub note: Option<String>,
}

impl Ending {
    /// Returns an ending without details.
    #[must_use]
    pub fn new(at: DateTimeUtc, reason: EndReason) -> Self {
        Self { at, reason, by: None, exit_code: None, exit_signal: None, note: None }
    }
}

impl From<&SessionRow> for ActiveModel {
    fn from(row: &SessionRow) -> Self {
        Self {
            id: Set(row.id.0),
            owner_id: Set(row.owner.0),
            idempotency_key: Set(row.idempotency_key.clone()),
            name: Set(row.name.clone()),
            server: Set(row.server.clone()),
            account: Set(row.account.clone()),
            token_id: Set(row.token.map(|token| token.0)),
            attach_policy: Set(row.attach_policy.to_string()),
            state: Set(row.state.to_string()),
            created_at: Set(row.created_at),
            last_seen: Set(row.last_seen),
            cols: Set(row.cols.into()),
            rows: Set(row.rows.into()),
            title: Set(row.title.clone()),
            ..Default::default()
        }
    }
}

pub(crate) fn read((model, owner): (Model, Option<member::Model>)) -> Result<SessionRow, Error> {
    let ending = match (model.ended_at, model.end_reason) {
        (Some(at), Some(reason)) => Some(Ending {
            at,
            reason: parse("end reason", reason)?,
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
        attach_policy: parse("attach policy", model.attach_policy)?,
        state: parse("state", model.state)?,
        created_at: model.created_at,
        last_seen: model.last_seen,
        cols: number("cols", model.cols)?,
        rows: number("rows", model.rows)?,
        title: model.title,
        ending,
    })
}
