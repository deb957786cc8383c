//! Sign-ins.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, SignInInfo},
    id::MemberId,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter,
    QueryOrder, sea_query::Expr,
};
use uuid::Uuid;

use super::{
    credentials::by_hash,
    devices::{self, NewDevice},
};
use crate::{
    Error, Member,
    entity::{
        member,
        sign_in::{ActiveModel, Column, Entity, Model},
    },
    execute::{all, delete, delete_recorded, recorded},
};

/// Queries on sign-ins. The one of the current request is not known here: `current` is always false.
#[derive(Clone, Debug)]
pub struct SignIns {
    pub(crate) db: DatabaseConnection,
}

impl SignIns {
    /// Adds a sign-in, and its device, of a member that was verified against `password_hash`. Only the SHA-256 of its
    /// secret is stored. Returns false, without a change, if the member's password has changed since or
    /// the member is deactivated.
    pub async fn add(
        &self,
        member: MemberId,
        info: &SignInInfo,
        hash: &[u8; 32],
        password_hash: &str,
        device: &NewDevice,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        recorded(&self.db, [entry], async |db| {
            // This writes the member's row, so a concurrent password change runs before this
            // transaction, or after it and then removes this sign-in too.
            let done = member::Entity::update_many()
                .col_expr(member::Column::SignedInAt, Expr::value(info.created_at))
                .filter(member::Column::Id.eq(member.0))
                .filter(member::Column::Active.eq(true))
                .filter(member::Column::PasswordHash.eq(password_hash))
                .exec(db)
                .await?;
            if done.rows_affected == 0 {
                return Ok(false);
            }
            let sign_in = ActiveModel {
                id: Set(info.id),
                member_id: Set(member.0),
                token_hash: Set(hash.to_vec()),
                created_at: Set(info.created_at),
                expires_at: Set(info.expires_at),
                device: Set(info.device.clone()),
                source: Set(info.source.clone()),
            };
            sign_in.insert(db).await?;
            devices::put(db, member, device).await?;
            Ok(true)
        })
        .await
    }

    /// Returns the valid sign-in with this SHA-256, and its member.
    pub async fn by_hash(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<(SignInInfo, Member)>, Error> {
        let columns = (Column::TokenHash, Column::ExpiresAt);
        let found = by_hash::<Entity>(&self.db, columns, hash, now).await?;
        Ok(found.map(|(row, member)| (read(row), member)))
    }

    /// Lists a member's sign-ins that have not expired, newest first.
    pub async fn of_member(
        &self,
        member: MemberId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SignInInfo>, Error> {
        let query = Entity::find()
            .filter(Column::MemberId.eq(member.0))
            .filter(Column::ExpiresAt.gt(now))
            .order_by_desc(Column::Id);
        all(&self.db, query, |row| Ok(read(row))).await
    }

    /// Removes a sign-in. Returns false if there is none with this id.
    pub async fn remove(&self, id: Uuid, entry: &AuditEntry) -> Result<bool, Error> {
        delete_recorded(&self.db, Entity::delete_many().filter(Column::Id.eq(id)), entry).await
    }

    /// Removes expired sign-ins.
    pub async fn remove_expired(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let expired = Entity::delete_many().filter(Column::ExpiresAt.lte(now));
        delete(&self.db, expired).await.map(drop)
    }
}

fn read(model: Model) -> SignInInfo {
    SignInInfo {
        id: model.id,
        device: model.device,
        source: model.source,
        created_at: model.created_at,
        expires_at: model.expires_at,
        current: false,
    }
}
