//! Guests, present or not, with the references that the owner of their session does not see.

use protocol::{
    api::Guest,
    id::{GuestId, MemberId, ShareId},
};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::{Error, column::parse};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "guests")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub share_id: Uuid,
    pub member_id: Option<Uuid>,
    pub name: String,
    pub source: String,
    pub device: String,
    #[sea_orm(unique)]
    pub cookie_hash: Vec<u8>,
    pub joined_at: DateTimeUtc,
    pub left_at: Option<DateTimeUtc>,
    pub end_reason: Option<String>,
    pub keys: i64,
    #[sea_orm(belongs_to, from = "share_id", to = "id")]
    pub share: BelongsTo<super::share::Entity>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A guest. Attachments are not stored: `guest.here` is always false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestRow {
    /// The part shown to the owner of the session.
    pub guest: Guest,
    /// The share they joined through.
    pub share: ShareId,
    /// Their member id, if they were signed in.
    pub member: Option<MemberId>,
}

pub(crate) fn active(row: &GuestRow, cookie_hash: &[u8; 32]) -> ActiveModel {
    let guest = row.guest.clone();
    ActiveModel {
        id: Set(guest.id.0),
        share_id: Set(row.share.0),
        member_id: Set(row.member.map(|member| member.0)),
        name: Set(guest.name),
        source: Set(guest.source),
        device: Set(guest.device),
        cookie_hash: Set(cookie_hash.to_vec()),
        joined_at: Set(guest.joined_at),
        left_at: Set(None),
        end_reason: Set(None),
        keys: Set(0),
    }
}

impl TryFrom<Model> for GuestRow {
    type Error = Error;

    fn try_from(model: Model) -> Result<Self, Error> {
        Ok(Self {
            guest: Guest {
                id: GuestId(model.id),
                name: model.name,
                member: model.member_id.is_some(),
                source: model.source,
                device: model.device,
                here: false,
                joined_at: model.joined_at,
                left_at: model.left_at,
                end: model.end_reason.map(|end| parse("end of a guest", end)).transpose()?,
                keys: u64::try_from(model.keys).unwrap_or_default(),
            },
            share: ShareId(model.share_id),
            member: model.member_id.map(MemberId),
        })
    }
}
