//! An invite with its state.

use chrono::{DateTime, Utc};
use protocol::{
    api::Invite,
    id::{InviteId, MemberId},
};
use sea_orm::ActiveValue::Set;

use crate::{Error, column::parse, entity::invite};

/// A single-use link to join or to choose a new password.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteRow {
    /// The part shown to superusers.
    pub invite: Invite,
    /// The member whose password it resets.
    pub member: Option<MemberId>,
    /// The member who created it. Absent in invites from before this was stored that were used.
    pub creator: Option<MemberId>,
    /// The time it was used.
    pub used_at: Option<DateTime<Utc>>,
}

pub(crate) fn active(row: &InviteRow, token_hash: &[u8; 32]) -> invite::ActiveModel {
    let invite = &row.invite;
    invite::ActiveModel {
        id: Set(invite.id.0),
        kind: Set(invite.kind.to_string()),
        email: Set(invite.email.clone()),
        role: Set(invite.role.to_string()),
        member_id: Set(row.member.map(|member| member.0)),
        token_hash: Set(token_hash.to_vec()),
        created_by: Set(invite.by.clone()),
        creator_id: Set(row.creator.map(|creator| creator.0)),
        created_at: Set(invite.created_at),
        expires_at: Set(invite.expires_at),
        used_at: Set(row.used_at),
    }
}

pub(crate) fn read(model: invite::Model) -> Result<InviteRow, Error> {
    Ok(InviteRow {
        invite: Invite {
            id: InviteId(model.id),
            kind: parse("kind of invite", model.kind)?,
            email: model.email,
            role: parse("role", model.role)?,
            by: model.created_by,
            created_at: model.created_at,
            expires_at: model.expires_at,
        },
        member: model.member_id.map(MemberId),
        creator: model.creator_id.map(MemberId),
        used_at: model.used_at,
    })
}
