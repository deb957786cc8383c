//! A share's row as the rest of websh sees it, and how it is written down.

use chrono::{DateTime, Utc};
use protocol::{
    api::{GuestEnd, Share, ShareState},
    id::{MemberId, SessionId, ShareId},
};
use sea_orm::ActiveValue::Set;

use crate::{Error, entity::share, words::Word};

/// A share, and what is not for everybody's eyes.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareRow {
    /// What its owner may see; its guests only from [`Store::shares_of`]. One whose time is over is
    /// active until somebody ends it.
    pub share: Share,
    /// The session it leads to.
    pub session: SessionId,
    /// Who made it.
    pub by: MemberId,
    /// Its password as an argon2id PHC string.
    pub password_hash: String,
}

/// How a share ends, and its guests with it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ShareEnding {
    /// When.
    pub at: DateTime<Utc>,
    /// Why; anything but active.
    pub state: ShareState,
    /// Who took it back.
    pub by: Option<String>,
    /// What its guests end by.
    pub guests: GuestEnd,
}

/// What of a living share is to be changed.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ShareChanges {
    /// New end.
    pub expires_at: Option<DateTime<Utc>>,
    /// Guests only look.
    pub read_only: Option<bool>,
    /// Guests may type without the owner.
    pub guests_alone: Option<bool>,
}

/// A share that is to end, or may have to, and of what.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct DueShare {
    /// The share.
    pub row: ShareRow,
    /// Who owns its session.
    pub owner: MemberId,
    /// The session's name.
    pub name: String,
    /// The account of its shell.
    pub account: String,
    /// When its session ended, if it did.
    pub session_ended: Option<DateTime<Utc>>,
}

/// A new row as it is inserted.
pub(crate) fn active(row: &ShareRow, token_hash: &[u8; 32]) -> Result<share::ActiveModel, Error> {
    let share = &row.share;
    let max_guests = i32::try_from(share.max_guests).map_err(|_| Error::Unknown {
        what: "number of guests",
        value: share.max_guests.to_string(),
    })?;
    Ok(share::ActiveModel {
        id: Set(share.id.0),
        session_id: Set(row.session.0),
        kind: Set(share.kind.word().to_owned()),
        email: Set(share.email.clone()),
        mail: Set(share.mail.map(|mail| mail.word().to_owned())),
        mail_error: Set(share.mail_error.clone()),
        token_hash: Set(token_hash.to_vec()),
        password_hash: Set(row.password_hash.clone()),
        read_only: Set(share.read_only),
        max_guests: Set(max_guests),
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

/// A row that was found.
pub(crate) fn read(model: share::Model) -> Result<ShareRow, Error> {
    let state = model.end_reason.map(Word::read).transpose()?;
    Ok(ShareRow {
        share: Share {
            id: ShareId(model.id),
            kind: Word::read(model.kind)?,
            email: model.email,
            mail: model.mail.map(Word::read).transpose()?,
            mail_error: model.mail_error,
            state: state.unwrap_or(ShareState::Active),
            read_only: model.read_only,
            max_guests: count(model.max_guests)?,
            guests_alone: model.guests_alone,
            by: model.created_by,
            created_at: model.created_at,
            expires_at: model.expires_at,
            ended_at: model.ended_at,
            ended_by: model.ended_by,
            wrong_passwords: count(model.wrong_passwords)?,
            guests: Vec::new(),
        },
        session: SessionId(model.session_id),
        by: MemberId(model.created_by_id),
        password_hash: model.password_hash,
    })
}

fn count(value: i32) -> Result<u32, Error> {
    u32::try_from(value).map_err(|_| Error::Unknown { what: "count", value: value.to_string() })
}
