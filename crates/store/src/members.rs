//! Queries about members.

use chrono::{DateTime, Utc};
use protocol::{
    api::{AccountGrant, AuditEntry, ChangeMember, Role},
    id::MemberId,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, ConnectionTrait, DbBackend, EntityTrait,
    IntoActiveModel, IsolationLevel, PaginatorTrait, QueryFilter, QueryOrder, QuerySelect,
    TransactionTrait,
};
use uuid::Uuid;

use crate::{
    Error, Store,
    audit::{finish, record},
    connect::bounded,
    entity::{invite, member, sign_in, token},
    grants,
    words::Word,
};

/// What became of a change of a member.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Change {
    /// It is done.
    Done,
    /// There is no such member.
    NoMember,
    /// Nothing was changed: no superuser would be left who can come in.
    LastSuperuser,
}

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Id.
    pub id: MemberId,
    /// Sign-in name: an e-mail address, lower case.
    pub email: String,
    /// Name shown to others.
    pub name: String,
    /// What they may do.
    pub role: Role,
    /// Their password as an argon2id PHC string.
    pub password_hash: String,
    /// Member since.
    pub created_at: DateTime<Utc>,
    /// False once deactivated.
    pub active: bool,
    /// When they last signed in.
    pub signed_in_at: Option<DateTime<Utc>>,
}

impl Store {
    /// Adds a member, with what is granted to them.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when the address is taken.
    pub async fn add_member(
        &self,
        member: &Member,
        grants: &[AccountGrant],
        entry: &AuditEntry,
    ) -> Result<(), Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            insert(&change, member, grants).await?;
            Ok(change.commit().await?)
        })
        .await
    }

    /// Adds the first member. False, and nothing added, when there is one already.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_first_member(
        &self,
        member: &Member,
        grants: &[AccountGrant],
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        // PostgreSQL would let two at once not see each other; SQLite knows no other level.
        let postgres = self.db.get_database_backend() == DbBackend::Postgres;
        let isolation = postgres.then_some(IsolationLevel::Serializable);
        bounded(async {
            let transaction = self.db.begin_with_config(isolation, None).await?;
            // Written before the count is read, so that of two at once SQLite refuses one.
            record(&transaction, entry).await?;
            insert(&transaction, member, grants).await?;
            let others = member::Entity::find().count(&transaction).await?;
            if others > 1 {
                transaction.rollback().await?;
                return Ok(false);
            }
            transaction.commit().await?;
            Ok(true)
        })
        .await
        .or_else(|error| if matches!(error, Error::Duplicate) { Ok(false) } else { Err(error) })
    }

    /// Whether there is any member.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn has_members(&self) -> Result<bool, Error> {
        bounded(async {
            let one: Option<Uuid> = member::Entity::find()
                .select_only()
                .column(member::Column::Id)
                .into_tuple()
                .one(&self.db)
                .await?;
            Ok(one.is_some())
        })
        .await
    }

    /// The member of an id.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn member(&self, id: MemberId) -> Result<Option<Member>, Error> {
        bounded(async {
            member::Entity::find_by_id(id.0).one(&self.db).await?.map(Member::try_from).transpose()
        })
        .await
    }

    /// The member of an address, which is lower case.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn member_by_email(&self, email: &str) -> Result<Option<Member>, Error> {
        bounded(async {
            member::Entity::find()
                .filter(member::Column::Email.eq(email))
                .one(&self.db)
                .await?
                .map(Member::try_from)
                .transpose()
        })
        .await
    }

    /// All members by address.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn members(&self) -> Result<Vec<Member>, Error> {
        bounded(async {
            let found =
                member::Entity::find().order_by_asc(member::Column::Email).all(&self.db).await?;
            found.into_iter().map(Member::try_from).collect()
        })
        .await
    }

    /// Changes a member. Deactivating ends their sign-ins and tokens and withdraws links for them; who
    /// is no superuser any more, the links that they handed out are withdrawn.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn change_member(
        &self,
        id: MemberId,
        change: &ChangeMember,
        entries: &[AuditEntry],
    ) -> Result<Change, Error> {
        bounded(async {
            let transaction = self.db.begin().await?;
            // First of all a write, so that SQLite lets one change follow the other.
            for entry in entries {
                record(&transaction, entry).await?;
            }
            let Some(found) = member::Entity::find_by_id(id.0).one(&transaction).await? else {
                transaction.rollback().await?;
                return Ok(Change::NoMember);
            };
            let superuser = Role::Superuser.word();
            let steps_down = change.active == Some(false)
                || change.role.is_some_and(|role| role != Role::Superuser);
            if steps_down {
                // Locked where the database can: of two who demote each other one waits here, and
                // then sees what the other has done.
                let left = member::Entity::find()
                    .filter(member::Column::Role.eq(superuser))
                    .filter(member::Column::Active.eq(true))
                    .order_by_asc(member::Column::Id)
                    .lock_exclusive()
                    .all(&transaction)
                    .await?;
                if left.len() == 1 && left.iter().any(|last| last.id == id.0) {
                    transaction.rollback().await?;
                    return Ok(Change::LastSuperuser);
                }
            }
            let mut changed = found.into_active_model();
            if let Some(name) = &change.name {
                changed.name = Set(name.clone());
            }
            if let Some(role) = change.role {
                changed.role = Set(role.word().to_owned());
            }
            if let Some(active) = change.active {
                changed.active = Set(active);
            }
            if changed.is_changed() {
                changed.update(&transaction).await?;
            }
            if steps_down {
                // Whoever holds a link of theirs has it from somebody who may not give it.
                invite::Entity::delete_many()
                    .filter(invite::Column::CreatorId.eq(id.0))
                    .filter(invite::Column::UsedAt.is_null())
                    .exec(&transaction)
                    .await?;
            }
            if change.active == Some(false) {
                shut_out(&transaction, id, None).await?;
            }
            transaction.commit().await?;
            Ok(Change::Done)
        })
        .await
    }

    /// Changes a member's password and ends all sign-ins but `keep`. Without one to keep, tokens end
    /// too. False when there is no such member.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn set_password(
        &self,
        id: MemberId,
        hash: &str,
        keep: Option<Uuid>,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            let done = new_password(&change, id, hash, keep).await?;
            finish(change, done).await
        })
        .await
    }
}

/// Adds a member with grants, as part of whatever `db` is.
pub(crate) async fn insert(
    db: &impl ConnectionTrait,
    member: &Member,
    grants: &[AccountGrant],
) -> Result<(), Error> {
    active(member.clone()).insert(db).await?;
    for grant in grants {
        grants::insert(db, grant).await?;
    }
    Ok(())
}

/// Sets a password and shuts out whoever came in by the old one.
pub(crate) async fn new_password(
    db: &impl ConnectionTrait,
    id: MemberId,
    hash: &str,
    keep: Option<Uuid>,
) -> Result<bool, Error> {
    let done = member::Entity::update_many()
        .col_expr(member::Column::PasswordHash, hash.into())
        .filter(member::Column::Id.eq(id.0))
        .exec(db)
        .await?;
    shut_out(db, id, keep).await?;
    Ok(done.rows_affected == 1)
}

/// Ends every way in that a member has, but for the sign-in `keep`; tokens stay with it.
async fn shut_out(
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
    invite::Entity::delete_many()
        .filter(invite::Column::MemberId.eq(id.0))
        .filter(invite::Column::UsedAt.is_null())
        .exec(db)
        .await?;
    Ok(())
}

fn active(member: Member) -> member::ActiveModel {
    member::ActiveModel {
        id: Set(member.id.0),
        email: Set(member.email),
        name: Set(member.name),
        role: Set(member.role.word().to_owned()),
        password_hash: Set(member.password_hash),
        created_at: Set(member.created_at),
        active: Set(member.active),
        signed_in_at: Set(member.signed_in_at),
    }
}

impl TryFrom<member::Model> for Member {
    type Error = Error;

    fn try_from(model: member::Model) -> Result<Self, Error> {
        Ok(Self {
            id: MemberId(model.id),
            email: model.email,
            name: model.name,
            role: Word::read(model.role)?,
            password_hash: model.password_hash,
            created_at: model.created_at,
            active: model.active,
            signed_in_at: model.signed_in_at,
        })
    }
}
