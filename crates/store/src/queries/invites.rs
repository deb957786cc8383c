//! Invites: single-use links to join or to choose a new password.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AuditEntry, Invite, Role},
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
    entity::{
        invite::{Column, Entity, active},
        member,
    },
    execute::{all, delete_recorded, one, recorded},
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
        recorded(&self.db, [entry], async |db| {
            // PostgreSQL locks the row, so a concurrent demotion of the creator runs before this
            // transaction, or after it and then removes this invite too.
            let creator = row.creator.map_or_else(Uuid::nil, |creator| creator.0);
            let creator = member::Entity::find_by_id(creator).lock_shared().one(db).await?;
            let superuser = Role::Superuser.to_string();
            if !creator.is_some_and(|creator| creator.active && creator.role == superuser) {
                return Ok(false);
            }
            Entity::delete_many()
                .filter(Column::Email.eq(&row.invite.email))
                .filter(Column::Kind.eq(row.invite.kind.to_string()))
                .filter(Column::UsedAt.is_null())
                .exec(db)
                .await?;
            active(row, hash).insert(db).await?;
            Ok(true)
        })
        .await
    }

    /// Returns the invite whose secret has this SHA-256, valid or not.
    pub async fn by_hash(&self, hash: &[u8; 32]) -> Result<Option<InviteRow>, Error> {
        let query = Entity::find().filter(Column::TokenHash.eq(hash.to_vec()));
        one(&self.db, query, InviteRow::try_from).await
    }

    /// Returns the invite with this id, valid or not.
    pub async fn get(&self, id: InviteId) -> Result<Option<InviteRow>, Error> {
        one(&self.db, Entity::find_by_id(id.0), InviteRow::try_from).await
    }

    /// Lists valid invites, newest first.
    pub async fn pending(&self, now: DateTime<Utc>) -> Result<Vec<Invite>, Error> {
        let query = Entity::find()
            .filter(Column::UsedAt.is_null())
            .filter(Column::ExpiresAt.gt(now))
            .order_by_desc(Column::Id);
        all(&self.db, query, |row| Ok(InviteRow::try_from(row)?.invite)).await
    }

    /// Removes an unused invite. Returns false if there is none with this id.
    pub async fn remove(&self, id: InviteId, entry: &AuditEntry) -> Result<bool, Error> {
        let deletion =
            Entity::delete_many().filter(Column::Id.eq(id.0)).filter(Column::UsedAt.is_null());
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
        now: DateTime<Utc>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        recorded(&self.db, [entry], async |db| {
            let done = mark_used(db, invite, now).await?;
            if done {
                members::insert(db, member, &[]).await?;
            }
            Ok(done)
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
        recorded(&self.db, [entry], async |db| {
            Ok(mark_used(db, invite, now).await?
                && members::update_password(db, member, password_hash, None).await?)
        })
        .await
    }
}

async fn mark_used(
    db: &impl ConnectionTrait,
    id: InviteId,
    now: DateTime<Utc>,
) -> Result<bool, Error> {
    let done = Entity::update_many()
        .col_expr(Column::UsedAt, Expr::value(now))
        .filter(Column::Id.eq(id.0))
        .filter(Column::UsedAt.is_null())
        .filter(Column::ExpiresAt.gt(now))
        .exec(db)
        .await?;
    Ok(done.rows_affected == 1)
}
