//! Devices on which members have signed in.

use chrono::{DateTime, Utc};
use protocol::id::MemberId;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseConnection,
    EntityTrait, QueryFilter,
};
use uuid::Uuid;

use super::credentials::by_hash;
use crate::{
    Error, Member,
    entity::device::{ActiveModel, Column, Entity},
    execute::delete,
};

/// A device of a member who signs in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct NewDevice {
    /// SHA-256 of the secret in its cookie. A device with the same one is replaced.
    pub hash: [u8; 32],
    /// Time at which it is forgotten.
    pub expires_at: DateTime<Utc>,
}

/// Queries on devices. [`SignIns::add`](crate::SignIns::add) adds them.
#[derive(Clone, Debug)]
pub struct Devices {
    pub(crate) db: DatabaseConnection,
}

impl Devices {
    /// Returns the active member of the device with this SHA-256.
    pub async fn member(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<Member>, Error> {
        let columns = (Column::TokenHash, Column::ExpiresAt);
        let found = by_hash::<Entity>(&self.db, columns, hash, now).await?;
        Ok(found.map(|(_, member)| member))
    }

    /// Removes expired devices.
    pub async fn remove_expired(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let expired = Entity::delete_many().filter(Column::ExpiresAt.lte(now));
        delete(&self.db, expired).await.map(drop)
    }
}

pub(super) async fn put(
    db: &impl ConnectionTrait,
    member: MemberId,
    device: &NewDevice,
) -> Result<(), Error> {
    let same = Entity::delete_many().filter(Column::TokenHash.eq(device.hash.to_vec()));
    same.exec(db).await?;
    let row = ActiveModel {
        id: Set(Uuid::now_v7()),
        member_id: Set(member.0),
        token_hash: Set(device.hash.to_vec()),
        expires_at: Set(device.expires_at),
    };
    row.insert(db).await?;
    Ok(())
}
