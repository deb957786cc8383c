//! A guest with the references that their owner does not see.

use protocol::{
    api::Guest,
    id::{GuestId, MemberId, ShareId},
};
use sea_orm::ActiveValue::Set;

use crate::{Error, column::parse, entity::guest};

/// A guest. Attachments are not stored: `guest.here` is always false.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GuestRow {
    /// The part shown to the owner of the session.
    pub guest: Guest,
    /// The share they joined by.
    pub share: ShareId,
    /// Their member id, if they were signed in.
    pub member: Option<MemberId>,
}

pub(crate) fn active(row: &GuestRow, cookie_hash: &[u8; 32]) -> guest::ActiveModel {
    let guest = row.guest.clone();
    guest::ActiveModel {
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

pub(crate) fn read(model: guest::Model) -> Result<GuestRow, Error> {
    Ok(GuestRow {
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
