//! Sign-ins.

use chrono::{DateTime, Utc};
use protocol::{api::AuditEntry, id::MemberId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use uuid::Uuid;

use super::credentials::with_member;
use crate::{
    Error, Member, SignIn,
    entity::{
        member,
        sign_in::{ActiveModel, Column, Entity},
    },
    execute::{all, delete, delete_recorded, recorded},
};

/// Queries on sign-ins.
#[derive(Clone, Debug)]
pub struct SignIns {
    pub(crate) db: DatabaseConnection,
}

impl SignIns {
    /// Adds a sign-in that was verified against `password_hash`. Returns false, without a change, if the
    /// member's password has changed since or the member is deactivated.
    pub async fn add(
        &self,
        sign_in: &SignIn,
        password_hash: &str,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        recorded(&self.db, [entry], async |db| {
            // This writes the member's row, so a concurrent password change runs before this
            // transaction, or after it and then removes this sign-in too.
            let done = member::Entity::update_many()
                .col_expr(member::Column::SignedInAt, Expr::value(sign_in.created_at))
                .filter(member::Column::Id.eq(sign_in.member.0))
                .filter(member::Column::Active.eq(true))
                .filter(member::Column::PasswordHash.eq(password_hash))
                .exec(db)
                .await?;
            if done.rows_affected == 0 {
                return Ok(false);
            }
            ActiveModel::from(sign_in).insert(db).await?;
            Ok(true)
        })
        .await
    }

    /// Returns the valid sign-in with this SHA-256, and its member.
    pub async fn by_hash(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<(SignIn, Member)>, Error> {
        let query = Entity::find()
            .filter(Column::TokenHash.eq(hash.to_vec()))
            .filter(Column::ExpiresAt.gt(now));
        let found = with_member(&self.db, query).await?;
        found.map(|(row, member)| Ok((row.try_into()?, member))).transpose()
    }

    /// Lists a member's sign-ins that have not expired, newest first.
    pub async fn of_member(
        &self,
        member: MemberId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SignIn>, Error> {
        let query = Entity::find()
            .filter(Column::MemberId.eq(member.0))
            .filter(Column::ExpiresAt.gt(now))
            .order_by_desc(Column::Id);
        all(&self.db, query, SignIn::try_from).await
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
