//! Queries about members.

use chrono::{DateTime, Utc};
use protocol::{api::Role, id::MemberId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, DbBackend, EntityTrait, IsolationLevel,
    PaginatorTrait, QueryFilter, QueryOrder, QuerySelect, TransactionTrait,
};

use crate::{Error, Store, connect::bounded, entity::member};

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
}

impl Store {
    /// Adds a member.
    ///
    /// # Errors
    /// [`Error::Duplicate`] when the address is taken.
    pub async fn add_member(&self, member: Member) -> Result<(), Error> {
        bounded(async {
            active(member).insert(&self.db).await?;
            Ok(())
        })
        .await
    }

    /// Adds the first member. False, and nothing added, when there is one already.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_first_member(&self, member: Member) -> Result<bool, Error> {
        // PostgreSQL would let two at once not see each other; SQLite knows no other level.
        let postgres = self.db.get_database_backend() == DbBackend::Postgres;
        let isolation = postgres.then_some(IsolationLevel::Serializable);
        bounded(async {
            let transaction = self.db.begin_with_config(isolation, None).await?;
            // Written before the count is read, so that of two at once SQLite refuses one.
            active(member).insert(&transaction).await?;
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
            let one: Option<uuid::Uuid> = member::Entity::find()
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

    /// Changes a member's password. False when there is no such member.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn set_password(&self, id: MemberId, hash: &str) -> Result<bool, Error> {
        bounded(async {
            let done = member::Entity::update_many()
                .col_expr(member::Column::PasswordHash, hash.into())
                .filter(member::Column::Id.eq(id.0))
                .exec(&self.db)
                .await?;
            Ok(done.rows_affected == 1)
        })
        .await
    }
}

fn active(member: Member) -> member::ActiveModel {
    member::ActiveModel {
        id: Set(member.id.0),
        email: Set(member.email),
        name: Set(member.name),
        role: Set(role_word(member.role).to_owned()),
        password_hash: Set(member.password_hash),
        created_at: Set(member.created_at),
    }
}

impl TryFrom<member::Model> for Member {
    type Error = Error;

    fn try_from(model: member::Model) -> Result<Self, Error> {
        Ok(Self {
            id: MemberId(model.id),
            email: model.email,
            name: model.name,
            role: read_role(model.role)?,
            password_hash: model.password_hash,
            created_at: model.created_at,
        })
    }
}

fn role_word(role: Role) -> &'static str {
    match role {
        Role::Member => "member",
        Role::Staff => "staff",
        Role::Superuser => "superuser",
    }
}

fn read_role(word: String) -> Result<Role, Error> {
    [Role::Member, Role::Staff, Role::Superuser]
        .into_iter()
        .find(|role| role_word(*role) == word)
        .ok_or(Error::Unknown { what: "role", value: word })
}
