//! Sign-ins.

use chrono::{DateTime, Utc};
use protocol::{api::AuditEntry, id::MemberId};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use uuid::Uuid;

use super::credentials;
use crate::{
    Error, Member, SignIn,
    entity::{member, sign_in},
    execute::{all, begin, bounded, delete, delete_recorded, finish},
    rows::sign_in::{active, read},
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
        bounded(async {
            let transaction = begin(&self.db, [entry]).await?;
            // This writes the member's row, so a concurrent password change runs before this
            // transaction, or after it and then removes this sign-in too.
            let done = member::Entity::update_many()
                .col_expr(member::Column::SignedInAt, Expr::value(sign_in.created_at))
                .filter(member::Column::Id.eq(sign_in.member.0))
                .filter(member::Column::Active.eq(true))
                .filter(member::Column::PasswordHash.eq(password_hash))
                .exec(&transaction)
                .await?;
            if done.rows_affected == 0 {
                return finish(transaction, false).await;
            }
            active(sign_in).insert(&transaction).await?;
            finish(transaction, true).await
        })
        .await
    }

    /// Returns the valid sign-in with this SHA-256, and its member.
    pub async fn by_hash(
        &self,
        hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<(SignIn, Member)>, Error> {
        bounded(async {
            let found = credentials::by_hash::<sign_in::Entity>(&self.db, hash, now).await?;
            found.map(|(row, member)| Ok((read(row)?, member))).transpose()
        })
        .await
    }

    /// Lists a member's sign-ins that have not expired, newest first.
    pub async fn of_member(
        &self,
        member: MemberId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SignIn>, Error> {
        let query = sign_in::Entity::find()
            .filter(sign_in::Column::MemberId.eq(member.0))
            .filter(sign_in::Column::ExpiresAt.gt(now))
            .order_by_desc(sign_in::Column::Id);
        all(&self.db, query, read).await
    }

    /// Removes a sign-in. Returns false if there is none with this id.
    pub async fn remove(&self, id: Uuid, entry: &AuditEntry) -> Result<bool, Error> {
        let deletion = sign_in::Entity::delete_many().filter(sign_in::Column::Id.eq(id));
        delete_recorded(&self.db, deletion, entry).await
    }

    /// Removes expired sign-ins.
    pub async fn remove_expired(&self, now: DateTime<Utc>) -> Result<(), Error> {
        let deletion = sign_in::Entity::delete_many().filter(sign_in::Column::ExpiresAt.lte(now));
        delete(&self.db, deletion).await.map(drop)
    }
}
