//! Credentials: sign-ins and API tokens. Both are found by the hash of a secret and are valid until they
//! expire or their member is deactivated.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::{api::Role, id::MemberId};
use sea_orm::{
    ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QuerySelect, Related, Select,
};
use uuid::Uuid;

use crate::{
    Error, Member,
    column::parse,
    entity::{member, sign_in, token},
    execute::bounded,
};

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
        let sign_ins = sign_in::Entity::find().filter(sign_in::Column::ExpiresAt.gt(now));
        let tokens = token::Entity::find().filter(token::Column::ExpiresAt.gt(now));
        bounded(async {
            let mut all = with_members(&self.db, sign_ins, sign_in::Column::Id, ids).await?;
            all.extend(with_members(&self.db, tokens, token::Column::Id, ids).await?);
            Ok(all)
        })
        .await
    }
}

/// Returns the valid credential whose secret has this SHA-256, and its member.
pub(super) async fn by_hash<E: EntityTrait + Related<member::Entity>>(
    db: &DatabaseConnection,
    (hash_column, expires_at): (E::Column, E::Column),
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<(E::Model, Member)>, Error> {
    let query = E::find()
        .filter(hash_column.eq(hash.to_vec()))
        .filter(expires_at.gt(now))
        .find_also_related(member::Entity)
        .filter(member::Column::Active.eq(true));
    let found = bounded(async { Ok(query.one(db).await?) }).await?;
    let Some((row, Some(member))) = found else { return Ok(None) };
    Ok(Some((row, member.try_into()?)))
}

async fn with_members<E: EntityTrait + Related<member::Entity>>(
    db: &DatabaseConnection,
    query: Select<E>,
    id: E::Column,
    ids: &[Uuid],
) -> Result<HashMap<Uuid, Credential>, Error> {
    let found = query
        .select_only()
        .column(id)
        .filter(id.is_in(ids.iter().copied()))
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
