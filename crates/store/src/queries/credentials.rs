//! Credentials: sign-ins and API tokens. Both are found by the hash of a secret and are valid until they
//! expire or their member is deactivated.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::{api::Role, id::MemberId};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QuerySelect, Related};
use uuid::Uuid;

use crate::{
    Error, Member,
    column::parse,
    entity::{member, sign_in, token},
    execute::bounded,
};

/// The table of one kind of credential.
pub(super) trait Table: EntityTrait + Related<member::Entity> {
    /// The id.
    const ID: Self::Column;
    /// The SHA-256 of the secret.
    const HASH: Self::Column;
    /// The time from which it is invalid.
    const EXPIRES_AT: Self::Column;
}

impl Table for sign_in::Entity {
    const ID: Self::Column = sign_in::Column::Id;
    const HASH: Self::Column = sign_in::Column::TokenHash;
    const EXPIRES_AT: Self::Column = sign_in::Column::ExpiresAt;
}

impl Table for token::Entity {
    const ID: Self::Column = token::Column::Id;
    const HASH: Self::Column = token::Column::TokenHash;
    const EXPIRES_AT: Self::Column = token::Column::ExpiresAt;
}

/// A valid sign-in or token.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Credential {
    /// Its member.
    pub member: MemberId,
    /// The member's current role.
    pub role: Role,
}

/// Queries on sign-ins and tokens together.
#[derive(Clone, Debug)]
pub struct Credentials {
    pub(crate) db: DatabaseConnection,
}

impl Credentials {
    /// Returns those of these sign-ins and tokens that are valid.
    pub async fn valid(
        &self,
        ids: &[Uuid],
        now: DateTime<Utc>,
    ) -> Result<HashMap<Uuid, Credential>, Error> {
        bounded(async {
            let mut all = find_valid::<sign_in::Entity>(&self.db, ids, now).await?;
            all.extend(find_valid::<token::Entity>(&self.db, ids, now).await?);
            Ok(all)
        })
        .await
    }
}

/// Returns the valid credential with this hash, and its member.
pub(super) async fn by_hash<T: Table>(
    db: &DatabaseConnection,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<(T::Model, Member)>, Error> {
    let found = T::find()
        .filter(T::HASH.eq(hash.to_vec()))
        .filter(T::EXPIRES_AT.gt(now))
        .find_also_related(member::Entity)
        .filter(member::Column::Active.eq(true))
        .one(db)
        .await?;
    let Some((row, Some(member))) = found else { return Ok(None) };
    Ok(Some((row, Member::try_from(member)?)))
}

async fn find_valid<T: Table>(
    db: &DatabaseConnection,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Credential>, Error> {
    let found = T::find()
        .select_only()
        .column(T::ID)
        .filter(T::ID.is_in(ids.iter().copied()))
        .filter(T::EXPIRES_AT.gt(now))
        .inner_join(member::Entity)
        .filter(member::Column::Active.eq(true))
        .column(member::Column::Role)
        .column_as(member::Column::Id, "member")
        .into_tuple::<(Uuid, String, Uuid)>()
        .all(db)
        .await?;
    let read = |(id, role, member)| {
        Ok((id, Credential { member: MemberId(member), role: parse("role", role)? }))
    };
    found.into_iter().map(read).collect()
}
