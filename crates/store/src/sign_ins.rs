//! Queries about sign-ins, and about whether what is open by one, or by a token, may stay open.

use std::collections::HashMap;

use chrono::{DateTime, Utc};
use protocol::{api::AuditEntry, id::MemberId};
use sea_orm::{
    ActiveModelTrait, ActiveValue::Set, ColumnTrait, EntityTrait, QueryFilter, QueryOrder,
    sea_query::Expr,
};
use uuid::Uuid;

use crate::{
    Error, Member, Store,
    audit::finish,
    connect::bounded,
    entity::{member, sign_in, token},
    ways_in::{self, Standing},
};

/// A browser or program that is signed in.
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
    /// What signed in, such as `Firefox on Linux`.
    pub device: String,
    /// The address it came from.
    pub source: String,
}

impl Store {
    /// Adds a sign-in by the password that has the hash `shown`. False, and nothing added, when the
    /// member has another one by now or may not come in any more.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn add_sign_in(
        &self,
        sign_in: &SignIn,
        shown: &str,
        entry: &AuditEntry,
    ) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            // Writes the member's row: a change of the password comes before all of this, or after
            // it and then ends this sign-in too.
            let done = member::Entity::update_many()
                .col_expr(member::Column::SignedInAt, Expr::value(sign_in.created_at))
                .filter(member::Column::Id.eq(sign_in.member.0))
                .filter(member::Column::Active.eq(true))
                .filter(member::Column::PasswordHash.eq(shown))
                .exec(&change)
                .await?;
            if done.rows_affected == 0 {
                return finish(change, false).await;
            }
            sign_in::ActiveModel {
                id: Set(sign_in.id),
                member_id: Set(sign_in.member.0),
                token_hash: Set(sign_in.token_hash.to_vec()),
                created_at: Set(sign_in.created_at),
                expires_at: Set(sign_in.expires_at),
                device: Set(sign_in.device.clone()),
                source: Set(sign_in.source.clone()),
            }
            .insert(&change)
            .await?;
            finish(change, true).await
        })
        .await
    }

    /// The sign-in of a token, by the token's SHA-256, with its member; none when it is over or the
    /// member may not come in any more.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn sign_in(
        &self,
        token_hash: &[u8; 32],
        now: DateTime<Utc>,
    ) -> Result<Option<(SignIn, Member)>, Error> {
        bounded(async {
            let found = ways_in::holder::<sign_in::Entity>(&self.db, token_hash, now).await?;
            found.map(|(row, member)| Ok((read(row)?, member))).transpose()
        })
        .await
    }

    /// A member's sign-ins that work, newest first.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn sign_ins_of(
        &self,
        member: MemberId,
        now: DateTime<Utc>,
    ) -> Result<Vec<SignIn>, Error> {
        bounded(async {
            let found = sign_in::Entity::find()
                .filter(sign_in::Column::MemberId.eq(member.0))
                .filter(sign_in::Column::ExpiresAt.gt(now))
                .order_by_desc(sign_in::Column::Id)
                .all(&self.db)
                .await?;
            found.into_iter().map(read).collect()
        })
        .await
    }

    /// What these sign-ins and tokens are worth now; those that are over are absent.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn standing(
        &self,
        ids: &[Uuid],
        now: DateTime<Utc>,
    ) -> Result<HashMap<Uuid, Standing>, Error> {
        bounded(async {
            let mut all = ways_in::standing::<sign_in::Entity>(&self.db, ids, now).await?;
            all.extend(ways_in::standing::<token::Entity>(&self.db, ids, now).await?);
            Ok(all)
        })
        .await
    }

    /// Ends one sign-in. False when it is over already.
    ///
    /// # Errors
    /// As every question to the database.
    pub async fn remove_sign_in(&self, id: Uuid, entry: &AuditEntry) -> Result<bool, Error> {
        bounded(async {
            let change = self.begin(entry).await?;
            let done = sign_in::Entity::delete_by_id(id).exec(&change).await?;
            finish(change, done.rows_affected > 0).await
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

fn read(model: sign_in::Model) -> Result<SignIn, Error> {
    let token_hash = model
        .token_hash
        .as_slice()
        .try_into()
        .map_err(|_| Error::Unknown { what: "hash of a sign-in", value: model.id.to_string() })?;
    Ok(SignIn {
        id: model.id,
        member: MemberId(model.member_id),
        token_hash,
        created_at: model.created_at,
        expires_at: model.expires_at,
        device: model.device,
        source: model.source,
    })
}
