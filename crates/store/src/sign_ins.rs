//! Queries about sign-ins.

use std::collections::HashSet;

use chrono::{DateTime, Utc};
use protocol::id::MemberId;
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QuerySelect,
};
use uuid::Uuid;

use crate::{
    Error, Member, Store,
    connect::bounded,
    entity::{member, sign_in},
};

/// A browser that is signed in.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SignIn {
    /// Id, harmless to show.
    pub id: Uuid,
    /// Whose it is.
    pub member: MemberId,
    /// SHA-256 of the cookie's token.
    pub token_hash: [u8; 32],
    /// When it was made.
    pub created_at: DateTime<Utc>,
    /// When it stops working.
    pub expires_at: DateTime<Utc>,
}

impl Store {
    /// Adds a sign-in.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_sign_in(&self, sign_in: SignIn) -> Result<(), Error> {
        bounded(async {
            sign_in::ActiveModel {
                id: Set(sign_in.id),
                member_id: Set(sign_in.member.0),
                token_hash: Set(sign_in.token_hash.to_vec()),
                created_at: Set(sign_in.created_at),
                expires_at: Set(sign_in.expires_at),
            }
            .insert(&self.db)
            .await?;
            Ok(())
        })
        .await
    }

    /// The sign-in of a token, by the token's SHA-256, with its member; none when it is over.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn sign_in(
        &self,
        token_hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<(SignIn, Member)>, Error> {
        bounded(async {
            let found = sign_in::Entity::find()
                .filter(sign_in::Column::TokenHash.eq(token_hash.to_vec()))
                .filter(sign_in::Column::ExpiresAt.gt(now))
                .find_also_related(member::Entity)
                .one(&self.db)
                .await?;
            let Some((row, Some(member))) = found else { return Ok(None) };
            let sign_in = SignIn {
                id: row.id,
                member: MemberId(row.member_id),
                token_hash: *token_hash,
                created_at: row.created_at,
                expires_at: row.expires_at,
            };
            Ok(Some((sign_in, Member::try_from(member)?)))
        })
        .await
    }

    /// Which of these sign-ins still work.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn working_sign_ins(
        &self,
        ids: &[Uuid],
        now: DateTime<Utc>,
    ) -> Result<HashSet<Uuid>, Error> {
        bounded(async {
            let found = sign_in::Entity::find()
                .select_only()
                .column(sign_in::Column::Id)
                .filter(sign_in::Column::Id.is_in(ids.iter().copied()))
                .filter(sign_in::Column::ExpiresAt.gt(now))
                .into_tuple::<Uuid>()
                .all(&self.db)
                .await?;
            Ok(found.into_iter().collect())
        })
        .await
    }

    /// Ends one sign-in; one that is over already is no error.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn remove_sign_in(&self, id: Uuid) -> Result<(), Error> {
        bounded(async {
            sign_in::Entity::delete_by_id(id).exec(&self.db).await?;
            Ok(())
        })
        .await
    }

    /// Ends all sign-ins of a member.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn remove_sign_ins_of(&self, member: MemberId) -> Result<(), Error> {
        bounded(async {
            sign_in::Entity::delete_many()
                .filter(sign_in::Column::MemberId.eq(member.0))
                .exec(&self.db)
                .await?;
            Ok(())
        })
        .await
    }

    /// Forgets sign-ins that are over.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn remove_expired_sign_ins(&self, now: DateTime<Utc>) -> Result<(), Error> {
        bounded(async {
            sign_in::Entity::delete_many()
                .filter(sign_in::Column::ExpiresAt.lte(now))
                .exec(&self.db)
                .await?;
            Ok(())
        })
        .await
    }
}
