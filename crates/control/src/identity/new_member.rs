//! Data of a new member, validated and with the password hashed.

use std::fmt;

use chrono::{DateTime, Utc};
use protocol::{
    api::{Me, Role},
    id::MemberId,
};
use store::Member;
use uuid::Uuid;

use super::passwords::Passwords;
use crate::{Error, validate};

/// Data to create a member from.
#[derive(Clone)]
pub struct NewMember {
    /// Email address.
    pub email: String,
    /// Display name.
    pub name: String,
    /// Password, 12–128 characters.
    pub password: String,
}

impl fmt::Debug for NewMember {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewMember").field("email", &self.email).finish_non_exhaustive()
    }
}

impl NewMember {
    /// Validates the data and hashes the password.
    pub(crate) async fn prepare(
        self,
        passwords: &Passwords,
        now: DateTime<Utc>,
        role: Role,
    ) -> Result<Member, Error> {
        let email = validate::email(&self.email)?;
        let name = validate::label("name", &self.name)?;
        validate::new_password("password", &self.password)?;
        Ok(Member {
            id: MemberId(Uuid::now_v7()),
            email,
            name,
            role,
            password_hash: passwords.hash(self.password).await?,
            created_at: now,
            active: true,
            signed_in_at: None,
        })
    }
}

/// Returns the form of a member that `GET /me` shows.
pub(crate) fn me(member: &Member) -> Me {
    Me { id: member.id, email: member.email.clone(), name: member.name.clone(), role: member.role }
}
