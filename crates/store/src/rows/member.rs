//! A member with their password hash.

use chrono::{DateTime, Utc};
use protocol::{api::Role, id::MemberId};
use sea_orm::ActiveValue::Set;

use crate::{Error, column::parse, entity::member};

/// A member of the workspace.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Member {
    /// Id.
    pub id: MemberId,
    /// Email address in lower case, used to sign in.
    pub email: String,
    /// Name shown to others.
    pub name: String,
    /// Role.
    pub role: Role,
    /// Argon2id PHC string of the password.
    pub password_hash: String,
    /// Creation time.
    pub created_at: DateTime<Utc>,
    /// False once deactivated.
    pub active: bool,
    /// Time of the last sign-in.
    pub signed_in_at: Option<DateTime<Utc>>,
}

pub(crate) fn active(member: Member) -> member::ActiveModel {
    member::ActiveModel {
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

impl TryFrom<member::Model> for Member {
    type Error = Error;

    fn try_from(model: member::Model) -> Result<Self, Error> {
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
