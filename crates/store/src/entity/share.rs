//! Shares: links with a password that give guests access to a session.

use protocol::{
    api::{GuestEnd, Share, ShareState},
    id::{MemberId, SessionId, ShareId},
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::{
    Error,
    column::{number, parse},
};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "shares")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub session_id: Uuid,
    pub kind: String,
    pub email: Option<String>,
    pub mail: Option<String>,
    pub mail_error: Option<String>,
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    pub password_hash: String,
    pub read_only: bool,
    pub max_guests: i32,
    pub guests_alone: bool,
    pub created_by_id: Uuid,
    pub created_by: String,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub ended_at: Option<DateTimeUtc>,
    pub end_reason: Option<String>,
    pub ended_by: Option<String>,
    pub wrong_passwords: i32,
    #[sea_orm(belongs_to, from = "session_id", to = "id")]
    pub session: BelongsTo<super::session::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// Selects shares that have not ended or expired.
pub fn living(now: DateTimeUtc) -> Select<Entity> {
    Entity::find().filter(Column::EndedAt.is_null()).filter(Column::ExpiresAt.gt(now))
}

/// A share.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareRow {
    /// The part shown to its owner. Its guests are filled in by
    /// [`Shares::of_session`](crate::Shares::of_session) only. An expired share remains active until
    /// [`Shares::end`](crate::Shares::end) is called.
    pub share: Share,
    pub session: SessionId,
    /// The member who created it.
    pub by: MemberId,
    /// Argon2id PHC string of the password.
    pub password_hash: String,
}

/// The end of a share and of its guests.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareEnding {
    pub at: DateTimeUtc,
    /// Reason: any state except active.
    pub state: ShareState,
    /// Name of the person who revoked it.
    pub by: Option<String>,
    /// Reason stored for its guests.
    pub guests: GuestEnd,
}

/// Changes of a living share. Absent fields stay as they are.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShareChanges {
    pub expires_at: Option<DateTimeUtc>,
    /// Guests are read-only.
    pub read_only: Option<bool>,
    /// Guests may type while the owner is away.
    pub guests_alone: Option<bool>,
}

/// A share with the owner, name, account and end of its session.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareContext {
    pub row: ShareRow,
    pub owner: MemberId,
    pub name: String,
    pub account: String,
    pub session_ended: Option<DateTimeUtc>,
}

pub(crate) fn active(row: &ShareRow, token_hash: &[u8; 32]) -> Result<ActiveModel, Error> {
    let share = &row.share;
    Ok(ActiveModel {
        id: Set(share.id.0),
        session_id: Set(row.session.0),
        kind: Set(share.kind.to_string()),
        email: Set(share.email.clone()),
        mail: Set(share.mail.map(|mail| mail.to_string())),
        mail_error: Set(share.mail_error.clone()),
        token_hash: Set(token_hash.to_vec()),
        password_hash: Set(row.password_hash.clone()),
        read_only: Set(share.read_only),
        max_guests: Set(number("number of guests", share.max_guests)?),
        guests_alone: Set(share.guests_alone),
        created_by_id: Set(row.by.0),
        created_by: Set(share.by.clone()),
        created_at: Set(share.created_at),
        expires_at: Set(share.expires_at),
        ended_at: Set(None),
        end_reason: Set(None),
        ended_by: Set(None),
        wrong_passwords: Set(0),
    })
}

impl TryFrom<Model> for ShareRow {
    type Error = Error;

    fn try_from(model: Model) -> Result<Self, Error> {
        let state = model.end_reason.map(|reason| parse("end of a share", reason)).transpose()?;
        Ok(Self {
            share: Share {
                id: ShareId(model.id),
                kind: parse("kind of share", model.kind)?,
                email: model.email,
                mail: model.mail.map(|mail| parse("state of an email", mail)).transpose()?,
                mail_error: model.mail_error,
                state: state.unwrap_or(ShareState::Active),
                read_only: model.read_only,
                max_guests: number("count", model.max_guests)?,
                guests_alone: model.guests_alone,
                by: model.created_by,
                created_at: model.created_at,
                expires_at: model.expires_at,
                ended_at: model.ended_at,
                ended_by: model.ended_by,
                wrong_passwords: number("count", model.wrong_passwords)?,
                guests: Vec::new(),
            },
            session: SessionId(model.session_id),
            by: MemberId(model.created_by_id),
            password_hash: model.password_hash,
        })
    }
}
