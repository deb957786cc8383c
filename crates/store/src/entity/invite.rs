//! Invites: single-use links to join or to choose a new password.

use protocol::{
    api::Invite,
    id::{InviteId, MemberId},
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::{Error, column::parse};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "invites")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub kind: String,
    pub email: String,
    pub role: String,
    pub member_id: Option<Uuid>,
    #[sea_orm(unique)]
    pub token_hash: Vec<u8>,
    pub created_by: String,
    pub creator_id: Option<Uuid>,
    pub created_at: DateTimeUtc,
    pub expires_at: DateTimeUtc,
    pub used_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// An invite with its state.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct InviteRow {
    /// The part shown to superusers.
    pub invite: Invite,
    /// The member whose password it resets.
    pub member: Option<MemberId>,
    /// The member who created it. Absent in invites from before this was stored that were used.
    pub creator: Option<MemberId>,
    pub used_at: Option<DateTimeUtc>,
}

pub(crate) fn active(row: &InviteRow, token_hash: &[u8; 32]) -> ActiveModel {
    let invite = &row.invite;
    ActiveModel {
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

impl TryFrom<Model> for InviteRow {
    type Error = Error;

    fn try_from(model: Model) -> Result<Self, Error> {
        Ok(Self {
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
}
