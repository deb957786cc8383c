//! Members.

use protocol::{
    api::{AccountGrant, AuditEntry, ChangeMember, Role},
    id::MemberId,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DatabaseConnection,
    DbBackend, EntityTrait, IntoActiveModel, IsolationLevel, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, TransactionTrait,
};
use uuid::Uuid;

use super::grants;
use crate::{
    Error, Member,
    entity::{
        device, invite,
        member::{ActiveModel, Column, Entity},
        sign_in, token,
    },
    execute::{all, any, bounded, finish, one, record, recorded},
};

/// Result of [`Members::change`].
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MemberChange {
    /// The change was made.
    Done,
    /// No member has this id.
    NotFound,
    /// Nothing was changed: no active superuser would be left.
    LastSuperuser,
}

/// Queries on members.
#[derive(Clone, Debug)]
pub struct Members {
    pub(crate) db: DatabaseConnection,
}

impl Members {
    /// Adds a member with account grants.
    ///
    /// # Errors
    /// [`Error::Duplicate`] if a member has this address.
    pub async fn add(
        &self,
        member: &Member,
        grants: &[AccountGrant],
        entry: &AuditEntry,
    ) -> Result<(), Error> {
        recorded(&self.db, [entry], async |db| insert(db, member, grants).await.map(|()| true))
            .await
            .map(drop)
    }

    /// Adds the first member. Returns false, without a change, if there is a member.
    pub async fn add_first(
        &self,
        member: &Member,
        grants: &[AccountGrant],
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        // PostgreSQL would hide two concurrent inserts from each other; SQLite has no other level.
        let postgres = self.db.get_database_backend() == DbBackend::Postgres;
        let isolation = postgres.then_some(IsolationLevel::Serializable);
        bounded(async {
            let transaction = self.db.begin_with_config(isolation, None).await?;
            // Inserted before the count, so that SQLite refuses one of two concurrent transactions.
            record(&transaction, entry).await?;
            insert(&transaction, member, grants).await?;
            let count = Entity::find().count(&transaction).await?;
            finish(transaction, count == 1).await
        })
        .await
        .or_else(|error| if matches!(error, Error::Duplicate) { Ok(false) } else { Err(error) })
    }

    /// Returns whether there is a member.
    pub async fn any(&self) -> Result<bool, Error> {
        any(&self.db, Entity::find()).await
    }

    /// Returns the member with this id.
    pub async fn get(&self, id: MemberId) -> Result<Option<Member>, Error> {
        one(&self.db, Entity::find_by_id(id.0), Member::try_from).await
    }

    /// Returns the member with this email address, given in lower case.
    pub async fn by_email(&self, email: &str) -> Result<Option<Member>, Error> {
        one(&self.db, Entity::find().filter(Column::Email.eq(email)), Member::try_from).await
    }

    /// Lists all members, ordered by email address.
    pub async fn list(&self) -> Result<Vec<Member>, Error> {
        all(&self.db, Entity::find().order_by_asc(Column::Email), Member::try_from).await
    }

    /// Changes a member. Deactivation removes their sign-ins, tokens and unused invites for them. A
    /// superuser who is demoted or deactivated also loses the invites they created.
    pub async fn change(
        &self,
        id: MemberId,
        change: &ChangeMember,
        entries: &[AuditEntry],
    ) -> Result<MemberChange, Error> {
        let mut result = MemberChange::Done;
        recorded(&self.db, entries, async |db| {
            let Some(found) = Entity::find_by_id(id.0).one(db).await? else {
                result = MemberChange::NotFound;
                return Ok(false);
            };
            let steps_down = change.active == Some(false)
                || change.role.is_some_and(|role| role != Role::Superuser);
            if steps_down {
                // PostgreSQL locks these rows: of two superusers who demote each other concurrently, one
                // waits here and then reads the other's change.
                let superusers = Entity::find()
                    .filter(Column::Role.eq(Role::Superuser.to_string()))
                    .filter(Column::Active.eq(true))
                    .order_by_asc(Column::Id)
                    .lock_exclusive()
                    .all(db)
                    .await?;
                if superusers.len() == 1 && superusers.iter().any(|last| last.id == id.0) {
                    result = MemberChange::LastSuperuser;
                    return Ok(false);
                }
            }
            let mut changed = found.into_active_model();
            if let Some(name) = &change.name {
                changed.name = Set(name.clone());
            }
            if let Some(role) = change.role {
                changed.role = Set(role.to_string());
            }
            if let Some(active) = change.active {
                changed.active = Set(active);
            }
            if changed.is_changed() {
                changed.update(db).await?;
            }
            if steps_down {
                // Only a superuser may create invites.
                remove_unused_invites(db, invite::Column::CreatorId, id).await?;
            }
            if change.active == Some(false) {
                revoke_credentials(db, id, None).await?;
            }
            Ok(true)
        })
        .await?;
        Ok(result)
    }

    /// Sets a member's password and revokes all sign-ins except `keep`. Without `keep`, tokens are
    /// revoked too. Returns false if there is no such member.
    pub async fn set_password(
        &self,
        id: MemberId,
        hash: &str,
        keep: Option<Uuid>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        recorded(&self.db, [entry], async |db| update_password(db, id, hash, keep).await).await
    }
}

pub(super) async fn insert(
    db: &impl ConnectionTrait,
    member: &Member,
    grants: &[AccountGrant],
) -> Result<(), Error> {
    ActiveModel::from(member.clone()).insert(db).await?;
    for grant in grants {
        grants::insert(db, grant).await?;
    }
    Ok(())
}

/// Sets a password and revokes the credentials obtained with the old one.
pub(super) async fn update_password(
    db: &impl ConnectionTrait,
    id: MemberId,
    hash: &str,
    keep: Option<Uuid>,
) -> Result<bool, Error> {
    let done = Entity::update_many()
        .col_expr(Column::PasswordHash, hash.into())
        .filter(Column::Id.eq(id.0))
        .exec(db)
        .await?;
    revoke_credentials(db, id, keep).await?;
    Ok(done.rows_affected == 1)
}

/// Removes a member's sign-ins except `keep`, devices, unused invites and, without `keep`, tokens.
async fn revoke_credentials(
    db: &impl ConnectionTrait,
    id: MemberId,
    keep: Option<Uuid>,
) -> Result<(), Error> {
    let mut sign_ins = sign_in::Entity::delete_many().filter(sign_in::Column::MemberId.eq(id.0));
    if let Some(keep) = keep {
        sign_ins = sign_ins.filter(sign_in::Column::Id.ne(keep));
    } else {
        token::Entity::delete_many().filter(token::Column::MemberId.eq(id.0)).exec(db).await?;
    }
    sign_ins.exec(db).await?;
    device::Entity::delete_many().filter(device::Column::MemberId.eq(id.0)).exec(db).await?;
    remove_unused_invites(db, invite::Column::MemberId, id).await
}

async fn remove_unused_invites(
    db: &impl ConnectionTrait,
    column: invite::Column,
    member: MemberId,
) -> Result<(), Error> {
    let unused = invite::Entity::delete_many().filter(invite::Column::UsedAt.is_null());
    unused.filter(column.eq(member.0)).exec(db).await?;
    Ok(())
}
