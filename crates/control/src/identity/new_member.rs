//! Data of a new member, validated and with the password hashed.

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
#[expect(missing_docs, reason = "the fields are described by their names")]
pub struct NewMember {
    pub email: String,
    pub name: String,
    pub password: String,
}

impl NewMember {
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

pub(crate) fn me(member: &Member) -> Me {
    Me { id: member.id, email: member.email.clone(), name: member.name.clone(), role: member.role }
}
