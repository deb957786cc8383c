//! Members of the workspace.

use protocol::{api::Role, id::MemberId};
use sea_orm::{ActiveValue::Set, entity::prelude::*};

use crate::{Error, column::parse};

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "members")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(unique)]
    pub email: String,
    pub name: String,
    pub role: String,
    pub password_hash: String,
    pub created_at: DateTimeUtc,
    pub active: bool,
    pub signed_in_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    pub id: MemberId,
    /// Email address in lower case, used to sign in.
    pub email: String,
    pub name: String,
    pub role: Role,
    /// Argon2id PHC string of the password.
    pub password_hash: String,
    pub created_at: DateTimeUtc,
    /// False once deactivated.
    pub active: bool,
    /// Time of the last sign-in.
    pub signed_in_at: Option<DateTimeUtc>,
}

impl From<Member> for ActiveModel {
    fn from(member: Member) -> Self {
        Self {
            id: Set(member.id.0),
            email: Set(member.email),
            name: Set(member.name),
            role: Set(member.role.to_string()),
            password_hash: Set(member.password_hash),
            created_at: Set(member.created_at),
            active: Set(member.active),
            signed_in_at: Set(member.signed_in_at),
        }
    }
}

impl TryFrom<Model> for Member {
    type Error = Error;

    fn try_from(model: Model) -> Result<Self, Error> {
        Ok(Self {
            id: MemberId(model.id),
            email: model.email,
            name: model.name,
            role: parse("role", model.role)?,
            password_hash: model.password_hash,
            created_at: model.created_at,
            active: model.active,
            signed_in_at: model.signed_in_at,
        })
    }
}
