//! Ways in: sign-ins and tokens alike are found by the hash of a secret, and work until they are over or
//! their member may not come in any more.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::{api::Role, id::MemberId};
use sea_orm::{ColumnTrait, DatabaseConnection, EntityTrait, QueryFilter, QuerySelect, Related};
use uuid::Uuid;

use crate::{
    Error, Member,
    entity::{member, sign_in, token},
    words::Word,
};

/// The table of one kind of them.
pub(crate) trait WayIn: EntityTrait + Related<member::Entity> {
    /// Its id, as that of all kinds a UUID.
    const ID: Self::Column;
    /// SHA-256 of its secret.
    const HASH: Self::Column;
    /// When it is over.
    const EXPIRES_AT: Self::Column;
}

impl WayIn for sign_in::Entity {
    const ID: Self::Column = sign_in::Column::Id;
    const HASH: Self::Column = sign_in::Column::TokenHash;
    const EXPIRES_AT: Self::Column = sign_in::Column::ExpiresAt;
}

impl WayIn for token::Entity {
    const ID: Self::Column = token::Column::Id;
    const HASH: Self::Column = token::Column::TokenHash;
    const EXPIRES_AT: Self::Column = token::Column::ExpiresAt;
}

/// What a sign-in or token that works is worth now.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Standing {
    /// Whose it is.
    pub member: MemberId,
    /// What they may do now.
    pub role: Role,
}

/// The one that works with this hash, and its member.
pub(crate) async fn holder<W: WayIn>(
    db: &DatabaseConnection,
    hash: &[u8; 32],
    now: DateTime<Utc>,
) -> Result<Option<(W::Model, Member)>, Error> {
    let found = W::find()
        .filter(W::HASH.eq(hash.to_vec()))
        .filter(W::EXPIRES_AT.gt(now))
        .find_also_related(member::Entity)
        .filter(member::Column::Active.eq(true))
        .one(db)
        .await?;
    let Some((row, Some(member))) = found else { return Ok(None) };
    Ok(Some((row, Member::try_from(member)?)))
}

/// What those that work among these are worth.
pub(crate) async fn standing<W: WayIn>(
    db: &DatabaseConnection,
    ids: &[Uuid],
    now: DateTime<Utc>,
) -> Result<HashMap<Uuid, Standing>, Error> {
    let found = W::find()
        .select_only()
        .column(W::ID)
        .filter(W::ID.is_in(ids.iter().copied()))
        .filter(W::EXPIRES_AT.gt(now))
        .inner_join(member::Entity)
        .filter(member::Column::Active.eq(true))
        .column(member::Column::Role)
        .column_as(member::Column::Id, "member")
        .into_tuple::<(Uuid, String, Uuid)>()
        .all(db)
        .await?;
    let worth = |(id, role, member)| {
        Ok((id, Standing { member: MemberId(member), role: Word::read(role)? }))
    };
    found.into_iter().map(worth).collect()
}
