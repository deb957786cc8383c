//! Invites: single-use links to join or to choose a new password.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AccountGrant, AuditEntry, Invite, Role},
    id::{InviteId, MemberId},
};
use sea_orm::{
    ActiveModelTrait, ColumnTrait, ConnectionTrait, DatabaseConnection, EntityTrait, QueryFilter,
    QueryOrder, QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

use super::members;
use crate::{
    Error, InviteRow, Member,
    entity::{invite, member},
    execute::{all, begin, bounded, delete, delete_recorded, finish, one},
    rows::invite::{active, read},
};

/// Queries on invites.
#[derive(Clone, Debug)]
pub struct Invites {
    pub(crate) db: DatabaseConnection,
}

impl Invites {
    /// Adds an invite and removes an unused one of the same kind for the same address. Only the SHA-256
    /// of its secret is stored. Returns false, without a change, if the creator is no longer an active
    /// superuser.
    pub async fn add(
        &self,
        row: &InviteRow,
        hash: &[u8; 32],
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = begin(&self.db, [entry]).await?;
            // PostgreSQL locks the row, so a concurrent demotion of the creator runs before this
            // transaction, or after it and then removes this invite too.
            let creator = row.creator.map_or_else(Uuid::nil, |creator| creator.0);
            let creator =
                member::Entity::find_by_id(creator).lock_shared().one(&transaction).await?;
            let superuser = Role::Superuser.to_string();
            if !creator.is_some_and(|creator| creator.active && creator.role == superuser) {
                return finish(transaction, false).await;
            }
            invite::Entity::delete_many()
                .filter(invite::Column::Email.eq(&row.invite.email))
                .filter(invite::Column::Kind.eq(row.invite.kind.to_string()))
                .filter(invite::Column::UsedAt.is_null())
                .exec(&transaction)
                .await?;
            active(row, hash).insert(&transaction).await?;
            finish(transaction, true).await
        })
        .await
    }

    /// Returns the invite whose secret has this SHA-256, valid or not.
    pub async fn by_hash(&self, hash: &[u8; 32]) -> Result<Option<InviteRow>, Error> {
        let query = invite::Entity::find().filter(invite::Column::TokenHash.eq(hash.to_vec()));
        one(&self.db, query, read).await
    }

    /// Returns the invite with this id, valid or not.
    pub async fn get(&self, id: InviteId) -> Result<Option<InviteRow>, Error> {
        one(&self.db, invite::Entity::find_by_id(id.0), read).await
    }

    /// Lists valid invites, newest first.
    pub async fn pending(&self, now: DateTime<Utc>) -> Result<Vec<Invite>, Error> {
        let query = invite::Entity::find()
            .filter(invite::Column::UsedAt.is_null())
            .filter(invite::Column::ExpiresAt.gt(now))
            .order_by_desc(invite::Column::Id);
        all(&self.db, query, |row| Ok(read(row)?.invite)).await
    }

    /// Removes an unused invite. Returns false if there is none with this id.
    pub async fn remove(&self, id: InviteId, entry: &AuditEntry) -> Result<bool, Error> {
        let deletion = invite::Entity::delete_many()
            .filter(invite::Column::Id.eq(id.0))
            .filter(invite::Column::UsedAt.is_null());
        delete_recorded(&self.db, deletion, entry).await
    }

    /// Uses an invite to add a member. Returns false, without a change, if it is no longer valid.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if a member has this address.
    pub async fn join(
        &self,
        invite: InviteId,
        member: &Member,
        grants: &[AccountGrant],
        now: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = begin(&self.db, [entry]).await?;
            let done = mark_used(&transaction, invite, now).await?;
            if done {
                members::insert(&transaction, member, grants).await?;
            }
            finish(transaction, done).await
        })
        .await
    }

    /// Uses an invite to set a new password, which revokes the member's sign-ins and tokens. Returns
    /// false, without a change, if it is no longer valid.
    pub async fn reset_password(
        &self,
        invite: InviteId,
        member: MemberId,
        password_hash: &str,
        now: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let transaction = begin(&self.db, [entry]).await?;
            let done = mark_used(&transaction, invite, now).await?
                && members::update_password(&transaction, member, password_hash, None).await?;
            finish(transaction, done).await
        })
        .await
    }

    /// Removes expired invites, used or not.
    pub async fn remove_expired(&self, now: DateTime<Utc>) -> Result<(), Error> {
        delete(&self.db, invite::Entity::delete_many().filter(invite::Column::ExpiresAt.lte(now)))
            .await
            .map(drop)
    }
}

async fn mark_used(
    db: &impl ConnectionTrait,
    id: InviteId,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = invite::Entity::update_many()
        .col_expr(invite::Column::UsedAt, Expr::value(now))
        .filter(invite::Column::Id.eq(id.0))
        .filter(invite::Column::UsedAt.is_null())
        .filter(invite::Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
